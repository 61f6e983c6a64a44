"""Recurrence: a rule, a period and a calendar become due dates (S-10 … S-20)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time import rrule
from nhacviec.domain.time.calendar import Calendar, Roll
from nhacviec.domain.time.due import (
    AfterEnd,
    Due,
    DueForm,
    OfDuty,
    OnDate,
    ThePeriod,
    check_form,
)
from nhacviec.domain.time.nominal import nominal_date
from nhacviec.domain.time.period import (
    ONE_DAY,
    SCHOOL_YEAR,
    Every,
    Period,
    SchoolYear,
    Term,
    day_period,
    periods,
)

#: What is left out: the period's own day.
_OWN_DAY = Due(form=ThePeriod())


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """How often, and when in each period.

    Args:
        every: the rhythm.
        due: when in the period; left out, the period's own day.
        months: keeps only the periods whose last month is listed; empty keeps all.
        term: for ``term``.
        rule: for ``rrule``.
        school_year: for ``school-year``.
        only: codes of the units it is for; empty stands for every unit.
        excepted: codes of the units that have one of their own.
    """

    every: Every
    due: Due = _OWN_DAY
    months: frozenset[int] = frozenset()
    term: Term | None = None
    rule: rrule.Rule | None = None
    school_year: SchoolYear = SCHOOL_YEAR
    only: frozenset[str] = frozenset()
    excepted: frozenset[str] = frozenset()

    def takes(self, unit: str) -> bool:
        """Whether a unit's occurrences come by this one."""
        return unit not in self.excepted and (not self.only or unit in self.only)

    def leans_on(self) -> frozenset[str]:
        """Codes of the duties from whose due this one is counted."""
        return frozenset(form.duty for form in self.due.forms() if isinstance(form, OfDuty))


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What happens to a nominal date that is not worked (S-17, S-18).

    Args:
        calendar: the working calendar.
        roll: which way it moves.
        stay_in_period: a date rolled out of its period goes back the other way.
    """

    calendar: Calendar
    roll: Roll = Roll.NONE
    stay_in_period: bool = False

    def __call__(self, nominal: date, period: Period) -> date:
        """The due date; the nominal date and the identity stay as they are (S-18)."""
        due = self.calendar.roll(nominal, self.roll)
        if self.stay_in_period and due not in period and nominal in period:
            other = Roll.PREV if due > period.last else Roll.NEXT
            due = self.calendar.roll(nominal, other)
        return due


@dataclass(frozen=True, slots=True)
class DueDate:
    """One time a duty falls due for one unit."""

    period: Period
    nominal: date
    due: date


def check_recurrence(recurrence: Recurrence, roll: Roll, *, stay_in_period: bool) -> None:
    """Refuse what contradicts itself (DESIGN §6.1).

    Raises:
        RuleError: naming the part.
    """
    if recurrence.every is Every.TERM and recurrence.term is None:
        raise RuleError("every: term needs term", mend="give term: {start: DATE, months: 60}")
    for form in recurrence.due.forms():
        check_form(form, recurrence.every)
        if stay_in_period and isinstance(form, AfterEnd):
            raise RuleError("stay_in_period contradicts after_end", mend="leave one of them out")
    if recurrence.due.before and roll in (Roll.NEXT, Roll.MODIFIED_NEXT):
        raise RuleError(f"before: true contradicts roll: {roll}", mend="use roll: prev or none")


def periods_of(recurrence: Recurrence, first: date, last: date, zone: ZoneInfo) -> Iterator[Period]:
    """The periods that begin in [first, last]; an event has none of its own.

    Raises:
        RuleError: from a rule that cannot be expanded.
    """
    if recurrence.every is Every.EVENT:
        return
    if recurrence.every is Every.ONCE:
        days = {form.day for form in recurrence.due.forms() if isinstance(form, OnDate)}
        yield from (day_period(day, Every.ONCE) for day in sorted(days) if first <= day <= last)
        return
    if recurrence.every is Every.RRULE and recurrence.rule is not None:
        found = (wall.date() for wall in rrule.between(recurrence.rule, first, last, zone))
        yield from (day_period(day, Every.RRULE) for day in dict.fromkeys(found))
        return
    for period in periods(
        recurrence.every, first, last, term=recurrence.term, school_year=recurrence.school_year
    ):
        if not recurrence.months or period.last.month in recurrence.months:
            yield period


def due_date(
    period: Period, due: Due, form: DueForm, adjust: Adjustment, anchor: date | None = None
) -> DueDate | None:
    """When one period falls due; None where the rule gives no date for it.

    Args:
        period: one of ``periods_of``.
        due: the duty's due, for its ``before``.
        form: the unit's own form of it.
        adjust: calendar and roll.
        anchor: due date of the duty that an ``OfDuty`` leans on.
    """
    if isinstance(form, OnDate) and form.day != period.first:
        return None
    nominal = nominal_date(form, period, adjust.calendar, anchor)
    if nominal is None:
        return None
    if due.before:
        nominal -= ONE_DAY
    return DueDate(period, nominal, adjust(nominal, period))


def occur(
    recurrence: Recurrence, span: tuple[date, date], adjust: Adjustment, zone: ZoneInfo
) -> Iterator[DueDate]:
    """Expand a recurrence by itself, for no unit and beside no other duty.

    Args:
        recurrence: the rule.
        span: first and last day on which a period may begin, both included.
        adjust: calendar and roll.
        zone: reads an RRULE's UNTIL.

    Yields:
        Due dates in the order of their periods.
    """
    for period in periods_of(recurrence, *span, zone):
        if found := due_date(period, recurrence.due, recurrence.due.form, adjust):
            yield found
