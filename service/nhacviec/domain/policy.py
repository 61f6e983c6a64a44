"""The policy: when a unit is spoken to, and when it is left in peace (S-40 … S-45)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.calendar import ONE_DAY, Calendar
from nhacviec.domain.time.offset import Measure, Offset
from nhacviec.domain.time.zone import instant, local

#: A cadence that names no end stops a year after the due date: nobody is chased for ever.
LONGEST_CADENCE = Offset(366, Measure.DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Quiet hours [start, end); over midnight they have an evening and a morning part (S-44)."""

    start: time
    end: time

    def __post_init__(self) -> None:
        """Refuse a window that is empty or never ends."""
        if self.start == self.end:
            raise RuleError("quiet hours begin and end at the same time", mend="give two different times")

    @property
    def over_midnight(self) -> bool:
        """Whether the window runs through the night."""
        return self.start > self.end

    def holds(self, wall: time) -> bool:
        """Whether a wall time is quiet; the end itself is allowed."""
        if self.over_midnight:
            return wall >= self.start or wall < self.end
        return self.start <= wall < self.end

    def planned(self, wall: time) -> time:
        """Where a planned send goes: the morning part to its end, the evening to a minute before it."""
        if not self.holds(wall):
            return wall
        if self.over_midnight and wall >= self.start:
            before = datetime.combine(date.min + ONE_DAY, self.start) - timedelta(minutes=1)
            return before.time()
        return self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """``{every: 5wd, until: 60wd}`` or ``{every: 5wd, times: 3}``: goes on from the slot before it."""

    every: Offset
    until: Offset = LONGEST_CADENCE
    times: int | None = None

    def __post_init__(self) -> None:
        """Refuse a cadence that stands still: it would never end."""
        if self.every.count <= 0:
            raise RuleError(f"every: {self.every} does not go on", mend="use 1d or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """One level: after so many days overdue, to others (S-47)."""

    after: Offset
    #: ``overseer``, ``parent.ROLE`` or a role of the unit itself.
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a duty's occurrences are spoken of; DESIGN §6 "Left out means" gives the defaults."""

    code: str = ""
    at: time = time(7, 30)
    working_days_only: bool = True
    quiet: Quiet | None = None
    to: tuple[str, ...] = ("secretary",)
    remind: tuple[Offset, ...] = ()
    overdue: tuple[Offset | Cadence, ...] = ()
    escalate: tuple[Escalation, ...] = ()

    @property
    def send_time(self) -> time:
        """The wall time at which planned letters go, out of the quiet hours."""
        return self.quiet.planned(self.at) if self.quiet else self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a policy's wall clocks hang and whose working days count."""

    calendar: Calendar
    zone: ZoneInfo


def allowed_instant(now: datetime, policy: Policy, place: Place) -> datetime:
    """The first instant from now on for everything made up for (S-45).

    On a working day, not quiet, and not before that day's send time as S-44 has moved it.

    Args:
        now: aware.
        policy: whose quiet hours and send time count.
        place: calendar and zone.

    Returns:
        An aware UTC instant, not before ``now``.
    """
    now = now.astimezone(UTC)
    day = local(now, place.zone).date()
    while True:
        if policy.working_days_only:
            day = place.calendar.following(day)
        start = max(now, send_instant(day, policy, place))
        if (found := _out_of_quiet(start, day, policy, place)) is not None:
            return found
        day += ONE_DAY


def send_instant(day: date, policy: Policy, place: Place) -> datetime:
    """When planned letters go on a day, in UTC; where clocks jump into the quiet hours, at their end."""
    found = instant(datetime.combine(day, policy.send_time), place.zone)
    if policy.quiet is not None and policy.quiet.holds(local(found, place.zone).time()):
        return instant(datetime.combine(day, policy.quiet.end), place.zone)
    return found


def _out_of_quiet(start: datetime, day: date, policy: Policy, place: Place) -> datetime | None:
    wall = local(start, place.zone)
    if wall.date() != day:
        return None
    if policy.quiet is None or not policy.quiet.holds(wall.time()):
        return start
    end = datetime.combine(day, policy.quiet.end)
    if wall.time() >= policy.quiet.end:
        return None
    found = instant(end, place.zone)
    # In the hour that a clock put back shows twice, its first showing may lie behind.
    return found if found > start else start + (end - wall.replace(tzinfo=None))
