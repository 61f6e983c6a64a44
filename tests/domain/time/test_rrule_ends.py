"""Every rule ends or goes on within a bounded time, whatever it says: S-15."""

from datetime import date, datetime
from time import process_time

import pytest

from nhacviec.domain.time.rrule import between, expand, instants, parse
from nhacviec.domain.time.zone import zone

_HANOI = zone("Asia/Ho_Chi_Minh")
_NEW_YORK = zone("America/New_York")
_ALL_DAYS = "MO,TU,WE,TH,FR,SA,SU"
_ALL_HOURS = ",".join(map(str, range(24)))
_SIXTY = ",".join(map(str, range(60)))
_ALL_MONTHS = ",".join(map(str, range(1, 13)))
_ALL_MONTH_DAYS = ",".join(str(day) for day in range(-31, 32) if day)
_ALL_NTH = ",".join(f"{nth}{day}" for nth in range(-53, 54) if nth for day in _ALL_DAYS.split(","))

_NEVER = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
    "FREQ=DAILY;BYHOUR=9;BYSETPOS=2",
    f"FREQ=DAILY;INTERVAL=77;BYMONTHDAY={_ALL_MONTH_DAYS};BYDAY=WE",
    "FREQ=DAILY;INTERVAL=146096;BYMONTH=2;BYMONTHDAY=31",
    f"FREQ=DAILY;INTERVAL=11;BYMONTH={_ALL_MONTHS};BYMONTHDAY={_ALL_MONTH_DAYS};BYDAY={_ALL_DAYS};BYSETPOS=2",
    "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;BYSETPOS=-3",
    "FREQ=MONTHLY;BYDAY=6MO",
    "FREQ=MONTHLY;BYMONTH=2,4,6,9,11;BYMONTHDAY=31",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
    f"FREQ=MONTHLY;BYMONTH=2,4,6,9,11;BYMONTHDAY=31;BYDAY={_ALL_NTH}",
    f"FREQ=MONTHLY;BYDAY={_ALL_NTH};BYSETPOS=32",
    f"FREQ=MONTHLY;BYMONTHDAY={_ALL_MONTH_DAYS};BYDAY={_ALL_NTH};BYSETPOS=366",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;INTERVAL=4;BYYEARDAY=366",
    "FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1",
    "FREQ=YEARLY;BYDAY=MO,TU;BYSETPOS=107",
    f"FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1;BYDAY={_ALL_NTH};BYSETPOS=366",
]


@pytest.mark.parametrize("text", _NEVER)
def test_a_rule_that_never_matches_ends_soon_and_empty(text: str) -> None:
    rule = parse(text, start=datetime.fromisoformat("1997-09-02T09:00"))
    began = process_time()

    found = list(expand(rule, zone=_HANOI))

    assert found == []
    assert process_time() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
        "FREQ=YEARLY;BYDAY=MO;BYYEARDAY=366",
        "FREQ=YEARLY;BYDAY=MO,TU;BYSETPOS=106",
        f"FREQ=YEARLY;BYDAY={_ALL_DAYS};BYHOUR={_ALL_HOURS};BYMINUTE={_SIXTY};BYSECOND={_SIXTY};BYSETPOS=-1",
    ],
)
def test_a_hundred_of_a_sparse_rule_come_soon(text: str) -> None:
    rule = parse(text, start=datetime.fromisoformat("1997-09-02T09:00"))
    began = process_time()

    found = instants(rule, _HANOI, 100)

    assert len(found) == 100
    assert process_time() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;WKST=WE",
        "FREQ=WEEKLY;WKST=FR",
        "RSCALE=GREGORIAN;SKIP=BACKWARD;FREQ=MONTHLY;BYMONTHDAY=30",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYWEEKNO=52,53",
    ],
)
def test_the_end_of_the_calendar_ends_every_rule(text: str) -> None:
    rule = parse(text, start=datetime.fromisoformat("9998-12-20T09:00"))

    found = instants(rule, _NEW_YORK, 1_000)

    assert found
    assert found[-1].year <= 9999


def test_a_rule_that_begins_on_the_last_days_gives_nothing() -> None:
    rule = parse("FREQ=DAILY", start=date(9999, 12, 31))

    assert list(expand(rule, zone=_HANOI)) == []


def test_a_window_far_from_the_anchor_is_not_walked_to() -> None:
    rule = parse("FREQ=DAILY", start=date(1, 1, 2))
    began = process_time()

    for _ in range(100):
        assert len(between(rule, date(9990, 1, 1), date(9990, 1, 31), _HANOI)) == 31

    assert process_time() - began < 1
