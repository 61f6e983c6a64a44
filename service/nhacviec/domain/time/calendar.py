"""The working calendar: which days are worked, and how a date that is not rolls (S-16 … S-18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from nhacviec.domain.errors import RuleError

ONE_DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: A run of days off longer than this is a mistake in the calendar, not a holiday.
LONGEST_BREAK = 400
#: More working days than anybody counts at once; keeps a wild number from walking for minutes.
MOST_WORKING_DAYS = 10_000

#: Up to so many days, walking through them is quicker than looking at every holiday.
SHORT = 90


class Roll(StrEnum):
    """What happens to a date that is not a working day (S-17)."""

    NONE = "none"
    NEXT = "next"
    PREV = "prev"
    NEAREST = "nearest"
    MODIFIED_NEXT = "modified-next"
    MODIFIED_PREV = "modified-prev"


def weekday_number(name: str) -> int:
    """Monday is 0.

    Raises:
        RuleError: no such weekday.
    """
    try:
        return WEEKDAYS.index(name)
    except ValueError:
        mend = "use mon, tue, wed, thu, fri, sat or sun"
        raise RuleError(f"{name!r} is not a weekday", mend=mend) from None


def outside(what: str) -> RuleError:
    """The error for a date that no calendar has."""
    return RuleError(f"{what} lies beyond the end of the calendar", mend="use a year between 1 and 9999")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Weekly days off, minus holidays, plus make-up days; make-up beats holiday beats weekday (S-16).

    Args:
        weekend: weekday numbers not worked, Monday 0; never all seven.
        off: days off and what each is called.
        working: make-up days and what each is called.
    """

    weekend: frozenset[int] = frozenset({5, 6})
    off: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))
    working: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse a week without a working day: every count would be endless."""
        if len(self.weekend) >= len(WEEKDAYS):
            raise RuleError("weekend holds all seven days", mend="leave at least one working day")

    def is_working(self, day: date) -> bool:
        """Whether that day is worked."""
        if day in self.working:
            return True
        return day not in self.off and day.weekday() not in self.weekend

    def following(self, day: date) -> date:
        """That day if worked, else the first worked one after it."""
        return self._seek(day, ONE_DAY)

    def preceding(self, day: date) -> date:
        """That day if worked, else the last worked one before it."""
        return self._seek(day, -ONE_DAY)

    def _seek(self, day: date, step: timedelta) -> date:
        try:
            for _ in range(LONGEST_BREAK):
                if self.is_working(day):
                    return day
                day += step
        except OverflowError as error:
            raise outside(f"a working day about {day}") from error
        raise RuleError(f"no working day within {LONGEST_BREAK} days of {day}", mend="mend the calendar")

    def add(self, day: date, count: int) -> date:
        """The count-th working day strictly after (negative: before) a day; 0 is the day itself.

        Raises:
            RuleError: the count is absurd, or the calendar has no working day there.
        """
        if abs(count) > MOST_WORKING_DAYS:
            raise RuleError(f"{count} working days are too many", mend=f"the most is {MOST_WORKING_DAYS}")
        step = ONE_DAY if count > 0 else -ONE_DAY
        try:
            for _ in range(abs(count)):
                day = self._seek(day + step, step)
        except OverflowError as error:
            raise outside(f"{count} working days from {day}") from error
        return day

    def count(self, first: date, end: date) -> int:
        """Working days in [first, end); 0 when it is empty. Whole weeks are reckoned, not walked."""
        length = (end - first).days
        if length <= SHORT:
            return sum(self.is_working(first + timedelta(days=n)) for n in range(length))
        weeks, rest = divmod(length, len(WEEKDAYS))
        over = sum((first.weekday() + n) % len(WEEKDAYS) not in self.weekend for n in range(rest))
        plain = weeks * (len(WEEKDAYS) - len(self.weekend)) + over
        special = {day for day in (*self.off, *self.working) if first <= day < end}
        return plain + sum(self.is_working(day) - (day.weekday() not in self.weekend) for day in special)

    def roll(self, day: date, roll: Roll) -> date:
        """Move a date that is not worked as the rule says; ``nearest`` takes the earlier on a tie."""
        if roll is Roll.NONE or self.is_working(day):
            return day
        after, before = self.following(day), self.preceding(day)
        match roll:
            case Roll.NEXT:
                return after
            case Roll.PREV:
                return before
            case Roll.NEAREST:
                return before if day - before <= after - day else after
            case Roll.MODIFIED_NEXT:
                return after if after.month == day.month else before
            case _:
                return before if before.month == day.month else after
