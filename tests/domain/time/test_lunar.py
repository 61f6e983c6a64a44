"""The Vietnamese lunar calendar at UTC+7: S-20."""

from datetime import date, timedelta

import pytest

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time import lunar
from nhacviec.domain.time.lunar import LunarDate, leap_month, month_length, solar

_TET = [
    "1990-01-27",
    "1991-02-15",
    "1992-02-04",
    "1993-01-23",
    "1994-02-10",
    "1995-01-31",
    "1996-02-19",
    "1997-02-07",
    "1998-01-28",
    "1999-02-16",
    "2000-02-05",
    "2001-01-24",
    "2002-02-12",
    "2003-02-01",
    "2004-01-22",
    "2005-02-09",
    "2006-01-29",
    "2007-02-17",
    "2008-02-07",
    "2009-01-26",
    "2010-02-14",
    "2011-02-03",
    "2012-01-23",
    "2013-02-10",
    "2014-01-31",
    "2015-02-19",
    "2016-02-08",
    "2017-01-28",
    "2018-02-16",
    "2019-02-05",
    "2020-01-25",
    "2021-02-12",
    "2022-02-01",
    "2023-01-22",
    "2024-02-10",
    "2025-01-29",
    "2026-02-17",
    "2027-02-06",
    "2028-01-26",
    "2029-02-13",
    "2030-02-02",
    "2031-01-23",
    "2032-02-11",
    "2033-01-31",
    "2034-02-19",
    "2035-02-08",
    "2036-01-28",
    "2037-02-15",
    "2038-02-04",
    "2039-01-24",
    "2040-02-12",
    "2041-02-01",
    "2042-01-22",
    "2043-02-10",
    "2044-01-30",
    "2045-02-17",
    "2046-02-06",
    "2047-01-26",
    "2048-02-14",
    "2049-02-02",
    "2050-01-23",
]

_GIO_TO = [
    "2017-04-06",
    "2018-04-25",
    "2019-04-14",
    "2020-04-02",
    "2021-04-21",
    "2022-04-10",
    "2023-04-29",
    "2024-04-18",
    "2025-04-07",
    "2026-04-26",
    "2027-04-16",
]


@pytest.mark.parametrize("expected", _TET)
def test_tet_falls_where_viet_nam_keeps_it(expected: str) -> None:
    day = date.fromisoformat(expected)

    assert solar(day.year, 1, 1) == day
    assert lunar.lunar(day) == LunarDate(year=day.year, month=1, day=1)


@pytest.mark.parametrize("expected", _GIO_TO)
def test_the_ancestors_day_is_the_tenth_of_the_third_month(expected: str) -> None:
    day = date.fromisoformat(expected)

    assert solar(day.year, 3, 10) == day


@pytest.mark.parametrize(
    ("lunar_year", "viet_nam", "china"),
    [
        (1985, date(1985, 1, 21), date(1985, 2, 20)),
        (2007, date(2007, 2, 17), date(2007, 2, 18)),
        (2030, date(2030, 2, 2), date(2030, 2, 3)),
    ],
)
def test_tet_is_not_the_chinese_new_year(lunar_year: int, viet_nam: date, china: date) -> None:
    assert solar(lunar_year, 1, 1) == viet_nam
    assert solar(lunar_year, 1, 1) != china


def test_a_new_moon_three_minutes_from_midnight_begins_the_right_month() -> None:
    assert lunar.lunar(date(2031, 4, 20)) == LunarDate(year=2031, month=3, leap=False, day=29)
    assert lunar.lunar(date(2031, 4, 21)) == LunarDate(year=2031, month=3, leap=True, day=1)


@pytest.mark.parametrize(
    ("lunar_year", "month"),
    [
        (1984, None),
        (1985, 2),
        (1987, 7),
        (1990, 5),
        (1993, 3),
        (1995, 8),
        (1998, 5),
        (2001, 4),
        (2004, 2),
        (2006, 7),
        (2009, 5),
        (2012, 4),
        (2014, 9),
        (2017, 6),
        (2020, 4),
        (2023, 2),
        (2025, 6),
        (2026, None),
        (2028, 5),
        (2031, 3),
        (2033, 11),
        (2034, None),
        (2036, 6),
        (2039, 5),
        (2042, 2),
        (2044, 7),
        (2047, 5),
        (2050, 3),
    ],
)
def test_a_year_has_the_leap_month_of_the_almanac(lunar_year: int, month: int | None) -> None:
    assert leap_month(lunar_year) == month


def test_every_day_has_one_lunar_date_and_every_lunar_date_one_day() -> None:
    day, last = date(1989, 12, 1), date(2051, 3, 1)
    before = lunar.lunar(day - timedelta(1))

    while day <= last:
        found = lunar.lunar(day)
        assert solar(found.year, found.month, found.day, leap=found.leap) == day
        assert before < found
        before, day = found, day + timedelta(1)


def test_a_year_is_whole_months_and_leads_to_the_next() -> None:
    for lunar_year in range(lunar.FIRST_YEAR, lunar.LAST_YEAR):
        lengths = [month_length(lunar_year, month) for month in range(1, 13)]
        leap = leap_month(lunar_year)
        extra = month_length(lunar_year, leap, leap=True) if leap else 0

        assert set(lengths) <= {29, 30}
        assert extra in {0, 29, 30}
        year = (solar(lunar_year + 1, 1, 1) or date.max) - (solar(lunar_year, 1, 1) or date.min)
        assert year.days == sum(filter(None, lengths)) + (extra or 0)


def test_day_30_exists_only_in_a_month_of_30_days() -> None:
    for lunar_year in range(lunar.FIRST_YEAR, lunar.LAST_YEAR + 1):
        for month in range(1, 13):
            assert (solar(lunar_year, month, 30) is None) == (month_length(lunar_year, month) == 29)


def test_a_leap_month_that_the_year_lacks_is_no_date() -> None:
    for month in range(1, 13):
        assert solar(2026, month, 1, leap=True) is None
        assert month_length(2026, month, leap=True) is None
        assert (solar(2025, month, 1, leap=True) is None) == (month != 6)


def test_a_leap_month_follows_the_month_whose_number_it_bears() -> None:
    assert solar(2025, 6, 29) == date(2025, 7, 23)
    assert solar(2025, 6, 1, leap=True) == date(2025, 7, 25)
    assert solar(2025, 7, 1) == date(2025, 8, 23)


@pytest.mark.parametrize(
    ("lunar_year", "month", "day", "named"),
    [
        (2026, 0, 1, "lunar month 0"),
        (2026, 13, 1, "lunar month 13"),
        (2026, -1, 1, "lunar month -1"),
        (2026, 1, 0, "lunar day 0"),
        (2026, 1, 31, "lunar day 31"),
        (1899, 1, 1, "lunar year 1899"),
        (2101, 1, 1, "lunar year 2101"),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(lunar_year: int, month: int, day: int, named: str) -> None:
    with pytest.raises(RuleError, match=f"{named} is out of range"):
        solar(lunar_year, month, day)


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 30), date(2101, 1, 29), date.max])
def test_a_day_outside_the_served_years_is_refused(day: date) -> None:
    with pytest.raises(RuleError, match="no lunar date is known"):
        lunar.lunar(day)


def test_the_first_and_the_last_served_day_are_served() -> None:
    assert lunar.lunar(date(1900, 1, 31)) == LunarDate(year=1900, month=1, day=1)
    assert lunar.lunar(date(2101, 1, 28)) == LunarDate(year=2100, month=12, day=29)
