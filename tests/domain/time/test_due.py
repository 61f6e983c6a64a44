"""Due dates: every form of DESIGN §6.1, every roll, stay_in_period; S-11, S-17 to S-20."""

from datetime import date

import pytest

from nhacviec.domain.time.calendar import Roll
from nhacviec.domain.time.due import (
    AfterEnd,
    AfterStart,
    DateOfYear,
    DayOfMonth,
    Due,
    DueForm,
    LunarDay,
    OfDuty,
    OnDate,
    ThePeriod,
    WeekdayOfMonth,
    WeekdayOfWeek,
    WorkingDayOfMonth,
)
from nhacviec.domain.time.nominal import nominal_date
from nhacviec.domain.time.offset import parse_offset
from nhacviec.domain.time.period import Every, Period, calendar_period
from nhacviec.domain.time.recurrence import (
    Adjustment,
    due_date,
)
from tests.domain.builders import on, vietnam

_JUNE = (date(2017, 6, 1), date(2017, 6, 30))


def after_end(text: str) -> AfterEnd:
    return AfterEnd(parse_offset(text))


def after_start(text: str) -> AfterStart:
    return AfterStart(parse_offset(text))


@pytest.mark.parametrize(
    ("form", "period", "expected"),
    [
        (DayOfMonth(20), "2017-06", "2017-06-20"),
        (DayOfMonth(20), "2017-Q2", "2017-06-20"),
        (DayOfMonth(20, month=1), "2017-Q2", "2017-04-20"),
        (DayOfMonth(5, month=2), "2017-H2", "2017-08-05"),
        (DayOfMonth(31), "2017-06", "2017-06-30"),
        (DayOfMonth(31), "2016-02", "2016-02-29"),
        (WorkingDayOfMonth(5), "2017-06", "2017-06-07"),
        (WorkingDayOfMonth(1), "2017-05", "2017-05-03"),  # 1 and 2 May are off
        (WorkingDayOfMonth(-1), "2017-09", "2017-09-29"),
        (WorkingDayOfMonth(-2), "2017-Q1", "2017-03-30"),
        (WorkingDayOfMonth(23), "2017-02", "2017-02-28"),  # what is not there is the last
        (WorkingDayOfMonth(-23), "2017-02", "2017-02-02"),  # 1 February 2017 is off
        (WeekdayOfMonth(0, 1), "2017-06", "2017-06-05"),
        (WeekdayOfMonth(4, -1), "2017-06", "2017-06-30"),
        (WeekdayOfMonth(0, 5), "2017-06", "2017-06-26"),
        (WeekdayOfMonth(0, -5), "2017-06", "2017-06-05"),
        (WeekdayOfMonth(3, 5), "2017-06", "2017-06-29"),
        (WeekdayOfWeek(4), "2017-W24", "2017-06-16"),
        (after_end("5wd"), "2017-06", "2017-07-07"),
        (after_end("1wd"), "2017-H1", "2017-07-03"),
        (after_end("3d"), "2017-06", "2017-07-03"),
        (after_start("10d"), "2017-06", "2017-06-11"),
        (after_start("1wd"), "2017-W24", "2017-06-13"),
        (DateOfYear(11, 30), "2017", "2017-11-30"),
        (DateOfYear(2, 29), "2017", "2017-02-28"),
        (DateOfYear(11, 30), "2017-H1", "2017-11-30"),
        (LunarDay(3, 10), "2017", "2017-04-06"),
        (LunarDay(1, 1), "2007", "2007-02-17"),
        (LunarDay(6, 1), "2017", "2017-06-24"),  # 2017 has a leap month 6: the first of the two
        (LunarDay(6, 1, leap=True), "2017", "2017-07-23"),
        (LunarDay(5, 1, leap=True), "2017", "2017-05-26"),
        (OnDate(date(2017, 6, 14)), "2017-06-14", "2017-06-14"),
        (ThePeriod(), "2017-06-14", "2017-06-14"),
    ],
)
def test_a_form_names_a_date_of_a_period(form: DueForm, period: str, expected: str) -> None:
    assert nominal_date(form, calendar_period(period), vietnam()) == on(expected)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (DateOfYear(11, 30), "2026-11-30"),
        (DateOfYear(3, 31), "2027-03-31"),
        (DateOfYear(6, 15), "2027-06-15"),  # after its end, never before it begins
        (DayOfMonth(20), "2027-05-20"),
        (DayOfMonth(20, month=1), "2026-09-20"),
    ],
)
def test_s19_a_school_year_runs_over_new_year(form: DueForm, expected: str) -> None:
    period = Period(date(2026, 9, 1), date(2027, 5, 31), Every.SCHOOL_YEAR)

    assert nominal_date(form, period, vietnam()) == on(expected)


def test_s20_lunar_30_in_a_month_of_29_days_is_the_29th_or_left_out() -> None:
    # the twelfth month of lunar 2021 has 29 days, that of 2019 has 30
    year = calendar_period

    assert nominal_date(LunarDay(12, 30), year("2021"), vietnam()) == date(2022, 1, 31)
    assert nominal_date(LunarDay(12, 30, skip=True), year("2021"), vietnam()) is None
    assert nominal_date(LunarDay(12, 30, skip=True), year("2019"), vietnam()) == date(2020, 1, 24)


def test_what_leans_on_another_duty_is_counted_from_its_due_and_is_nothing_without_it() -> None:
    form, period = OfDuty("SH-01", parse_offset("-1wd")), calendar_period("2017-06")

    assert nominal_date(form, period, vietnam(), date(2017, 6, 5)) == date(2017, 6, 2)
    assert nominal_date(form, period, vietnam()) is None


# 2017: 30 September is a Saturday, 1 October a Sunday; 20 May a Saturday
@pytest.mark.parametrize(
    ("nominal", "roll", "stay", "expected"),
    [
        ("2017-05-20", Roll.NONE, False, "2017-05-20"),
        ("2017-05-20", Roll.NEXT, False, "2017-05-22"),
        ("2017-05-20", Roll.PREV, False, "2017-05-19"),
        ("2017-05-20", Roll.NEAREST, False, "2017-05-19"),
        ("2017-05-21", Roll.NEAREST, False, "2017-05-22"),
        ("2017-09-30", Roll.NEXT, False, "2017-10-02"),
        ("2017-09-30", Roll.NEXT, True, "2017-09-29"),
        ("2017-09-30", Roll.MODIFIED_NEXT, False, "2017-09-29"),
        ("2017-10-01", Roll.PREV, False, "2017-09-29"),
        ("2017-10-01", Roll.PREV, True, "2017-10-02"),
        ("2017-10-01", Roll.MODIFIED_PREV, False, "2017-10-02"),
        ("2017-10-01", Roll.NONE, True, "2017-10-01"),
        ("2017-09-29", Roll.NEXT, True, "2017-09-29"),
    ],
)
def test_s17_s18_the_due_date_rolls_the_nominal_date_stays(
    nominal: str, roll: Roll, stay: bool, expected: str
) -> None:
    day = on(nominal)
    form = DayOfMonth(day.day)
    adjust = Adjustment(calendar=vietnam(), roll=roll, stay_in_period=stay)

    found = due_date(calendar_period(nominal[:7]), Due(form=form), form, adjust)

    assert found is not None
    assert (found.nominal, found.due) == (day, on(expected))


def test_stay_in_period_leaves_alone_what_was_never_inside() -> None:
    adjust = Adjustment(calendar=vietnam(), roll=Roll.NEXT, stay_in_period=True)

    assert adjust(date(2017, 7, 1), calendar_period("2017-06")) == date(2017, 7, 3)


@pytest.mark.parametrize(
    ("day", "roll", "nominal", "due"),
    [
        (20, Roll.NONE, "2017-06-19", "2017-06-19"),
        (5, Roll.PREV, "2017-06-04", "2017-06-02"),  # Sunday the 4th, then the roll
        (1, Roll.NONE, "2017-05-31", "2017-05-31"),
    ],
)
def test_before_is_one_day_off_and_then_the_roll(day: int, roll: Roll, nominal: str, due: str) -> None:
    form = DayOfMonth(day)
    adjust = Adjustment(calendar=vietnam(), roll=roll)

    found = due_date(calendar_period("2017-06"), Due(form=form, before=True), form, adjust)

    assert found is not None
    assert (found.nominal, found.due) == (on(nominal), on(due))
