"""Plan: duties × units × calendar become occurrences, up to the horizon (DESIGN §2, S-30, S-31)."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.ports import Work
from nhacviec.application.records import DutyMark
from nhacviec.domain.duty import Duty
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.opening import opened
from nhacviec.domain.planning import Planner
from nhacviec.domain.time.period import ONE_DAY
from nhacviec.domain.time.zone import local

log = logging.getLogger(__name__)

HORIZON = timedelta(days=400)
#: How far back a duty is planned that was planned before: a clock that says 2200 must not open two centuries
#: of occurrences (F56), and no service is down for so long.
FARTHEST_BACK = timedelta(days=366 * 20)
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
        return await self._open(planner, [(duty, marks[duty.code]) for duty in behind], now)

    def _behind(self, duty: Duty, marks: Mapping[str, DutyMark], today: date) -> bool:
        mark = marks.get(duty.code)
        if mark is None or not duty.comes_back:
            return False
        return mark.planned_until is None or mark.planned_until < today + self.horizon

    async def _open(self, planner: Planner, behind: list[tuple[Duty, DutyMark]], now: datetime) -> int:
        """Write in batches; a duty is marked in the transaction that holds the last of it."""
        fresh = self._fresh(planner, behind, now)
        added = 0
        while batch := list(islice(fresh, BATCH)):
            marks = [entry for entry in batch if isinstance(entry, DutyMark)]
            occurrences = [entry for entry in batch if isinstance(entry, Occurrence)]
            async with self.work.write() as transaction:
                added += await transaction.occurrences.add(occurrences)
                await transaction.catalogue.mark(marks)
        return added

    def _fresh(
        self, planner: Planner, behind: list[tuple[Duty, DutyMark]], now: datetime
    ) -> Iterator[Occurrence | DutyMark]:
        """Each duty's occurrences, and after them how far it is planned."""
        today = local(now, planner.catalogue.zone).date()
        until = today + self.horizon
        for duty, mark in behind:
            after = _planned(mark, today)
            for expected in planner.expected(duty, after, until, today=today if mark.planned_until else None):
                yield opened(expected, planner.expected_stages(expected), now, today)
            yield replace(mark, planned_until=until)


def _planned(mark: DutyMark, today: date) -> date:
    """The day up to which nothing is to be opened."""
    if mark.planned_until is None:
        return mark.applied_on - ONE_DAY
    if mark.planned_until >= today - FARTHEST_BACK:
        return mark.planned_until
    log.warning(
        "nothing is opened that was due longer than 20 years ago",
        extra={"action": "planned_too_long_ago", "duty": mark.code, "until": str(mark.planned_until)},
    )
    return today - FARTHEST_BACK
