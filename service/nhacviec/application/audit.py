"""What an auditor has to know of the database: the port, and the values that cross it (DELIVERY §2.15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from nhacviec.domain.delivery import MessageState
from nhacviec.domain.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many there are of something.

    Args:
        many: how many.
        oldest: since when the one that has waited longest waits; None when there is none.
    """

    many: int = 0
    oldest: datetime | None = None

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self.many > 0


NOTHING = Count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A worker and what it has under way."""

    worker: Worker
    letters: int


class Audit(Protocol):
    """Questions about the whole database, each cheap however many letters were sent, but for ``counts``."""

    async def ungathered(self, before: datetime) -> Count:
        """Occurrences whose instant came before a moment and was not attended to."""

    async def unaddressed(self) -> Count:
        """Reminders that are to be sent and belong to no message."""

    async def owed(self, due_by: datetime, slot_before: datetime | None = None) -> Count:
        """Letters that wait, are not held, and may be tried by a moment; by their slots."""

    async def held(self) -> Count:
        """Letters that a human holds back, by their slots."""

    async def undecided(self) -> Mapping[MessageState, Count]:
        """The ``DEAD`` letters and the ``UNCERTAIN`` ones, by their slots; both are named."""

    async def owners(self) -> Sequence[Owner]:
        """Workers that have letters under way, by number."""

    async def workers(self, since: datetime) -> Sequence[Worker]:
        """Workers that have not ended and gave a sign of life since a moment, by number."""

    async def too_many_copies(self) -> Count:
        """Letters that were taken more often than their ambiguous attempts explain (P2), by their slots."""

    async def too_ambiguous(self) -> Count:
        """Letters with more ambiguous attempts than are made without a human (P2), by their slots."""

    async def last_sent(self) -> datetime | None:
        """When a server last took a letter; None when none of the newest attempts tells."""

    async def log_bytes(self) -> int:
        """How much waits in the log beside a SQLite file, in bytes; 0 for a server (F44)."""

    async def counts(self) -> Mapping[str, int]:
        """How many messages are in each state; every state is named.

        The one question whose cost grows with the letters sent: for people who ask, not for every audit.
        """
