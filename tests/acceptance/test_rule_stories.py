"""SCHEDULE §1: a story of one occurrence through ``rule -``; the letters were worked out by hand."""

from typing import Any

import pytest

from tests.acceptance.program import Program

Object = dict[str, Any]

STORY: Object = {
    "due_date": "2026-06-18",
    "zone": "Asia/Ho_Chi_Minh",
    "calendar": "vn",
    "policy": {
        "at": "07:30",
        "working_days_only": True,
        "quiet": None,
        "remind": ["-14d", "-7d", "-3d", "-1d", "0d"],
        "overdue": [{"every": "1d", "until": "7d"}, {"every": "7d", "until": "28d"}],
        "escalate": [{"after": "3d"}, {"after": "10d"}],
    },
    "to": "2026-07-18",
}


def told(sends: list[Object]) -> list[str]:
    return [f"{send['at'][5:10]} {send['stage']}" for send in sends]


def test_the_story_of_a_due_date_that_moved_two_days_before_it(empty: Program) -> None:
    moved = {"event": "due-moved", "at": "2026-06-16T09:00", "due_date": "2026-07-02"}
    (answer,) = empty.ask({"id": 4, **STORY, "story": [moved]})

    assert answer["id"] == 4
    assert answer["sends"][0] == {
        "at": "2026-06-04T07:30:00+07:00", "stage": "-14d", "days_to_due": 14, "merged": [], "late": False,
    }  # fmt: skip
    assert told(answer["sends"]) == [
        "06-04 -14d",
        "06-11 -7d",
        "06-15 -3d",
        # the new date: 2 July is a Thursday
        "06-18 -14d",
        "06-25 -7d",
        "06-29 -3d",
        "07-01 -1d",
        "07-02 0d",
        # days 2 and 3 are Saturday and Sunday: with day 4 one letter on Monday, named by its true days
        "07-03 +1d",
        "07-06 +4d",
        "07-06 escalate-1",
        "07-07 +5d",
        "07-08 +6d",
        "07-09 +7d",
        "07-13 escalate-2",
        "07-16 +14d",
    ]
    monday = next(send for send in answer["sends"] if send["stage"] == "+4d")
    assert (monday["days_to_due"], monday["merged"]) == (-4, ["+2d", "+3d"])


EVENTS: list[tuple[str, list[Object], list[str]]] = [
    (
        "reported at a stage's very instant: not sent",
        [{"event": "reported", "at": "2026-06-11T07:30"}],
        ["06-04 -14d"],
    ),
    (
        "reported a minute later",
        [{"event": "reported", "at": "2026-06-11T07:31"}],
        ["06-04 -14d", "06-11 -7d"],
    ),
    (
        "created late: one catch-up, and then as planned",
        [{"event": "reported", "at": "2026-06-16T00:00"}, {"event": "created", "at": "2026-06-12T09:00"}],
        ["06-12 catch-up:-7d", "06-15 -3d"],
    ),
    (
        "created at a stage's instant: sent",
        [
            {"event": "created", "at": "2026-06-15T07:30"},
            {"event": "not-applicable", "at": "2026-06-16T00:00"},
        ],
        ["06-15 -3d"],
    ),
    ("the unit went", [{"event": "unit-deactivated", "at": "2026-06-05T00:00"}], ["06-04 -14d"]),
    (
        "down over two stages: the most urgent of them, once",
        [
            {"event": "down", "from": "2026-06-04T00:00", "to": "2026-06-12T12:00"},
            {"event": "reported", "at": "2026-06-14T00:00"},
        ],
        ["06-12 -7d"],
    ),
    (
        "the policy changed: only the keys that change",
        [
            {"event": "policy-changed", "at": "2026-06-05T00:00", "policy": {"remind": ["-6d"]}},
            {"event": "reported", "at": "2026-06-18T00:00"},
        ],
        ["06-04 -14d", "06-12 -6d"],
    ),
]


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    program = Program(folder=tmp_path_factory.mktemp("stories"))
    return program.ask(*({"id": name, **STORY, "story": events} for name, events, _ in EVENTS))


@pytest.mark.parametrize(("name", "sends"), [(name, sends) for name, _, sends in EVENTS])
def test_what_happens_in_a_story_changes_what_is_sent(
    stories: list[Object], name: str, sends: list[str]
) -> None:
    answer = next(found for found in stories if found["id"] == name)

    assert told(answer["sends"]) == sends
