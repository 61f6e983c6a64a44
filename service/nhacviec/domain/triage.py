"""Triage: what to do now with the stages of one occurrence, and why (S-42 … S-47, S-70 … S-73)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from nhacviec.domain.policy import allowed_instant, send_instant
from nhacviec.domain.reminder import Attention, Manner, Reason, Ruling, Track, Verdict
from nhacviec.domain.stage import Stage, StageKind, days_passed
from nhacviec.domain.time.calendar import ONE_DAY
from nhacviec.domain.time.zone import local

#: A letter that goes later than this after its moment says so (S-70).
LATE_AFTER = timedelta(minutes=60)
#: A stage decided sooner than this after its moment was not missed: ticks take their time.
ON_TIME = timedelta(minutes=1)


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

    def allowed_after(self, day: date) -> datetime:
        following = send_instant(day + ONE_DAY, self.manner.policy, self.manner.place)
        return self.allowed(following)

    def past(self, stage: Stage) -> bool:
        """Whether its moment lay before the occurrence or its due date came to be (S-43)."""
        return stage.at < self.track.speaks_from

    def on_time(self, stage: Stage) -> bool:
        """Whether this is its own moment, not one at which it is made up for."""
        return not self.past(stage) and self.now - stage.at < ON_TIME

    def goes(self, stage: Stage) -> datetime:
        """When a letter for it goes: at its own moment, else at the next allowed instant (S-45)."""
        return self.now if self.on_time(stage) else self.allowed(self.now)

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
    for stage in sorted((stage for stage in ripe if stage.level), key=lambda stage: stage.level):
        _escalation(stage, desk)
    coming = [stage.at for stage in unsettled if stage.at > now]
    return Attention(rulings=tuple(desk.rulings), next_at=min(coming + desk.waits, default=None))


def _main_line(ripe: list[Stage], desk: _Desk) -> None:
    candidates = [stage for stage in ripe if _still_owed(stage, desk)]
    if not candidates:
        return
    chosen = candidates[-1]
    go = desk.goes(chosen)
    if desk.past(chosen) and desk.track.last_spoken_on == _date(go, desk):
        go = desk.allowed_after(desk.track.last_spoken_on)
    if go > desk.now:
        desk.waits.append(go)
    elif desk.track.last_spoken_on == desk.today:
        for stage in candidates:
            desk.settle(stage, Verdict.MERGED, Reason.SAME_DAY)
    else:
        _speak(chosen, candidates[:-1], desk)


def _still_owed(stage: Stage, desk: _Desk) -> bool:
    """Settle what will never be said; what remains is a candidate for a letter."""
    if desk.past(stage) and (not desk.track.catch_up or stage.level):
        desk.settle(stage, Verdict.PAST, desk.track.cause)
    elif desk.now - max(stage.at, desk.track.speaks_from) > desk.manner.window:
        desk.settle(stage, Verdict.MISSED, Reason.WINDOW)
    elif stage.required is not None and desk.track.done >= stage.required:
        desk.settle(stage, Verdict.ON_PACE, Reason.NOT_BEHIND)
    else:
        return True
    return False


def _speak(chosen: Stage, others: list[Stage], desk: _Desk) -> None:
    """One letter for the most urgent; the others are merged into it or superseded by it.

    Merged are those of the same date, and into a letter that goes at its own moment the most urgent
    of what was missed (S-70). A catch-up says one past stage and no other (S-43).
    """
    planned = _planned(chosen, desk)
    regular = not desk.past(chosen) and _date(chosen.at, desk) == desk.today
    with_it = [stage for stage in others if stage.at == chosen.at and not desk.past(chosen)]
    if desk.on_time(chosen):
        missed = [stage for stage in others if stage not in with_it and not desk.past(stage)]
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
    if desk.past(stage):
        return Reason.CATCH_UP
    return Reason.PLANNED if regular else Reason.OUTAGE


def _planned(stage: Stage, desk: _Desk) -> datetime:
    """The moment at which the letter should have gone: its own, or its catch-up's."""
    if not desk.past(stage):
        return stage.at
    planned = desk.allowed(desk.track.speaks_from)
    spoken = desk.track.last_spoken_on
    return planned if spoken is None or spoken < _date(planned, desk) else desk.allowed_after(spoken)


def _slot(planned: datetime, desk: _Desk) -> datetime:
    """A letter of today keeps its slot; one made up for from an earlier day takes today's (S-47)."""
    if _date(planned, desk) == desk.today:
        return planned.replace(microsecond=0)
    return send_instant(desk.today, desk.manner.policy, desk.manner.place)


def _date(moment: datetime, desk: _Desk) -> date:
    return local(moment, desk.manner.place.zone).date()


def letter_name(stage: Stage, track: Track, manner: Manner, day: date) -> str:
    """What a main-line letter is called on the day it goes (SCHEDULE §1)."""
    name = stage.key
    if day > track.last_good_day:
        name = days_passed(track.last_good_day, day, stage.measure, manner.place.calendar)
    return f"catch-up:{name}" if stage.at < track.speaks_from else name


def _escalation(stage: Stage, desk: _Desk) -> None:
    """Each level once, to its own readers, never merged with the main line (S-47)."""
    if not _still_owed(stage, desk):
        return
    go = desk.goes(stage)
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


def kind_on(day: date, due: date) -> StageKind:
    """How a main-line letter speaks on a day: before, on or after the due date."""
    if day < due:
        return StageKind.BEFORE
    return StageKind.DUE if day == due else StageKind.OVERDUE
