"""The examples of RFC 5545 §3.8.5.3, daily or coarser, and of RFC 7529, with the results printed there."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import islice

import pytest

from nhacviec.domain.time.rrule import expand, instants, parse
from nhacviec.domain.time.zone import zone

_NEW_YORK = zone("America/New_York")
_SEPTEMBER_2 = "1997-09-02"
_NINE = datetime.fromisoformat("1997-09-02T09:00")
_WORK_WEEK = "MO,TU,WE,TH,FR"

#: Where the example begins, its rule, its dates as YYYY-MM:D,D …; a last "…" where it goes on for ever.
_EXAMPLES = [
    (_SEPTEMBER_2, "FREQ=DAILY;COUNT=10", "1997-09:2,3,4,5,6,7,8,9,10,11"),
    (_SEPTEMBER_2, "FREQ=DAILY;INTERVAL=2", "1997-09:2,4,6,8,10,12,14,16,18,20,22,24,26,28,30 1997-10:2,4 …"),
    (_SEPTEMBER_2, "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09:2,12,22 1997-10:2,12"),
    (_SEPTEMBER_2, "FREQ=WEEKLY;COUNT=10", "1997-09:2,9,16,23,30 1997-10:7,14,21,28 1997-11:4"),
    (
        _SEPTEMBER_2,
        "FREQ=WEEKLY;UNTIL=19971224T000000Z",
        "1997-09:2,9,16,23,30 1997-10:7,14,21,28 1997-11:4,11,18,25 1997-12:2,9,16,23",
    ),
    (
        _SEPTEMBER_2,
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1997-09:2,16,30 1997-10:14,28 1997-11:11,25 1997-12:9,23 1998-01:6,20 1998-02:3,17 …",
    ),
    (
        _SEPTEMBER_2,
        "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
        "1997-09:2,4,9,11,16,18,23,25,30 1997-10:2",
    ),
    (_SEPTEMBER_2, "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "1997-09:2,4,9,11,16,18,23,25,30 1997-10:2"),
    (
        "1997-09-01",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        (
            "1997-09:1,3,5,15,17,19,29 1997-10:1,3,13,15,17,27,29,31 "
            "1997-11:10,12,14,24,26,28 1997-12:8,10,12,22"
        ),
    ),
    (
        _SEPTEMBER_2,
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "1997-09:2,4,16,18,30 1997-10:2,14,16",
    ),
    (
        "1997-09-05",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "1997-09:5 1997-10:3 1997-11:7 1997-12:5 1998-01:2 1998-02:6 1998-03:6 1998-04:3 1998-05:1 1998-06:5",
    ),
    (
        "1997-09-05",
        "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
        "1997-09:5 1997-10:3 1997-11:7 1997-12:5",
    ),
    (
        "1997-09-07",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997-09:7,28 1997-11:2,30 1998-01:4,25 1998-03:1,29 1998-05:3,31",
    ),
    (
        "1997-09-22",
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "1997-09:22 1997-10:20 1997-11:17 1997-12:22 1998-01:19 1998-02:16",
    ),
    (
        "1997-09-28",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "1997-09:28 1997-10:29 1997-11:28 1997-12:29 1998-01:29 1998-02:26 …",
    ),
    (
        _SEPTEMBER_2,
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "1997-09:2,15 1997-10:2,15 1997-11:2,15 1997-12:2,15 1998-01:2,15",
    ),
    (
        "1997-09-30",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997-09:30 1997-10:1,31 1997-11:1,30 1997-12:1,31 1998-01:1,31 1998-02:1",
    ),
    (
        "1997-09-10",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09:10,11,12,13,14,15 1999-03:10,11,12,13",
    ),
    (
        _SEPTEMBER_2,
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1997-09:2,9,16,23,30 1997-11:4,11,18,25 1998-01:6,13,20,27 1998-03:3,10,17,24,31 …",
    ),
    (
        "1997-06-10",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        (
            "1997-06:10 1997-07:10 1998-06:10 1998-07:10 1999-06:10 "
            "1999-07:10 2000-06:10 2000-07:10 2001-06:10 2001-07:10"
        ),
    ),
    (
        "1997-03-10",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        (
            "1997-03:10 1999-01:10 1999-02:10 1999-03:10 2001-01:10 "
            "2001-02:10 2001-03:10 2003-01:10 2003-02:10 2003-03:10"
        ),
    ),
    (
        "1997-01-01",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        (
            "1997-01:1 1997-04:10 1997-07:19 2000-01:1 2000-04:9 "
            "2000-07:18 2003-01:1 2003-04:10 2003-07:19 2006-01:1"
        ),
    ),
    ("1997-05-19", "FREQ=YEARLY;BYDAY=20MO", "1997-05:19 1998-05:18 1999-05:17 …"),
    ("1997-05-12", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05:12 1998-05:11 1999-05:17 …"),
    (
        "1997-03-13",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1997-03:13,20,27 1998-03:5,12,19,26 1999-03:4,11,18,25 …",
    ),
    (
        "1997-06-05",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        (
            "1997-06:5,12,19,26 1997-07:3,10,17,24,31 1997-08:7,14,21,28 "
            "1998-06:4,11,18,25 1998-07:2,9,16,23,30 …"
        ),
    ),
    (
        _SEPTEMBER_2,
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "1998-02:13 1998-03:13 1998-11:13 1999-08:13 2000-10:13 …",
    ),
    (
        "1997-09-13",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        (
            "1997-09:13 1997-10:11 1997-11:8 1997-12:13 1998-01:10 "
            "1998-02:7 1998-03:7 1998-04:11 1998-05:9 1998-06:13 …"
        ),
    ),
    (
        "1996-11-05",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11:5 2000-11:7 2004-11:2 …",
    ),
    ("1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09:4 1997-10:7 1997-11:6"),
    (
        "1997-09-29",
        f"FREQ=MONTHLY;BYDAY={_WORK_WEEK};BYSETPOS=-2",
        "1997-09:29 1997-10:30 1997-11:27 1997-12:30 1998-01:29 1998-02:26 1998-03:30 …",
    ),
    ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08:5,10,19,24"),
    ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08:5,17,19,31"),
    ("2007-01-15", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01:15,30 2007-02:15 2007-03:15,30"),
]


@pytest.mark.parametrize(("begin", "text", "dates"), _EXAMPLES)
def test_an_example_of_rfc_5545_gives_the_dates_printed_there(begin: str, text: str, dates: str) -> None:
    rule = parse(text, start=datetime.fromisoformat(f"{begin}T09:00"))
    expected = [f"{day}T09:00:00" for day in _days(dates)]

    walls = [wall.isoformat() for wall in islice(expand(rule, zone=_NEW_YORK), len(expected) + 1)]

    assert walls[: len(expected)] == expected
    assert (len(walls) > len(expected)) == dates.endswith("…")


def _days(dates: str) -> Iterable[str]:
    for month in dates.removesuffix("…").split():
        name, _, days = month.partition(":")
        yield from (f"{name}-{int(day):02}" for day in days.split(","))


def test_daily_until_christmas_eve_1997_ends_on_23_december() -> None:
    rule = parse("FREQ=DAILY;UNTIL=19971224T000000Z", start=_NINE)

    walls = list(expand(rule, zone=_NEW_YORK))

    assert [wall.date() for wall in walls] == [date(1997, 9, 2) + timedelta(days) for days in range(113)]


@pytest.mark.parametrize(
    "text",
    [
        f"FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY={_WORK_WEEK},SA,SU",
        "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
    ],
)
def test_every_day_in_january_for_three_years(text: str) -> None:
    rule = parse(text, start=datetime.fromisoformat("1998-01-01T09:00"))

    walls = [wall.date() for wall in expand(rule, zone=_NEW_YORK)]

    assert walls == [date(year, 1, day) for year in (1998, 1999, 2000) for day in range(1, 32)]


def test_every_twenty_minutes_of_the_working_day() -> None:
    rule = parse("FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", start=_NINE)

    walls = [wall.strftime("%d %H:%M") for wall in islice(expand(rule, zone=_NEW_YORK), 25)]

    assert walls == [f"02 {hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 20, 40)] + [
        "03 09:00"
    ]


def test_an_example_keeps_its_wall_time_while_the_offset_changes() -> None:
    rule = parse("FREQ=WEEKLY;COUNT=10", start=_NINE)

    offsets = [moment.isoformat()[10:] for moment in instants(rule, _NEW_YORK, 100)]

    assert offsets == ["T09:00:00-04:00"] * 8 + ["T09:00:00-05:00"] * 2


@pytest.mark.parametrize(
    ("begin", "text", "dates"),
    [
        ("2014-01-31", "FREQ=MONTHLY;COUNT=4", "2014-01:31 2014-03:31 2014-05:31 2014-07:31"),
        ("2014-01-31", "SKIP=OMIT;FREQ=MONTHLY;COUNT=4", "2014-01:31 2014-03:31 2014-05:31 2014-07:31"),
        ("2014-01-31", "SKIP=BACKWARD;FREQ=MONTHLY;COUNT=4", "2014-01:31 2014-02:28 2014-03:31 2014-04:30"),
        ("2014-01-31", "SKIP=FORWARD;FREQ=MONTHLY;COUNT=4", "2014-01:31 2014-03:1,31 2014-05:1"),
        ("2012-02-29", "FREQ=YEARLY;COUNT=3", "2012-02:29 2016-02:29 2020-02:29"),
        (
            "2012-02-29",
            "SKIP=BACKWARD;FREQ=YEARLY;COUNT=5",
            "2012-02:29 2013-02:28 2014-02:28 2015-02:28 2016-02:29",
        ),
        (
            "2012-02-29",
            "SKIP=FORWARD;FREQ=YEARLY;COUNT=5",
            "2012-02:29 2013-03:1 2014-03:1 2015-03:1 2016-02:29",
        ),
    ],
)
def test_an_example_of_rfc_7529_moves_a_day_that_is_missing(begin: str, text: str, dates: str) -> None:
    rule = parse(f"RSCALE=GREGORIAN;{text}", start=date.fromisoformat(begin))

    walls = [wall.date().isoformat() for wall in expand(rule, zone=_NEW_YORK)]

    assert walls == list(_days(dates))
