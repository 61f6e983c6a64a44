"""The Vietnamese lunisolar calendar: reckoned at UTC+7, so not the Chinese one (S-20).

A month begins on the local day of a new moon. Month 11 holds the winter solstice. Where 13 months
begin from one month 11 to the next, the first of them in which the sun enters no new sign is a leap
month and bears the number of the month before it. Everything follows from `astronomy`; a year is
worked out when first asked for and then kept.

Served are the lunar years 1900 to 2100 by today's rules. Almanacs before 1968 were reckoned otherwise
(UTC+8), and a new moon within seconds of midnight decades ahead can still change its day with the
rotation of the earth.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import floor

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.astronomy import delta_t, new_moon, sun_longitude

FIRST_YEAR = 1900
LAST_YEAR = 2100

_MONTHS = 12
_LONGEST_MONTH = 30
#: From the numbers of `date.toordinal` to the Julian day on which their midnight at UTC falls.
_JULIAN = 1_721_424.5
#: Viet Nam's clock is ahead of UTC by seven hours, in days.
_AHEAD = 7 / 24
_WINTER_SOLSTICE = 270
_LUNATIONS_PER_YEAR = 12.3685


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LunarDate:
    """A day of the lunar calendar.

    A leap month follows the month whose number it bears, so dates sort as they come.
    """

    year: int
    #: 1 to 12.
    month: int
    leap: bool = False
    #: 1 to 30.
    day: int


@dataclass(frozen=True, slots=True)
class _Month:
    number: int
    leap: bool
    first: int
    length: int


def solar(lunar_year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    """Find the day on which a lunar date falls.

    Args:
        lunar_year: 1900 to 2100.
        month: 1 to 12.
        day: 1 to 30.
        leap: the leap month of that number is meant.

    Returns:
        The date, or None where the lunar date does not exist: day 30 of a short month, a leap month
        that year lacks (S-20).

    Raises:
        RuleError: year, month or day is out of range.
    """
    if not 1 <= day <= _LONGEST_MONTH:
        raise RuleError(f"lunar day {day} is out of range", mend="use 1 to 30")
    found = _find(lunar_year, month, leap=leap)
    if found is None or day > found.length:
        return None
    return date.fromordinal(found.first + day - 1)


def lunar(day: date) -> LunarDate:
    """Say which lunar date a day bears.

    Args:
        day: in the lunar years 1900 to 2100.

    Raises:
        RuleError: the day lies outside them.
    """
    ordinal = day.toordinal()
    # a lunar year begins in January or February: a day bears its own year's number or the one before
    for year in (day.year, day.year - 1):
        if FIRST_YEAR <= year <= LAST_YEAR and ordinal >= _year(year)[0].first:
            months = _year(year)
            month = months[bisect_right(months, ordinal, key=lambda each: each.first) - 1]
            if ordinal < month.first + month.length:
                return LunarDate(
                    year=year, month=month.number, leap=month.leap, day=ordinal - month.first + 1
                )
    raise RuleError(
        f"no lunar date is known for {day}", mend=f"use the lunar years {FIRST_YEAR} to {LAST_YEAR}"
    )


def month_length(lunar_year: int, month: int, *, leap: bool = False) -> int | None:
    """Say how many days a lunar month has.

    Args:
        lunar_year: 1900 to 2100.
        month: 1 to 12.
        leap: the leap month of that number is meant.

    Returns:
        29 or 30; None for a leap month that year lacks.

    Raises:
        RuleError: year or month is out of range.
    """
    found = _find(lunar_year, month, leap=leap)
    return None if found is None else found.length


def leap_month(lunar_year: int) -> int | None:
    """Say which month a lunar year has twice.

    Args:
        lunar_year: 1900 to 2100.

    Returns:
        1 to 12; None for a year of twelve months.

    Raises:
        RuleError: the year is out of range.
    """
    return next((each.number for each in _served(lunar_year) if each.leap), None)


def _served(lunar_year: int) -> tuple[_Month, ...]:
    if not FIRST_YEAR <= lunar_year <= LAST_YEAR:
        raise RuleError(f"lunar year {lunar_year} is out of range", mend=f"use {FIRST_YEAR} to {LAST_YEAR}")
    return _year(lunar_year)


def _find(lunar_year: int, month: int, *, leap: bool) -> _Month | None:
    months = _served(lunar_year)
    if not 1 <= month <= _MONTHS:
        raise RuleError(f"lunar month {month} is out of range", mend="use 1 to 12")
    return next((each for each in months if each.number == month and each.leap is leap), None)


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 1)
def _year(lunar_year: int) -> tuple[_Month, ...]:
    """Put a lunar year together: to month 10 from one solstice to the next, 11 and 12 after that."""
    before = [month for month in _solstice_year(lunar_year) if month.number < _MONTHS - 1]
    after = [month for month in _solstice_year(lunar_year + 1) if month.number >= _MONTHS - 1]
    return (*before, *after)


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 2)
def _solstice_year(year: int) -> tuple[_Month, ...]:
    """Number the months from the one with the winter solstice of the year before, to the next such."""
    begin, end = _eleventh_month(year - 1), _eleventh_month(year)
    firsts = [_first_day(lunation) for lunation in range(begin, end + 1)]
    leap_wanted = end - begin > _MONTHS
    months: list[_Month] = []
    number = 10
    for first, following in pairwise(firsts):
        leap = leap_wanted and bool(months) and _sign(first) == _sign(following)
        leap_wanted = leap_wanted and not leap
        number = number if leap else number % _MONTHS + 1
        months.append(_Month(number, leap, first, following - first))
    return tuple(months)


def _eleventh_month(year: int) -> int:
    """Find the lunation whose month holds the winter solstice of a year."""
    lunation = floor((year + 0.9 - 2000) * _LUNATIONS_PER_YEAR)
    while _sun_at_midnight(_first_day(lunation + 1)) <= _WINTER_SOLSTICE:
        lunation += 1
    return lunation


@lru_cache(maxsize=4_096)
def _first_day(lunation: int) -> int:
    """Say on which local day a new moon falls."""
    dynamical = new_moon(lunation)
    return floor(dynamical - delta_t(dynamical) + _AHEAD - _JULIAN)


def _sign(day: int) -> int:
    """Say in which of the twelve signs the sun stands as a local day begins."""
    return floor(_sun_at_midnight(day) / 30)


def _sun_at_midnight(day: int) -> float:
    universal = day + _JULIAN - _AHEAD
    return sun_longitude(universal + delta_t(universal))
