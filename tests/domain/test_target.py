"""Targets and pace round up (DESIGN §6)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.errors import RuleError
from nhacviec.domain.stage import PacePoint
from nhacviec.domain.target import Pace, Target, pace_points, required_by, share
from nhacviec.domain.time.period import Every, Period, calendar_period

_PACE = (
    Pace(month=9, day=30, percent=75),
    Pace(month=3, day=31, percent=25),
    Pace(month=6, day=30, percent=50),
)


@pytest.mark.parametrize(
    ("whole", "percent", "expected"),
    [(2, 25, 1), (2, 50, 1), (2, 75, 2), (14, 30, 5), (10, 30, 3), (0, 50, 0), (7, 100, 7)],
)
def test_a_share_is_rounded_up_to_whole_things(whole: int, percent: int, expected: int) -> None:
    assert share(whole, percent) == expected


@given(st.integers(0, 10_000), st.integers(0, 100))
def test_a_share_is_never_too_small_and_never_one_too_many(whole: int, percent: int) -> None:
    assert (share(whole, percent) - 1) * 100 < whole * percent <= share(whole, percent) * 100


def test_a_unit_has_its_own_number_or_the_common_one_or_a_share_of_its_members() -> None:
    counted = Target(count=2, units={"ubkt": 6})

    assert (counted.of("ubkt", None), counted.of("cb-tam", None)) == (6, 2)
    assert Target(percent=30).of("cb-tam", 14) == 5


def test_a_share_of_members_that_are_not_known_is_refused() -> None:
    with pytest.raises(RuleError, match="cb-tam has no members"):
        Target(percent=30).of("cb-tam", None)


def test_pace_points_are_those_of_the_period_by_date() -> None:
    found = pace_points(_PACE, 6, calendar_period("2017"))

    assert found == (
        PacePoint(by=date(2017, 3, 31), required=2),
        PacePoint(by=date(2017, 6, 30), required=3),
        PacePoint(by=date(2017, 9, 30), required=5),
    )


def test_a_period_over_new_year_has_the_points_of_both_years_that_lie_in_it() -> None:
    school = Period(date(2026, 9, 1), date(2027, 5, 31), Every.SCHOOL_YEAR)

    assert [point.by.isoformat() for point in pace_points(_PACE, 4, school)] == ["2026-09-30", "2027-03-31"]


def test_what_is_required_is_what_the_last_point_asks_for() -> None:
    points = pace_points(_PACE, 6, calendar_period("2017"))

    assert [required_by(points, date(2017, *day)) for day in ((3, 30), (3, 31), (9, 29), (12, 1))] == [
        0,
        2,
        3,
        5,
    ]
