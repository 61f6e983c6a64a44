"""Quality beside lateness: criteria with validity dates, and what a report misses (DOMAIN 1.8, 2.2)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.duty import KNOWN_EVIDENCE, NUMBERS, Criterion
from nhacviec.domain.miss import Miss, read_miss
from nhacviec.domain.quality import MEASURABLE, SHARES, judge

_OLD = {"since": date(2018, 7, 6), "until": date(2025, 10, 27), "basis": "12-HD/BTCTW"}
_NEW = {"since": date(2025, 10, 28), "basis": "42-HD/BTCTW"}
#: Those of the regular meeting of a cell, as they followed one another.
MEETING = (
    Criterion(field="duration_minutes", at_least=90, **_OLD),  # type: ignore[arg-type]
    Criterion(field="attendance", more_than=85, **_OLD),  # type: ignore[arg-type]
    Criterion(field="duration_minutes", at_least=90, **_NEW),  # type: ignore[arg-type]
    Criterion(field="duration_minutes", at_least=120, when="combined", **_NEW),  # type: ignore[arg-type]
)
DAY = date(2026, 3, 5)


def held(minutes: int, present: int = 20, **more: object) -> dict[str, object]:
    return {"duration_minutes": minutes, "present": present, "total": 20, **more}


def asked(evidence: dict[str, object], day: str) -> list[tuple[str, float]]:
    return [(miss.field, miss.asked) for miss in judge(MEETING, evidence, date.fromisoformat(day))]


@pytest.mark.parametrize(
    ("day", "minutes", "combined", "missed"),
    [
        ("2018-07-05", 10, False, []),
        ("2018-07-06", 89, False, [("duration_minutes", 90)]),
        ("2018-07-06", 90, False, []),
        ("2025-10-27", 89, True, [("duration_minutes", 90)]),
        ("2025-10-27", 100, True, []),
        ("2025-10-28", 100, False, []),
        ("2025-10-28", 89, False, [("duration_minutes", 90)]),
        ("2025-10-28", 119, True, [("duration_minutes", 120)]),
        ("2025-10-28", 120, True, []),
    ],
)
def test_the_length_of_a_meeting_is_judged_by_the_rule_of_the_day_it_was_held(
    day: str, minutes: int, combined: bool, missed: list[tuple[str, float]]
) -> None:
    assert asked(held(minutes, combined=combined), day) == missed


@pytest.mark.parametrize(
    ("day", "present", "missed"),
    [
        ("2018-07-05", 1, []),
        ("2018-07-06", 17, [("attendance", 85)]),
        ("2018-07-06", 18, []),
        ("2025-10-27", 17, [("attendance", 85)]),
        ("2025-10-28", 17, []),
    ],
)
def test_attendance_has_to_be_more_than_85_per_cent_until_the_rule_ends(
    day: str, present: int, missed: list[tuple[str, float]]
) -> None:
    """17 of 20 are 85 %, and not more."""
    assert asked(held(90, present), day) == missed


def test_a_combined_session_that_is_too_short_is_so_once() -> None:
    (miss,) = judge(MEETING, held(75, combined=True), DAY)

    assert (miss.part, miss.asked, miss.when, miss.basis) == (75, 120, "combined", "42-HD/BTCTW")


def test_the_strictest_of_several_is_told_in_whichever_order_they_stand() -> None:
    bounds = [{"at_least": 90}, {"more_than": 90}, {"at_least": 60}]
    criteria = [Criterion(field="present", **bound) for bound in bounds]  # type: ignore[arg-type]

    for order in (criteria, criteria[::-1]):
        (miss,) = judge(order, {"present": 5}, DAY)
        assert (miss.more_than, miss.at_least) == (90, None)


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"present": 3},
        {"total": 9},
        {"present": 0, "total": 0},
        {"present": "3", "total": 9},
        {"present": True, "total": 9},
        {"nothing_to_report": True},
    ],
)
def test_what_was_not_reported_is_not_judged(evidence: dict[str, object]) -> None:
    criteria = [Criterion(field="attendance", at_least=90), Criterion(field="duration_minutes", at_least=9)]

    assert judge(criteria, evidence, DAY) == ()


@given(part=st.integers(0, 400), whole=st.integers(1, 400), bound=st.integers(0, 1000))
def test_a_share_is_judged_exactly_and_never_told_as_good_enough_when_it_is_not(
    part: int, whole: int, bound: int
) -> None:
    """Law: whoever multiplies instead of dividing comes to the same verdict."""
    evidence: dict[str, object] = {"present": part, "total": whole}
    per_cent = bound / 10

    least = judge([Criterion(field="attendance", at_least=per_cent)], evidence, DAY)
    more = judge([Criterion(field="attendance", more_than=per_cent)], evidence, DAY)

    assert bool(least) == (part * 1000 < bound * whole)
    assert bool(more) == (part * 1000 <= bound * whole)
    assert all(miss.found < per_cent for miss in least)
    assert all(miss.found <= per_cent for miss in more)


@pytest.mark.parametrize(
    ("bound", "least"),
    [({"at_least": 90}, 90), ({"at_least": 90.5}, 91), ({"more_than": 90}, 91), ({"more_than": 90.5}, 91)],
)
def test_the_least_that_would_have_done_is_a_whole_number(bound: dict[str, Any], least: int) -> None:
    assert Miss(field="duration_minutes", part=1, **bound).least == least


@pytest.mark.parametrize(
    ("miss", "document"),
    [
        (
            Miss(field="duration_minutes", part=75, at_least=90, basis="12-HD/BTCTW"),
            {"field": "duration_minutes", "part": 75, "at_least": 90, "when": "", "basis": "12-HD/BTCTW"}
            | {"found": 75.0},
        ),
        (
            Miss(field="attendance", part=2, whole=3, more_than=66.67, when="combined"),
            {"field": "attendance", "part": 2, "whole": 3, "more_than": 66.67, "when": "combined"}
            | {"basis": "", "found": 66.66},
        ),
    ],
)
def test_a_miss_is_kept_as_a_document_and_read_back(miss: Miss, document: dict[str, object]) -> None:
    assert miss.document() == document
    assert read_miss(document) == miss


def test_what_can_be_measured_is_known_evidence_or_a_share_of_it() -> None:
    parts = {name for share in SHARES.values() for name in share}

    assert set(NUMBERS) | parts <= set(KNOWN_EVIDENCE)
    assert set(MEASURABLE) == set(NUMBERS) | {"attendance"}
