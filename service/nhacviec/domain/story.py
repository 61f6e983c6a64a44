"""A story: what would be said about one occurrence while things happen to it (SCHEDULE §1).

It runs on ``plan_stages``, ``triage`` and ``foretell``, the very functions that gather and forecast use.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from nhacviec.domain.foretell import foretell, passed_over, replanned
from nhacviec.domain.policy import Place, Policy
from nhacviec.domain.reminder import Attention, Manner, Reason, Ruling, Track, Verdict
from nhacviec.domain.stage import Stage, plan_stages
from nhacviec.domain.time.zone import local

#: Before anything: an occurrence without ``created`` exists from long before its first stage.
ORIGIN = datetime(2, 1, 1, tzinfo=UTC)


class Happening(StrEnum):
    """What can happen to an occurrence in a story."""

    CREATED = "created"
    REPORTED = "reported"
    DUE_MOVED = "due-moved"
    POLICY_CHANGED = "policy-changed"
    UNIT_DEACTIVATED = "unit-deactivated"
    NOT_APPLICABLE = "not-applicable"


CLOSING = (Happening.REPORTED, Happening.UNIT_DEACTIVATED, Happening.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEvent:
    """One thing that happens, at an instant in UTC; ``due`` or ``policy`` where it brings one."""

    happening: Happening
    at: datetime
    due: date | None = None
    policy: Policy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The whole of it.

    Args:
        due: the first due date.
        policy: the first policy.
        place: calendar and zone.
        events: in any order.
        downs: spans [from, to) during which the service does not run, in any order.
        end: the first instant that is no longer told.
    """

    due: date
    policy: Policy
    place: Place
    events: Sequence[StoryEvent] = ()
    downs: Sequence[tuple[datetime, datetime]] = ()
    end: datetime


@dataclass(frozen=True, slots=True)
class Send:
    """One letter of a story."""

    at: datetime
    ruling: Ruling
    days_to_due: int


def tell(story: Story) -> list[Send]:
    """Every letter of a story, by instant; at one instant the main line first, then escalations by level."""
    chapter = _Chapter(story)
    sends: list[Send] = []
    for event in sorted(story.events, key=lambda e: (e.at, e.happening is not Happening.CREATED)):
        sends.extend(chapter.until(event.at))
        chapter.happens(event)
    sends.extend(chapter.until(story.end))
    return sends


class _Chapter:
    """The occurrence as it stands between two events."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.policy = story.policy
        self.downs = sorted(story.downs)
        born = any(event.happening is Happening.CREATED for event in story.events)
        self.moment: datetime | None = None if born else ORIGIN
        self.track = Track(due=story.due, speaks_from=ORIGIN)
        self.stages = self._plan()

    def _plan(self) -> Sequence[Stage]:
        return plan_stages(self.track.due, self.policy, self.story.place)

    @property
    def manner(self) -> Manner:
        return Manner(policy=self.policy, place=self.story.place)

    def until(self, end: datetime) -> Iterator[Send]:
        """The letters before an instant."""
        if self.moment is None:
            return
        span = (self.moment, end)
        for moment, attention, track in foretell(self.stages, self.track, self.manner, span, self._awake):
            self.track = track
            yield from self._sends(moment, attention)
        self.moment = end

    def _awake(self, moment: datetime) -> datetime:
        for start, end in self.downs:
            if start <= moment < end:
                moment = end
        return moment

    def _sends(self, moment: datetime, attention: Attention) -> Iterator[Send]:
        days = (self.track.due - local(moment, self.story.place.zone).date()).days
        for ruling in attention.rulings:
            if ruling.verdict is Verdict.SEND:
                yield Send(moment, ruling, days)

    def happens(self, event: StoryEvent) -> None:
        """Let an event act; what is due at its very instant is decided after it."""
        if event.happening is Happening.CREATED:
            self.track = Track(due=self.track.due, speaks_from=event.at, closed=self.track.closed)
            self.moment = event.at
        elif event.happening in CLOSING:
            self.track = replace(self.track, closed=True)
        elif event.due is not None:
            self.track = moved(self.track, event.due, event.at)
            self.stages = self._plan()
        elif event.policy is not None:
            self._change_policy(event.policy, event.at)

    def _change_policy(self, policy: Policy, at: datetime) -> None:
        old = self.stages
        self.policy = policy
        self.stages = self._plan()
        if self.moment is not None:
            self.stages = replanned(old, self.stages, self.track)
            passed = passed_over(old, self.stages, self.track, at)
            self.track = replace(self.track, settled=self.track.settled | passed)


def moved(track: Track, due: date, at: datetime) -> Track:
    """A new revision of the due date (S-50, S-51): only an earlier date is owed a catch-up."""
    if due == track.due:
        return track
    return replace(
        track,
        due=due,
        speaks_from=max(at, track.speaks_from),
        catch_up=due < track.due,
        settled=frozenset(),
        cause=Reason.DUE_MOVED,
    )
