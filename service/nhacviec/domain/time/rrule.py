"""A recurrence rule unrolled: wall times first, instants at the very end (S-10 to S-15).

It is our own because python-dateutil gives other dates than every other library in three places (S-13)
and walks to the year 9999 on rules that never match (S-15).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from heapq import heappop, heappush
from itertools import chain, islice, product
from typing import TypeAlias
from zoneinfo import ZoneInfo

from nhacviec.domain.time.rrule_days import LAST_DAY, barren_limit, largest_set, periods
from nhacviec.domain.time.rrule_parse import parse
from nhacviec.domain.time.rrule_rule import Frequency, NthWeekday, Rule, Skip
from nhacviec.domain.time.zone import in_gap, instant, local

__all__ = ["Frequency", "Gap", "NthWeekday", "Rule", "Skip", "between", "expand", "instants", "parse"]

#: A day, as an ordinal, with the wall times meant on it.
_Day: TypeAlias = tuple[int, Sequence[time]]


class Gap(StrEnum):
    """What becomes of a wall time that clocks were put forward over (S-02)."""

    SHIFT = "shift"  #: it is served, by the offset before the gap (RFC 5545 §3.3.5)
    SKIP = "skip"  #: it is left out and not counted (RFC 5545 §3.3.10); for imported rules


def expand(rule: Rule, *, zone: ZoneInfo, gap: Gap = Gap.SHIFT) -> Iterator[datetime]:
    """Unroll a rule into wall times.

    The anchor is emitted only if the rule gives it; COUNT counts what is emitted; UNTIL is inclusive and
    compared by instants (S-10).

    Args:
        rule: from `parse`.
        zone: where the walls stand.
        gap: what becomes of wall times in a gap.

    Yields:
        Naive local wall times, ascending, each once. It ends, also where the rule never matches (S-15),
        at the latest at the end of the year 9999.
    """
    return _emitted(rule, zone, gap, since=rule.start.toordinal(), until=LAST_DAY)


def instants(rule: Rule, zone: ZoneInfo, limit: int, *, gap: Gap = Gap.SHIFT) -> list[datetime]:
    """Unroll a rule into instants.

    Args:
        rule: from `parse`.
        zone: where the walls stand.
        limit: at most so many are given.
        gap: what becomes of wall times in a gap.

    Returns:
        Aware, in ``zone``, ascending; two wall times that are one instant are given once.
    """
    ordered = _ordered(expand(rule, zone=zone, gap=gap), zone)
    return [local(moment, zone) for moment in islice(ordered, limit)]


def between(rule: Rule, first: date, last: date, zone: ZoneInfo, *, gap: Gap = Gap.SHIFT) -> list[datetime]:
    """List the wall times of a rule that fall on the days of a window.

    Args:
        rule: from `parse`.
        first: the window's first day.
        last: its last day, included.
        zone: where the walls stand.
        gap: what becomes of wall times in a gap.

    Returns:
        Naive local wall times, ascending. A rule with COUNT is counted from its anchor on; any other
        is looked at in the window alone.
    """
    anchor = rule.start.toordinal()
    since = anchor if rule.count else max(anchor, first.toordinal())
    until = min(LAST_DAY, last.toordinal())
    return [wall for wall in _emitted(rule, zone, gap, since=since, until=until) if wall.date() >= first]


def _emitted(rule: Rule, zone: ZoneInfo, gap: Gap, *, since: int, until: int) -> Iterator[datetime]:
    """Apply COUNT, UNTIL and the gap to the wall times on the days from ``since`` to ``until``."""
    if since > until:
        return
    walls = _walls(rule, since, until)
    if gap is Gap.SKIP:
        walls = (wall for wall in walls if not in_gap(wall, zone))
    walls = _not_after_until(rule, walls, zone)
    yield from walls if rule.count is None else islice(walls, rule.count)


def _not_after_until(rule: Rule, walls: Iterator[datetime], zone: ZoneInfo) -> Iterator[datetime]:
    for wall in walls:
        if rule.until_day is not None and wall.date() > rule.until_day:
            return
        if rule.until is None or instant(wall, zone) <= rule.until:
            yield wall
        elif not in_gap(wall, zone):  # a wall time in a gap is served later than the next ones outside it
            return


def _ordered(walls: Iterable[datetime], zone: ZoneInfo) -> Iterator[datetime]:
    """Turn wall times into ascending instants, each once.

    Outside gaps instants ascend as walls do. A wall time in a gap is served after some later ones, so it
    waits until a wall time outside a gap has come that far.
    """
    waiting: list[datetime] = []
    reached: datetime | None = None
    for wall in chain(walls, [None]):
        if wall is not None:
            heappush(waiting, instant(wall, zone))
            if in_gap(wall, zone):
                continue
        horizon = None if wall is None else instant(wall, zone)
        while waiting and (horizon is None or waiting[0] <= horizon):
            moment = heappop(waiting)
            if moment != reached:
                reached = moment
                yield moment


def _walls(rule: Rule, since: int, until: int) -> Iterator[datetime]:
    """Give the wall times from the anchor on, on the days from ``since`` to ``until``."""
    groups = _groups(rule, since, until)
    days = chain.from_iterable(groups) if rule.skip is Skip.OMIT else _merged(groups)
    for day, times in days:
        if day > until:
            return
        if day >= since:
            walls = (datetime.combine(date.fromordinal(day), at) for at in times)
            yield from (wall for wall in walls if wall >= rule.start)


def _groups(rule: Rule, since: int, until: int) -> Iterator[Sequence[_Day]]:
    """Walk the rule's periods until ``until``, or until it is proved that none matches any more (S-15)."""
    times = _times(rule)
    if rule.by_set_pos and min(map(abs, rule.by_set_pos)) > largest_set(rule) * len(times):
        return
    barren, limit = 0, barren_limit(rule)
    for period in periods(rule, since=since):
        if barren == limit or period.first - 7 > until:
            return
        barren += 1
        for days in period.sets:
            group = (
                _chosen(rule.by_set_pos, days, times) if rule.by_set_pos else [(day, times) for day in days]
            )
            if group:
                barren = 0
                yield group


def _times(rule: Rule) -> tuple[time, ...]:
    """Put together the wall times of a day; what is not given comes from the anchor."""
    hours = rule.by_hour or (rule.start.hour,)
    minutes = rule.by_minute or (rule.start.minute,)
    seconds = rule.by_second or (rule.start.second,)
    return tuple(time(*clock) for clock in product(hours, minutes, seconds))


def _chosen(positions: Sequence[int], days: Sequence[int], times: Sequence[time]) -> list[_Day]:
    """Choose by position from days x times, without building what may be 31 million of them."""
    length = len(days) * len(times)
    indices = {position - 1 if position > 0 else length + position for position in positions}
    found = (divmod(index, len(times)) for index in sorted(indices) if 0 <= index < length)
    return [(days[day], (times[clock],)) for day, clock in found]


def _merged(groups: Iterable[Sequence[_Day]]) -> Iterator[_Day]:
    """Join groups of which one may reach a day into the next, as SKIP makes them; each day comes once."""
    held: list[_Day] = []
    for group in groups:
        if held and group[0] <= held[-1]:
            held = sorted({*held, *group})
        else:
            yield from held
            held = list(group)
    yield from held
