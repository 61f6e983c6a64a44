"""The stores that one transaction can reach; the database makes them of tables."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from nhacviec.application.definitions import CalendarDay, Definitions
from nhacviec.application.records import (
    Claim,
    DeliveryRecord,
    DutyMark,
    Ending,
    Event,
    Filter,
    Frozen,
    ReminderRecord,
)
from nhacviec.domain.chain import Head, Link
from nhacviec.domain.message import Message, Reminder, Slot
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.reminder import Reason
from nhacviec.domain.worker import Worker


class CatalogueStore(Protocol):
    """The catalogue in the database."""

    async def definitions(self) -> Definitions:
        """Every entry as its author wrote it; without the calendar's days."""

    async def days(self) -> Sequence[CalendarDay]:
        """The whole working calendar, by date."""

    async def version(self) -> int:
        """A number that rises with each save."""

    async def save(self, definitions: Definitions, days: Sequence[CalendarDay]) -> None:
        """Replace the whole catalogue; how far duties are planned stays."""

    async def marks(self) -> Mapping[str, DutyMark]:
        """How far each duty that was ever applied is planned, by code."""

    async def mark(self, marks: Sequence[DutyMark]) -> None:
        """Write marks; those of other duties stay."""

    async def value(self, key: str) -> str:
        """A value of the service itself; empty when it was never set."""

    async def peek(self, key: str) -> str:
        """The same without keeping others from changing it: for what is only looked at."""

    async def set_value(self, key: str, value: str) -> None:
        """Keep a value of the service itself."""


class Occurrences(Protocol):
    """Occurrences, their history and their reminders."""

    async def add(self, occurrences: Sequence[Occurrence]) -> int:
        """Insert what is not there yet; returns how many were new (S-30)."""

    async def ripe(self, now: datetime, limit: int) -> Sequence[Occurrence]:
        """Occurrences whose instant has come, the longest waiting first; locked for this transaction."""

    async def first_ripe(self, now: datetime) -> datetime | None:
        """The earliest instant that waits to be gathered; None when none does."""

    async def find(self, wanted: Filter) -> Sequence[Occurrence]:
        """The occurrences a filter means, by due date, unit and duty."""

    async def by_ids(self, ids: Sequence[int]) -> Sequence[Occurrence]:
        """Those rows, in any order."""

    async def save(self, occurrences: Sequence[Occurrence]) -> None:
        """Write everything that may change of these rows."""

    async def remove(self, ids: Sequence[int], at: datetime) -> None:
        """Take away occurrences of which nothing was ever said; what was told of one stays, and its end."""

    async def overrides(self) -> Mapping[tuple[str, str, str], date]:
        """Due dates that a human set, by duty, unit and period (S-32)."""

    async def settled(self, occurrences: Sequence[Occurrence]) -> Mapping[int, frozenset[str]]:
        """Per row the stages of its present revision that have a verdict."""

    async def reminders(self, ids: Sequence[int]) -> Sequence[ReminderRecord]:
        """Every reminder of these rows, as decided."""

    async def sent_counts(self, ids: Sequence[int]) -> Mapping[int, int]:
        """Per row how many main-line letters were sent."""

    async def log(self, events: Sequence[Event]) -> None:
        """Append to the history."""

    async def history(self, occurrence: int) -> Sequence[Event]:
        """The history of one occurrence, oldest first."""


class Chain(Protocol):
    """The history of all occurrences as it lies in the database, in the order it was told."""

    async def head(self) -> Head | None:
        """How far it should go; None where that is not kept any more."""

    async def links(self, behind: int | None, limit: int) -> Sequence[Link]:
        """Events by number, those behind one of them; whatever lies there is given."""


class Reports(Protocol):
    """What was reported last, of many occurrences at once."""

    async def last(self, occurrences: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """What the last report of each of these rows says; those never reported are not in it."""


class Outbox(Protocol):
    """Messages and deliveries."""

    async def promise(self, messages: Mapping[Slot, Message], reminders: Sequence[Reminder]) -> int:
        """Open messages or join those of their slots, record the reminders; returns how many are new."""

    async def withdraw(self, occurrence: int, reason: Reason) -> int:
        """Take back what was not yet written about an occurrence; returns how many messages ended."""

    async def claim(
        self, now: datetime, *, before: datetime | None, worker: int, limit: int
    ) -> Sequence[Claim]:
        """Take letters that are due and whose slots lie before an instant; escalations go ahead (F69)."""

    async def contents(self, messages: Sequence[int]) -> Mapping[int, Sequence[ReminderRecord]]:
        """The reminders that each message carries, in the order they went in; every message is named."""

    async def freeze(self, letters: Sequence[Frozen]) -> None:
        """Keep the words and bytes of claimed messages, where no server may have seen others (P3)."""

    async def intend(self, claims: Sequence[Claim]) -> frozenset[int]:
        """The fence: servers may have these from here on; returns the messages whose claims still hold."""

    async def settle(self, endings: Sequence[Ending]) -> frozenset[int]:
        """Record how attempts ended; returns the messages whose claims still held.

        What a server took although its claim was lost is recorded as late, and is not sent again while it
        still waits.
        """

    async def record(
        self, letters: Sequence[Frozen], endings: Sequence[Ending], claims: Sequence[Claim]
    ) -> frozenset[int]:
        """``freeze``, ``settle`` and ``intend`` in one go, which ends the transaction; whose claims held."""

    async def owners(self) -> Sequence[int]:
        """The workers that have letters under way."""

    async def rescue(self, worker: int, now: datetime) -> int:
        """Take back what a dead worker had under way; returns how many letters."""

    async def reopen(self, messages: Sequence[int], now: datetime) -> int:
        """Let refused letters be tried again: the server, not they, was at fault; returns how many."""

    async def messages(self, states: frozenset[str], limit: int | None) -> Sequence[Message]:
        """Messages in these states, all when empty, by slot."""

    async def message(self, message: int) -> Message | None:
        """One message; None when there is none."""

    async def release(self, message: int, now: datetime) -> None:
        """Let it be tried at once, whatever it waited for."""

    async def hold(self, message: int, reason: str) -> None:
        """Keep it from being tried."""

    async def deliveries(self, message: int) -> Sequence[DeliveryRecord]:
        """Every attempt, in order."""

    async def counts(self) -> Mapping[str, int]:
        """How many messages are in each state."""


class Workers(Protocol):
    """The processes that send: who they are, and when they were last heard of (DELIVERY §2.5)."""

    async def enlist(self, worker: Worker) -> int:
        """Enter a process under a number that nobody had before."""

    async def beat(self, worker: int, at: datetime) -> None:
        """A sign of life: its count of beats rises by one."""

    async def retire(self, worker: int) -> None:
        """It ends of its own will and has nothing under way."""

    async def find(self, workers: Sequence[int]) -> Sequence[Worker]:
        """These processes as they are entered, those that ended too."""
