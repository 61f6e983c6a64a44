"""Recurrence against two second opinions: a plain reading of the standard day by day, and python-dateutil."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.time.rrule import Frequency, Rule, Skip, between, expand, parse
from nhacviec.domain.time.zone import zone

_UTC = zone("UTC")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_starts = st.datetimes(
    min_value=datetime.fromisoformat("1990-01-01T00:00"), max_value=datetime.fromisoformat("2040-12-31T23:59")
).map(lambda wall: wall.replace(second=0, microsecond=0))


def _some(values: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=4, unique=True).map(lambda found: ",".join(map(str, found)))


def _signed(highest: int) -> st.SearchStrategy[int]:
    return st.integers(1, highest) | st.integers(-highest, -1)


_months = st.tuples(st.just("BYMONTH"), _some(st.integers(1, 12)))
_month_days = st.tuples(st.just("BYMONTHDAY"), _some(_signed(31)))
_year_days = st.tuples(st.just("BYYEARDAY"), _some(_signed(366)))
_weeks = st.tuples(st.just("BYWEEKNO"), _some(_signed(53)))
_days = st.tuples(
    st.just("BYDAY"), st.lists(st.sampled_from(_WEEKDAYS), min_size=1, max_size=4, unique=True).map(",".join)
)
_nth_days = st.tuples(
    st.just("BYDAY"),
    st.lists(
        st.tuples(_signed(5).map(str), st.sampled_from(_WEEKDAYS)).map("".join),
        min_size=1,
        max_size=3,
        unique=True,
    ).map(",".join),
)
_hours = st.tuples(st.just("BYHOUR"), _some(st.integers(0, 23)))
_positions = st.tuples(st.just("BYSETPOS"), _some(_signed(6)))

#: Which parts each frequency may carry.
_PARTS = {
    Frequency.DAILY: [_months, _month_days, _days, _hours],
    Frequency.WEEKLY: [_months, _days, _hours],
    Frequency.MONTHLY: [_months, _month_days, _days | _nth_days, _hours],
    Frequency.YEARLY: [_months, _month_days, _year_days, _weeks, _days | _nth_days, _hours],
}


@st.composite
def _texts(draw: st.DrawFn, *, positions: bool = False, skips: bool = False) -> str:
    """Draw a rule that is allowed."""
    frequency = draw(st.sampled_from(list(Frequency)))
    parts = dict(draw(part) for part in draw(st.lists(st.sampled_from(_PARTS[frequency]), max_size=3)))
    if frequency is Frequency.YEARLY and "BYMONTHDAY" in parts:
        parts.setdefault("BYMONTH", "2,6")
    if "BYWEEKNO" in parts and parts.get("BYDAY", "MO")[0] in "-12345":
        del parts["BYDAY"]
    if positions and parts:
        parts |= dict([draw(_positions)])
    if skips:
        parts |= {"RSCALE": "GREGORIAN", "SKIP": draw(st.sampled_from(list(Skip)))}
    parts |= {"INTERVAL": str(draw(st.integers(1, 5))), "WKST": draw(st.sampled_from(_WEEKDAYS))}
    return ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in parts.items())])


@given(text=_texts(), start=_starts)
def test_a_day_is_given_where_the_standard_read_day_by_day_gives_it(text: str, start: datetime) -> None:
    rule = parse(text, start=start)
    first, last = start.date(), start.date() + timedelta(days=3_000)
    hours = rule.by_hour or (start.hour,)

    walls = between(rule, first, last, _UTC)

    expected = (
        start.replace(year=day.year, month=day.month, day=day.day) for day in _read(rule, first, last)
    )
    plain = (wall.replace(hour=hour) for wall in expected for hour in hours)
    assert walls == [wall for wall in plain if wall >= start]


def _read(rule: Rule, first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if _in_step(rule, day) and _meant(rule, day):
            yield day
        day += timedelta(days=1)


def _week_begin(day: date, week_start: int) -> date:
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def _week(day: date, week_start: int) -> tuple[int, int, int]:
    """Year, number and number from the end of the week that holds a day, by its fourth day."""
    fourth = _week_begin(day, week_start) + timedelta(days=3)
    number = (fourth - date(fourth.year, 1, 1)).days // 7 + 1
    weeks = (
        _week_begin(date(fourth.year, 12, 28), week_start) - _week_begin(date(fourth.year, 1, 4), week_start)
    ).days
    return fourth.year, number, number - weeks // 7 - 2


def _in_step(rule: Rule, day: date) -> bool:
    start = rule.start.date()
    if rule.frequency is Frequency.DAILY:
        passed = (day - start).days
    elif rule.frequency is Frequency.WEEKLY:
        passed = (_week_begin(day, rule.week_start) - _week_begin(start, rule.week_start)).days // 7
    elif rule.frequency is Frequency.MONTHLY:
        passed = (day.year - start.year) * 12 + day.month - start.month
    elif rule.by_week_no:
        passed = _week(day, rule.week_start)[0] - _week(start, rule.week_start)[0]
    else:
        passed = day.year - start.year
    return passed % rule.interval == 0


def _meant(rule: Rule, day: date) -> bool:
    start = rule.start.date()
    year_end, month_end = date(day.year, 12, 31), (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    month_day = {day.day, -(month_end - day).days}
    year_day = {(day - date(day.year, 1, 1)).days + 1, -(year_end - day).days - 1}
    named = rule.by_week_no or rule.by_year_day or rule.by_month_day or rule.by_day
    monthly = rule.frequency is Frequency.MONTHLY or bool(rule.by_month)
    numbers = month_day if monthly else year_day
    nth = {0} | {
        (number + (6 if number > 0 else -6)) // 7 if number > 0 else -((6 - number) // 7)
        for number in numbers
    }
    by_weekday = any(each.weekday == day.weekday() and each.nth in nth for each in rule.by_day)
    coarse = rule.frequency in {Frequency.MONTHLY, Frequency.YEARLY}
    return all(
        (
            not rule.by_month or day.month in rule.by_month,
            not rule.by_month_day or month_day & set(rule.by_month_day),
            not rule.by_year_day or year_day & set(rule.by_year_day),
            not rule.by_week_no or set(_week(day, rule.week_start)[1:]) & set(rule.by_week_no),
            not rule.by_day or by_weekday,
            # what no part names comes from the anchor
            bool(named) or not coarse or day.day == start.day,
            bool(named or rule.by_month)
            or rule.frequency is not Frequency.YEARLY
            or day.month == start.month,
            bool(rule.by_day) or rule.frequency is not Frequency.WEEKLY or day.weekday() == start.weekday(),
            not rule.by_week_no
            or bool(rule.by_day or rule.by_year_day or rule.by_month_day)
            or day.weekday() == start.weekday(),
        )
    )


@given(text=_texts(positions=True), start=_starts)
def test_dateutil_agrees_where_it_is_right(text: str, start: datetime) -> None:
    if not _is_right_in_dateutil(parse(text, start=start)):
        return
    ours = list(islice(expand(parse(text, start=start), zone=_UTC), 25))

    # dateutil walks to the year 9999 for what does not come: it is asked for as many as there are
    theirs = list(islice(rrulestr(text, dtstart=start), len(ours)))

    assert ours == theirs


def _is_right_in_dateutil(rule: Rule) -> bool:
    mixed = len({day.nth == 0 for day in rule.by_day}) > 1
    weeks = bool(rule.by_week_no) and (not rule.by_day or rule.interval > 1 or bool(rule.by_set_pos))
    return not (mixed or weeks or (rule.frequency is Frequency.WEEKLY and rule.by_set_pos))


@given(
    text=_texts(positions=True, skips=True),
    start=_starts,
    ahead=st.integers(0, 4_000),
    length=st.integers(0, 800),
)
def test_a_window_gives_what_the_whole_gives_there(
    text: str, start: datetime, ahead: int, length: int
) -> None:
    rule = parse(text, start=start)
    first = start.date() + timedelta(days=ahead)
    last = first + timedelta(days=length)

    whole = list(_up_to(expand(rule, zone=_UTC), last))

    assert whole == sorted(set(whole))
    assert between(rule, first, last, _UTC) == [wall for wall in whole if wall.date() >= first]


def _up_to(walls: Iterator[datetime], last: date) -> Iterator[datetime]:
    for wall in walls:
        if wall.date() > last:
            return
        yield wall
