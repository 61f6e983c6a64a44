"""How a rule unrolls: S-02, S-03, S-10 to S-15."""

from datetime import date, datetime
from itertools import islice

import pytest

from nhacviec.domain.time.rrule import Gap, between, expand, instants, parse
from nhacviec.domain.time.zone import zone

_HANOI = zone("Asia/Ho_Chi_Minh")
_NEW_YORK = zone("America/New_York")


def _walls(text: str, start: str, most: int = 8) -> list[str]:
    """Unroll a rule in Hà Nội; a midnight is shown as its date."""
    anchor = datetime.fromisoformat(start) if "T" in start else date.fromisoformat(start)
    walls = islice(expand(parse(text, start=anchor), zone=_HANOI), most)
    return [wall.isoformat(timespec="minutes").removesuffix("T00:00") for wall in walls]


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        # the anchor is only an anchor, and COUNT counts what is emitted (S-10)
        ("2026-01-01", "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2", ["2026-01-15", "2026-02-15"]),
        ("2026-01-01", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20260112", ["2026-01-05", "2026-01-12"]),
        ("2026-01-01", "FREQ=DAILY;UNTIL=20251231", []),
        # UNTIL is an instant, and included: 07:30 in Hà Nội is 00:30 UTC
        ("2026-01-01T07:30", "FREQ=DAILY;UNTIL=20260102T003000Z", ["2026-01-01T07:30", "2026-01-02T07:30"]),
        ("2026-01-01T07:30", "FREQ=DAILY;UNTIL=20260102T002959Z", ["2026-01-01T07:30"]),
        # an imported rule leaves out what a month lacks (S-11)
        ("2026-01-31", "FREQ=MONTHLY;COUNT=3", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        # each is computed from the anchor: no drift (S-12)
        (
            "2026-01-31",
            "RSCALE=GREGORIAN;SKIP=BACKWARD;FREQ=MONTHLY;COUNT=4",
            ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"],
        ),
        ("2016-02-29", "FREQ=YEARLY;INTERVAL=5;COUNT=2", ["2016-02-29", "2036-02-29"]),
        # YEARLY and BYWEEKNO without BYDAY: the anchor's weekday, a Thursday (S-13)
        ("2026-01-01", "FREQ=YEARLY;BYWEEKNO=20;COUNT=2", ["2026-05-14", "2027-05-20"]),
        # WEEKLY and BYSETPOS: the whole week counts, also what lies before the anchor (S-13)
        (
            "1997-09-02",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=2,3;COUNT=3",
            ["1997-09-02", "1997-09-03", "1997-09-09"],
        ),
        ("1997-09-04", "FREQ=WEEKLY;BYDAY=MO,TH;BYSETPOS=1;COUNT=2", ["1997-09-08", "1997-09-15"]),
        ("1997-09-07", "FREQ=WEEKLY;WKST=SU;BYDAY=SU,SA;BYSETPOS=-1;COUNT=2", ["1997-09-13", "1997-09-20"]),
        # numbered and plain weekdays are a union (S-13)
        (
            "2026-06-01",
            "FREQ=MONTHLY;BYDAY=3MO,WE;COUNT=6",
            ["2026-06-03", "2026-06-10", "2026-06-15", "2026-06-17", "2026-06-24", "2026-07-01"],
        ),
        (
            "2026-01-01",
            "FREQ=YEARLY;BYMONTH=6;BYDAY=-1FR,TU;BYMONTHDAY=23,24,25,26",
            ["2026-06-23", "2026-06-26"],
        ),
        # the weeks of a year may begin in the year before, and the step counts those years
        ("1997-12-29", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;COUNT=2", ["1997-12-29", "2000-01-03"]),
        ("1999-01-01", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR;COUNT=2", ["1999-01-01", "2004-12-31"]),
        (
            "1997-12-29",
            "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,TU;BYMONTH=12;COUNT=3",
            ["1997-12-29", "1997-12-30", "2001-12-31"],
        ),
        ("2026-01-01", "FREQ=YEARLY;BYWEEKNO=-1;BYYEARDAY=-1;COUNT=2", ["2026-12-31", "2027-12-31"]),
        ("2026-01-01", "FREQ=YEARLY;BYYEARDAY=1,60;BYMONTH=2;COUNT=1", ["2028-02-29"]),
        # positions count times as well as days
        (
            "2026-06-01T00:00",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8,14;BYSETPOS=1,-1;COUNT=3",
            ["2026-06-01T08:00", "2026-06-30T14:00", "2026-07-01T08:00"],
        ),
        (
            "2026-06-01T00:00",
            "FREQ=DAILY;BYHOUR=8,14,20;BYSETPOS=-1;COUNT=2",
            ["2026-06-01T20:00", "2026-06-02T20:00"],
        ),
        # the last working day of each month
        (
            "2026-01-01",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3",
            ["2026-01-30", "2026-02-27", "2026-03-31"],
        ),
    ],
)
def test_a_rule_unrolls_as_the_standard_says(start: str, text: str, expected: list[str]) -> None:
    assert _walls(text, start, len(expected) + ("COUNT" in text or "UNTIL" in text)) == expected


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        # what SKIP moves on a day that is there anyway is one day, and days stay in order
        (
            "2026-04-01",
            "SKIP=FORWARD;FREQ=MONTHLY;BYMONTHDAY=1,31",
            ["2026-04-01", "2026-05-01", "2026-05-31"],
        ),
        (
            "2026-01-01",
            "SKIP=BACKWARD;FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYMONTH=2",
            ["2026-02-28", "2027-02-28"],
        ),
        (
            "2026-01-31",
            "SKIP=BACKWARD;FREQ=MONTHLY;BYMONTHDAY=-1,-30",
            ["2026-01-31", "2026-02-28", "2026-03-02"],
        ),
        (
            "2026-02-01",
            "SKIP=FORWARD;FREQ=MONTHLY;BYMONTHDAY=-30",
            ["2026-02-01", "2026-03-02", "2026-04-01"],
        ),
        # SKIP comes before BYDAY, BYSETPOS and COUNT (RFC 7529 §4.1): 31 February 2027 is Monday, 1 March
        (
            "2026-06-01",
            "SKIP=FORWARD;FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2;BYDAY=MO",
            ["2027-03-01", "2032-03-01"],
        ),
        (
            "2026-01-01",
            "SKIP=BACKWARD;FREQ=MONTHLY;BYMONTHDAY=28,31;BYSETPOS=2",
            ["2026-01-31", "2026-03-31"],
        ),
        ("2026-01-01", "SKIP=BACKWARD;FREQ=YEARLY;BYYEARDAY=366", ["2026-12-31", "2027-12-31", "2028-12-31"]),
        ("2026-01-01", "SKIP=FORWARD;FREQ=YEARLY;BYYEARDAY=366", ["2027-01-01", "2028-01-01", "2028-12-31"]),
        # a limit lacks no day
        ("2026-02-01", "SKIP=BACKWARD;FREQ=DAILY;BYMONTHDAY=31", ["2026-03-31", "2026-05-31"]),
    ],
)
def test_skip_moves_days_before_anything_chooses_among_them(
    start: str, text: str, expected: list[str]
) -> None:
    assert _walls(f"RSCALE=GREGORIAN;{text}", start, len(expected)) == expected


def test_a_wall_time_in_a_gap_is_served_later_or_left_out() -> None:
    rule = parse("FREQ=DAILY;COUNT=2", start=datetime.fromisoformat("2026-03-08T02:30"))

    served = [moment.isoformat() for moment in instants(rule, _NEW_YORK, 9)]
    imported = [moment.isoformat() for moment in instants(rule, _NEW_YORK, 9, gap=Gap.SKIP)]

    assert served == ["2026-03-08T03:30:00-04:00", "2026-03-09T02:30:00-04:00"]
    # RFC 5545 §3.3.10: what is left out is not counted
    assert imported == ["2026-03-09T02:30:00-04:00", "2026-03-10T02:30:00-04:00"]


def test_a_wall_time_that_occurs_twice_is_served_once() -> None:
    rule = parse("FREQ=DAILY;COUNT=1", start=datetime.fromisoformat("2026-11-01T01:30"))

    assert [moment.isoformat() for moment in instants(rule, _NEW_YORK, 9)] == ["2026-11-01T01:30:00-04:00"]


def test_two_wall_times_of_one_instant_are_one_and_instants_ascend() -> None:
    rule = parse("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0,30", start=datetime.fromisoformat("2026-03-08T00:00"))

    served = [moment.strftime("%d %H:%M") for moment in instants(rule, _NEW_YORK, 4)]

    assert served == ["08 03:00", "08 03:30", "09 02:00", "09 02:30"]


def test_what_a_gap_made_late_comes_in_its_place_also_at_the_end() -> None:
    rule = parse(
        "FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0,45;COUNT=3", start=datetime.fromisoformat("2026-03-08T00:00")
    )

    assert [moment.strftime("%H:%M") for moment in instants(rule, _NEW_YORK, 9)] == ["03:00", "03:45"]


def test_until_inside_a_gap_leaves_out_what_is_served_after_it() -> None:
    # 03:15 EDT; 02:30 would be served at 03:30, 03:00 is served at 03:00
    rule = parse(
        "FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0,30;UNTIL=20260308T071500Z",
        start=datetime.fromisoformat("2026-03-08T00:00"),
    )

    assert [moment.strftime("%H:%M") for moment in instants(rule, _NEW_YORK, 9)] == ["03:00"]


@pytest.mark.parametrize(
    ("text", "first", "last", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=10", "2026-06-01", "2026-06-20", ["2026-06-07", "2026-06-17"]),
        ("FREQ=DAILY;INTERVAL=10;COUNT=1070", "2026-06-01", "2026-12-31", ["2026-06-07"]),
        ("FREQ=DAILY", "1990-01-01", "1997-03-02", ["1997-03-01", "1997-03-02"]),
        ("FREQ=DAILY", "1990-01-01", "1997-02-28", []),
        ("FREQ=DAILY", "2026-06-02", "2026-06-01", []),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", "2026-12-31", []),
        ("FREQ=DAILY;UNTIL=20260601", "2026-06-01", "9999-12-31", ["2026-06-01"]),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2025-12-01", "2025-12-31", ["2025-12-29"]),
    ],
)
def test_a_window_gives_what_falls_in_it(text: str, first: str, last: str, expected: list[str]) -> None:
    rule = parse(text, start=date(1997, 3, 1))

    walls = between(rule, date.fromisoformat(first), date.fromisoformat(last), _HANOI)

    assert [wall.date().isoformat() for wall in walls] == expected


def test_a_window_leaves_out_a_gap_where_that_was_asked() -> None:
    rule = parse("FREQ=DAILY", start=datetime.fromisoformat("2026-03-01T02:30"))
    day = date(2026, 3, 8)

    assert between(rule, day, day, _NEW_YORK) == [datetime.fromisoformat("2026-03-08T02:30")]
    assert between(rule, day, day, _NEW_YORK, gap=Gap.SKIP) == []
