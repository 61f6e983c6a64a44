"""Slots, kinds and the order in a digest: S-42, S-47."""

import pytest

from nhacviec.domain.letter import LetterItem, LetterKind
from nhacviec.domain.message import Line, Slot, kind_of, most_urgent_first
from tests.domain.builders import on, utc


def item(duty: str, left: int = 0, late: int = 0, unit: str = "Chi bộ A") -> LetterItem:
    return LetterItem(
        kind=LetterKind.REMINDER,
        duty=duty,
        title=duty,
        unit_name=unit,
        period_label="Tháng 6/2026",
        due=on("2026-06-18"),
        days_left=left,
        working_days_left=left,
        days_late=late,
        working_days_late=late,
    )


def test_s47_a_slot_is_an_address_a_line_and_a_planned_instant() -> None:
    slot = Slot(line=Line.MAIN, email="a@example.vn", at=utc("2026-06-18T00:30"))

    assert slot.key == "v1|main|a@example.vn|2026-06-18T00:30:00Z|"
    assert slot == Slot(line=Line.MAIN, email="a@example.vn", at=utc("2026-06-18T00:30"))


@pytest.mark.parametrize(
    "change",
    [{"line": Line.ESCALATION}, {"email": "b@example.vn"}, {"at": utc("2026-06-18T00:31")}, {"about": "7"}],
)
def test_s47_whatever_differs_makes_another_letter(change: dict[str, object]) -> None:
    same: dict[str, object] = {"line": Line.MAIN, "email": "a@example.vn", "at": utc("2026-06-18T00:30")}

    assert Slot(**same).key != Slot(**(same | change)).key  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "kinds", "expected"),
    [
        (Line.MAIN, [LetterKind.OVERDUE], LetterKind.OVERDUE),
        (Line.MAIN, [LetterKind.OVERDUE, LetterKind.OVERDUE], LetterKind.DIGEST),
        (Line.NOTICE, [LetterKind.RECEIPT], LetterKind.RECEIPT),
        (Line.ESCALATION, [LetterKind.ESCALATION, LetterKind.ESCALATION], LetterKind.ESCALATION),
    ],
)
def test_one_reminder_speaks_for_itself_more_are_a_digest_escalations_a_table(
    line: Line, kinds: list[LetterKind], expected: LetterKind
) -> None:
    assert kind_of(line, kinds) is expected


def test_s42_the_longest_overdue_comes_first_then_today_then_the_nearest() -> None:
    items = [
        item("soon", left=3),
        item("today"),
        item("late", late=2),
        item("later", late=9),
        item("far", left=7),
    ]

    assert [each.duty for each in most_urgent_first(items)] == ["later", "late", "today", "soon", "far"]


def test_what_is_equally_urgent_is_ordered_by_duty_and_unit() -> None:
    items = [item("B"), item("A", unit="Chi bộ B"), item("A", unit="Chi bộ A")]

    assert [(each.duty, each.unit_name) for each in most_urgent_first(items)] == [
        ("A", "Chi bộ A"),
        ("A", "Chi bộ B"),
        ("B", "Chi bộ A"),
    ]
