"""Values that cross the ports: what the database tells the use cases, and they tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Message
from nhacviec.domain.occurrence import EventKind
from nhacviec.domain.reminder import Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyMark:
    """How far a duty has been planned.

    Args:
        code: the duty.
        applied_on: the day it was first applied; no due before it is created (S-79).
        planned_until: the last due date planned; None when it has to be planned anew.
    """

    code: str
    applied_on: date
    planned_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of an occurrence's history."""

    occurrence: int
    kind: EventKind
    at: datetime
    by: str = ""
    note: str = ""
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which occurrences are meant; empty fields do not narrow."""

    duty: str = ""
    unit: str = ""
    period: str = ""
    states: frozenset[str] = frozenset()
    due_from: date | None = None
    due_to: date | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRecord:
    """A reminder as the database holds it, with the message it went into."""

    occurrence: int
    revision: int
    stage: str
    name: str
    verdict: Verdict
    reason: Reason
    decided_at: datetime
    email: str
    kind: LetterKind | None
    merged: tuple[str, ...]
    late: bool
    message: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One attempt to hand a message over (append only).

    Args:
        message: its row.
        n: its number among the attempts at this message, from 1; 0 before it is recorded.
        started_at: when the conversation about it began.
        ended_at: when its end was known.
        stage: where it ended: compose, connect, mail, rcpt, data or dot.
        code: the reply; 0 without one.
        text: what was said, or what broke.
        outcome: what that means.
        worker: who tried; None where nobody could say.
        intended_at: when the fence was passed; None when it never was.
    """

    message: int
    n: int
    started_at: datetime
    ended_at: datetime
    stage: str
    code: int
    text: str
    outcome: Outcome
    worker: int | None = None
    intended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message taken for sending by one worker: the token proves it."""

    message: Message
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A claimed message as composed: these bytes are what goes, on every copy (P3)."""

    claim: Claim
    subject: str
    mime: bytes
    kind: LetterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a claim ended.

    Args:
        claim: as taken.
        state: what the message is from now on.
        due_at: when it may be tried next; None leaves it.
        delivery: the attempt, numbered when it is recorded; None when there was none.
        letter: what was tried and goes again as it is (S-58); None when nothing was, or it is kept already.
    """

    claim: Claim
    state: MessageState
    due_at: datetime | None = None
    delivery: DeliveryRecord | None = None
    letter: Frozen | None = None
