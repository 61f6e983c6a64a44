"""DESIGN §5.1: ``rule -``, the pure core as a filter; every form, every question, every way to be wrong.

The answers were worked out by hand from the rules, or are those of the standards that the tests name.
"""

import json
from typing import Any

import pytest

from tests.acceptance.program import Program

Object = dict[str, Any]


def asked(program: Program, *questions: object, code: int = 0) -> list[Any]:
    """Put all questions to one process; a text goes as it stands."""
    lines = [q if isinstance(q, str) else json.dumps(q, ensure_ascii=False) for q in questions]
    done = program.run("rule", "-", given="\n".join(lines).encode())
    assert done.code == code, done.text
    assert done.err == ""
    return done.lines


FORMS: list[tuple[Object, Object]] = [
    (
        {
            "id": "every",
            "every": "month",
            "months": [1, 2, 4],
            "due": {"day": 20},
            "roll": "next",
            "from": "2017-01-01",
            "to": "2017-12-31",
            "calendar": {
                "weekend": ["sat", "sun"],
                "days": [
                    {"date": "2017-04-20", "off": "một ngày nghỉ"},
                    {"date": "2024-05-04", "working": "làm bù"},
                ],
            },
        },
        {
            "due": ["2017-01-20", "2017-02-20", "2017-04-21"],
            "periods": ["2017-01", "2017-02", "2017-04"],
            "nominal": ["2017-01-20", "2017-02-20", "2017-04-20"],
        },
    ),
    (  # only periods whose first day lies in [from, to]: January's began before
        {"id": 2, "every": "month", "due": {"day": 20}, "from": "2017-01-02", "to": "2017-02-01"},
        {"due": ["2017-02-20"], "periods": ["2017-02"], "nominal": ["2017-02-20"]},
    ),
    (  # calendar left out is the Vietnamese one: 6 April 2017 is Giỗ Tổ
        {"id": "vn", "every": "once", "due": {"on": "2017-04-06"}, "roll": "next"}
        | {"from": "2017-04-01", "to": "2017-04-30"},
        {"due": ["2017-04-07"], "periods": ["2017-04-06"], "nominal": ["2017-04-06"]},
    ),
    (
        {"id": "periods", "from": "2017-01-01", "to": "2017-12-31"}
        | {"periods": [{"every": "quarter", "months": [3], "due": {"day": 15}}]},
        {"due": ["2017-03-15"], "periods": ["2017-Q1"], "nominal": ["2017-03-15"]},
    ),
    (
        {"id": "nine", "every": "nine-months", "due": {"day": 15}, "from": "2017-01-01", "to": "2017-12-31"},
        {"due": ["2017-09-15"], "periods": ["2017-9M"], "nominal": ["2017-09-15"]},
    ),
    (
        {"id": "term", "every": "term", "term": {"start": "2015-06-01", "months": 60}}
        | {"due": {"day": 1, "month": 1}, "from": "2015-01-01", "to": "2021-01-01"},
        {
            "due": ["2015-06-01", "2020-06-01"],
            "periods": ["2015..2020", "2020..2025"],
            "nominal": ["2015-06-01", "2020-06-01"],
        },
    ),
    (
        {"id": "week", "every": "week", "due": {"weekday": "fri"}, "from": "2017-06-12", "to": "2017-06-12"},
        {"due": ["2017-06-16"], "periods": ["2017-W24"], "nominal": ["2017-06-16"]},
    ),
    (
        {"id": "half", "every": "half-year", "due": {"date": "06-05"}, "months": [6]}
        | {"from": "2017-01-01", "to": "2017-12-31", "roll": "prev"},
        {"due": ["2017-06-05"], "periods": ["2017-H1"], "nominal": ["2017-06-05"]},
    ),
    (
        {"id": "school", "every": "school-year", "due": {"after_end": "5wd"}}
        | {"from": "2017-06-01", "to": "2017-12-31"},
        {"due": ["2018-06-07"], "periods": ["2017-2018"], "nominal": ["2018-06-07"]},
    ),
    (  # RFC 5545 §3.8.5.3, "every Friday the 13th"
        {"id": "rrule", "rrule": "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "start": "1997-09-02T09:00:00"}
        | {"zone": "America/New_York", "limit": 5},
        {
            "instants": [
                "1998-02-13T09:00:00-05:00",
                "1998-03-13T09:00:00-05:00",
                "1998-11-13T09:00:00-05:00",
                "1999-08-13T09:00:00-04:00",
                "2000-10-13T09:00:00-04:00",
            ]
        },
    ),
    (  # a date as start is its midnight; zone left out is Viet Nam's
        {"id": "date", "rrule": "FREQ=WEEKLY;COUNT=2", "start": "2026-01-01"},
        {"instants": ["2026-01-01T00:00:00+07:00", "2026-01-08T00:00:00+07:00"]},
    ),
    (  # RFC 7529 §4.1: SKIP=BACKWARD clamps
        {"id": "skip", "rrule": "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD"}
        | {"start": "2026-01-31", "limit": 3},
        {"instants": ["2026-01-31T00:00:00+07:00", "2026-02-28T00:00:00+07:00", "2026-03-31T00:00:00+07:00"]},
    ),
    (
        {"id": "never", "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "start": "2026-01-01"},
        {"instants": [], "warning": "the rule never matches"},
    ),
    (
        {"id": "none asked", "rrule": "FREQ=DAILY", "start": "2026-01-01", "limit": 0},
        {"instants": []},
    ),
    (  # DESIGN §5.1, third form
        {"id": 3, "due_date": "2026-06-18", "zone": "Asia/Ho_Chi_Minh", "to": "2026-07-31"}
        | {
            "stages": {
                "remind": ["-7wd", "-3wd", "0d"],
                "overdue": ["1wd", {"every": "5wd", "times": 3}],
                "at": "07:30",
            }
        },
        {
            "stages": [
                {"stage": "-7wd", "at": "2026-06-09T07:30:00+07:00", "moved": False},
                {"stage": "-3wd", "at": "2026-06-15T07:30:00+07:00", "moved": False},
                {"stage": "0d", "at": "2026-06-18T07:30:00+07:00", "moved": False},
                {"stage": "+1wd", "at": "2026-06-19T07:30:00+07:00", "moved": False},
                {"stage": "+6wd", "at": "2026-06-26T07:30:00+07:00", "moved": False},
                {"stage": "+11wd", "at": "2026-07-03T07:30:00+07:00", "moved": False},
                {"stage": "+16wd", "at": "2026-07-10T07:30:00+07:00", "moved": False},
            ]
        },
    ),
    (  # at left out is 07:30, days off move: -4d of a Thursday is a Sunday, so Friday the 12th
        {"id": "moved", "due_date": "2026-06-18", "stages": {"remind": ["-4d"]}},
        {"stages": [{"stage": "-4d", "at": "2026-06-12T07:30:00+07:00", "moved": True}]},
    ),
    (  # and where they may not move, they stay
        {"id": "stays", "due_date": "2026-06-18", "stages": {"remind": ["-4d"], "working_days_only": False}},
        {"stages": [{"stage": "-4d", "at": "2026-06-14T07:30:00+07:00", "moved": False}]},
    ),
    (  # S-44: the evening part of quiet hours goes to one minute before them
        {"id": "quiet", "due_date": "2026-06-18"}
        | {"stages": {"remind": ["0d"], "at": "18:00", "quiet": {"from": "17:00", "to": "07:00"}}},
        {"stages": [{"stage": "0d", "at": "2026-06-18T16:59:00+07:00", "moved": True}]},
    ),
    ({"id": "q1", "ask": "working_day", "date": "2017-04-06"}, {"answer": False}),
    ({"id": "q2", "ask": "working_day", "date": "2017-04-06", "calendar": {}}, {"answer": True}),
    ({"id": "q3", "ask": "working_day", "date": "2024-05-04", "calendar": "vn"}, {"answer": True}),
    ({"id": "q4", "ask": "roll", "date": "2017-04-06", "roll": "next"}, {"answer": "2017-04-07"}),
    ({"id": "q5", "ask": "roll", "date": "2017-04-06", "roll": "prev"}, {"answer": "2017-04-05"}),
    ({"id": "q6", "ask": "roll", "date": "2017-04-06", "roll": "nearest"}, {"answer": "2017-04-05"}),
    ({"id": "q7", "ask": "roll", "date": "2017-04-06", "roll": "none"}, {"answer": "2017-04-06"}),
    ({"id": "q8", "ask": "roll", "date": "2017-09-30", "roll": "modified-next"}, {"answer": "2017-09-29"}),
    ({"id": "q9", "ask": "roll", "date": "2017-10-01", "roll": "modified-prev"}, {"answer": "2017-10-02"}),
    ({"id": "q10", "ask": "add", "date": "2017-04-05", "working_days": 1}, {"answer": "2017-04-07"}),
    ({"id": "q11", "ask": "add", "date": "2017-04-08", "working_days": -1}, {"answer": "2017-04-07"}),
    ({"id": "q12", "ask": "count", "from": "2017-04-03", "to": "2017-04-10"}, {"answer": 4}),
    ({"id": "q13", "ask": "count", "from": "2017-04-03", "to": "2017-04-03"}, {"answer": 0}),
    ({"id": "q14", "ask": "solar", "lunar_year": 2017, "month": 3, "day": 10}, {"answer": "2017-04-06"}),
    ({"id": "q15", "ask": "solar", "lunar_year": 2030, "month": 1, "day": 1}, {"answer": "2030-02-02"}),
    ({"id": "q16", "ask": "solar", "lunar_year": 2017, "month": 6, "day": 1, "leap": True}, {"answer": "2017-07-23"}),
    ({"id": "q17", "ask": "solar", "lunar_year": 2017, "month": 5, "day": 1, "leap": True}, {"answer": None}),
    ({"id": "q18", "ask": "solar", "lunar_year": 2017, "month": 3, "day": 30}, {"answer": None}),
    (  # S-02: the offset before the gap
        {"id": "q19", "ask": "instant", "zone": "America/New_York", "wall": "2026-03-08T02:30"},
        {"answer": "2026-03-08T07:30:00Z"},
    ),
    (  # S-03: the first of the two
        {"id": "q20", "ask": "instant", "zone": "America/New_York", "wall": "2026-11-01T01:30:00"},
        {"answer": "2026-11-01T05:30:00Z"},
    ),
    ({"id": "q21", "ask": "instant", "wall": "2026-06-01T07:30"}, {"answer": "2026-06-01T00:30:00Z"}),
    (
        {"id": "q22", "ask": "rrule", "rrule": "FREQ=MONTHLY;BYMONTHDAY=-1", "start": "2026-01-01"}
        | {"zone": "Europe/Paris"},
        {"answer": True},
    ),
]  # fmt: skip


def test_every_form_and_every_question_is_answered_in_order_under_its_own_id(empty: Program) -> None:
    answers = asked(empty, *(question for question, _ in FORMS))

    assert answers == [{"id": question["id"], **answer} for question, answer in FORMS]


def test_a_hundred_instants_are_given_where_no_limit_is(empty: Program) -> None:
    (answer,) = asked(empty, {"id": 1, "rrule": "FREQ=DAILY", "start": "2026-01-01"})

    assert len(answer["instants"]) == 100


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
    (answer,) = asked(empty, {"id": 4, **STORY, "story": [moved]})

    assert answer["id"] == 4
    assert answer["sends"][0] == {
        "at": "2026-06-04T07:30:00+07:00", "stage": "-14d", "days_to_due": 14, "merged": [], "late": False,
    }  # fmt: skip
    assert told(answer["sends"]) == [
        "06-04 -14d", "06-11 -7d", "06-15 -3d",
        # the new date: 2 July is a Thursday
        "06-18 -14d", "06-25 -7d", "06-29 -3d", "07-01 -1d", "07-02 0d",
        # day 2 and 3 are Saturday and Sunday: with day 4 they are one letter on Monday, named by its true days
        "07-03 +1d", "07-06 +4d", "07-06 escalate-1", "07-07 +5d", "07-08 +6d", "07-09 +7d",
        "07-13 escalate-2", "07-16 +14d",
    ]  # fmt: skip
    monday = next(send for send in answer["sends"] if send["stage"] == "+4d")
    assert (monday["days_to_due"], monday["merged"]) == (-4, ["+2d", "+3d"])


EVENTS: list[tuple[str, list[Object], list[str]]] = [
    ("reported at a stage's very instant: not sent", [{"event": "reported", "at": "2026-06-11T07:30"}], ["06-04 -14d"]),
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
    ("created at a stage's instant: sent", [
        {"event": "created", "at": "2026-06-15T07:30"}, {"event": "not-applicable", "at": "2026-06-16T00:00"},
    ], ["06-15 -3d"]),
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
]  # fmt: skip


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    program = Program(folder=tmp_path_factory.mktemp("stories"))
    return asked(program, *({"id": name, **STORY, "story": events} for name, events, _ in EVENTS))


@pytest.mark.parametrize(("name", "sends"), [(name, sends) for name, _, sends in EVENTS])
def test_what_happens_in_a_story_changes_what_is_sent(
    stories: list[Object], name: str, sends: list[str]
) -> None:
    answer = next(found for found in stories if found["id"] == name)

    assert told(answer["sends"]) == sends


WRONG: list[tuple[object, str]] = [
    ({"id": 1, "ask": "fly"}, "ask 'fly' is not known"),
    ({"id": 2}, "the question asks nothing"),
    ({"id": 3, "ask": "working_day", "date": "2017-02-29"}, "'2017-02-29' is not a date"),
    ({"id": 4, "ask": "working_day", "date": "20170228"}, "'20170228' is not a date"),
    ({"id": 5, "ask": "working_day", "date": "2017-02-28", "colour": 1}, "'colour' is not known here"),
    ({"id": 6, "ask": "working_day", "date": "2017-02-28", "calendar": "fr"}, "no calendar of 'fr' is shipped"),
    ({"id": 7, "ask": "roll", "date": "2017-02-28"}, "use none, next, prev, nearest"),
    ({"id": 8, "ask": "add", "date": "2017-02-28", "working_days": 10**30}, "are too many"),
    ({"id": 9, "ask": "add", "date": "9999-12-30", "working_days": 5}, "beyond the end of the calendar"),
    ({"id": 10, "ask": "add", "date": "2017-02-28", "working_days": True}, "True is not a whole number"),
    ({"id": 11, "ask": "solar", "lunar_year": 2017, "month": 13, "day": 1}, "month 13 is out of range"),
    ({"id": 12, "ask": "solar", "lunar_year": 2017, "month": 1, "day": 31}, "day 31 is out of range"),
    ({"id": 13, "ask": "instant", "zone": "Mars/Olympus", "wall": "2026-01-01T00:00"}, "'Mars/Olympus' is unknown"),
    ({"id": 14, "ask": "instant", "wall": "2026-01-01T00:00+07:00"}, "has an offset"),
    ({"id": 15, "ask": "rrule", "rrule": "FREQ=MONTHLY;BYMONTHDAY=0", "start": "2026-01-01"}, "BYMONTHDAY"),
    ({"id": 16, "ask": "rrule", "rrule": "FREQ=MONTHLY;SKIP=FORWARD", "start": "2026-01-01"}, "RSCALE"),
    ({"id": 17, "rrule": "FREQ=HOURLY", "start": "2026-01-01"}, "HOURLY"),
    ({"id": 18, "rrule": "FREQ=DAILY"}, "start is missing"),
    ({"id": 19, "rrule": "FREQ=DAILY", "start": "2026-01-01", "limit": -1}, "limit -1 is out of range"),
    ({"id": 20, "rrule": "FREQ=DAILY;COUNT=" + "9" * 40, "start": "2026-01-01"}, "COUNT"),
    ({"id": 21, "every": "month", "due": {"day": 32}, "from": "2017-01-01", "to": "2017-02-01"}, "due.day"),
    ({"id": 22, "every": "moon", "due": {"day": 2}, "from": "2017-01-01", "to": "2017-02-01"}, "every"),
    ({"id": 23, "every": "month", "due": {"day": 2}, "from": "2017-01-01"}, "to None is not a date"),
    ({"id": 24, "every": "month", "due": {"day": 2}, "from": "9999-12-01", "to": "9999-12-31"}, "beyond the end"),
    ({"id": 25, "stages": {"remind": ["-99999999999d"]}, "due_date": "2026-06-18"}, "is not an offset"),
    ({"id": 26, "stages": {"overdue": ["3d"]}, "due_date": "9999-12-30"}, "out of range"),
    ({"id": 27, "stages": [], "due_date": "2026-06-18"}, "not an object"),
    ({"id": 28, "story": [{"event": "nap", "at": "2026-06-16T09:00"}], "due_date": "2026-06-18"}, "event 'nap'"),
    ({"id": 29, "story": {}, "due_date": "2026-06-18"}, "story is not a list"),
    ([1, 2], "a question is one JSON object"),
    ("null", "a question is one JSON object"),
    ("{'id': 1}", "not JSON"),
    ('{"id": NaN}', "not JSON"),
    ('{"id": 1e999}', "not JSON"),
    ("[" * 100_000, "not JSON"),
    ('{"id": ' + "9" * 5000 + "}", "not JSON"),
    ('{"id": "' + "x" * 1_000_001 + '"}', "longer than"),
]  # fmt: skip


def test_every_bad_line_gets_one_error_and_stops_nobody(empty: Program) -> None:
    good = {"id": "last", "ask": "working_day", "date": "2017-04-07"}
    *answers, last = asked(empty, *(question for question, _ in WRONG), good, code=3)

    assert [set(answer) for answer in answers] == [{"id", "error"}] * len(WRONG)
    for (question, said), answer in zip(WRONG, answers, strict=True):
        assert said in answer["error"], (question, answer)
        assert answer["id"] == (question["id"] if isinstance(question, dict) else None)
    assert last == {"id": "last", "answer": True}


def test_what_stands_between_the_lines_is_not_a_question(empty: Program) -> None:
    given = b'\xef\xbb\xbf{"ask": "working_day", "date": "2017-04-07"}\r\n\r\n  \n{"id": "\\ud800"}\n\xff{}'
    done = empty.run("rule", "-", given=given)
    nothing = empty.run("rule", "-")

    assert done.code == 3
    assert [answer.get("answer", "error") for answer in done.lines] == [True, "error", "error"]
    assert (nothing.code, nothing.out) == (0, b"")
