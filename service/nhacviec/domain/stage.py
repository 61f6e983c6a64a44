"""Stages: the moments at which an unreported occurrence would be spoken of (S-40, S-41, S-46, S-47)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from nhacviec.domain.policy import Place, Policy, send_instant
from nhacviec.domain.time.calendar import ONE_DAY, Calendar
from nhacviec.domain.time.offset import Measure, Offset, shift


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
        *_before(due, policy, place.calendar, _Asked(due, pace, target)),
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """How many a target asks for; a unit that is not behind is not reminded (DESIGN §6, Targets)."""

    due: date
    pace: tuple[PacePoint, ...]
    target: int | None

    def by(self, day: date) -> int | None:
        """By a day before the due date what the pace asks for, where there is one, else all of it."""
        if self.target is None or not self.pace or day >= self.due:
            return self.target
        return max((point.required for point in self.pace if point.by <= day), default=0)


def _before(due: date, policy: Policy, calendar: Calendar, asked: _Asked) -> Iterator[Draft]:
    for offset in policy.remind:
        on_the_day = offset.count == 0
        kind = StageKind.DUE if on_the_day else StageKind.BEFORE
        key = "0d" if on_the_day else str(offset)
        day = shift(due, offset, calendar)
        yield Draft(key, kind, day, required=asked.by(day))


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
    return Stage(
        key=draft.key,
        kind=draft.kind,
        day=draft.day,
        at=send_instant(day, policy, place),
        moved=(day, policy.send_time) != (draft.day, policy.at),
        measure=draft.measure,
        level=draft.level,
        to=draft.to,
        required=draft.required,
    )
