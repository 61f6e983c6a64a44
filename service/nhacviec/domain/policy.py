"""The policy: at which moments an unreported occurrence is spoken of, and to whom (S-40 … S-47)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.calendar import ONE_DAY, Calendar
from nhacviec.domain.time.offset import Measure, Offset, shift
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


class StageKind(StrEnum):
    """What a stage is relative to the due date; the order is the order of urgency."""

    BEFORE = "before"
    PACE = "pace"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True, kw_only=True)
class PacePoint:
    """By that day so many have to be done."""

    by: date
    required: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One moment at which one occurrence would be spoken of.

    Args:
        key: its name in the plan: ``-7wd``, ``0d``, ``+3d``, ``escalate-1``, ``pace-2017-06-30``.
        kind: what it is.
        day: the slot itself, before any move off a day off.
        at: the instant in UTC, after the moves of S-41 and S-44.
        moved: whether a day off or quiet hours moved it.
        measure: in what an overdue slot counts.
        level: of an escalation, from 1; 0 for the main line.
        to: whom an escalation addresses.
        required: for targets, how many done make it needless.
    """

    key: str
    kind: StageKind
    day: date
    at: datetime
    moved: bool
    measure: Measure = Measure.DAYS
    level: int = 0
    to: str = ""
    required: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a policy's wall clocks hang and whose working days count."""

    calendar: Calendar
    zone: ZoneInfo


def overdue_days(due: date, policy: Policy, calendar: Calendar) -> Iterator[tuple[date, Measure]]:
    """The overdue slots, before any move, each once, in order; and in what each counts.

    A cadence counts on from the slot before it, and its ``until`` is included (SCHEDULE §1).
    """
    slot = due
    for entry in policy.overdue:
        if isinstance(entry, Offset):
            slot = shift(due, entry, calendar)
            yield slot, _counted(entry)
            continue
        end = shift(due, entry.until, calendar)
        sent = 0
        while (following := shift(slot, entry.every, calendar)) <= end and sent != entry.times:
            slot, sent = following, sent + 1
            yield slot, _counted(entry.every)


def _counted(offset: Offset) -> Measure:
    return Measure.WORKING_DAYS if offset.measure is Measure.WORKING_DAYS else Measure.DAYS


def days_passed(due: date, day: date, measure: Measure, calendar: Calendar) -> str:
    """The name of a letter that goes after the due date: ``+4d``, ``+5wd`` (SCHEDULE §1)."""
    if measure is Measure.WORKING_DAYS:
        return f"+{calendar.count(due + ONE_DAY, day + ONE_DAY)}wd"
    return f"+{(day - due).days}d"


def plan_stages(
    due: date, policy: Policy, place: Place, *, pace: tuple[PacePoint, ...] = (), target: int | None = None
) -> tuple[Stage, ...]:
    """Every stage of an occurrence, the main line and the escalations, by instant and urgency.

    Args:
        due: the effective due date.
        policy: how it is spoken of.
        place: calendar and zone.
        pace: pace points of a target, none after the due date.
        target: how many have to be done at the end; None for a duty that is done once.

    Returns:
        Stages with distinct keys; among the main line the later one is the more urgent.
    """
    found: dict[str, Stage] = {}
    drafts = [
        *_before(due, policy, place.calendar, target),
        *(Draft(f"pace-{p.by}", StageKind.PACE, p.by, required=p.required) for p in pace if p.by <= due),
        *_overdue(due, policy, place.calendar),
        *_escalations(due, policy, place.calendar),
    ]
    for draft in sorted(drafts, key=lambda draft: (draft.day, _URGENCY[draft.kind], draft.level)):
        found.setdefault(draft.key, _placed(draft, policy, place))
    return tuple(found.values())


_URGENCY = {kind: order for order, kind in enumerate(StageKind)}


@dataclass(frozen=True, slots=True)
class Draft:
    """A stage before it has an instant."""

    key: str
    kind: StageKind
    day: date
    measure: Measure = Measure.DAYS
    level: int = 0
    to: str = ""
    required: int | None = None


def _before(due: date, policy: Policy, calendar: Calendar, target: int | None) -> Iterator[Draft]:
    for offset in policy.remind:
        on_the_day = offset.count == 0
        kind = StageKind.DUE if on_the_day else StageKind.BEFORE
        key = "0d" if on_the_day else str(offset)
        yield Draft(key, kind, shift(due, offset, calendar), required=target)


def _overdue(due: date, policy: Policy, calendar: Calendar) -> Iterator[Draft]:
    for day, measure in overdue_days(due, policy, calendar):
        yield Draft(days_passed(due, day, measure, calendar), StageKind.OVERDUE, day, measure)


def _escalations(due: date, policy: Policy, calendar: Calendar) -> Iterator[Draft]:
    for level, escalation in enumerate(policy.escalate, start=1):
        day = shift(due, escalation.after, calendar)
        yield Draft(
            f"escalate-{level}",
            StageKind.ESCALATION,
            day,
            _counted(escalation.after),
            level,
            escalation.to,
        )


def _placed(draft: Draft, policy: Policy, place: Place) -> Stage:
    """S-41: before and on the day a day off moves it back, after the day forward; then S-44."""
    day = draft.day
    if policy.working_days_only:
        late = draft.kind in (StageKind.OVERDUE, StageKind.ESCALATION)
        day = place.calendar.following(day) if late else place.calendar.preceding(day)
    wall = policy.send_time
    return Stage(
        key=draft.key,
        kind=draft.kind,
        day=draft.day,
        at=instant(datetime.combine(day, wall), place.zone),
        moved=(day, wall) != (draft.day, policy.at),
        measure=draft.measure,
        level=draft.level,
        to=draft.to,
        required=draft.required,
    )


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
    day = local(now, place.zone).date()
    while True:
        if policy.working_days_only:
            day = place.calendar.following(day)
        start = max(now, send_instant(day, policy, place))
        if (found := _out_of_quiet(start, day, policy, place)) is not None:
            return found
        day += ONE_DAY


def send_instant(day: date, policy: Policy, place: Place) -> datetime:
    """When planned letters go on a day, in UTC."""
    return instant(datetime.combine(day, policy.send_time), place.zone)


def _out_of_quiet(start: datetime, day: date, policy: Policy, place: Place) -> datetime | None:
    wall = local(start, place.zone)
    if wall.date() != day:
        return None
    if policy.quiet is None or not policy.quiet.holds(wall.time()):
        return start
    end = policy.quiet.end
    if wall.time() < end:
        return instant(datetime.combine(day, end), place.zone)
    return None
