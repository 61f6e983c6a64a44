"""Which days a recurrence rule means, period by period, in the proleptic Gregorian calendar.

Days are ordinals (1 = 1 January of year 1) throughout: arithmetic on them is exact, quick and, unlike
`datetime.date`, does not stop short of weeks that reach over the end of the calendar. Every period is
computed from the anchor, never from the period before it (S-12).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import gcd

from nhacviec.domain.time.rrule_rule import Frequency, NthWeekday, Rule, Skip

#: The last day served: one short of the calendar's end, so that no zone can push an instant out of it.
LAST_DAY = date(9999, 12, 30).toordinal()
_LAST_YEAR = 9999

#: After 400 years the Gregorian calendar repeats: that many periods of each frequency.
_CYCLE: Mapping[Frequency, int] = {
    Frequency.DAILY: 146_097,
    Frequency.WEEKLY: 20_871,
    Frequency.MONTHLY: 4_800,
    Frequency.YEARLY: 400,
}
#: Days of a common year before each month, and before the next year.
_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
_FEBRUARY = 2
#: No weekday stands in a month more often.
_WEEKS_OF_MONTH = 5


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of the calendar that a rule looks at.

    Args:
        first: its first day, an ordinal.
        sets: the ascending day sets from each of which BYSETPOS would choose. One for a week, month or
            year; DAILY is walked by months and has one for each day.
    """

    first: int
    sets: Sequence[Sequence[int]]


def periods(rule: Rule, *, since: int) -> Iterator[Period]:
    """Walk the periods of a rule that can hold a day from ``since`` on.

    Args:
        rule: which days are meant.
        since: ordinal, not before the anchor's; what lies before it is leapt over.

    Yields:
        Periods in order, also empty ones, to the end of the calendar. One may begin before ``since``,
        and a day may lie up to a week outside its period (BYWEEKNO, SKIP).
    """
    walk = {
        Frequency.DAILY: _daily,
        Frequency.WEEKLY: _weekly,
        Frequency.MONTHLY: _monthly,
        Frequency.YEARLY: _yearly,
    }[rule.frequency]
    return walk(rule, since)


def largest_set(rule: Rule) -> int:
    """Say how many days one set of a rule can never exceed: a position beyond them chooses nothing (S-15).

    Args:
        rule: its frequency counts.
    """
    return {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 32, Frequency.YEARLY: 371}[
        rule.frequency
    ]


def barren_limit(rule: Rule) -> int:
    """Say after how many empty periods in a row a rule is proved to match no more (S-15).

    Args:
        rule: its frequency and interval count.

    Returns:
        The periods after which calendar and interval together stand as they stood before.
    """
    repeats = rule.interval // gcd(_CYCLE[rule.frequency], rule.interval)
    if rule.frequency is Frequency.DAILY:
        return _CYCLE[Frequency.MONTHLY] * repeats
    return _CYCLE[rule.frequency] * repeats // rule.interval


def _daily(rule: Rule, since: int) -> Iterator[Period]:
    anchor = rule.start.toordinal()
    weekdays = {day.weekday for day in rule.by_day} or set(range(7))
    numbers = rule.by_month_day or range(1, 32)
    wanted = {length: _days_numbered(numbers, 1, length, Skip.OMIT) for length in range(28, 32)}
    for month in range(_month_number(date.fromordinal(since)), (_LAST_YEAR + 1) * 12):
        first, last = _month(month)
        if rule.by_month and month % 12 + 1 not in rule.by_month:
            yield Period(first, ())
            continue
        begin = max(first, anchor)
        days = range(begin + (anchor - begin) % rule.interval, last + 1, rule.interval)
        here = wanted[last - first + 1]
        yield Period(first, [(day,) for day in days if (day - 1) % 7 in weekdays and day - first + 1 in here])


def _weekly(rule: Rule, since: int) -> Iterator[Period]:
    anchor = rule.start.toordinal()
    week = _week_of(anchor, rule.week_start)
    weekdays = {day.weekday for day in rule.by_day} or {(anchor - 1) % 7}
    step = 7 * rule.interval
    for first in range(week + (since - week) // step * step, LAST_DAY + 1, step):
        days = [day for day in range(first, first + 7) if (day - 1) % 7 in weekdays]
        yield Period(first, [_in_months(days, rule.by_month)])


def _monthly(rule: Rule, since: int) -> Iterator[Period]:
    anchor = _month_number(rule.start)
    by_day = tuple(day for day in rule.by_day if abs(day.nth) <= _WEEKS_OF_MONTH) or rule.by_day
    for month in _steps(anchor, _month_number(date.fromordinal(since)), rule.interval, (_LAST_YEAR + 1) * 12):
        first, last = _month(month)
        if rule.by_month and month % 12 + 1 not in rule.by_month:
            yield Period(first, ())
        elif rule.by_month_day or not rule.by_day:
            numbered = _days_numbered(rule.by_month_day or (rule.start.day,), first, last, rule.skip)
            yield Period(first, [_on_weekdays(numbered, by_day, [(first, last)])])
        else:
            yield Period(first, [sorted(_weekdays(by_day, first, last))])


def _yearly(rule: Rule, since: int) -> Iterator[Period]:
    anchor = rule.start.year
    if rule.by_week_no:  # the year such a rule speaks of is the year that its weeks are counted in
        start = rule.start.toordinal()
        anchor += start >= _week_one(anchor + 1, rule.week_start)
        anchor -= start < _week_one(anchor, rule.week_start)
    for year in _steps(anchor, date.fromordinal(since).year, rule.interval, _LAST_YEAR + 1):
        yield Period(_month(year * 12)[0], [_days_of_year(rule, year)])


def _steps(anchor: int, since: int, interval: int, end: int) -> range:
    """Count from the anchor to the end, beginning no later than one period before ``since``."""
    leapt = max(0, (since - 1 - anchor) // interval)
    return range(anchor + leapt * interval, end, interval)


def _days_of_year(rule: Rule, year: int) -> list[int]:
    """Put together what each part gives, by the table of RFC 5545 §3.3.10 and its note 2."""
    first, last = _month(year * 12)[0], _month(year * 12 + 11)[1]
    months = [_month(year * 12 + month - 1) for month in rule.by_month]
    given: list[set[int]] = []
    if rule.by_month_day or not (rule.by_week_no or rule.by_year_day or rule.by_day):
        given.append(_days_of_months(rule, year))
    if rule.by_year_day:
        given.append(set(_in_months(_days_numbered(rule.by_year_day, first, last, rule.skip), rule.by_month)))
    if rule.by_week_no:
        given.append(set(_in_months(_days_of_weeks(rule, year), rule.by_month)))
    if not given:
        return sorted(set().union(*(_weekdays(rule.by_day, *span) for span in months or [(first, last)])))
    return _on_weekdays(set.intersection(*given), rule.by_day, months or [(first, last)])


def _days_of_months(rule: Rule, year: int) -> set[int]:
    """Find days by BYMONTH and BYMONTHDAY; what is not given comes from the anchor."""
    numbers = rule.by_month_day or (rule.start.day,)
    spans = (_month(year * 12 + month - 1) for month in rule.by_month or (rule.start.month,))
    return set().union(*(_days_numbered(numbers, *span, rule.skip) for span in spans))


def _days_of_weeks(rule: Rule, year: int) -> list[int]:
    """Find the days of BYWEEKNO; with no part that names days it is the anchor's weekday (S-13)."""
    one, next_one = _week_one(year, rule.week_start), _week_one(year + 1, rule.week_start)
    weeks = (next_one - one) // 7
    numbers = {number if number > 0 else weeks + 1 + number for number in rule.by_week_no}
    firsts = [one + 7 * (number - 1) for number in numbers if 1 <= number <= weeks]
    free = rule.by_day or rule.by_year_day or rule.by_month_day
    wanted = None if free else (rule.start.toordinal() - 1) % 7
    return [day for first in firsts for day in range(first, first + 7) if wanted in {None, (day - 1) % 7}]


def _days_numbered(numbers: Iterable[int], first: int, last: int, skip: Skip) -> set[int]:
    """Find days by their number in [first, last], from its start or its end; SKIP moves those it lacks."""
    length = last - first + 1
    found = set()
    for number in numbers:
        if abs(number) <= length:
            found.add(first + number - 1 if number > 0 else last + number + 1)
        elif skip is Skip.FORWARD:
            found.add(last + 1 if number > 0 else first)
        elif skip is Skip.BACKWARD:
            found.add(last if number > 0 else first - 1)
    return found


def _weekdays(by_day: Iterable[NthWeekday], first: int, last: int) -> set[int]:
    """Find the weekdays of [first, last]; plain and numbered ones are a union (S-13)."""
    found: set[int] = set()
    for day in by_day:
        earliest = first + (day.weekday - (first - 1)) % 7
        latest = last - (last - 1 - day.weekday) % 7
        if not day.nth:
            found.update(range(earliest, last + 1, 7))
            continue
        nth = earliest + 7 * (day.nth - 1) if day.nth > 0 else latest + 7 * (day.nth + 1)
        if first <= nth <= last:
            found.add(nth)
    return found


def _on_weekdays(
    days: Iterable[int], by_day: Sequence[NthWeekday], spans: Iterable[tuple[int, int]]
) -> list[int]:
    """Keep the days that BYDAY allows, where it limits; numbers count within each of the spans."""
    if not by_day:
        return sorted(days)
    plain = {day.weekday for day in by_day if not day.nth}
    numbered = [day for day in by_day if day.nth]
    nth = set().union(*(_weekdays(numbered, *span) for span in spans))
    return sorted(day for day in days if (day - 1) % 7 in plain or day in nth)


def _in_months(days: Iterable[int], by_month: Sequence[int]) -> list[int]:
    """Keep the days whose month is wanted; those outside the calendar are dropped."""
    served = (day for day in days if 1 <= day <= LAST_DAY)
    return [day for day in served if not by_month or date.fromordinal(day).month in by_month]


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(number: int) -> tuple[int, int]:
    """Say the first and last ordinal of a month, numbered as year * 12 + month - 1."""
    year, month = divmod(number, 12)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    before = (year - 1) * 365 + (year - 1) // 4 - (year - 1) // 100 + (year - 1) // 400
    first = before + _DAYS_BEFORE[month] + (leap and month >= _FEBRUARY) + 1
    return first, before + _DAYS_BEFORE[month + 1] + (leap and month + 1 >= _FEBRUARY)


def _week_of(day: int, week_start: int) -> int:
    """Say the first day of the week that holds a day."""
    return day - (day - 1 - week_start) % 7


def _week_one(year: int, week_start: int) -> int:
    """Say the first day of the first week with four days or more in the year: the one with 4 January."""
    return _week_of(_month(year * 12)[0] + 3, week_start)
