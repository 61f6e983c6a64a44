"""Rules that are wrong, each refused with the part that is wrong: S-14, RFC 5545 §3.3.10, RFC 7529 §4.1."""

from datetime import UTC, date, datetime

import pytest

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.rrule import Frequency, NthWeekday, Skip, parse

_WALL = datetime(1997, 9, 2, 9, 0)  # noqa: DTZ001 - a wall time
_DAY = date(1997, 9, 2)

_BAD = [
    # the text as a whole
    ("", "part ''"),
    (" ", "character"),
    ("RRULE:", "part ''"),
    ("RRULE:RRULE:FREQ=DAILY", "RRULE:FREQ"),
    ("FREQ=DAILY;", "part ''"),
    (";FREQ=DAILY", "part ''"),
    ("FREQ=DAILY;;COUNT=2", "part ''"),
    ("FREQ", "part 'FREQ'"),
    ("FREQ=", "part 'FREQ='"),
    ("=DAILY", "part ''"),
    ("FREQ=DAILY; COUNT=2", "character"),
    (" FREQ=DAILY", "character"),
    ("FREQ=DAILY\n", "character"),
    ("FREQ=DAILY\r\nDTSTART:19970902T090000", "character"),
    ("FREQ=DAILY\0", "character"),
    ("FREQ=DAILY\tCOUNT=2", "character"),
    ("FREQ=DAILY;COUNT=１", "character"),
    ("FREQ=DAİLY", "character"),
    ("FREQ=DAILY;COUNT=1" + "0" * 20_000, "20018 characters"),
    ("EXRULE:FREQ=DAILY", "EXRULE:FREQ"),
    ("FREQ=DAILY;FREQ=DAILY", "FREQ stands twice"),
    ("FREQ=DAILY;COUNT=2;COUNT=2", "COUNT stands twice"),
    ("FREQ=MONTHLY;BYDAY=MO;byday=TU", "BYDAY stands twice"),
    ("FREQ=DAILY;X-NAME=1", "X-NAME"),
    ("FREQ=DAILY;BYEASTER=0", "BYEASTER"),
    ("FREQ=DAILY;DTSTART=19970902T090000", "DTSTART"),
    # FREQ, INTERVAL, COUNT, WKST
    ("COUNT=3", "FREQ is missing"),
    ("BYMONTH=3", "FREQ is missing"),
    ("FREQ=FORTNIGHTLY", "FREQ='FORTNIGHTLY'"),
    ("FREQ=DAILY,WEEKLY", "FREQ='DAILY,WEEKLY'"),
    ("FREQ=HOURLY", "FREQ=HOURLY is finer"),
    ("FREQ=MINUTELY", "FREQ=MINUTELY is finer"),
    ("FREQ=SECONDLY", "FREQ=SECONDLY is finer"),
    ("FREQ=DAILY;INTERVAL=0", "INTERVAL='0'"),
    ("FREQ=DAILY;INTERVAL=-1", "INTERVAL='-1'"),
    ("FREQ=DAILY;INTERVAL=+1", "INTERVAL="),
    ("FREQ=DAILY;INTERVAL=1.5", "INTERVAL="),
    ("FREQ=DAILY;INTERVAL=1,2", "INTERVAL="),
    ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL="),
    ("FREQ=DAILY;COUNT=0", "COUNT='0'"),
    ("FREQ=DAILY;COUNT=-3", "COUNT='-3'"),
    ("FREQ=DAILY;COUNT=x", "COUNT='X'"),
    ("FREQ=DAILY;COUNT=1" + "0" * 5_000, "COUNT="),
    ("FREQ=WEEKLY;WKST=XX", "WKST='XX'"),
    ("FREQ=WEEKLY;WKST=1MO", "WKST='1MO'"),
    ("FREQ=WEEKLY;WKST=MO,TU", "WKST='MO,TU'"),
    # UNTIL
    ("FREQ=DAILY;COUNT=3;UNTIL=19971224T000000Z", "COUNT and UNTIL"),
    ("FREQ=DAILY;UNTIL=19971224", "UNTIL='19971224' is no UTC date-time"),
    ("FREQ=DAILY;UNTIL=19971224T000000", "UNTIL='19971224T000000' is no UTC date-time"),
    ("FREQ=DAILY;UNTIL=1997-12-24T00:00:00Z", "UNTIL="),
    ("FREQ=DAILY;UNTIL=19971324T000000Z", "UNTIL=19971324T000000Z is not in the calendar"),
    ("FREQ=DAILY;UNTIL=19970230T000000Z", "UNTIL=19970230T000000Z is not in the calendar"),
    ("FREQ=DAILY;UNTIL=19971224T240000Z", "UNTIL=19971224T240000Z is not in the calendar"),
    ("FREQ=DAILY;UNTIL=00000101T000000Z", "UNTIL=00000101T000000Z is not in the calendar"),
    ("FREQ=DAILY;UNTIL=never", "UNTIL='NEVER'"),
    # the numbers of lists
    ("FREQ=DAILY;BYMONTH=0", "BYMONTH: '0'"),
    ("FREQ=DAILY;BYMONTH=13", "BYMONTH: '13'"),
    ("FREQ=DAILY;BYMONTH=-1", "BYMONTH: '-1'"),
    ("FREQ=DAILY;BYMONTH=1,,2", "BYMONTH: ''"),
    ("FREQ=DAILY;BYMONTH=1,", "BYMONTH: ''"),
    ("FREQ=DAILY;BYMONTH=JAN", "BYMONTH: 'JAN'"),
    ("FREQ=DAILY;BYMONTH=001", "BYMONTH: '001'"),
    ("RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=5L", "BYMONTH: '5L'"),
    ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY: '0'"),
    ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY: '32'"),
    ("FREQ=MONTHLY;BYMONTHDAY=-32", "BYMONTHDAY: '-32'"),
    ("FREQ=MONTHLY;BYMONTHDAY=--1", "BYMONTHDAY: '--1'"),
    ("FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 2_000), "BYMONTHDAY lists 2000"),
    ("FREQ=YEARLY;BYYEARDAY=0", "BYYEARDAY: '0'"),
    ("FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY: '367'"),
    ("FREQ=YEARLY;BYYEARDAY=-367", "BYYEARDAY: '-367'"),
    ("FREQ=YEARLY;BYWEEKNO=0", "BYWEEKNO: '0'"),
    ("FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO: '54'"),
    ("FREQ=YEARLY;BYWEEKNO=-54", "BYWEEKNO: '-54'"),
    ("FREQ=DAILY;BYHOUR=24", "BYHOUR: '24'"),
    ("FREQ=DAILY;BYHOUR=-1", "BYHOUR: '-1'"),
    ("FREQ=DAILY;BYHOUR=+1", "BYHOUR: '+1'"),
    ("FREQ=DAILY;BYMINUTE=60", "BYMINUTE: '60'"),
    ("FREQ=DAILY;BYSECOND=61", "BYSECOND: '61'"),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS: '0'"),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", "BYSETPOS: '367'"),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-367", "BYSETPOS: '-367'"),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1000", "BYSETPOS: '1000'"),
    # BYDAY
    ("FREQ=MONTHLY;BYDAY=XX", "BYDAY: 'XX'"),
    ("FREQ=MONTHLY;BYDAY=MON", "BYDAY: 'MON'"),
    ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY: '0MO'"),
    ("FREQ=MONTHLY;BYDAY=00MO", "BYDAY: '00MO'"),
    ("FREQ=MONTHLY;BYDAY=54MO", "BYDAY: '54MO'"),
    ("FREQ=MONTHLY;BYDAY=-54MO", "BYDAY: '-54MO'"),
    ("FREQ=MONTHLY;BYDAY=100MO", "BYDAY: '100MO'"),
    ("FREQ=MONTHLY;BYDAY=MO1", "BYDAY: 'MO1'"),
    ("FREQ=MONTHLY;BYDAY=MO(1)", "BYDAY: 'MO(1)'"),
    ("FREQ=MONTHLY;BYDAY=1", "BYDAY: '1'"),
    ("FREQ=MONTHLY;BYDAY=MO,,TU", "BYDAY: ''"),
    ("FREQ=MONTHLY;BYDAY=" + ",".join(["MO"] * 2_000), "BYDAY lists 2000"),
    # what may not stand together
    ("FREQ=DAILY;BYYEARDAY=100", "BYYEARDAY stands without FREQ=YEARLY"),
    ("FREQ=WEEKLY;BYYEARDAY=100", "BYYEARDAY stands without FREQ=YEARLY"),
    ("FREQ=MONTHLY;BYYEARDAY=100", "BYYEARDAY stands without FREQ=YEARLY"),
    ("FREQ=DAILY;BYWEEKNO=20", "BYWEEKNO stands without FREQ=YEARLY"),
    ("FREQ=WEEKLY;BYWEEKNO=20", "BYWEEKNO stands without FREQ=YEARLY"),
    ("FREQ=MONTHLY;BYWEEKNO=20", "BYWEEKNO stands without FREQ=YEARLY"),
    ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY stands with FREQ=WEEKLY"),
    ("FREQ=DAILY;BYDAY=1MO", "BYDAY with a number"),
    ("FREQ=WEEKLY;BYDAY=TU,-1MO", "BYDAY with a number"),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "BYDAY with a number stands beside BYWEEKNO"),
    ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS stands alone"),
    ("FREQ=YEARLY;INTERVAL=2;COUNT=3;WKST=SU;BYSETPOS=-1", "BYSETPOS stands alone"),
    ("FREQ=YEARLY;BYMONTHDAY=15", "BYMONTHDAY stands with FREQ=YEARLY but without BYMONTH"),
    ("FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=13", "BYMONTHDAY stands with FREQ=YEARLY but without BYMONTH"),
    # RFC 7529
    ("FREQ=MONTHLY;SKIP=BACKWARD", "SKIP stands without RSCALE"),
    ("FREQ=MONTHLY;SKIP=OMIT", "SKIP stands without RSCALE"),
    ("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=SIDEWARD", "SKIP='SIDEWARD'"),
    ("RSCALE=CHINESE;FREQ=YEARLY", "RSCALE='CHINESE'"),
    ("RSCALE=;FREQ=YEARLY", "part 'RSCALE='"),
]


@pytest.mark.parametrize(("text", "named"), _BAD)
def test_a_wrong_rule_is_refused_naming_its_part(text: str, named: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse(text, start=_WALL)

    assert named in refusal.value.problem
    assert refusal.value.mend
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("FREQ=DAILY;UNTIL=19971224T000000Z", "UNTIL='19971224T000000Z' is no date"),
        ("FREQ=DAILY;UNTIL=19971224T000000", "UNTIL='19971224T000000' is no date"),
        ("FREQ=DAILY;UNTIL=19970229", "UNTIL=19970229 is not in the calendar"),
        ("FREQ=DAILY;COUNT=2;UNTIL=19971224", "COUNT and UNTIL"),
        ("FREQ=DAILY;BYHOUR=9", "the start is a date"),
        ("FREQ=DAILY;BYMINUTE=9", "the start is a date"),
        ("FREQ=DAILY;BYSECOND=9", "the start is a date"),
    ],
)
def test_a_rule_that_does_not_fit_a_date_is_refused(text: str, named: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse(text, start=_DAY)

    assert named in refusal.value.problem


@pytest.mark.parametrize("start", [datetime(1997, 9, 2, tzinfo=UTC), _WALL.replace(microsecond=1)])
def test_a_start_that_is_no_plain_wall_time_is_refused(start: datetime) -> None:
    with pytest.raises(RuleError, match=r"start 1997-09-02.* is not a plain local time"):
        parse("FREQ=DAILY", start=start)


def test_a_rule_is_read_in_any_case_and_order_with_or_without_its_name() -> None:
    expected = parse("FREQ=MONTHLY;BYDAY=MO,-1FR", start=_WALL)

    assert parse("rrule:byday=-1fr,mo,MO;freq=Monthly", start=_WALL) == expected
    assert expected.by_day == (NthWeekday(nth=-1, weekday=4), NthWeekday(nth=0, weekday=0))


def test_every_part_is_read() -> None:
    rule = parse(
        "RSCALE=GREGORIAN;SKIP=FORWARD;FREQ=YEARLY;INTERVAL=2;UNTIL=20301231T165960Z;BYMONTH=12,01;BYWEEKNO=-1,1;"
        "BYYEARDAY=+1,-366;BYMONTHDAY=31,-1;BYDAY=SU;BYHOUR=7,23;BYMINUTE=30;BYSECOND=60,59,0;BYSETPOS=-1;WKST=SU",
        start=_WALL,
    )

    assert (rule.frequency, rule.interval, rule.skip) == (Frequency.YEARLY, 2, Skip.FORWARD)
    assert (rule.until, rule.until_day) == (datetime(2030, 12, 31, 16, 59, 59, tzinfo=UTC), None)
    assert (rule.by_month, rule.by_week_no, rule.by_year_day) == ((1, 12), (-1, 1), (-366, 1))
    assert (rule.by_month_day, rule.by_day) == ((-1, 31), (NthWeekday(nth=0, weekday=6),))
    # RFC 5545 §3.3.12: second 60 is read as 59
    assert (rule.by_hour, rule.by_minute, rule.by_second) == ((7, 23), (30,), (0, 59))
    assert (rule.by_set_pos, rule.week_start, rule.count) == ((-1,), 6, None)


def test_a_date_as_start_means_midnight_and_until_a_date() -> None:
    rule = parse("FREQ=DAILY;UNTIL=19971224", start=_DAY)

    assert (rule.start.isoformat(), rule.dated) == ("1997-09-02T00:00:00", True)
    assert (rule.until, rule.until_day) == (None, date(1997, 12, 24))
