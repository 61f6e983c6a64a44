"""Meetings, targets and coverage, each by itself (DOMAIN S2, S3, S4, Q5)."""

from dataclasses import replace
from typing import Any

import pytest

from nhacviec.domain.occurrence import State
from nhacviec.domain.review.coverage import Coverage, coverage
from nhacviec.domain.review.coverage import together as all_of
from nhacviec.domain.review.meetings import Meetings, meetings, missed_by, together
from nhacviec.domain.review.targets import Count, Level, count, levels
from tests.domain.builders import on
from tests.domain.review.given import COLLECTION, INSPECTION, MEETING, TODAY, counted, done, still

_MAY = ("SH-01", "cb-tam", "2017-05", "2017-05-05")


@pytest.mark.parametrize(
    ("said", "missed"),
    [
        ({"duration_minutes": 60}, set()),
        ({"duration_minutes": 59}, {"duration_minutes"}),
        ({"duration_minutes": 75, "combined": True}, {"duration_minutes"}),
        ({"duration_minutes": 75, "combined": False}, set()),
        ({"present": 5, "total": 10}, {"attendance"}),
        ({"present": 6, "total": 10}, set()),
        ({"present": 6, "total": 0}, set()),
        ({"present": 6}, set()),
        ({"score": 4}, {"score"}),
        ({}, set()),
    ],
)
def test_a_report_is_judged_by_what_it_says(said: dict[str, Any], missed: set[str]) -> None:
    assert missed_by(MEETING, done(*_MAY, "2017-05-05", **said)) == missed


def test_a_criterion_counts_on_the_days_it_is_in_force_and_a_meeting_not_held_misses_none() -> None:
    june = done("SH-01", "cb-tam", "2017-06", "2017-06-05", "2017-06-05", present=1, total=10)

    assert missed_by(MEETING, june) == set()
    assert missed_by(MEETING, still(*_MAY)) == set()


def test_late_not_held_short_and_few_are_told_apart() -> None:
    those = [
        done(*_MAY, "2017-05-09", duration_minutes=30),
        done(*_MAY, "2017-05-05", duration_minutes=30, present=1, total=9, score=1),
        still(*_MAY),
        still("SH-01", "cb-tam", "2017-07", "2017-07-05"),
        still(*_MAY, state=State.WAIVED),
    ]

    found = meetings(MEETING, those, TODAY)

    assert found == Meetings(
        planned=4, held=2, held_late=1, not_held=1, too_short=2, below_attendance=1, below_other=1
    )
    assert found.judged == 3
    assert together([found, found]).too_short == 4


@pytest.mark.parametrize(
    ("by", "done", "asked", "behind"),
    [
        ("2017-03-30", 0, 0, False),
        ("2017-03-31", 0, 2, True),
        ("2017-06-30", 4, 3, False),
        ("2017-11-30", 4, 6, True),
    ],
)
def test_a_target_is_counted_up_to_a_day_against_the_pace_of_that_day(
    by: str, done: int, asked: int, behind: bool
) -> None:
    found = count(INSPECTION, "cell", counted("cb-tam", 6, (4, "2017-04-01")), on(by), TODAY)

    assert found is not None
    assert (found.planned, found.done, found.asked, found.behind, found.inspects) == (
        6,
        done,
        asked,
        behind,
        True,
    )


def test_what_has_no_target_or_is_outside_the_figures_is_no_target() -> None:
    record = counted("cb-tam", 6)
    waived = replace(record, occurrence=replace(record.occurrence, state=State.WAIVED))

    assert count(INSPECTION, "cell", waived, TODAY, TODAY) is None
    assert count(INSPECTION, "cell", still(*_MAY), TODAY, TODAY) is None


def test_what_one_unit_does_beyond_its_target_hides_nothing_that_another_lacks() -> None:
    def of(unit: str, done: int) -> Count:
        return Count(duty="KT-02", unit=unit, kind="cell", inspects=True, planned=2, done=done, asked=1)

    assert levels([of("cb-tam", 5), of("cb-ba", 0)]) == (
        Level(duty="KT-02", kind="cell", units=2, planned=4, done=2, asked=2, behind=1),
    )


_JANUARY = (COLLECTION.code, "cb-tam", "2017", "2017-01-31")


@pytest.mark.parametrize(
    ("said", "members", "found"),
    [
        ({"handed_in": 9, "total": 12}, 14, (9, 12, True)),
        ({"handed_in": 12, "total": 12}, 14, (12, 12, False)),
        ({"handed_in": 14}, 14, (14, 14, False)),
        ({"handed_in": 13}, 12, (12, 12, False)),
        ({"handed_in": 13}, None, (13, 13, False)),
    ],
)
def test_a_collection_is_so_many_of_all(
    said: dict[str, Any], members: int | None, found: tuple[int, int, bool]
) -> None:
    handed_in, total, incomplete = found

    assert coverage(done(*_JANUARY, "2017-01-25", **said), members, TODAY) == Coverage(
        handed_in=handed_in, total=total, incomplete=incomplete
    )


def test_who_says_nothing_counts_with_all_members_and_is_blamed_only_when_time_is_over() -> None:
    overdue, in_time = still(*_JANUARY), still("CK-01", "cb-tam", "2017", "2017-12-31")
    waived = still(*_JANUARY, state=State.WAIVED)
    nothing = done(*_JANUARY, "2017-01-25", nothing_to_report=True)

    assert coverage(overdue, 14, TODAY) == Coverage(handed_in=0, total=14, incomplete=True)
    assert coverage(in_time, 14, TODAY) == Coverage(handed_in=0, total=14, incomplete=False)
    assert coverage(waived, 14, TODAY) is None
    assert coverage(nothing, 14, TODAY) is None


def test_coverage_adds_up() -> None:
    one = Coverage(handed_in=3, total=4, incomplete=True)

    assert all_of([one, replace(one, incomplete=False)]) == Coverage(handed_in=6, total=8, incomplete=True)
