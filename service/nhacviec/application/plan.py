"""Plan: duties × units × calendar become occurrences, up to the horizon (DESIGN §2, S-30, S-31)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.ports import DutyMark, Work
from nhacviec.domain.duty import Duty
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.opening import opened
from nhacviec.domain.planning import Planner
from nhacviec.domain.time.period import ONE_DAY
from nhacviec.domain.time.zone import local

HORIZON = timedelta(days=400)
#: Occurrences written in one transaction; bounds memory and how long others wait (DELIVERY §2.4).
BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Idempotent: the unique key decides, so it may run in any number of processes at once.

    A duty is expanded only when its horizon has moved, so that most ticks cost one read.
    """

    work: Work
    current: CurrentCatalogue
    horizon: timedelta = HORIZON

    async def __call__(self, now: datetime) -> int:
        """Open every occurrence that is due within the horizon and not there yet.

        Args:
            now: aware.

        Returns:
            How many are new.
        """
        async with self.work.read() as transaction:
            planner = await self.current.planner(transaction)
            today = local(now, planner.catalogue.zone).date()
            marks = await transaction.catalogue.marks()
            behind = [duty for duty in planner.catalogue.duties.values() if self._behind(duty, marks, today)]
            if behind:
                planner.overrides = await transaction.occurrences.overrides()
        total = 0
        for duty in behind:
            total += await self._plan_duty(planner, duty, marks[duty.code], now)
        return total

    def _behind(self, duty: Duty, marks: dict[str, DutyMark], today: date) -> bool:
        mark = marks.get(duty.code)
        if mark is None or not duty.enabled:
            return False
        return mark.planned_until is None or mark.planned_until < today + self.horizon

    async def _plan_duty(self, planner: Planner, duty: Duty, mark: DutyMark, now: datetime) -> int:
        today = local(now, planner.catalogue.zone).date()
        until = today + self.horizon
        after = mark.planned_until or mark.applied_on - ONE_DAY
        fresh = self._open(planner, duty, (after, until), now)
        added = 0
        done = False
        while not done:
            batch = list(islice(fresh, BATCH))
            done = len(batch) < BATCH
            async with self.work.write() as transaction:
                added += await transaction.occurrences.add(batch) if batch else 0
                if done:
                    await transaction.catalogue.mark([replace(mark, planned_until=until)])
        return added

    def _open(self, planner: Planner, duty: Duty, span: tuple[date, date], now: datetime) -> Iterator[Occurrence]:
        today = local(now, planner.catalogue.zone).date()
        for expected in planner.expected(duty, *span):
            stages = planner.stages(
                expected.duty,
                expected.period,
                expected.due,
                target=expected.target,
                late_after=expected.late_after,
            )
            yield opened(expected, stages, now, today)
