"""Nominal dates: what a form of due says of one period, before any roll (DESIGN §6.1, S-17 … S-20)."""

from datetime import date, timedelta

from nhacviec.domain.time import lunar
from nhacviec.domain.time.calendar import Calendar
from nhacviec.domain.time.due import (
    AfterEnd,
    AfterStart,
    DateOfYear,
    DayOfMonth,
    DueForm,
    LunarDay,
    OfDuty,
    OnDate,
    ThePeriod,
    WeekdayOfMonth,
    WeekdayOfWeek,
    WorkingDayOfMonth,
)
from nhacviec.domain.time.offset import add_months, clamped, shift
from nhacviec.domain.time.period import ONE_DAY, Period


def nominal_date(
    form: DueForm, period: Period, calendar: Calendar, anchor: date | None = None
) -> date | None:
    """What the rule says, before any roll.

    Args:
        form: one that fits the period's rhythm.
        period: the period.
        calendar: for forms that count working days.
        anchor: the due date of the duty an ``OfDuty`` leans on, same unit and period.

    Returns:
        The date; None where there is none (a skipped lunar day, a duty leaned on that has no such period).
    """
    match form:
        case DayOfMonth() | WorkingDayOfMonth() | WeekdayOfMonth():
            return _in_month(form, _month_of(period, form.month), calendar)
        case AfterEnd() | AfterStart() | OfDuty():
            return _counted(form, period, calendar, anchor)
        case _:
            return _named(form, period)


def _counted(
    form: AfterEnd | AfterStart | OfDuty, period: Period, calendar: Calendar, anchor: date | None
) -> date | None:
    match form:
        case AfterEnd(offset):
            return shift(period.last, offset, calendar)
        case AfterStart(offset):
            return shift(period.first, offset, calendar)
        case _:
            return None if anchor is None else shift(anchor, form.offset, calendar)


def _named(form: WeekdayOfWeek | DateOfYear | LunarDay | OnDate | ThePeriod, period: Period) -> date | None:
    match form:
        case WeekdayOfWeek(weekday):
            return period.first + timedelta(days=weekday)
        case DateOfYear(month, day):
            return _date_of_year(period, month, day)
        case LunarDay():
            return _lunar_day(form, period.first.year)
        case OnDate(day):
            return day
        case _:
            return period.first


def _month_of(period: Period, nth: int | None) -> date:
    if nth is None:
        return period.last.replace(day=1)
    return add_months(period.first.replace(day=1), nth - 1)


def _in_month(form: DayOfMonth | WorkingDayOfMonth | WeekdayOfMonth, first: date, calendar: Calendar) -> date:
    last = add_months(first, 1) - ONE_DAY
    match form:
        case DayOfMonth(day):
            return clamped(first.year, first.month, day)
        case WorkingDayOfMonth(nth) if nth > 0:
            found = calendar.add(first - ONE_DAY, nth)
            return found if found <= last else calendar.preceding(last)
        case WorkingDayOfMonth(nth):
            found = calendar.add(last + ONE_DAY, nth)
            return found if found >= first else calendar.following(first)
        case WeekdayOfMonth(weekday, nth) if nth > 0:
            found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
            return found if found <= last else found - timedelta(days=7)
        case _:
            found = last - timedelta(days=(last.weekday() - form.weekday) % 7 + 7 * (-form.nth - 1))
            return found if found >= first else found + timedelta(days=7)


def _date_of_year(period: Period, month: int, day: int) -> date:
    """In a period over New Year the last that lies inside it, else the first after it begins."""
    first, last = period.first.year, period.last.year
    found = [clamped(year, month, day) for year in range(first, last + 1)]
    inside = [one for one in found if one in period]
    return inside[-1] if inside else next((one for one in found if one >= period.first), found[0])


def _lunar_day(form: LunarDay, year: int) -> date | None:
    leap = form.leap and lunar.leap_month(year) == form.month
    found = lunar.solar(year, form.month, form.day, leap=leap)
    if found is None and not form.skip:
        found = lunar.solar(year, form.month, form.day - 1, leap=leap)
    return found
