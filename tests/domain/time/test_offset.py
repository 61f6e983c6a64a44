"""Offsets: DESIGN §6, S-11, S-17."""

from datetime import date

import pytest

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.calendar import Calendar
from nhacviec.domain.time.offset import MOST, Measure, Offset, add_months, clamped, parse_offset, shift
from tests.domain.builders import on


@pytest.mark.parametrize(
    ("text", "count", "measure"),
    [
        ("-7wd", -7, Measure.WORKING_DAYS),
        ("0d", 0, Measure.DAYS),
        ("+3d", 3, Measure.DAYS),
        ("2w", 2, Measure.WEEKS),
        ("-6m", -6, Measure.MONTHS),
        (f"{MOST}d", MOST, Measure.DAYS),
    ],
)
def test_an_offset_is_a_number_and_what_it_counts(text: str, count: int, measure: Measure) -> None:
    assert parse_offset(text) == Offset(count, measure)
    assert str(parse_offset(text)) == text.removeprefix("+")


@pytest.mark.parametrize("text", ["", "3", "d", "3 d", "3D", "3y", "--3d", "3.5d", "3d ", "1234567d"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="is not an offset"):
        parse_offset(text)


def test_an_offset_of_decades_is_refused() -> None:
    with pytest.raises(RuleError, match="too far"):
        parse_offset(f"{MOST + 1}d")


@pytest.mark.parametrize(
    ("day", "offset", "expected"),
    [
        ("2017-06-16", "3d", "2017-06-19"),
        ("2017-06-16", "1wd", "2017-06-19"),
        ("2017-06-16", "-2w", "2017-06-02"),
        ("2017-01-31", "1m", "2017-02-28"),
        ("2016-03-31", "-1m", "2016-02-29"),
        ("2017-11-30", "-12m", "2016-11-30"),
    ],
)
def test_a_date_shifts_by_what_is_counted_months_clamp(day: str, offset: str, expected: str) -> None:
    assert shift(on(day), parse_offset(offset), Calendar()) == on(expected)


@pytest.mark.parametrize("offset", ["1d", "1w", "1m", "1wd"])
def test_beyond_the_last_year_is_said_and_not_fallen_over(offset: str) -> None:
    with pytest.raises(RuleError, match="beyond the end of the calendar"):
        shift(date.max, parse_offset(offset), Calendar())


def test_s11_a_day_that_a_month_lacks_is_its_last() -> None:
    assert add_months(date(2017, 8, 31), 1) == date(2017, 9, 30)
    assert clamped(2017, 2, 31) == date(2017, 2, 28)
    with pytest.raises(RuleError):
        clamped(0, 1, 1)
