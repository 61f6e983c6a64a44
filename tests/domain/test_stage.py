"""Stages: S-40, S-41, S-44, S-46, S-47 and the overdue cadences of SCHEDULE §1, worked by hand."""

from datetime import date

import pytest

from nhacviec.domain.stage import PacePoint, Stage, StageKind, days_passed, overdue_days, plan_stages
from nhacviec.domain.time.calendar import Calendar
from nhacviec.domain.time.offset import Measure
from tests.domain.builders import at, on, place, policy, vietnam

_EVERY_DAY = Calendar(weekend=frozenset())


def numbers(*entries: str) -> list[int]:
    due = date(2026, 6, 1)
    return [(day - due).days for day, _ in overdue_days(due, policy("", entries), _EVERY_DAY)]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["1d..7d", "7d..28d"], [1, 2, 3, 4, 5, 6, 7, 14, 21, 28]),
        (["1d..3d", "7d..24d"], [1, 2, 3, 10, 17, 24]),
        (["1wd", "3wd", "5wd..20wd"], [1, 3, 8, 13, 18]),
        (["1wd", "5wd x3"], [1, 6, 11, 16]),
        (["5d..4d"], []),
        (["2d", "2d..6d"], [2, 4, 6]),
        (["1w", "1m"], [7, 30]),
        ([], []),
    ],
)
def test_a_cadence_counts_on_from_the_slot_before_it_and_until_is_included(
    entries: list[str], expected: list[int]
) -> None:
    assert numbers(*entries) == expected


def test_a_cadence_without_an_end_stops_after_a_year() -> None:
    assert numbers("30d..")[-1] == 360


def test_s46_counting_is_by_the_slots_themselves_before_any_move() -> None:
    # due Saturday 6 June 2026: slots 1 and 2 are Sunday and Monday; the cadence counts on from the slot
    found = overdue_days(on("2026-06-06"), policy("", ["1d", "7d..15d"]), vietnam())

    assert [day.isoformat() for day, _ in found] == ["2026-06-07", "2026-06-14", "2026-06-21"]


def test_the_shipped_ladder_in_working_days_ends_at_sixty() -> None:
    found = list(overdue_days(on("2026-06-18"), policy("", ["1wd", "3wd", "5wd..60wd"]), vietnam()))

    assert len(found) == 13
    assert {measure for _, measure in found} == {Measure.WORKING_DAYS}
    assert days_passed(on("2026-06-18"), found[-1][0], Measure.WORKING_DAYS, vietnam()) == "+58wd"


def test_days_that_have_passed_are_counted_in_what_the_slot_counts() -> None:
    due = on("2026-06-18")

    assert days_passed(due, on("2026-06-22"), Measure.DAYS, vietnam()) == "+4d"
    assert days_passed(due, on("2026-06-22"), Measure.WORKING_DAYS, vietnam()) == "+2wd"


def plan(text: str, *, due: str = "2026-06-18", **more: object) -> list[tuple[str, str, bool]]:
    stages = plan_stages(on(due), policy(text, **more), place())  # type: ignore[arg-type]
    return [(stage.key, f"{stage.at:%m-%dT%H:%M}", stage.moved) for stage in stages]


def test_s40_s41_stages_are_named_by_their_offset_and_go_at_the_send_time() -> None:
    # 18 June 2026 is a Thursday; -4d is Sunday
    assert plan("0d -4d -5wd") == [
        ("-5wd", "06-11T00:30", False),
        ("-4d", "06-12T00:30", True),
        ("0d", "06-18T00:30", False),
    ]


def test_s44_a_send_time_in_quiet_hours_moves_and_says_so() -> None:
    assert plan("0d", at="20:00", quiet="17:00-07:00") == [("0d", "06-18T09:59", True)]
    assert plan("0d", at="05:00", quiet="17:00-07:00") == [("0d", "06-18T00:00", True)]


def test_overdue_stages_and_escalations_move_forward_each_key_once() -> None:
    assert plan("", overdue=["1d", "2d", "1d..2d"], escalate="2d", due="2026-06-19") == [
        ("+1d", "06-22T00:30", True),
        ("+2d", "06-22T00:30", True),
        ("escalate-1", "06-22T00:30", True),
    ]


def test_an_escalation_knows_its_level_and_whom_it_addresses() -> None:
    found = plan_stages(on("2026-06-18"), policy("", escalate="1d 3wd"), place())

    assert [(s.key, s.kind, s.level, s.to, s.measure) for s in found] == [
        ("escalate-1", StageKind.ESCALATION, 1, "overseer", Measure.DAYS),
        ("escalate-2", StageKind.ESCALATION, 2, "overseer", Measure.WORKING_DAYS),
    ]


class TestTargets:
    """DESIGN §6, Targets: a unit that is not behind gets neither pace letter nor reminder."""

    pace = (
        PacePoint(by=date(2017, 3, 31), required=1),
        PacePoint(by=date(2017, 9, 30), required=3),
        PacePoint(by=date(2018, 3, 31), required=9),
    )

    def stages(self, text: str, pace: tuple[PacePoint, ...], target: int | None = 4) -> dict[str, Stage]:
        found = plan_stages(date(2017, 11, 30), policy(text, ["1d"]), place(), pace=pace, target=target)
        return {stage.key: stage for stage in found}

    def test_a_pace_point_after_the_due_date_asks_nothing(self) -> None:
        found = self.stages("", self.pace)

        assert list(found) == ["pace-2017-03-31", "pace-2017-09-30", "+1d"]
        assert found["pace-2017-09-30"].at == at("2017-09-29T07:30")  # a Saturday
        assert found["pace-2017-09-30"].required == 3

    def test_a_reminder_asks_for_what_the_pace_asks_for_by_then_and_on_the_day_for_all(self) -> None:
        found = self.stages("-300d -100d -5wd 0d", self.pace)

        assert [found[key].required for key in ("-300d", "-100d", "-5wd", "0d", "+1d")] == [0, 1, 3, 4, None]

    def test_without_a_pace_a_reminder_asks_for_the_whole_and_without_a_target_for_nothing(self) -> None:
        assert self.stages("-5wd", ())["-5wd"].required == 4
        assert self.stages("-5wd", (), target=None)["-5wd"].required is None
