"""Offsets: a count of days, working days, weeks or months, and how a date moves by one."""

import calendar as months_of
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.calendar import Calendar, outside


class Measure(StrEnum):
    """What an offset counts."""

    DAYS = "d"
    WORKING_DAYS = "wd"
    WEEKS = "w"
    MONTHS = "m"


#: Far beyond any use, near enough to keep arithmetic quick and dates in range.
MOST = 4000

_SHAPE = re.compile(r"([+-]?)(\d{1,6})(wd|d|w|m)")


@dataclass(frozen=True, slots=True)
class Offset:
    """A signed number of days (d), working days (wd), weeks (w) or months (m)."""

    count: int
    measure: Measure

    def __str__(self) -> str:
        """As a catalogue writes it: ``-7wd``, ``0d``, ``5wd``."""
        return f"{self.count}{self.measure}"


def parse_offset(text: str) -> Offset:
    """Read ``-7wd``, ``0d``, ``3d``, ``-6m``.

    Raises:
        RuleError: it is not an offset, or absurdly long.

    >>> parse_offset("-7wd")
    Offset(count=-7, measure=<Measure.WORKING_DAYS: 'wd'>)
    """
    found = _SHAPE.fullmatch(text)
    if not found:
        raise RuleError(f"{text!r} is not an offset", mend="write a number and d, wd, w or m, such as -7wd")
    sign, digits, unit = found.groups()
    count = int(digits)
    if count > MOST:
        raise RuleError(f"offset {text!r} is too far", mend=f"the most is {MOST}{unit}")
    return Offset(-count if sign == "-" else count, Measure(unit))


def add_months(day: date, count: int) -> date:
    """The same day ``count`` months on, clamped to the last of the month (S-11).

    >>> add_months(date(2017, 1, 31), 1)
    datetime.date(2017, 2, 28)
    """
    total = day.year * 12 + day.month - 1 + count
    year, month = divmod(total, 12)
    return clamped(year, month + 1, day.day)


def clamped(year: int, month: int, day: int) -> date:
    """That day of that month, or its last day where the month is shorter (S-11).

    Raises:
        RuleError: the year is outside 1 to 9999.
    """
    if not date.min.year <= year <= date.max.year:
        raise outside(f"year {year}")
    return date(year, month, min(day, months_of.monthrange(year, month)[1]))


def shift(day: date, offset: Offset, calendar: Calendar) -> date:
    """The day ``offset`` away; working days are counted strictly after or before ``day`` (S-17).

    Raises:
        RuleError: it lies outside the years 1 to 9999.
    """
    try:
        return _shifted(day, offset, calendar)
    except OverflowError as error:
        raise outside(f"{offset} from {day}") from error


def _shifted(day: date, offset: Offset, calendar: Calendar) -> date:
    match offset.measure:
        case Measure.DAYS:
            return day + timedelta(days=offset.count)
        case Measure.WEEKS:
            return day + timedelta(weeks=offset.count)
        case Measure.MONTHS:
            return add_months(day, offset.count)
        case _:
            return calendar.add(day, offset.count)
