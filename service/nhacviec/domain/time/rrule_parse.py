"""A recurrence rule as text, read strictly: RFC 5545 §3.3.10 and the SKIP of RFC 7529.

Every MUST NOT of the standard is refused with a message that names the part (S-14); libraries let
about half of them through and then each gives other dates.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.rrule_rule import Frequency, NthWeekday, Rule, Skip, check

#: A rule with every part and every value takes some 12,000 characters; a longer one repeats itself.
_LONGEST_TEXT = 16_384
_LONGEST_SHOWN = 40
_MOST_DIGITS = 9
_MOST_ITEMS = 1_500

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SUB_DAILY = ("SECONDLY", "MINUTELY", "HOURLY")
_NTH_WEEKDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?([0-9]{1,3})")
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_UTC_TIME = re.compile(_DATE.pattern + r"T([0-9]{2})([0-9]{2})([0-9]{2})Z")

#: Lowest and highest size of each list's numbers; and whether they may count from the end.
_LISTS: Mapping[str, tuple[int, int, bool]] = {
    "BYSECOND": (0, 60, False),
    "BYMINUTE": (0, 59, False),
    "BYHOUR": (0, 23, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYMONTH": (1, 12, False),
    "BYSETPOS": (1, 366, True),
}
_PARTS = (*_LISTS, "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", "RSCALE", "SKIP")


def parse(text: str, *, start: datetime | date) -> Rule:
    """Read a recurrence rule.

    Args:
        text: as ``FREQ=MONTHLY;BYDAY=-1FR``, in any case; a leading ``RRULE:`` is allowed.
        start: the anchor, naive local wall time or a date; it decides the value type of UNTIL.

    Raises:
        RuleError: the rule breaks RFC 5545 §3.3.10, RFC 7529 or S-14; it names the part.
    """
    dated = not isinstance(start, datetime)
    anchor = start if isinstance(start, datetime) else datetime.combine(start, time())
    if anchor.tzinfo is not None or anchor.microsecond:
        raise RuleError(
            f"start {anchor.isoformat()} is not a plain local time",
            mend="give date and time of the wall, to the second, without an offset",
        )
    parts = _split(text)
    numbers = {name: _numbers(name, parts[name]) for name in _LISTS if name in parts}
    rule = Rule(
        start=anchor,
        dated=dated,
        frequency=_frequency(parts),
        interval=_positive(parts, "INTERVAL") or 1,
        count=_positive(parts, "COUNT"),
        until=None if dated else _until_instant(parts),
        until_day=_until_day(parts) if dated else None,
        by_month=numbers.get("BYMONTH", ()),
        by_week_no=numbers.get("BYWEEKNO", ()),
        by_year_day=numbers.get("BYYEARDAY", ()),
        by_month_day=numbers.get("BYMONTHDAY", ()),
        by_day=_by_day(parts["BYDAY"]) if "BYDAY" in parts else (),
        by_hour=numbers.get("BYHOUR", ()),
        by_minute=numbers.get("BYMINUTE", ()),
        by_second=tuple(sorted({min(second, 59) for second in numbers.get("BYSECOND", ())})),
        by_set_pos=numbers.get("BYSETPOS", ()),
        week_start=_WEEKDAYS.index(_choice(parts, "WKST", _WEEKDAYS, "MO")),
        skip=_skip(parts),
    )
    check(rule)
    return rule


def _split(text: str) -> dict[str, str]:
    """Cut a rule into its parts; each stands once and is known."""
    if len(text) > _LONGEST_TEXT:
        raise RuleError(f"the rule has {len(text)} characters", mend=f"at most {_LONGEST_TEXT} are read")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise RuleError(
            f"the rule {_shown(text)} holds a character that no rule has",
            mend="write it on one line, in ASCII, without spaces",
        )
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise RuleError(f"part {_shown(part)} is empty", mend="write NAME=VALUE, parts parted by one ;")
        if name not in _PARTS:
            raise RuleError(f"part {_shown(name)} is unknown", mend="known are " + ", ".join(sorted(_PARTS)))
        if name in parts:
            raise RuleError(f"{name} stands twice", mend="keep one of them")
        parts[name] = value
    return parts


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…")


def _choice(parts: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    value = parts.get(name, default)
    if value not in known:
        raise RuleError(f"{name}={_shown(value)} is unknown", mend="known are " + ", ".join(known))
    return value


def _frequency(parts: Mapping[str, str]) -> Frequency:
    if "FREQ" not in parts:
        raise RuleError("FREQ is missing", mend="say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    if parts["FREQ"] in _SUB_DAILY:
        raise RuleError(
            f"FREQ={parts['FREQ']} is finer than a day", mend="use FREQ=DAILY with BYHOUR, BYMINUTE"
        )
    return Frequency(_choice(parts, "FREQ", tuple(Frequency), ""))


def _skip(parts: Mapping[str, str]) -> Skip:
    if "SKIP" in parts and "RSCALE" not in parts:
        raise RuleError("SKIP stands without RSCALE (RFC 7529 §4.1)", mend="add RSCALE=GREGORIAN")
    _choice(parts, "RSCALE", ("GREGORIAN",), "GREGORIAN")
    return Skip(_choice(parts, "SKIP", tuple(Skip), Skip.OMIT))


def _positive(parts: Mapping[str, str], name: str) -> int | None:
    value = parts.get(name)
    if value is None:
        return None
    if not value.isdigit() or len(value) > _MOST_DIGITS or not int(value):
        raise RuleError(
            f"{name}={_shown(value)} is not a whole number above 0",
            mend=f"write at most {_MOST_DIGITS} digits",
        )
    return int(value)


def _items(name: str, value: str) -> list[str]:
    items = value.split(",")
    if len(items) > _MOST_ITEMS:
        raise RuleError(f"{name} lists {len(items)} values", mend=f"at most {_MOST_ITEMS} are read")
    return items


def _numbers(name: str, value: str) -> tuple[int, ...]:
    lowest, highest, signed = _LISTS[name]
    found = set()
    for item in _items(name, value):
        match = _NUMBER.fullmatch(item)
        fits = match and len(match[1]) <= len(str(highest)) and (signed or item[0] not in "+-")
        if not fits or not lowest <= abs(int(item)) <= highest:
            mend = f"use {lowest} to {highest}" + (
                f", or -{highest} to -{lowest} from the end" if signed else ""
            )
            raise RuleError(f"{name}: {_shown(item)} is out of range", mend=mend)
        found.add(int(item))
    return tuple(sorted(found))


def _by_day(value: str) -> tuple[NthWeekday, ...]:
    found = set()
    for item in _items("BYDAY", value):
        match = _NTH_WEEKDAY.fullmatch(item)
        nth = int(match[1] or 0) if match else 0
        if not match or (match[1] and not 1 <= abs(nth) <= 53):  # noqa: PLR2004 - weeks of a year
            raise RuleError(
                f"BYDAY: {_shown(item)} is no weekday", mend="use MO to SU, 1MO to 53MO or -1MO to -53MO"
            )
        found.add(NthWeekday(nth=nth, weekday=_WEEKDAYS.index(match[2])))
    return tuple(sorted(found))


def _until_day(parts: Mapping[str, str]) -> date | None:
    value = parts.get("UNTIL")
    if value is None:
        return None
    match = _DATE.fullmatch(value)
    if not match:
        raise RuleError(
            f"UNTIL={_shown(value)} is no date though the start is one", mend="write UNTIL=20271231"
        )
    try:
        return date(*map(int, match.groups()))
    except ValueError as error:
        raise RuleError(f"UNTIL={value} is not in the calendar", mend="name a day that exists") from error


def _until_instant(parts: Mapping[str, str]) -> datetime | None:
    value = parts.get("UNTIL")
    if value is None:
        return None
    match = _UTC_TIME.fullmatch(value)
    if not match:
        raise RuleError(
            f"UNTIL={_shown(value)} is no UTC date-time though the start is local time",
            mend="write UNTIL=20271231T170000Z",
        )
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, 59 if second == 60 else second, tzinfo=UTC)  # noqa: PLR2004
    except ValueError as error:
        raise RuleError(f"UNTIL={value} is not in the calendar", mend="name a time that exists") from error
