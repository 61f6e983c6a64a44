"""The working calendar as the office changes it; every due date that moves is listed first (S-21, S-60)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from nhacviec.application.catalogue.build import build
from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.definitions import CalendarDay
from nhacviec.application.ports import Work
from nhacviec.application.reconcile import Reconciled, Reconciling, open_from, write_reconciled
from nhacviec.domain.planning import Planner
from nhacviec.domain.time.zone import local


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """What a change of days leads to."""

    added: int
    removed: int
    reconciled: Reconciled


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCalendar:
    """Adds and removes days, and lets what exists follow, in one transaction."""

    work: Work
    current: CurrentCatalogue

    async def __call__(
        self, days: Sequence[CalendarDay], gone: Sequence[date], at: datetime, *, dry_run: bool = False
    ) -> CalendarChange:
        """Change the calendar.

        Args:
            days: to add, or to put in the place of what stands for that day.
            gone: to remove.
            at: when, aware; only dues from that day on move (S-34).
            dry_run: whether only to say what would follow.
        """
        opening = self.work.read() if dry_run else self.work.write()
        async with opening as transaction:
            held = {day.day: day for day in await transaction.catalogue.days()}
            after = {day: found for day, found in held.items() if day not in gone}
            added = [day for day in days if after.get(day.day) != day]
            after |= {day.day: day for day in added}
            old = await self.current.planner(transaction)
            definitions = await transaction.catalogue.definitions()
            listed = [after[day] for day in sorted(after)]
            new = Planner(build(definitions, listed), await transaction.occurrences.overrides())
            known = await open_from(transaction, local(at, new.catalogue.zone).date())
            settled = await transaction.occurrences.settled(known)
            reconciled = Reconciling(old=old, new=new, at=at)(known, settled)
            if not dry_run:
                await transaction.catalogue.save(definitions, listed)
                await write_reconciled(transaction, reconciled, at)
                marks = await transaction.catalogue.marks()
                today = local(at, new.catalogue.zone).date()
                again = [
                    replace(mark, planned_until=min(mark.planned_until, today - timedelta(days=1)))
                    for mark in marks.values()
                    if mark.planned_until is not None
                ]
                await transaction.catalogue.mark(again)
        return CalendarChange(added=len(added), removed=len(held.keys() & set(gone)), reconciled=reconciled)


def official_until(days: Sequence[CalendarDay], today: date) -> date | None:
    """The last day up to which the calendar is official: the end of the last year before one that is not.

    A year without a single row counts as unknown.

    Returns:
        The last official day; None when not even this year is.
    """
    known = {day.day.year for day in days}
    provisional = {
        day.day.year: day.day
        for day in sorted(days, key=lambda d: d.day, reverse=True)
        if day.status == "provisional"
    }
    year, last = today.year, None
    while year in known:
        if year in provisional:
            return max(date(year, 1, 1), provisional[year]) - timedelta(days=1)
        last = date(year, 12, 31)
        year += 1
    return last
