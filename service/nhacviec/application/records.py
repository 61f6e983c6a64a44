"""Values that cross the ports: what the database tells the use cases, and they tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from nhacviec.domain.delivery import Outcome
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
    """One attempt to hand a message over (append only)."""

    message: int
    n: int
    started_at: datetime
    ended_at: datetime
    stage: str
    code: int
    text: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message taken for sending: the token proves it, the lease bounds it."""

    message: Message
    token: str
