"""Foretell: one occurrence followed through time, as the running service would follow it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from nhacviec.domain.reminder import Attention, Manner, Ruling, Track, Verdict
from nhacviec.domain.stage import Stage
from nhacviec.domain.time.zone import local
from nhacviec.domain.triage import triage


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
    pending = pending_catch_up(old, track)
    if pending is not None and all(stage.key != pending.key for stage in new):
        main = [stage for stage in passed if stage.at < track.speaks_from and not stage.level]
        return frozenset(stage.key for stage in passed if stage not in main[-1:])
    return frozenset(stage.key for stage in passed)


def pending_catch_up(stages: Sequence[Stage], track: Track) -> Stage | None:
    """The past stage for which a catch-up has not gone yet (S-43); None where none is owed."""
    past = [stage for stage in stages if stage.at < track.speaks_from and not stage.level]
    unsent = [stage for stage in past if track.catch_up and stage.key not in track.settled]
    return unsent[-1] if unsent else None


def replanned(old: Sequence[Stage], new: Sequence[Stage], track: Track) -> Sequence[Stage]:
    """A changed policy's stages, and that of a catch-up not yet sent where it has no such stage (S-59)."""
    pending = pending_catch_up(old, track)
    if pending is None or any(stage.key == pending.key for stage in new):
        return new
    past = [stage for stage in new if stage.at < track.speaks_from]
    return (*past, pending, *(stage for stage in new if stage.at >= track.speaks_from))


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
