"""DESIGN §5.1: ``rule -``, the pure core as a filter: the forms that give dates and instants.

The answers were worked out by hand from the rules, or are those of the standards that are named.
"""

from typing import Any

from tests.acceptance.program import Program

Object = dict[str, Any]

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
]


def test_every_form_is_answered_in_order_under_its_own_id(empty: Program) -> None:
    answers = empty.ask(*(question for question, _ in FORMS))

    assert answers == [{"id": question["id"], **answer} for question, answer in FORMS]


def test_a_hundred_instants_are_given_where_no_limit_is(empty: Program) -> None:
    (answer,) = empty.ask({"id": 1, "rrule": "FREQ=DAILY", "start": "2026-01-01"})

    assert len(answer["instants"]) == 100
