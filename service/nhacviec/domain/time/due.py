"""The forms in which a duty says when in its period it falls due (DESIGN §6.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.offset import Offset
from nhacviec.domain.time.period import Every


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """``{day: 20}``, ``{day: last}``: a day of one of the period's months, clamped (S-11)."""

    #: 1 to 31; 31 stands for the last as well.
    day: int
    #: Counted from the period's first month; None is its last.
    month: int | None = None


@dataclass(frozen=True, slots=True)
class WorkingDayOfMonth:
    """``{working_day: 5}`` from the start, ``{working_day: -1}`` from the end; stays in its month (S-17)."""

    nth: int
    month: int | None = None


@dataclass(frozen=True, slots=True)
class WeekdayOfMonth:
    """``{weekday: mon, nth: 1}``; -1 is the last; a fifth that is not there is the last."""

    weekday: int
    nth: int
    month: int | None = None


@dataclass(frozen=True, slots=True)
class WeekdayOfWeek:
    """``{weekday: fri}`` for ``week``."""

    weekday: int


@dataclass(frozen=True, slots=True)
class AfterEnd:
    """``{after_end: 5wd}``: counted from the period's last day."""

    offset: Offset


@dataclass(frozen=True, slots=True)
class AfterStart:
    """``{after_start: 10d}``: counted from the period's first day, so the 11th."""

    offset: Offset


@dataclass(frozen=True, slots=True)
class DateOfYear:
    """``{date: 11-30}`` in the period's year; 29 February is the 28th in common years."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class LunarDay:
    """``{lunar: 03-10}``: of the lunar year that begins in the period's year (S-20)."""

    month: int
    day: int
    #: Take the leap month where the year has that one.
    leap: bool = False
    #: Leave out the years in which the month has no day 30, instead of taking the 29th.
    skip: bool = False


@dataclass(frozen=True, slots=True)
class OnDate:
    """``{on: 2017-06-14}`` for ``once``."""

    day: date


@dataclass(frozen=True, slots=True)
class OfDuty:
    """``{duty: SH-01, offset: -1wd}``: from that duty's due, same unit, same period."""

    duty: str
    offset: Offset


@dataclass(frozen=True, slots=True)
class ThePeriod:
    """The period's own day: a daily duty, an RRULE's instance, an event."""


DueForm = (
    DayOfMonth
    | WorkingDayOfMonth
    | WeekdayOfMonth
    | WeekdayOfWeek
    | AfterEnd
    | AfterStart
    | DateOfYear
    | LunarDay
    | OnDate
    | OfDuty
    | ThePeriod
)

_OF_A_MONTH = (DayOfMonth, WorkingDayOfMonth, WeekdayOfMonth)
_COUNTED = (AfterEnd, AfterStart, OfDuty)
_OF_ONE_DAY = ((ThePeriod, *_COUNTED), "leave due out, or use after_start or after_end")
_OF_MONTHS = (
    (*_OF_A_MONTH, DateOfYear, LunarDay, *_COUNTED),
    "use day, working_day, weekday with nth, date, lunar, after_start or after_end",
)
#: Which forms fit a rhythm, and what to write instead; every other rhythm is made of months.
_FITTING: Mapping[Every, tuple[tuple[type, ...], str]] = {
    Every.WEEK: ((WeekdayOfWeek, *_COUNTED), "use {weekday: fri}, after_start or after_end"),
    Every.ONCE: ((OnDate,), "use {on: DATE}"),
    Every.DAY: _OF_ONE_DAY,
    Every.RRULE: _OF_ONE_DAY,
    Every.EVENT: _OF_ONE_DAY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When in its period a duty falls due.

    Args:
        form: the rule for every unit without one of its own.
        before: exclusive ("trước ngày 20" is the 19th): one day off, then the roll.
        units: a unit's own rule, by its code.
    """

    form: DueForm
    before: bool = False
    units: Mapping[str, DueForm] = field(default_factory=lambda: MappingProxyType({}))

    def form_for(self, unit: str) -> DueForm:
        """The rule of one unit."""
        return self.units.get(unit, self.form)

    def forms(self) -> tuple[DueForm, ...]:
        """Every rule in it, the common one first."""
        return (self.form, *self.units.values())


def check_form(form: DueForm, every: Every) -> None:
    """Refuse a form that says nothing in such a period.

    Raises:
        RuleError: naming the form and what to use instead.
    """
    fitting, mend = _FITTING.get(every, _OF_MONTHS)
    if not isinstance(form, fitting):
        raise RuleError(f"this due does not fit every: {every}", mend=mend)
    if isinstance(form, _OF_A_MONTH) and form.month is not None:
        months = _LONGEST.get(every, 12)
        if not 1 <= form.month <= months:
            raise RuleError(f"month {form.month} is outside a period of {months}", mend=f"use 1 to {months}")


_LONGEST = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.NINE_MONTHS: 9, Every.TERM: 600}
