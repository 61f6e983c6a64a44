"""A rule becomes due dates, and one that contradicts itself is refused: S-10 to S-19, DESIGN §5.1, §6.1."""

from datetime import date, datetime

import pytest

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time import rrule
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
    check_form,
)
from nhacviec.domain.time.nominal import nominal_date
from nhacviec.domain.time.offset import parse_offset
from nhacviec.domain.time.period import Every, Term, day_period
from nhacviec.domain.time.recurrence import (
    Adjustment,
    Recurrence,
    check_recurrence,
    occur,
    periods_of,
)
from nhacviec.domain.time.zone import zone
from tests.domain.builders import HANOI, vietnam

_JUNE = (date(2017, 6, 1), date(2017, 6, 30))


def after_end(text: str) -> AfterEnd:
    return AfterEnd(parse_offset(text))


def after_start(text: str) -> AfterStart:
    return AfterStart(parse_offset(text))


class TestOccur:
    """DESIGN §5.1: a rule becomes due dates."""

    adjust = Adjustment(calendar=vietnam(), roll=Roll.NEXT)
    zone = zone(HANOI)

    def test_months_keep_the_periods_whose_last_month_is_listed(self) -> None:
        rule = Recurrence(every=Every.MONTH, due=Due(form=DayOfMonth(20)), months=frozenset({1, 2, 5}))

        found = list(occur(rule, (date(2017, 1, 1), date(2017, 12, 31)), self.adjust, self.zone))

        assert [each.period.code for each in found] == ["2017-01", "2017-02", "2017-05"]
        assert [each.nominal.isoformat() for each in found] == ["2017-01-20", "2017-02-20", "2017-05-20"]
        assert [each.due.isoformat() for each in found] == ["2017-01-20", "2017-02-20", "2017-05-22"]

    def test_half_years_ending_in_june_are_first_halves(self) -> None:
        rule = Recurrence(every=Every.HALF_YEAR, due=Due(form=DayOfMonth(31)), months=frozenset({6}))

        found = periods_of(rule, date(2017, 1, 1), date(2018, 12, 31), self.zone)

        assert [period.code for period in found] == ["2017-H1", "2018-H1"]

    def test_an_rrule_gives_a_period_of_each_of_its_days_once(self) -> None:
        start = datetime.fromisoformat("2017-06-01T09:00")
        rule = rrule.parse("FREQ=WEEKLY;BYDAY=TH;BYHOUR=9,15", start=start)

        found = list(occur(Recurrence(every=Every.RRULE, rule=rule), _JUNE, self.adjust, self.zone))

        assert [each.period.code for each in found] == [f"2017-06-{day:02d}" for day in (1, 8, 15, 22, 29)]

    def test_an_rrule_that_is_missing_is_refused(self) -> None:
        with pytest.raises(RuleError, match="no periods of its own"):
            list(periods_of(Recurrence(every=Every.RRULE), *_JUNE, self.zone))

    def test_once_falls_due_on_its_date_and_on_a_units_own(self) -> None:
        common, own = OnDate(date(2017, 6, 14)), OnDate(date(2017, 6, 20))
        rule = Recurrence(every=Every.ONCE, due=Due(form=common, units={"cb-tam": own}))

        assert rule.due.form_for("cb-tam") == own
        assert rule.due.form_for("cb-khac") == common
        assert [p.code for p in periods_of(rule, *_JUNE, self.zone)] == ["2017-06-14", "2017-06-20"]
        assert [each.due for each in occur(rule, _JUNE, self.adjust, self.zone)] == [date(2017, 6, 14)]
        assert not list(occur(rule, (date(2017, 7, 1), date(2017, 7, 31)), self.adjust, self.zone))

    def test_events_and_what_leans_on_others_have_no_dates_of_their_own(self) -> None:
        leaning = Due(form=OfDuty("SH-01", parse_offset("-1wd")))

        assert not list(occur(Recurrence(every=Every.EVENT), _JUNE, self.adjust, self.zone))
        assert not list(occur(Recurrence(every=Every.MONTH, due=leaning), _JUNE, self.adjust, self.zone))
        assert Recurrence(every=Every.MONTH, due=leaning).leans_on() == {"SH-01"}

    def test_a_daily_duty_is_due_on_its_own_day(self) -> None:
        found = occur(
            Recurrence(every=Every.DAY), (date(2017, 6, 16), date(2017, 6, 18)), self.adjust, self.zone
        )

        assert [each.due.day for each in found] == [16, 19, 19]  # S-18: two may share a due date


class TestFaults:
    """What contradicts itself is refused with a mend."""

    @pytest.mark.parametrize(
        ("form", "every"),
        [
            (DayOfMonth(20), Every.WEEK),
            (DayOfMonth(20), Every.ONCE),
            (after_start("3d"), Every.ONCE),
            (DayOfMonth(20), Every.DAY),
            (OnDate(date(2017, 1, 1)), Every.MONTH),
            (WeekdayOfWeek(4), Every.MONTH),
            (ThePeriod(), Every.YEAR),
            (DateOfYear(3, 3), Every.EVENT),
            (LunarDay(3, 10), Every.RRULE),
            (DayOfMonth(20, month=2), Every.MONTH),
            (DayOfMonth(20, month=4), Every.QUARTER),
            (WorkingDayOfMonth(1, month=7), Every.HALF_YEAR),
            (WeekdayOfMonth(0, 1, month=13), Every.YEAR),
            (DayOfMonth(20, month=0), Every.YEAR),
        ],
    )
    def test_a_form_that_says_nothing_in_its_period_is_refused(self, form: DueForm, every: Every) -> None:
        with pytest.raises(RuleError):
            check_form(form, every)

    @pytest.mark.parametrize(
        ("form", "every"),
        [
            (WeekdayOfWeek(4), Every.WEEK),
            (after_start("3d"), Every.EVENT),
            (ThePeriod(), Every.RRULE),
            (OnDate(date(2017, 1, 1)), Every.ONCE),
            (DayOfMonth(20, month=3), Every.QUARTER),
            (DayOfMonth(20, month=60), Every.TERM),
            (LunarDay(3, 10), Every.YEAR),
            (OfDuty("SH-01", parse_offset("1d")), Every.WEEK),
        ],
    )
    def test_a_form_that_fits_passes(self, form: DueForm, every: Every) -> None:
        check_form(form, every)

    def test_a_term_needs_its_start(self) -> None:
        with pytest.raises(RuleError, match="needs term"):
            check_recurrence(
                Recurrence(every=Every.TERM, due=Due(form=after_end("1d"))), Roll.NONE, stay_in_period=False
            )
        term = Recurrence(every=Every.TERM, due=Due(form=after_end("1d")), term=Term(start=date(2015, 6, 1)))
        check_recurrence(term, Roll.NEXT, stay_in_period=False)

    def test_stay_in_period_contradicts_after_end(self) -> None:
        rule = Recurrence(every=Every.MONTH, due=Due(form=after_end("5wd")))

        with pytest.raises(RuleError, match="stay_in_period contradicts after_end"):
            check_recurrence(rule, Roll.NEXT, stay_in_period=True)

    @pytest.mark.parametrize("roll", [Roll.NEXT, Roll.MODIFIED_NEXT])
    def test_before_contradicts_a_roll_forward(self, roll: Roll) -> None:
        rule = Recurrence(every=Every.MONTH, due=Due(form=DayOfMonth(20), before=True))

        with pytest.raises(RuleError, match="before: true contradicts"):
            check_recurrence(rule, roll, stay_in_period=False)
        check_recurrence(rule, Roll.PREV, stay_in_period=True)

    def test_an_event_has_its_own_day(self) -> None:
        assert nominal_date(ThePeriod(), day_period(date(2017, 6, 5), Every.EVENT), vietnam()) == date(
            2017, 6, 5
        )
