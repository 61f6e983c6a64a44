"""Working days, make-up days and rolls: S-16 to S-18, the questions of DESIGN §5.1."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.calendar import LONGEST_BREAK, MOST_WORKING_DAYS, Calendar, Roll, weekday_number
from tests.domain.builders import on, vietnam

_SOME_DAYS = st.dates(date(2016, 1, 1), date(2028, 12, 31))
_ALWAYS_OFF = Calendar(off={date(2017, 1, 1) + timedelta(days=n): "" for n in range(-900, 900)})


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2017-06-14", True),  # a Wednesday
        ("2017-06-17", False),  # a Saturday
        ("2017-04-06", False),  # Giỗ Tổ, a Thursday
        ("2024-05-04", True),  # a Saturday made up for
        ("2026-01-02", False),  # a Friday given off
        ("2026-01-10", True),  # against this Saturday
        ("2026-08-22", True),
        ("2026-08-31", False),
    ],
)
def test_s16_the_shipped_calendar_knows_holidays_and_make_up_days(day: str, *, working: bool) -> None:
    assert vietnam().is_working(on(day)) is working


def test_s16_make_up_beats_holiday_beats_weekday() -> None:
    day, other = date(2017, 6, 14), date(2017, 6, 15)
    calendar = Calendar(off={day: "off", other: "off"}, working={day: "made up"})

    assert calendar.is_working(day)
    assert not calendar.is_working(other)


@pytest.mark.parametrize(
    ("day", "roll", "expected"),
    [
        ("2017-06-14", Roll.NEXT, "2017-06-14"),
        ("2017-06-17", Roll.NONE, "2017-06-17"),
        ("2017-06-17", Roll.NEXT, "2017-06-19"),
        ("2017-06-17", Roll.PREV, "2017-06-16"),
        ("2017-06-17", Roll.NEAREST, "2017-06-16"),
        ("2017-06-18", Roll.NEAREST, "2017-06-19"),
        ("2017-04-06", Roll.NEAREST, "2017-04-05"),  # a tie takes the earlier
        ("2017-09-30", Roll.MODIFIED_NEXT, "2017-09-29"),
        ("2017-06-17", Roll.MODIFIED_NEXT, "2017-06-19"),
        ("2017-10-01", Roll.MODIFIED_PREV, "2017-10-02"),
        ("2017-06-17", Roll.MODIFIED_PREV, "2017-06-16"),
    ],
)
def test_s17_a_day_that_is_off_rolls_as_the_rule_says(day: str, roll: Roll, expected: str) -> None:
    assert vietnam().roll(on(day), roll) == on(expected)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2017-06-16", 0, "2017-06-16"),
        ("2017-06-17", 0, "2017-06-17"),
        ("2017-06-16", 1, "2017-06-19"),
        ("2017-06-17", 1, "2017-06-19"),
        ("2017-06-19", -1, "2017-06-16"),
        ("2017-06-18", -1, "2017-06-16"),
        ("2017-04-28", 1, "2017-05-03"),
        ("2026-01-08", 3, "2026-01-12"),  # Friday, the made-up Saturday, Monday
    ],
)
def test_s17_working_days_are_counted_strictly_after_or_before(day: str, count: int, expected: str) -> None:
    assert vietnam().add(on(day), count) == on(expected)


@given(_SOME_DAYS, st.integers(-60, 60))
def test_counting_back_what_was_added_gives_the_number_again(day: date, count: int) -> None:
    there = vietnam().add(day, count)
    one = timedelta(days=1)

    counted = vietnam().count(day + one, there + one) if count > 0 else vietnam().count(there, day)

    assert counted == abs(count)


@given(_SOME_DAYS, st.sampled_from(list(Roll)))
def test_what_rolls_ends_on_a_working_day_and_a_working_day_stays(day: date, roll: Roll) -> None:
    rolled = vietnam().roll(day, roll)

    assert rolled == day if roll is Roll.NONE or vietnam().is_working(day) else vietnam().is_working(rolled)


def test_count_takes_the_first_and_leaves_the_last_day_out_and_is_nothing_backwards() -> None:
    assert vietnam().count(on("2017-06-16"), on("2017-06-19")) == 1
    assert vietnam().count(on("2017-06-19"), on("2017-06-16")) == 0


def test_a_week_of_seven_days_off_is_refused() -> None:
    with pytest.raises(RuleError, match="all seven days"):
        Calendar(weekend=frozenset(range(7)))


@pytest.mark.parametrize("count", [MOST_WORKING_DAYS + 1, -MOST_WORKING_DAYS - 1])
def test_absurdly_many_working_days_are_refused(count: int) -> None:
    with pytest.raises(RuleError, match="too many"):
        Calendar().add(date(2017, 1, 1), count)


def test_a_break_of_more_than_a_year_is_a_fault_of_the_calendar() -> None:
    with pytest.raises(RuleError, match=f"no working day within {LONGEST_BREAK} days"):
        _ALWAYS_OFF.following(date(2017, 1, 1))


def test_the_end_of_the_calendar_is_said_and_not_fallen_over() -> None:
    ends = Calendar(off={date.max - timedelta(days=n): "" for n in range(10)})

    with pytest.raises(RuleError, match="beyond the end of the calendar"):
        ends.following(date.max)
    with pytest.raises(RuleError, match="beyond the end of the calendar"):
        Calendar().add(date.max, 1)


def test_weekdays_are_named_in_english_from_monday() -> None:
    assert [weekday_number(name) for name in ("mon", "sun")] == [0, 6]
    with pytest.raises(RuleError, match="'thu2' is not a weekday"):
        weekday_number("thu2")


@given(
    st.dates(date(2017, 1, 1), date(2027, 12, 31)),
    st.integers(0, 800),
    st.sets(st.integers(0, 6), max_size=6),
)
def test_whole_weeks_are_reckoned_as_if_they_had_been_walked(day: date, days: int, weekend: set[int]) -> None:
    calendar = replace(vietnam(), weekend=frozenset(weekend))
    end = day + timedelta(days=days)

    walked = sum(calendar.is_working(day + timedelta(days=n)) for n in range(days))

    assert calendar.count(day, end) == walked
