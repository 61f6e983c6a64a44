"""Periods: named intervals of whole days, and the codes by which outsiders name them (S-19, DESIGN §5)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.offset import add_months, clamped

ONE_DAY = timedelta(days=1)


class Every(StrEnum):
    """How often a duty comes back."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    NINE_MONTHS = "nine-months"
    YEAR = "year"
    SCHOOL_YEAR = "school-year"
    TERM = "term"
    ONCE = "once"
    RRULE = "rrule"
    EVENT = "event"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """An interval of whole days, both ends included, with the rhythm it belongs to."""

    first: date
    last: date
    every: Every

    @property
    def code(self) -> str:
        """The code by which people and programs name it: ``2017-06``, ``2017-Q2``, ``2015..2020``."""
        return period_code(self)

    def __contains__(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Terms of office: the first day of one of them, and how many months each lasts (30 or 60)."""

    start: date
    months: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolYear:
    """From which (month, day) to which (month, day) of the next year a school year runs (S-19)."""

    start: tuple[int, int] = (9, 1)
    end: tuple[int, int] = (5, 31)


SCHOOL_YEAR = SchoolYear()

#: Months a rhythm covers, for those that tile a calendar year from January.
_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


def day_period(day: date, every: Every = Every.DAY) -> Period:
    """The period of one day: a daily duty, ``once``, an RRULE's instance or an event."""
    return Period(day, day, every)


def periods(
    every: Every, first: date, last: date, *, term: Term | None = None, school_year: SchoolYear = SCHOOL_YEAR
) -> Iterator[Period]:
    """The periods of a rhythm whose first day lies in [first, last], in order.

    Args:
        every: a rhythm that tiles time; ``once``, ``rrule`` and ``event`` have no periods of their own.
        first: first day on which a period may begin.
        last: last such day, included.
        term: needed for ``term``.
        school_year: for ``school-year``.

    Raises:
        RuleError: the rhythm has no periods of its own, or a term is missing.
    """
    match every:
        case Every.MONTH | Every.QUARTER | Every.HALF_YEAR | Every.YEAR:
            return _of_months(every, first, last)
        case Every.DAY | Every.WEEK:
            return _of_days(every, first, last)
        case Every.NINE_MONTHS:
            return _nine_months(first, last)
        case Every.SCHOOL_YEAR:
            return _school_years(school_year, first, last)
        case Every.TERM if term is not None:
            return _terms(term, first, last)
        case Every.TERM:
            raise RuleError("every: term needs term", mend="give term: {start: DATE, months: 60}")
        case _:
            raise RuleError(f"every: {every} has no periods of its own")


def _of_months(every: Every, first: date, last: date) -> Iterator[Period]:
    length = _MONTHS[every]
    start = date(first.year, (first.month - 1) // length * length + 1, 1)
    while start <= last:
        following = add_months(start, length)
        if start >= first:
            yield Period(start, following - ONE_DAY, every)
        start = following


def _of_days(every: Every, first: date, last: date) -> Iterator[Period]:
    step = timedelta(days=7 if every is Every.WEEK else 1)
    start = first + timedelta(days=-first.weekday() % 7) if every is Every.WEEK else first
    while start <= last:
        yield Period(start, start + step - ONE_DAY, every)
        start += step


def _nine_months(first: date, last: date) -> Iterator[Period]:
    for year in range(first.year, last.year + 1):
        if first <= date(year, 1, 1) <= last:
            yield Period(date(year, 1, 1), date(year, 9, 30), Every.NINE_MONTHS)


def _school_years(shape: SchoolYear, first: date, last: date) -> Iterator[Period]:
    crosses = shape.end <= shape.start
    for year in range(first.year, last.year + 1):
        start = clamped(year, *shape.start)
        if first <= start <= last:
            yield Period(start, clamped(year + crosses, *shape.end), Every.SCHOOL_YEAR)


def _terms(term: Term, first: date, last: date) -> Iterator[Period]:
    passed = (first.year - term.start.year) * 12 + first.month - term.start.month
    nth = passed // term.months - 1
    while (start := add_months(term.start, nth * term.months)) <= last:
        if start >= first:
            yield Period(start, add_months(term.start, (nth + 1) * term.months) - ONE_DAY, Every.TERM)
        nth += 1


def _week_code(first: date) -> str:
    year, week, _ = first.isocalendar()
    return f"{year:04d}-W{week:02d}"


#: How each rhythm writes a period; what is not here is named by its one day.
_CODES: Mapping[Every, Callable[[date, date], str]] = {
    Every.MONTH: lambda first, _: f"{first.year:04d}-{first.month:02d}",
    Every.QUARTER: lambda first, _: f"{first.year:04d}-Q{(first.month + 2) // 3}",
    Every.HALF_YEAR: lambda first, _: f"{first.year:04d}-H{1 if first.month == 1 else 2}",
    Every.NINE_MONTHS: lambda first, _: f"{first.year:04d}-9M",
    Every.YEAR: lambda first, _: f"{first.year:04d}",
    Every.SCHOOL_YEAR: lambda first, last: f"{first.year:04d}-{last.year:04d}",
    Every.TERM: lambda first, last: f"{first.year:04d}..{last.year:04d}",
    Every.WEEK: lambda first, _: _week_code(first),
}


def period_code(period: Period) -> str:
    """The stable code of a period (DESIGN §5)."""
    if period.every in _CODES:
        return _CODES[period.every](period.first, period.last)
    return period.first.isoformat()


_SHAPES = (
    (re.compile(r"(\d{4})-(\d{2})", re.ASCII), Every.MONTH),
    (re.compile(r"(\d{4})-Q([1-4])", re.ASCII), Every.QUARTER),
    (re.compile(r"(\d{4})-H([12])", re.ASCII), Every.HALF_YEAR),
    (re.compile(r"(\d{4})", re.ASCII), Every.YEAR),
)
_NINE_MONTHS = re.compile(r"(\d{4})-9M", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def calendar_period(code: str) -> Period:
    """Read the code of a calendar period: month, quarter, half-year, nine months, year, week or day.

    School years and terms are known only beside their duty; they are found by their code there.

    Raises:
        RuleError: the code names no such period.
    """
    try:
        return _calendar_period(code)
    except ValueError as error:
        mend = "write 2017-06, 2017-Q2, 2017-H1, 2017-9M, 2017, 2017-W24 or a date"
        raise RuleError(f"{code!r} is not a period", mend=mend) from error


def _calendar_period(code: str) -> Period:
    for shape, every in _SHAPES:
        if found := shape.fullmatch(code):
            length = _MONTHS[every]
            nth = int(found.group(2)) if found.lastindex == 2 else 1  # noqa: PLR2004 -- year and number
            first = date(int(found.group(1)), (nth - 1) * length + 1, 1)
            return Period(first, add_months(first, length) - ONE_DAY, every)
    if found := _NINE_MONTHS.fullmatch(code):
        year = int(found.group(1))
        return Period(date(year, 1, 1), date(year, 9, 30), Every.NINE_MONTHS)
    if found := _WEEK.fullmatch(code):
        first = date.fromisocalendar(int(found.group(1)), int(found.group(2)), 1)
        return Period(first, first + timedelta(days=6), Every.WEEK)
    if _DAY.fullmatch(code):
        return day_period(date.fromisoformat(code))
    raise ValueError(code)
