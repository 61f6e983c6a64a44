"""Rescue: letters of workers that died wait again, or are recorded as ambiguous (DELIVERY §2.5, §2.6)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from nhacviec.application.attendance import Attendance
from nhacviec.application.ports import Work
from nhacviec.domain.worker import Presence, Process, Sighting, Worker, is_neighbour, presence, sighted

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """What was found out about a worker that has died, and taken back from it."""

    worker: int
    presence: Presence
    letters: int


@dataclass(slots=True, kw_only=True)
class Rescue:
    """Watches whoever has letters under way; a run with nothing to do is one cheap read.

    Args:
        work: opens transactions.
        attendance: of this process, which never rescues itself.
        process: asks this machine about a process number.
        monotonic: a clock that nobody sets and that stops while the machine sleeps, in seconds: one that
            goes on would condemn every neighbour at the moment of waking.
    """

    work: Work
    attendance: Attendance
    process: Callable[[int], Process]
    monotonic: Callable[[], float]
    _sightings: dict[int, Sighting] = field(default_factory=dict, init=False)

    async def __call__(self, now: datetime) -> Sequence[Rescued]:
        """Look at everybody else who has letters under way, and take back what the dead have left.

        Args:
            now: aware; when what is taken back may be tried again follows from it.
        """
        async with self.work.read() as transaction:
            owners = await transaction.outbox.owners()
            others = [owner for owner in owners if owner != self.attendance.number]
            workers = await transaction.workers.find(others) if others else []
        judged = self._judge(workers)
        dead = [(worker, found) for worker, found in judged if found.dead]
        return await self._take_back(dead, now) if dead else []

    def _judge(self, workers: Sequence[Worker]) -> list[tuple[Worker, Presence]]:
        at, me = self.monotonic(), self.attendance.me
        self._sightings = {
            worker.id: sighted(self._sightings.get(worker.id), worker.beat, at) for worker in workers
        }
        return [
            (
                worker,
                presence(
                    worker,
                    me,
                    process=self.process(worker.pid) if is_neighbour(worker, me) else None,
                    still=self._sightings[worker.id].still,
                ),
            )
            for worker in workers
        ]

    async def _take_back(self, dead: Sequence[tuple[Worker, Presence]], now: datetime) -> list[Rescued]:
        async with self.work.write() as transaction:
            rescued = [
                Rescued(
                    worker=worker.id,
                    presence=found,
                    letters=await transaction.outbox.rescue(worker.id, now),
                )
                for worker, found in dead
            ]
        for each in rescued:
            log.warning(
                "worker %d is dead (%s): %d letters taken back",
                each.worker,
                each.presence,
                each.letters,
                extra={"action": "letters_rescued", "worker": each.worker, "presence": str(each.presence)},
            )
        return rescued
