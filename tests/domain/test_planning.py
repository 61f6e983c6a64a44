"""Planning: which occurrences ought to be, and their stages (S-18, S-30, S-31, S-33, DESIGN §6)."""

from dataclasses import replace
from datetime import date

import pytest

from nhacviec.domain.duty import Assigned, Duty, Window
from nhacviec.domain.errors import RuleError
from nhacviec.domain.planning import Expected, Planner
from nhacviec.domain.target import Target
from nhacviec.domain.time import rrule
from nhacviec.domain.time.calendar import Roll
from nhacviec.domain.time.due import AfterEnd, DayOfMonth, Due, OnDate, WeekdayOfWeek
from nhacviec.domain.time.offset import parse_offset
from nhacviec.domain.time.period import Every, Term, calendar_period
from nhacviec.domain.time.recurrence import Recurrence
from tests.domain.committee import BA, MONTHLY, REPORT, TAM, catalogue, duty

_NEW_YEAR, _SPRING = date(2017, 1, 1), date(2017, 3, 31)
_ONE = Assigned(units=frozenset({"cb-tam"}))


def expected(
    wanted: Duty, after: date, until: date, *others: Duty, today: date | None = None
) -> list[Expected]:
    return list(Planner(catalogue(wanted, *others)).expected(wanted, after, until, today=today))


def dues(found: list[Expected]) -> list[tuple[str, str, str]]:
    return [(each.unit, each.period.code, each.due.isoformat()) for each in found]


def test_s30_every_unit_has_its_occurrence_of_every_period_due_in_the_span() -> None:
    assert dues(expected(REPORT, date(2017, 1, 20), date(2017, 3, 20))) == [
        ("cb-tam", "2017-02", "2017-02-20"),
        ("cb-ba", "2017-02", "2017-02-20"),
        ("cb-tam", "2017-03", "2017-03-20"),
        ("cb-ba", "2017-03", "2017-03-20"),
    ]


def test_s30_planning_twice_gives_the_same_and_spans_that_touch_give_nothing_twice() -> None:
    planner = Planner(catalogue())
    whole = list(planner.expected(REPORT, _NEW_YEAR, date(2017, 12, 31)))

    assert list(planner.expected(REPORT, _NEW_YEAR, date(2017, 12, 31))) == whole
    assert [
        *planner.expected(REPORT, _NEW_YEAR, date(2017, 6, 20)),
        *planner.expected(REPORT, date(2017, 6, 20), date(2017, 12, 31)),
    ] == whole


def test_s31_where_the_horizon_holds_none_the_next_one_is_planned() -> None:
    yearly = duty("KT-01", Every.YEAR, Due(form=DayOfMonth(30)), assigned=_ONE)

    assert dues(expected(yearly, date(2017, 12, 30), date(2018, 6, 30))) == [("cb-tam", "2018", "2018-12-30")]


def test_s31_with_one_ahead_nothing_beyond_the_horizon_is_looked_for() -> None:
    monthly = replace(REPORT, assigned=_ONE)
    ahead = expected(monthly, date(2017, 6, 25), date(2017, 6, 26), today=date(2017, 6, 1))

    assert ahead == []
    assert dues(expected(monthly, date(2017, 6, 25), date(2017, 6, 26), today=date(2017, 6, 21))) == [
        ("cb-tam", "2017-07", "2017-07-20")
    ]


def test_a_duty_that_has_ended_is_not_planned_on() -> None:
    assert expected(replace(REPORT, until=date(2017, 1, 31)), date(2017, 1, 20), date(2018, 1, 1)) == []


def test_a_duty_covers_the_periods_that_begin_in_its_validity() -> None:
    bounded = replace(REPORT, since=date(2017, 1, 2), until=date(2017, 3, 1), assigned=_ONE)

    assert [each.period.code for each in expected(bounded, _NEW_YEAR, date(2017, 12, 31))] == [
        "2017-02",
        "2017-03",
    ]


def test_a_unit_has_what_is_due_while_it_is_valid() -> None:
    late = replace(BA, since=date(2017, 2, 20))
    early = replace(TAM, until=date(2017, 2, 20))
    planner = Planner(catalogue(REPORT, units=(late, early)))

    assert dues(list(planner.expected(REPORT, _NEW_YEAR, _SPRING))) == [
        ("cb-tam", "2017-01", "2017-01-20"),
        ("cb-ba", "2017-02", "2017-02-20"),
        ("cb-tam", "2017-02", "2017-02-20"),
        ("cb-ba", "2017-03", "2017-03-20"),
    ]


def test_a_unit_may_have_a_due_of_its_own() -> None:
    own = duty("SH-01", Every.MONTH, Due(form=DayOfMonth(5), units={"cb-tam": DayOfMonth(3)}))

    assert dues(expected(own, date(2017, 2, 1), date(2017, 2, 28))) == [
        ("cb-tam", "2017-02", "2017-02-03"),
        ("cb-ba", "2017-02", "2017-02-05"),
    ]


def test_s33_a_change_holds_from_the_first_period_that_begins_then() -> None:
    later = replace(REPORT, recurrences=(Recurrence(every=Every.MONTH, due=Due(form=DayOfMonth(25))),))
    changed = replace(REPORT, assigned=_ONE, changes=((date(2017, 2, 1), replace(later, assigned=_ONE)),))

    assert [each.due.isoformat() for each in expected(changed, _NEW_YEAR, _SPRING)] == [
        "2017-01-20",
        "2017-02-25",
        "2017-03-25",
    ]


def test_two_duties_that_share_a_rule_may_roll_it_differently() -> None:
    forward, back = replace(REPORT, code="A", roll=Roll.NEXT), replace(REPORT, code="B", roll=Roll.PREV)
    planner = Planner(catalogue(forward, back))
    month = calendar_period("2017-05")  # the 20th is a Saturday

    assert [planner.due_of(each, MONTHLY, TAM, month).due.day for each in (forward, back)] == [22, 19]  # type: ignore[union-attr]


def test_a_due_before_its_period_and_one_long_after_it_are_found() -> None:
    before = duty("A", Every.MONTH, Due(form=DayOfMonth(1), before=True), assigned=_ONE)
    after = duty("B", Every.QUARTER, Due(form=AfterEnd(parse_offset("100d"))), assigned=_ONE)
    term = replace(
        REPORT,
        code="C",
        assigned=_ONE,
        recurrences=(
            Recurrence(
                every=Every.TERM,
                term=Term(start=date(2017, 1, 1), months=30),
                due=Due(form=AfterEnd(parse_offset("10d"))),
            ),
        ),
    )

    assert dues(expected(before, date(2017, 5, 30), date(2017, 5, 31))) == [
        ("cb-tam", "2017-06", "2017-05-31")
    ]
    assert dues(expected(after, date(2018, 4, 1), date(2018, 4, 30))) == [("cb-tam", "2017-Q4", "2018-04-10")]
    assert dues(expected(term, date(2019, 7, 1), date(2019, 7, 31))) == [
        ("cb-tam", "2017..2019", "2019-07-10")
    ]


def test_once_and_an_rrule_are_planned_by_their_days_and_may_be_done_before() -> None:
    once = duty("A", Every.ONCE, Due(form=OnDate(date(2017, 6, 14))), assigned=_ONE)
    rule = rrule.parse("FREQ=MONTHLY;BYDAY=3WE", start=date(2017, 1, 1))
    ruled = replace(REPORT, code="B", assigned=_ONE, recurrences=(Recurrence(every=Every.RRULE, rule=rule),))

    (found,) = expected(once, _NEW_YEAR, date(2017, 12, 31))
    assert (found.due, found.opens) == (date(2017, 6, 14), None)
    assert dues(expected(ruled, date(2017, 6, 1), date(2017, 6, 30))) == [
        ("cb-tam", "2017-06-21", "2017-06-21")
    ]


class TestExpect:
    """Window and target of an occurrence."""

    def one(self, **more: object) -> Expected:
        wanted = replace(REPORT, assigned=_ONE, **more)  # type: ignore[arg-type]
        (found,) = expected(wanted, date(2017, 6, 1), date(2017, 6, 30))
        return found

    def test_left_out_the_window_opens_on_the_first_day_of_the_period(self) -> None:
        found = self.one()

        assert (found.opens, found.late_after, found.target) == (date(2017, 6, 1), None, None)

    def test_edges_are_places_in_the_period_or_offsets_from_the_due_date(self) -> None:
        found = self.one(window=Window(opens=parse_offset("-6m"), closes=DayOfMonth(25)))

        assert (found.opens, found.late_after) == (date(2016, 12, 20), date(2017, 6, 25))

    def test_a_target_is_the_units_own(self) -> None:
        assert self.one(target=Target(percent=30)).target == 5

    def test_members_that_are_missing_are_a_fault(self) -> None:
        nobody = replace(TAM, members=None)
        wanted = replace(REPORT, target=Target(percent=30))

        with pytest.raises(RuleError, match="has no members"):
            list(Planner(catalogue(wanted, units=(nobody,))).expected(wanted, _NEW_YEAR, _SPRING))


def test_weekly_duties_are_planned_by_the_iso_week() -> None:
    weekly = duty("TT-01", Every.WEEK, Due(form=WeekdayOfWeek(4)), assigned=_ONE)

    assert dues(expected(weekly, date(2017, 6, 12), date(2017, 6, 18))) == [
        ("cb-tam", "2017-W24", "2017-06-16")
    ]


def test_the_edge_of_a_window_is_worked_out_once_for_all_units() -> None:
    found = expected(
        replace(REPORT, window=Window(closes=DayOfMonth(25))), date(2017, 6, 1), date(2017, 6, 30)
    )

    assert {each.late_after for each in found} == {date(2017, 6, 25)}
    assert len(found) == 2
