"""Watch: is everything that should have happened happening? (DESIGN §2, DELIVERY §2.15)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from nhacviec.application.auditor import findings, lives, ticks
from nhacviec.application.findings import (
    DEAD_AFTER,
    OLD,
    STUCK,
    Finding,
    FindingKind,
    Gravity,
    Seen,
    ServerTrouble,
)
from nhacviec.application.holds import Hold, holds
from nhacviec.application.ports import Clock, Transaction, Work
from nhacviec.domain.worker import Worker

LAST_TICK = "last_tick"
HIGH_WATER = "high_water"
#: The setting that keeps why the mail server cannot be reached; empty while it can.
SERVER_TROUBLE = "server_trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSeen:
    """A process that sends.

    Args:
        worker: as it entered itself.
        alive: whether it lives, as far as its own beats tell.
        letters: how many it has under way.
    """

    worker: Worker
    alive: bool
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How the service is.

    Args:
        seen: what was looked at.
        messages: letters by state; empty where nobody asked for it.
        waiting_since: the oldest moment that nobody has attended to; None when there is none.
        findings: what is not as it should be, the gravest first.
    """

    seen: Seen
    messages: Mapping[str, int]
    waiting_since: datetime | None
    findings: tuple[Finding, ...]

    @property
    def at(self) -> datetime:
        """The moment of looking."""
        return self.seen.at

    @property
    def last_tick(self) -> datetime | None:
        """When a tick ended last; None before the first."""
        return self.seen.last_tick

    @property
    def alive(self) -> bool:
        """Whether a tick ended lately."""
        return ticks(self.seen)

    @property
    def red(self) -> bool:
        """Whether the promise is in danger: then the heart stops (P7)."""
        return any(finding.gravity is Gravity.RED for finding in self.findings)

    @property
    def well(self) -> bool:
        """Whether nothing is in danger and nothing waits for a human."""
        return not self.grave

    @property
    def grave(self) -> tuple[Finding, ...]:
        """The findings for which ``healthcheck`` fails."""
        return tuple(finding for finding in self.findings if finding.gravity is not Gravity.TELL)

    @property
    def stuck(self) -> tuple[str, ...]:
        """What has waited too long, in words; empty when all is well."""
        return tuple(each.said for each in self.grave if each.kind is not FindingKind.NO_TICK)

    @property
    def workers(self) -> Sequence[WorkerSeen]:
        """Those that live, and those that have letters under way, by number."""
        letters = {owner.worker.id: owner.letters for owner in self.seen.owners}
        known = {
            each.id: each for each in (*self.seen.workers, *(owner.worker for owner in self.seen.owners))
        }
        return [
            WorkerSeen(worker=known[n], alive=lives(known[n], self.seen), letters=letters.get(n, 0))
            for n in sorted(known)
        ]

    @property
    def holds(self) -> Sequence[Hold]:
        """Why the queue stands still; empty when letters may go."""
        return self.seen.holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Looks, in one transaction that cannot write.

    Args:
        work: opens transactions.
        clock: the moment to believe in.
    """

    work: Work
    clock: Clock

    async def __call__(self, *, clock_trouble: str = "", counting: bool = False) -> Watched:
        """How it is now.

        Args:
            clock_trouble: why the clock is not believed, where somebody knows.
            counting: whether to count the letters by state too, which takes longer the more were sent.
        """
        now = self.clock.now()
        async with self.work.read() as transaction:
            seen = replace(await _look(transaction, now), clock=clock_trouble)
            messages = await transaction.audit.counts() if counting else {}
            waiting = await transaction.occurrences.first_ripe(now)
        return Watched(seen=seen, messages=messages, waiting_since=waiting, findings=findings(seen))


async def note_tick(work: Work, at: datetime) -> None:
    """Remember when a tick ended last."""
    async with work.write() as transaction:
        await transaction.catalogue.set_value(LAST_TICK, at.isoformat())


async def note_server(work: Work, trouble: str, at: datetime) -> None:
    """Remember that the mail server cannot be reached, or that it can again; writes only what changes.

    Args:
        work: opens transactions.
        trouble: what broke, one line; empty once a letter was answered.
        at: the moment, aware; the first one of a trouble is kept.
    """
    async with work.read() as transaction:
        if bool(await transaction.catalogue.value(SERVER_TROUBLE)) is bool(trouble):
            return
    async with work.write() as transaction:
        kept = await transaction.catalogue.value(SERVER_TROUBLE)
        if bool(kept) is not bool(trouble):
            said = json.dumps({"at": at.isoformat(), "text": trouble}, ensure_ascii=False)
            await transaction.catalogue.set_value(SERVER_TROUBLE, said if trouble else "")


async def high_water(work: Work) -> datetime | None:
    """The latest moment at which a daemon ticked; None before the first (S-74)."""
    async with work.read() as transaction:
        return _moment(await transaction.catalogue.value(HIGH_WATER))


async def raise_high_water(work: Work, at: datetime) -> None:
    """Remember a daemon's tick; the mark only rises, and ``--at`` never raises it (S-75)."""
    async with work.write() as transaction:
        kept = await transaction.catalogue.value(HIGH_WATER)
        if not kept or datetime.fromisoformat(kept) < at:
            await transaction.catalogue.set_value(HIGH_WATER, at.isoformat())


async def _look(transaction: Transaction, now: datetime) -> Seen:
    audit, values = transaction.audit, transaction.catalogue
    return Seen(
        at=now,
        last_tick=_moment(await values.value(LAST_TICK)),
        high_water=_moment(await values.value(HIGH_WATER)),
        planned_until=await _planned_until(transaction),
        ungathered=await audit.ungathered(now - STUCK),
        unaddressed=await audit.unaddressed(),
        owners=await audit.owners(),
        workers=await audit.workers(now - DEAD_AFTER),
        owed=await audit.owed(now),
        overdue=await audit.owed(now - STUCK),
        old=await audit.owed(now, now - OLD),
        held=await audit.held(),
        undecided=await audit.undecided(),
        too_many_copies=await audit.too_many_copies(),
        too_ambiguous=await audit.too_ambiguous(),
        holds=await holds(transaction),
        server=_trouble(await values.value(SERVER_TROUBLE)),
        last_sent=await audit.last_sent(),
        log_bytes=await audit.log_bytes(),
    )


async def _planned_until(transaction: Transaction) -> date | None:
    """Up to which day the duty planned furthest is planned: one that no longer comes back stays behind."""
    marks = await transaction.catalogue.marks()
    return max((mark.planned_until for mark in marks.values() if mark.planned_until), default=None)


def _trouble(kept: str) -> ServerTrouble | None:
    if not kept:
        return None
    found = json.loads(kept)
    return ServerTrouble(at=datetime.fromisoformat(found["at"]), text=found["text"])


def _moment(kept: str) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None
