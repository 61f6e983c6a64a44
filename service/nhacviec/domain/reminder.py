"""Triage: what to do now with the stages of one occurrence, and why (S-42 … S-47, S-70 … S-73)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from nhacviec.domain.policy import (
    Place,
    Policy,
    Stage,
    StageKind,
    allowed_instant,
    days_passed,
    send_instant,
)
from nhacviec.domain.time.calendar import ONE_DAY
from nhacviec.domain.time.zone import local

#: A letter that goes later than this after its moment says so (S-70).
LATE_AFTER = timedelta(minutes=60)
#: What was missed longer ago than this is recorded, not sent (S-73).
CATCH_UP_WINDOW = timedelta(days=60)


class Verdict(StrEnum):
    """What to do with a reminder."""

    SEND = "send"  #: it goes, alone or gathered with others
    MERGED = "merged"  #: another letter of the same occurrence and day says it
    SUPERSEDED = "superseded"  #: a later stage has come too, and says it better
    PAST = "past"  #: its moment lay before the occurrence, its due date or its policy was there
    MISSED = "missed"  #: the service was down for too long to make up for it
    ON_PACE = "on_pace"  #: the unit is not behind its target
    CLOSED = "closed"  #: the work is reported, waived or not applicable
    MUTED = "muted"  #: the contact does not receive this kind of letter
    NO_RECIPIENT = "no_recipient"  #: nobody carries the role it addresses


class Reason(StrEnum):
    """Why the verdict fell; goes unchanged into database, log, forecast and explain."""

    PLANNED = "planned"  #: its moment has come
    CATCH_UP = "catch-up"  #: its moment had passed when the occurrence or its due date came to be
    OUTAGE = "outage"  #: its moment fell into an outage, and this is the next allowed instant
    MORE_URGENT = "more-urgent"  #: a more urgent stage was due as well
    SAME_DAY = "same-day"  #: a letter about this occurrence goes or went on that date (S-42)
    CREATED_LATE = "created-late"  #: created after that moment, and nothing is made up for
    DUE_MOVED = "due-moved"  #: the due date moved
    POLICY_CHANGED = "policy-changed"  #: the policy changed after that moment
    REOPENED = "reopened"  #: reopened after that moment
    WINDOW = "catch-up-window"  #: longer ago than the catch-up window
    NOT_BEHIND = "not-behind"  #: done is not less than what is asked for by then
    REPORTED = "reported"  #: somebody reported the work done
    RECEIVES = "receives"  #: narrowed by the contact's ``receives``
    ROLE_VACANT = "role-vacant"  #: no contact carries the role
    FORM = "form"  #: the unit's letters wait for a human


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What has been said about one occurrence so far: all that triage needs to know of its past.

    Args:
        due: the effective due date of this revision.
        speaks_from: stages before this instant lay in the past when it came to be.
        catch_up: whether those past stages are owed one catch-up (created late, or moved earlier).
        settled: keys of the stages of this revision that have a verdict.
        last_spoken_on: the last local date on which a main-line letter went, in any revision (S-42).
        done: for targets, how many have been counted.
        closed: whether it is reported, waived, suspended or not applicable.
    """

    due: date
    speaks_from: datetime
    catch_up: bool = True
    settled: frozenset[str] = frozenset()
    last_spoken_on: date | None = None
    done: int = 0
    closed: bool = False
    #: What came to be at ``speaks_from``; the reason of stages that had passed by then.
    cause: Reason = Reason.CREATED_LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """By which policy, in which place."""

    policy: Policy
    place: Place
    window: timedelta = CATCH_UP_WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One stage and what was decided about it.

    Args:
        stage: the stage.
        verdict: what to do.
        reason: why.
        name: what the letter is called, by the days that have really passed; empty when none goes.
        slot_at: the planned instant it belongs to; a late letter keeps its slot (S-47).
        merged: keys of stages that this letter says as well.
        late: whether it goes more than an hour after its moment.
    """

    stage: Stage
    verdict: Verdict
    reason: Reason
    name: str = ""
    slot_at: datetime | None = None
    merged: tuple[str, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """The outcome of a triage.

    Args:
        rulings: stages that are settled now, the main line's letter first, then escalations by level.
        next_at: the next instant at which this occurrence needs attention; None when never.
    """

    rulings: tuple[Ruling, ...] = ()
    next_at: datetime | None = None


@dataclass(slots=True)
class _Desk:
    """Rulings and waits as they come up during one triage."""

    track: Track
    manner: Manner
    now: datetime
    rulings: list[Ruling] = field(default_factory=list)
    waits: list[datetime] = field(default_factory=list)

    @property
    def today(self) -> date:
        return local(self.now, self.manner.place.zone).date()

    def allowed(self, moment: datetime) -> datetime:
        return allowed_instant(moment, self.manner.policy, self.manner.place)

    def settle(self, stage: Stage, verdict: Verdict, reason: Reason) -> None:
        self.rulings.append(Ruling(stage=stage, verdict=verdict, reason=reason))


def triage(stages: Sequence[Stage], track: Track, manner: Manner, now: datetime) -> Attention:
    """Decide what to do now with the unsettled stages of one occurrence.

    Of everything on the main line whose moment has come only the most urgent is still true, so it
    alone is sent; each escalation level goes by itself. What was missed goes at the next allowed
    instant, or with a regular letter of that same date.

    Args:
        stages: of ``plan_stages`` for the track's due date.
        track: what has been said so far.
        manner: policy and place.
        now: aware.

    Returns:
        The stages settled now, at most one of the main line with ``SEND``, and the next instant.
    """
    if track.closed:
        return Attention()
    desk = _Desk(track, manner, now)
    unsettled = [stage for stage in stages if stage.key not in track.settled]
    ripe = [stage for stage in unsettled if stage.at <= now]
    _main_line([stage for stage in ripe if stage.level == 0], desk)
    for stage in ripe:
        if stage.level:
            _escalation(stage, desk)
    coming = [stage.at for stage in unsettled if stage.at > now]
    return Attention(rulings=tuple(desk.rulings), next_at=min(coming + desk.waits, default=None))


def _main_line(ripe: list[Stage], desk: _Desk) -> None:
    candidates = [stage for stage in ripe if _still_owed(stage, desk)]
    if not candidates:
        return
    chosen = candidates[-1]
    catching_up = chosen.at < desk.track.speaks_from
    go = desk.allowed(desk.now)
    if catching_up and desk.track.last_spoken_on == local(go, desk.manner.place.zone).date():
        go = desk.allowed(send_instant(desk.track.last_spoken_on + ONE_DAY, desk.manner.policy, desk.manner.place))
    if go > desk.now:
        desk.waits.append(go)
    elif desk.track.last_spoken_on == desk.today:
        for stage in candidates:
            desk.settle(stage, Verdict.MERGED, Reason.SAME_DAY)
    else:
        _speak(chosen, candidates[:-1], desk)


def _still_owed(stage: Stage, desk: _Desk) -> bool:
    """Settle what will never be said; what remains is a candidate for a letter."""
    past = stage.at < desk.track.speaks_from
    if past and (not desk.track.catch_up or stage.level):
        desk.settle(stage, Verdict.PAST, desk.track.cause)
    elif desk.now - max(stage.at, desk.track.speaks_from) > desk.manner.window:
        desk.settle(stage, Verdict.MISSED, Reason.WINDOW)
    elif stage.required is not None and desk.track.done >= stage.required:
        desk.settle(stage, Verdict.ON_PACE, Reason.NOT_BEHIND)
    else:
        return True
    return False


def _speak(chosen: Stage, others: list[Stage], desk: _Desk) -> None:
    """One letter for the most urgent; the others are merged into it or superseded by it."""
    planned = _planned(chosen, desk)
    regular = chosen.at >= desk.track.speaks_from and _date(chosen.at, desk) == desk.today
    with_it = [stage for stage in others if stage.at == chosen.at and chosen.at >= desk.track.speaks_from]
    if regular:
        missed = [s for s in others if s not in with_it and s.at >= desk.track.speaks_from]
        with_it = [*missed[-1:], *with_it]
    desk.rulings.append(
        Ruling(
            stage=chosen,
            verdict=Verdict.SEND,
            reason=_why(chosen, desk, regular=regular),
            name=letter_name(chosen, desk.track, desk.manner, desk.today),
            slot_at=_slot(planned, desk),
            merged=tuple(stage.key for stage in with_it),
            late=desk.now - planned > LATE_AFTER,
        )
    )
    for stage in others:
        if stage in with_it:
            desk.settle(stage, Verdict.MERGED, Reason.SAME_DAY)
        else:
            desk.settle(stage, Verdict.SUPERSEDED, Reason.MORE_URGENT)


def _why(stage: Stage, desk: _Desk, *, regular: bool) -> Reason:
    if stage.at < desk.track.speaks_from:
        return Reason.CATCH_UP
    return Reason.PLANNED if regular else Reason.OUTAGE


def _planned(stage: Stage, desk: _Desk) -> datetime:
    """The moment at which the letter should have gone: its own, or its catch-up's."""
    if stage.at >= desk.track.speaks_from:
        return stage.at
    planned = desk.allowed(desk.track.speaks_from)
    if desk.track.last_spoken_on is not None and desk.track.last_spoken_on >= _date(planned, desk):
        following = desk.track.last_spoken_on + ONE_DAY
        planned = desk.allowed(send_instant(following, desk.manner.policy, desk.manner.place))
    return planned


def _slot(planned: datetime, desk: _Desk) -> datetime:
    """A letter of today keeps its slot; one made up for from an earlier day takes today's."""
    if _date(planned, desk) == desk.today:
        return planned
    return send_instant(desk.today, desk.manner.policy, desk.manner.place)


def _date(moment: datetime, desk: _Desk) -> date:
    return local(moment, desk.manner.place.zone).date()


def letter_name(stage: Stage, track: Track, manner: Manner, day: date) -> str:
    """What a main-line letter is called on the day it goes (SCHEDULE §1)."""
    name = stage.key
    if day > track.due:
        name = days_passed(track.due, day, stage.measure, manner.place.calendar)
    return f"catch-up:{name}" if stage.at < track.speaks_from else name


def _escalation(stage: Stage, desk: _Desk) -> None:
    """Each level once, to its own readers, never merged with the main line (S-47)."""
    if not _still_owed(stage, desk):
        return
    go = desk.allowed(desk.now)
    if go > desk.now:
        desk.waits.append(go)
        return
    regular = _date(stage.at, desk) == desk.today
    desk.rulings.append(
        Ruling(
            stage=stage,
            verdict=Verdict.SEND,
            reason=_why(stage, desk, regular=regular),
            name=stage.key,
            slot_at=_slot(stage.at, desk),
            late=desk.now - stage.at > LATE_AFTER,
        )
    )


def after(track: Track, rulings: Iterable[Ruling], day: date) -> Track:
    """The track once these rulings have been recorded on a local date."""
    rulings = tuple(rulings)
    spoke = any(ruling.verdict is Verdict.SEND and not ruling.stage.level for ruling in rulings)
    return replace(
        track,
        settled=track.settled | {ruling.stage.key for ruling in rulings},
        last_spoken_on=day if spoke else track.last_spoken_on,
    )


def passed_over(old: Sequence[Stage], new: Sequence[Stage], track: Track, now: datetime) -> frozenset[str]:
    """Stages of a changed policy that will not be sent because their moment has passed (S-59).

    What the old policy still owed stays owed, and so does a catch-up not yet sent.

    Args:
        old: stages before the change.
        new: stages after it.
        track: what has been said.
        now: the instant of the change; a new stage at this very instant is sent.

    Returns:
        Keys to settle as ``PAST``, ``POLICY_CHANGED``.
    """
    owed = {stage.key for stage in old if stage.at < now and stage.key not in track.settled}
    passed = [stage for stage in new if stage.at < now and stage.key not in track.settled | owed]
    pending = any(stage.key in owed and not stage.level and stage.at < track.speaks_from for stage in old)
    kept = any(stage.key in owed and not stage.level for stage in new)
    if track.catch_up and pending and not kept:
        main = [stage for stage in passed if stage.at < track.speaks_from and not stage.level]
        return frozenset(stage.key for stage in passed if stage not in main[-1:])
    return frozenset(stage.key for stage in passed)


def foretell(
    stages: Sequence[Stage],
    track: Track,
    manner: Manner,
    span: tuple[datetime, datetime],
    awake: Callable[[datetime], datetime] = lambda moment: moment,
) -> Iterator[tuple[datetime, Attention, Track]]:
    """Follow one occurrence through time as the running service would.

    Args:
        stages: of ``plan_stages``.
        track: what has been said before.
        manner: policy and place.
        span: from the first moment, included, to the last, excluded.
        awake: when the service runs again, for a moment at which it does not.

    Yields:
        Each moment of attention, what was decided then, and the track after it.
    """
    moment: datetime | None = span[0]
    while moment is not None and (moment := awake(moment)) < span[1]:
        attention = triage(stages, track, manner, moment)
        track = after(track, attention.rulings, local(moment, manner.place.zone).date())
        yield moment, attention, track
        moment = attention.next_at


def kind_on(day: date, due: date) -> StageKind:
    """How a main-line letter speaks on a day: before, on or after the due date."""
    if day < due:
        return StageKind.BEFORE
    return StageKind.DUE if day == due else StageKind.OVERDUE
