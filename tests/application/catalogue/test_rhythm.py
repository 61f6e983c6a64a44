"""How often and when: from what was written to recurrences (DESIGN §6.1)."""

from datetime import date, datetime
from typing import Any

import pytest

from nhacviec.application.catalogue.build import (
    build_due,
    build_recurrence,
    build_recurrences,
)
from nhacviec.domain.errors import RuleError
from nhacviec.domain.time import rrule
from nhacviec.domain.time.due import (
    AfterEnd,
    AfterStart,
    DateOfYear,
    DayOfMonth,
    Due,
    DueForm,
    LunarDay,
    OfDuty,
    OnDate,
    ThePeriod,
    WeekdayOfMonth,
    WeekdayOfWeek,
    WorkingDayOfMonth,
)
from nhacviec.domain.time.offset import parse_offset
from nhacviec.domain.time.period import Every, Term
from nhacviec.domain.time.recurrence import Recurrence

of = parse_offset

DUES: list[tuple[dict[str, Any], DueForm]] = [
    ({"day": 20}, DayOfMonth(20)),
    ({"day": 20, "month": 1}, DayOfMonth(20, 1)),
    ({"day": "last"}, DayOfMonth(31)),
    ({"working_day": 5}, WorkingDayOfMonth(5)),
    ({"working_day": -1, "month": 2}, WorkingDayOfMonth(-1, 2)),
    ({"weekday": "mon", "nth": 1}, WeekdayOfMonth(0, 1)),
    ({"weekday": "sun", "nth": -1, "month": 1}, WeekdayOfMonth(6, -1, 1)),
    ({"weekday": "fri"}, WeekdayOfWeek(4)),
    ({"after_end": "5wd"}, AfterEnd(of("5wd"))),
    ({"after_start": "10d"}, AfterStart(of("10d"))),
    ({"date": "11-30"}, DateOfYear(11, 30)),
    ({"date": "02-29"}, DateOfYear(2, 29)),
    ({"lunar": "03-10"}, LunarDay(3, 10)),
    ({"lunar": "12-30", "leap": True, "skip": True}, LunarDay(12, 30, leap=True, skip=True)),
    ({"on": "2017-06-14"}, OnDate(date(2017, 6, 14))),
    ({"duty": "SH-01", "offset": "-1wd"}, OfDuty("SH-01", of("-1wd"))),
    ({"duty": "SH-01"}, OfDuty("SH-01", of("0d"))),
]


@pytest.mark.parametrize(("written", "form"), DUES, ids=[str(written) for written, _ in DUES])
def test_every_form_of_due(written: dict[str, Any], form: DueForm) -> None:
    assert build_due(written) == Due(form=form)


def test_a_due_with_a_rule_of_its_own_for_a_unit() -> None:
    found = build_due({"day": 5, "before": True, "units": {"cb-01": {"weekday": "mon", "nth": 1}}})

    assert found == Due(form=DayOfMonth(5), before=True, units={"cb-01": WeekdayOfMonth(0, 1)})


def test_every_rhythm_with_what_belongs_to_it() -> None:
    assert build_recurrence({"every": "day"}) == Recurrence(every=Every.DAY, due=Due(form=ThePeriod()))
    assert build_recurrence({"every": "month", "months": [1, 2], "due": {"day": 1}}) == Recurrence(
        every=Every.MONTH, months=frozenset({1, 2}), due=Due(form=DayOfMonth(1))
    )
    assert build_recurrence(
        {"every": "term", "term": {"start": "2015-06-01"}, "due": {"day": 1}}
    ).term == Term(start=date(2015, 6, 1), months=60)


@pytest.mark.parametrize(
    ("start", "meant"),
    [("2017-01-31", date(2017, 1, 31)), ("2017-01-31T09:00", datetime(2017, 1, 31, 9))],  # noqa: DTZ001 -- of a wall
)
def test_an_rrule_keeps_its_anchor(start: str, meant: date) -> None:
    found = build_recurrence({"every": {"rrule": "FREQ=MONTHLY", "start": start}})

    assert found == Recurrence(every=Every.RRULE, rule=rrule.parse("FREQ=MONTHLY", start=meant))


def test_periods_are_several_recurrences() -> None:
    written = {
        "periods": [
            {"every": "quarter", "months": [3], "due": {"day": 15}},
            {"every": "nine-months", "due": {"day": 15}},
        ],
        "roll": "next",
    }

    assert [(each.every, each.months) for each in build_recurrences(written)] == [
        (Every.QUARTER, frozenset({3})),
        (Every.NINE_MONTHS, frozenset()),
    ]


WRONG = [
    ({"every": "mont"}, "every: 'mont' is unknown — did you mean 'month'?"),
    ({"every": "month"}, "due is missing, and every: month needs it — write due: {…}"),
    ({}, "every is missing — write every: month, or periods: […]"),
    ({"every": "week", "due": {"day": 1}}, "due: this due does not fit every: week"),
    ({"every": "month", "due": {"day": 1}, "policy2": 1}, "unknown key 'policy2'"),
    (
        {"every": "month", "due": {"day": 1, "before": True}, "roll": "next"},
        "due.before: before: true contradicts roll: next",
    ),
]


@pytest.mark.parametrize(("written", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_question_that_is_wrong_is_refused_with_the_path_to_the_key(
    written: dict[str, Any], words: str
) -> None:
    with pytest.raises(RuleError) as refusal:
        build_recurrences(written)

    assert str(refusal.value).startswith(words)
