"""What the use cases need from outside; the adapters make it of real things."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from nhacviec.application.definitions import CalendarDay, Definitions
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.letter import Envelope, Letter, LetterKind, Words
from nhacviec.domain.message import Message, Reminder, Slot
from nhacviec.domain.occurrence import EventKind, Occurrence
from nhacviec.domain.reminder import Reason, Verdict
from nhacviec.domain.time.period import Period


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


class CatalogueStore(Protocol):
    """The catalogue in the database."""

    async def definitions(self) -> Definitions: ...
    async def days(self) -> Sequence[CalendarDay]: ...
    async def version(self) -> int: ...
    async def save(self, definitions: Definitions, days: Sequence[CalendarDay]) -> None: ...
    async def marks(self) -> Mapping[str, DutyMark]: ...
    async def mark(self, marks: Sequence[DutyMark]) -> None: ...
    async def value(self, key: str) -> str: ...
    async def set_value(self, key: str, value: str) -> None: ...


class Occurrences(Protocol):
    """Occurrences, their history and their reminders."""

    async def add(self, occurrences: Sequence[Occurrence]) -> int: ...
    async def ripe(self, now: datetime, limit: int) -> Sequence[Occurrence]: ...
    async def first_ripe(self, now: datetime) -> datetime | None: ...
    async def find(self, wanted: Filter) -> Sequence[Occurrence]: ...
    async def by_ids(self, ids: Sequence[int]) -> Sequence[Occurrence]: ...
    async def save(self, occurrences: Sequence[Occurrence]) -> None: ...
    async def remove(self, ids: Sequence[int]) -> None: ...
    async def overrides(self) -> Mapping[tuple[str, str, str], date]: ...
    async def settled(self, occurrences: Sequence[Occurrence]) -> Mapping[int, frozenset[str]]: ...
    async def reminders(self, ids: Sequence[int]) -> Sequence[ReminderRecord]: ...
    async def sent_counts(self, ids: Sequence[int]) -> Mapping[int, int]: ...
    async def log(self, events: Sequence[Event]) -> None: ...
    async def history(self, occurrence: int) -> Sequence[Event]: ...


class Outbox(Protocol):
    """Messages and deliveries."""

    async def promise(self, messages: Mapping[Slot, Message], reminders: Sequence[Reminder]) -> int: ...
    async def withdraw(self, occurrence: int, reason: Reason) -> int: ...
    async def claim(self, now: datetime, *, before: datetime | None, lease_until: datetime) -> Claim | None: ...
    async def contents(self, message: int) -> Sequence[ReminderRecord]: ...
    async def freeze(self, claim: Claim, words: Words, mime: bytes, kind: LetterKind) -> bool: ...
    async def intend(self, claim: Claim, *, now: datetime, lease_until: datetime) -> bool: ...
    async def settle(
        self, claim: Claim, state: MessageState, due_at: datetime | None, delivery: DeliveryRecord | None
    ) -> bool: ...
    async def rescue(self, now: datetime) -> int: ...
    async def messages(self, states: frozenset[str], limit: int | None) -> Sequence[Message]: ...
    async def message(self, message: int) -> Message | None: ...
    async def release(self, message: int, now: datetime) -> None: ...
    async def hold(self, message: int, reason: str) -> None: ...
    async def deliveries(self, message: int) -> Sequence[DeliveryRecord]: ...
    async def counts(self) -> Mapping[str, int]: ...


class Transaction(Protocol):
    """What one transaction can reach."""

    @property
    def catalogue(self) -> CatalogueStore: ...
    @property
    def occurrences(self) -> Occurrences: ...
    @property
    def outbox(self) -> Outbox: ...


class Work(Protocol):
    """Opens transactions; they commit at the end of the block and roll back on an error."""

    def read(self) -> AbstractAsyncContextManager[Transaction]: ...
    def write(self) -> AbstractAsyncContextManager[Transaction]: ...


class Vocabulary(Protocol):
    """Words for periods, by language."""

    def period_label(self, period: Period, language: str) -> str: ...
    def period_phrase(self, period: Period, language: str) -> str: ...


class Composer(Protocol):
    """Turns a letter into words."""

    def subject(self, letter: Letter) -> str:
        """The subject alone, for lists of letters."""
        ...

    def compose(self, letter: Letter) -> Words: ...


class Serialiser(Protocol):
    """Turns words into the bytes that go over the wire."""

    def __call__(self, words: Words, envelope: Envelope) -> bytes: ...


class BeforeData(Protocol):
    """Called when the server is ready for the letter and has not seen it: the fence."""

    async def __call__(self) -> bool: ...


class Connection(Protocol):
    """One conversation with the mail server, kept open over many letters."""

    async def send(self, sender: str, recipient: str, mime: bytes, fence: BeforeData) -> tuple[int, str]: ...


class Mailer(Protocol):
    """Opens conversations with the mail server."""

    def connection(self) -> AbstractAsyncContextManager[Connection]: ...


class Clock(Protocol):
    """The one place that knows what time it is."""

    def now(self) -> datetime: ...
