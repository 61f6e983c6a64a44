"""Planning what leans on another duty, what events open, and the stages of it all (DESIGN §6)."""

from dataclasses import replace
from datetime import date

import pytest

from nhacviec.domain.duty import Assigned, Duty, Window
from nhacviec.domain.planning import Expected, Planner
from nhacviec.domain.stage import StageKind
from nhacviec.domain.target import Pace, Target
from nhacviec.domain.time.due import AfterStart, DayOfMonth, Due, OfDuty
from nhacviec.domain.time.offset import parse_offset
from nhacviec.domain.time.period import Every, calendar_period
from tests.domain.builders import on
from tests.domain.committee import REPORT, TAM, catalogue, duty

_NEW_YEAR, _SPRING = date(2017, 1, 1), date(2017, 3, 31)
_ONE = Assigned(units=frozenset({"cb-tam"}))


def expected(
    wanted: Duty, after: date, until: date, *others: Duty, today: date | None = None
) -> list[Expected]:
    return list(Planner(catalogue(wanted, *others)).expected(wanted, after, until, today=today))


def dues(found: list[Expected]) -> list[tuple[str, str, str]]:
    return [(each.unit, each.period.code, each.due.isoformat()) for each in found]


class TestLeaning:
    """``{duty: SH-01, offset: -1wd}``: from that duty's due, same unit, same period; moves with it."""

    meeting = duty("SH-01", Every.MONTH, Due(form=DayOfMonth(5), units={"cb-tam": DayOfMonth(3)}))
    leaning = duty("SH-02", Every.MONTH, Due(form=OfDuty("SH-01", parse_offset("-1wd"))))
    june = calendar_period("2017-06")

    def test_each_unit_leans_on_its_own_date(self) -> None:
        assert dues(expected(self.leaning, date(2017, 5, 31), date(2017, 6, 29), self.meeting)) == [
            ("cb-tam", "2017-06", "2017-06-02"),
            ("cb-ba", "2017-06", "2017-06-02"),
        ]

    def test_it_moves_with_a_date_that_a_human_set(self) -> None:
        planner = Planner(catalogue(self.meeting, self.leaning))
        planner.overrides = {("SH-01", "cb-tam", "2017-06"): date(2017, 6, 14)}

        found = planner.expected_in(self.leaning, TAM, self.june)

        assert found is not None
        assert found.due == date(2017, 6, 13)

    @pytest.mark.parametrize(
        "meeting",
        [
            duty("SH-01", Every.QUARTER, Due(form=DayOfMonth(5))),
            replace(REPORT, code="SH-01", assigned=Assigned(kinds=frozenset({"committee"}))),
            replace(REPORT, code="SH-01", until=date(2017, 5, 31)),
            replace(REPORT, code="SH-01", since=date(2017, 7, 1)),
            duty("SH-01", Every.EVENT),
        ],
    )
    def test_where_the_other_has_no_such_occurrence_there_is_none(self, meeting: Duty) -> None:
        assert Planner(catalogue(meeting, self.leaning)).expected_in(self.leaning, TAM, self.june) is None

    def test_a_duty_that_is_not_in_the_catalogue_anchors_nothing(self) -> None:
        assert Planner(catalogue(self.leaning)).expected_in(self.leaning, TAM, self.june) is None


class TestEvents:
    """``every: event``: each event opens one occurrence per unit."""

    received = duty("CV-01", Every.EVENT, Due(form=AfterStart(parse_offset("5wd"))))

    def test_an_event_opens_one_per_unit_and_its_period_is_its_day(self) -> None:
        found = list(Planner(catalogue(self.received)).on_event(self.received, on("2017-06-14")))

        assert dues(found) == [("cb-tam", "2017-06-14", "2017-06-21"), ("cb-ba", "2017-06-14", "2017-06-21")]
        assert found[0].opens == on("2017-06-14")

    def test_the_date_the_document_names_is_the_due_date(self) -> None:
        found = list(
            Planner(catalogue(self.received)).on_event(self.received, on("2017-06-14"), on("2017-07-01"))
        )

        assert {(each.nominal, each.due) for each in found} == {(on("2017-07-01"), on("2017-07-01"))}

    def test_units_that_are_gone_by_the_due_date_have_none(self) -> None:
        gone = replace(TAM, until=on("2017-06-20"))

        assert not list(
            Planner(catalogue(self.received, units=(gone,))).on_event(self.received, on("2017-06-14"))
        )

    def test_planning_by_the_calendar_gives_an_event_duty_nothing(self) -> None:
        assert expected(self.received, _NEW_YEAR, date(2017, 12, 31)) == []


class TestStages:
    """The stages of one occurrence."""

    period = calendar_period("2017-06")

    def test_what_is_overdue_is_counted_from_the_close_of_the_window(self) -> None:
        planner = Planner(catalogue())
        due, close = date(2017, 6, 5), date(2017, 6, 15)

        found = planner.stages("BC-01", self.period, due, late_after=close)

        first = [stage for stage in found if stage.kind in (StageKind.OVERDUE, StageKind.ESCALATION)][:3]
        assert [(stage.key, stage.day.isoformat()) for stage in first] == [
            ("+1wd", "2017-06-16"),
            ("+3wd", "2017-06-20"),
            ("escalate-1", "2017-06-20"),
        ]
        assert [stage.key for stage in found[:3]] == ["-7wd", "-3wd", "0d"]

    def test_a_window_that_closes_by_the_due_date_changes_nothing(self) -> None:
        planner = Planner(catalogue())
        due = date(2017, 6, 20)

        assert planner.stages("BC-01", self.period, due, late_after=date(2017, 6, 10)) == planner.stages(
            "BC-01", self.period, due
        )

    def test_a_target_brings_its_pace_points(self) -> None:
        paced = replace(REPORT, pace=(Pace(month=6, day=10, percent=50),), target=Target(count=2))
        planner = Planner(catalogue(paced))

        found = planner.stages("BC-01", self.period, date(2017, 6, 30), target=2)

        assert {stage.key: stage.required for stage in found if stage.kind is StageKind.PACE} == {
            "pace-2017-06-10": 1
        }

    def test_they_are_worked_out_once(self) -> None:
        planner = Planner(catalogue())

        assert planner.stages("BC-01", self.period, date(2017, 6, 20)) is planner.stages(
            "BC-01", self.period, date(2017, 6, 20)
        )


def test_the_stages_of_what_ought_to_be_are_those_of_its_due_date_window_and_target() -> None:
    planner = Planner(catalogue(replace(REPORT, window=Window(closes=DayOfMonth(25)))))
    found = planner.expected_in(planner.catalogue.duty("BC-01"), TAM, calendar_period("2017-06"))

    assert found is not None
    assert planner.expected_stages(found) == planner.stages(
        "BC-01", found.period, date(2017, 6, 20), late_after=date(2017, 6, 25)
    )
