"""A recurrence rule as data, and which of its parts may not stand together (RFC 5545 §3.3.10, S-14)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from nhacviec.domain.errors import RuleError


class Frequency(StrEnum):
    """The period of a rule; sub-daily ones are refused (S-14)."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class Skip(StrEnum):
    """What becomes of a day that a month or a year lacks (RFC 7529 §4.1, S-11)."""

    OMIT = "OMIT"  #: it is left out
    BACKWARD = "BACKWARD"  #: the day before: 31 in April means 30 April
    FORWARD = "FORWARD"  #: the day after: 31 in April means 1 May


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class NthWeekday:
    """One value of BYDAY."""

    #: 2 = second, -1 = last, 0 = every one of the period.
    nth: int
    #: 0 is Monday.
    weekday: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recurrence rule with its anchor. Lists are sorted and hold no value twice; empty means not given."""

    #: The anchor (DTSTART), naive local; midnight where a date was given. Not emitted by itself (S-10).
    start: datetime
    #: Whether the anchor is a date without a time.
    dated: bool
    frequency: Frequency
    #: Every how many periods, at least 1.
    interval: int = 1
    #: How many instances in all; None for no such end.
    count: int | None = None
    #: The last instant that may be an instance, UTC; None for no such end, and for dated rules.
    until: datetime | None = None
    #: The last day that may be an instance of a dated rule.
    until_day: date | None = None
    by_month: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[NthWeekday, ...] = ()
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    #: 0 to 59: 60 is read as 59 (RFC 5545 §3.3.12).
    by_second: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    #: The first day of a week, 0 is Monday.
    week_start: int = 0
    skip: Skip = Skip.OMIT


def _numeric(rule: Rule) -> bool:
    return any(day.nth for day in rule.by_day)


def _has_list(rule: Rule) -> bool:
    days = rule.by_month or rule.by_week_no or rule.by_year_day or rule.by_month_day or rule.by_day
    return bool(days or rule.by_hour or rule.by_minute or rule.by_second)


#: What may not stand together: the problem, its mend, and how to see it (RFC 5545 §3.3.10, S-14).
_TOGETHER: tuple[tuple[str, str, Callable[[Rule], object]], ...] = (
    (
        "COUNT and UNTIL stand together",
        "keep one of them",
        lambda rule: rule.count and (rule.until or rule.until_day),
    ),
    (
        "BYWEEKNO stands without FREQ=YEARLY",
        "use FREQ=YEARLY or leave BYWEEKNO out",
        lambda rule: rule.by_week_no and rule.frequency is not Frequency.YEARLY,
    ),
    (
        "BYYEARDAY stands without FREQ=YEARLY",
        "use FREQ=YEARLY or leave BYYEARDAY out",
        lambda rule: rule.by_year_day and rule.frequency is not Frequency.YEARLY,
    ),
    (
        "BYMONTHDAY stands with FREQ=WEEKLY",
        "use FREQ=MONTHLY or leave BYMONTHDAY out",
        lambda rule: rule.by_month_day and rule.frequency is Frequency.WEEKLY,
    ),
    (
        "BYDAY with a number stands without FREQ=MONTHLY or YEARLY",
        "leave the number out, or use FREQ=MONTHLY",
        lambda rule: _numeric(rule) and rule.frequency in {Frequency.DAILY, Frequency.WEEKLY},
    ),
    (
        "BYDAY with a number stands beside BYWEEKNO",
        "leave the number out",
        lambda rule: _numeric(rule) and rule.by_week_no,
    ),
    (
        "BYSETPOS stands alone",
        "add the BYDAY, BYMONTHDAY or other list it chooses from",
        lambda rule: rule.by_set_pos and not _has_list(rule),
    ),
    (
        "BYHOUR, BYMINUTE or BYSECOND stands though the start is a date",
        "give the start a time",
        lambda rule: rule.dated and (rule.by_hour or rule.by_minute or rule.by_second),
    ),
    (
        "BYMONTHDAY stands with FREQ=YEARLY but without BYMONTH, which every reader takes otherwise",
        "add BYMONTH, or use FREQ=MONTHLY",
        lambda rule: rule.by_month_day and rule.frequency is Frequency.YEARLY and not rule.by_month,
    ),
)


def check(rule: Rule) -> None:
    """Refuse parts that contradict each other.

    Args:
        rule: with each part right by itself.

    Raises:
        RuleError: naming the parts that may not stand together.
    """
    for problem, mend, breaks in _TOGETHER:
        if breaks(rule):
            raise RuleError(problem, mend=mend)
