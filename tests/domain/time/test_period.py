"""Periods, their codes and where they begin: S-19, DESIGN §5."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.period import (
    Every,
    Period,
    SchoolYear,
    Term,
    calendar_period,
    day_period,
    period_code,
    periods,
)

_TILING = (Every.MONTH, Every.QUARTER, Every.HALF_YEAR, Every.YEAR, Every.DAY, Every.WEEK)
_CALENDAR = (*_TILING, Every.NINE_MONTHS)


@pytest.mark.parametrize(
    ("code", "every", "first", "last"),
    [
        ("2017-06", Every.MONTH, "2017-06-01", "2017-06-30"),
        ("2017-12", Every.MONTH, "2017-12-01", "2017-12-31"),
        ("2016-02", Every.MONTH, "2016-02-01", "2016-02-29"),
        ("2017-Q1", Every.QUARTER, "2017-01-01", "2017-03-31"),
        ("2017-Q2", Every.QUARTER, "2017-04-01", "2017-06-30"),
        ("2017-Q4", Every.QUARTER, "2017-10-01", "2017-12-31"),
        ("2017-H1", Every.HALF_YEAR, "2017-01-01", "2017-06-30"),
        ("2017-H2", Every.HALF_YEAR, "2017-07-01", "2017-12-31"),
        ("2017-9M", Every.NINE_MONTHS, "2017-01-01", "2017-09-30"),
        ("2017", Every.YEAR, "2017-01-01", "2017-12-31"),
        ("2017-W24", Every.WEEK, "2017-06-12", "2017-06-18"),
        ("2020-W53", Every.WEEK, "2020-12-28", "2021-01-03"),
        ("2021-W01", Every.WEEK, "2021-01-04", "2021-01-10"),
        ("2017-06-14", Every.DAY, "2017-06-14", "2017-06-14"),
    ],
)
def test_a_code_names_a_period_and_the_period_its_code(
    code: str, every: Every, first: str, last: str
) -> None:
    period = calendar_period(code)

    assert period == Period(date.fromisoformat(first), date.fromisoformat(last), every)
    assert period.code == period_code(period) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "2017-13",
        "2017-00",
        "2017-Q5",
        "2017-Q0",
        "2017-H3",
        "2017-W54",
        "2017-W00",
        "2017-W60",
        "17",
        "0000",
        "2017-6",
        "2017-02-30",
        "20170614",
        "2017-W24-1",
        "2017-2018",
        "2015..2020",
        "２０１７",
        " 2017",
        "9999-12",
    ],
)
def test_what_names_no_calendar_period_is_refused(code: str) -> None:
    with pytest.raises(RuleError):
        calendar_period(code)


def test_a_school_year_is_named_by_its_two_years_and_a_term_by_its_ends() -> None:
    school = Period(date(2026, 9, 1), date(2027, 5, 31), Every.SCHOOL_YEAR)
    term = Period(date(2015, 6, 1), date(2020, 5, 31), Every.TERM)

    assert (school.code, term.code) == ("2026-2027", "2015..2020")


@pytest.mark.parametrize("every", [Every.DAY, Every.ONCE, Every.RRULE, Every.EVENT])
def test_what_has_a_single_day_is_named_by_it(every: Every) -> None:
    period = day_period(date(2017, 6, 14), every)

    assert period.code == "2017-06-14"
    assert date(2017, 6, 14) in period
    assert date(2017, 6, 15) not in period


@pytest.mark.parametrize(
    ("every", "span", "codes"),
    [
        (Every.MONTH, ("2017-01-02", "2017-04-01"), ["2017-02", "2017-03", "2017-04"]),
        (Every.QUARTER, ("2017-01-01", "2017-12-31"), ["2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"]),
        (Every.QUARTER, ("2017-05-01", "2017-09-30"), ["2017-Q3"]),
        (Every.HALF_YEAR, ("2016-07-01", "2017-07-01"), ["2016-H2", "2017-H1", "2017-H2"]),
        (Every.YEAR, ("2016-01-02", "2018-01-01"), ["2017", "2018"]),
        (Every.NINE_MONTHS, ("2016-01-02", "2018-01-01"), ["2017-9M", "2018-9M"]),
        (Every.WEEK, ("2017-06-11", "2017-06-26"), ["2017-W24", "2017-W25", "2017-W26"]),
        (Every.WEEK, ("2017-06-12", "2017-06-12"), ["2017-W24"]),
        (Every.DAY, ("2017-06-12", "2017-06-13"), ["2017-06-12", "2017-06-13"]),
        (Every.SCHOOL_YEAR, ("2025-09-02", "2027-09-01"), ["2026-2027", "2027-2028"]),
        (Every.MONTH, ("2017-06-02", "2017-06-01"), []),
    ],
)
def test_periods_are_those_that_begin_in_the_span_both_ends_included(
    every: Every, span: tuple[str, str], codes: list[str]
) -> None:
    first, last = map(date.fromisoformat, span)

    assert [period.code for period in periods(every, first, last)] == codes


def test_terms_run_on_from_one_of_them_in_both_directions() -> None:
    term = Term(start=date(2015, 6, 1), months=30)

    found = list(periods(Every.TERM, date(2012, 1, 1), date(2018, 1, 1), term=term))

    assert [(each.first, each.last) for each in found] == [
        (date(2012, 12, 1), date(2015, 5, 31)),
        (date(2015, 6, 1), date(2017, 11, 30)),
        (date(2017, 12, 1), date(2020, 5, 31)),
    ]


def test_s12_terms_are_counted_from_the_anchor_and_do_not_drift() -> None:
    term = Term(start=date(2016, 8, 31), months=6)

    firsts = [each.first for each in periods(Every.TERM, date(2016, 8, 1), date(2018, 3, 1), term=term)]

    assert firsts == [date(2016, 8, 31), date(2017, 2, 28), date(2017, 8, 31), date(2018, 2, 28)]


def test_a_school_year_may_lie_otherwise_and_clamps_to_the_end_of_february() -> None:
    within = SchoolYear(start=(2, 29), end=(12, 15))

    found = list(periods(Every.SCHOOL_YEAR, date(2023, 1, 1), date(2024, 12, 31), school_year=within))

    assert [(each.first, each.last) for each in found] == [
        (date(2023, 2, 28), date(2023, 12, 15)),
        (date(2024, 2, 29), date(2024, 12, 15)),
    ]


@pytest.mark.parametrize("every", [Every.ONCE, Every.RRULE, Every.EVENT])
def test_a_rhythm_without_periods_of_its_own_is_refused(every: Every) -> None:
    with pytest.raises(RuleError, match="no periods of its own"):
        list(periods(every, date(2017, 1, 1), date(2017, 12, 31)))


def test_a_term_without_its_start_is_refused() -> None:
    with pytest.raises(RuleError, match="needs term"):
        list(periods(Every.TERM, date(2017, 1, 1), date(2017, 12, 31)))


@given(st.sampled_from(_CALENDAR), st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 800))
def test_every_period_can_be_read_back_from_its_code(every: Every, first: date, days: int) -> None:
    for period in periods(every, first, first + timedelta(days=days)):
        assert calendar_period(period.code) == period


@given(st.sampled_from(_TILING), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_tiling_periods_leave_no_day_out_and_count_none_twice(every: Every, first: date) -> None:
    found = list(periods(every, first, first + timedelta(days=900)))

    assert all(b.first == a.last + timedelta(days=1) for a, b in pairwise(found))
