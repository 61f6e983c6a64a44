"""Reminders: verdicts and reasons, and what has to be known to give them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from nhacviec.domain.policy import Place, Policy
from nhacviec.domain.stage import Stage

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
    WAIVED = "waived"  #: it was waived, or found not applicable
    SUSPENDED = "suspended"  #: its unit or its duty is no longer there (S-56)
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
    #: The close of its window: only after it are days called overdue; None stands for ``due``.
    late_after: date | None = None

    @property
    def last_good_day(self) -> date:
        """The day after which it is overdue."""
        return max(self.due, self.late_after) if self.late_after else self.due


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
