"""DESIGN §5.1: the plain questions of ``rule -``, and every way in which a line can be wrong."""

from typing import Any

from tests.acceptance.program import Program

Object = dict[str, Any]

#: The question after ``ask``, what it is asked about, and the answer; 6 April 2017 is Giỗ Tổ, a Thursday.
ASKED: list[tuple[str, Object, object]] = [
    ("working_day", {"date": "2017-04-06"}, False),
    ("working_day", {"date": "2017-04-06", "calendar": {}}, True),
    ("working_day", {"date": "2024-05-04", "calendar": "vn"}, True),
    ("roll", {"date": "2017-04-06", "roll": "next"}, "2017-04-07"),
    ("roll", {"date": "2017-04-06", "roll": "prev"}, "2017-04-05"),
    ("roll", {"date": "2017-04-06", "roll": "nearest"}, "2017-04-05"),
    ("roll", {"date": "2017-04-06", "roll": "none"}, "2017-04-06"),
    ("roll", {"date": "2017-09-30", "roll": "modified-next"}, "2017-09-29"),
    ("roll", {"date": "2017-10-01", "roll": "modified-prev"}, "2017-10-02"),
    ("add", {"date": "2017-04-05", "working_days": 1}, "2017-04-07"),
    ("add", {"date": "2017-04-08", "working_days": -1}, "2017-04-07"),
    ("count", {"from": "2017-04-03", "to": "2017-04-10"}, 4),
    ("count", {"from": "2017-04-03", "to": "2017-04-03"}, 0),
    ("solar", {"lunar_year": 2017, "month": 3, "day": 10}, "2017-04-06"),
    ("solar", {"lunar_year": 2030, "month": 1, "day": 1}, "2030-02-02"),
    ("solar", {"lunar_year": 2017, "month": 6, "day": 1, "leap": True}, "2017-07-23"),
    ("solar", {"lunar_year": 2017, "month": 5, "day": 1, "leap": True}, None),
    ("solar", {"lunar_year": 2017, "month": 3, "day": 30}, None),
    # S-02: the offset before the gap; S-03: the first of the two
    ("instant", {"zone": "America/New_York", "wall": "2026-03-08T02:30"}, "2026-03-08T07:30:00Z"),
    ("instant", {"zone": "America/New_York", "wall": "2026-11-01T01:30:00"}, "2026-11-01T05:30:00Z"),
    ("instant", {"wall": "2026-06-01T07:30"}, "2026-06-01T00:30:00Z"),
    ("rrule", {"rrule": "FREQ=MONTHLY;BYMONTHDAY=-1", "start": "2026-01-01", "zone": "Europe/Paris"}, True),
]


def test_every_question_is_answered(empty: Program) -> None:
    answers = empty.ask(*({"id": n, "ask": ask, **about} for n, (ask, about, _) in enumerate(ASKED)))

    assert answers == [{"id": n, "answer": answer} for n, (_, _, answer) in enumerate(ASKED)]


WRONG: list[tuple[object, str]] = [
    ({"id": 1, "ask": "fly"}, "ask 'fly' is not known"),
    ({"id": 2}, "the question asks nothing"),
    ({"id": 3, "ask": "working_day", "date": "2017-02-29"}, "'2017-02-29' is not a date"),
    ({"id": 4, "ask": "working_day", "date": "20170228"}, "'20170228' is not a date"),
    ({"id": 5, "ask": "working_day", "date": "2017-02-28", "colour": 1}, "'colour' is not known here"),
    (
        {"id": 6, "ask": "working_day", "date": "2017-02-28", "calendar": "fr"},
        "no calendar of 'fr' is shipped",
    ),
    ({"id": 7, "ask": "roll", "date": "2017-02-28"}, "use none, next, prev, nearest"),
    ({"id": 8, "ask": "add", "date": "2017-02-28", "working_days": 10**30}, "are too many"),
    ({"id": 9, "ask": "add", "date": "9999-12-30", "working_days": 5}, "beyond the end of the calendar"),
    ({"id": 10, "ask": "add", "date": "2017-02-28", "working_days": True}, "True is not a whole number"),
    ({"id": 11, "ask": "solar", "lunar_year": 2017, "month": 13, "day": 1}, "month 13 is out of range"),
    ({"id": 12, "ask": "solar", "lunar_year": 2017, "month": 1, "day": 31}, "day 31 is out of range"),
    (
        {"id": 13, "ask": "instant", "zone": "Mars/Olympus", "wall": "2026-01-01T00:00"},
        "'Mars/Olympus' is unknown",
    ),
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
    (
        {"id": 24, "every": "month", "due": {"day": 2}, "from": "9999-12-01", "to": "9999-12-31"},
        "beyond the end",
    ),
    ({"id": 25, "stages": {"remind": ["-99999999999d"]}, "due_date": "2026-06-18"}, "is not an offset"),
    ({"id": 26, "stages": {"overdue": ["3d"]}, "due_date": "9999-12-30"}, "out of range"),
    ({"id": 27, "stages": [], "due_date": "2026-06-18"}, "not an object"),
    (
        {"id": 28, "story": [{"event": "nap", "at": "2026-06-16T09:00"}], "due_date": "2026-06-18"},
        "event 'nap'",
    ),
    ({"id": 29, "story": {}, "due_date": "2026-06-18"}, "story is not a list"),
    ([1, 2], "a question is one JSON object"),
    ("null", "a question is one JSON object"),
    ("{'id': 1}", "not JSON"),
    ('{"id": NaN}', "not JSON"),
    ('{"id": 1e999}', "not JSON"),
    ("[" * 100_000, "not JSON"),
    ('{"id": ' + "9" * 5000 + "}", "not JSON"),
    ('{"id": "' + "x" * 1_000_001 + '"}', "longer than"),
]


def test_every_bad_line_gets_one_error_and_stops_nobody(empty: Program) -> None:
    good = {"id": "last", "ask": "working_day", "date": "2017-04-07"}
    *answers, last = empty.ask(*(question for question, _ in WRONG), good, code=3)

    assert [set(answer) for answer in answers] == [{"id", "error"}] * len(WRONG)
    for (question, said), answer in zip(WRONG, answers, strict=True):
        assert said in answer["error"], (question, answer)
        assert answer["id"] == (question["id"] if isinstance(question, dict) else None)
    assert last == {"id": "last", "answer": True}


def test_what_stands_between_the_lines_is_not_a_question(empty: Program) -> None:
    given = b'\xef\xbb\xbf{"ask": "working_day", "date": "2017-04-07"}\r\n\r\n  \n{"id": "\\ud800"}\n\xff{}'
    done = empty.fed(given, "rule", "-")
    nothing = empty.run("rule", "-")

    assert done.code == 3
    assert [answer.get("answer", "error") for answer in done.lines] == [True, "error", "error"]
    assert (nothing.code, nothing.out) == (0, b"")
