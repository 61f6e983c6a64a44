"""The outbox in tables: every arrow of DELIVERY §2.3 is one guarded UPDATE."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, Text, cast, func, select, update

from nhacviec.adapters.database import claiming, promises, rows, settling
from nhacviec.adapters.database.access import Access, chunks
from nhacviec.adapters.database.asking import Reading, among, listed
from nhacviec.adapters.database.values import (
    REMINDER_VALUES,
    delivery_columns,
    delivery_of,
    message_columns,
    message_of,
    record_of,
    reminder_columns,
)
from nhacviec.application.records import Claim, DeliveryRecord, Ending, Frozen, ReminderRecord
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.errors import NotAllowedError, NotFoundError
from nhacviec.domain.message import Message, Reminder, Slot
from nhacviec.domain.reminder import Reason, Verdict

_letter = rows.message.c

#: What a human may send on its way again, and what may be kept from going.
_RELEASABLE = (MessageState.PENDING, MessageState.DEAD, MessageState.UNCERTAIN)
_HOLDABLE = (MessageState.PENDING, MessageState.CLAIMED, MessageState.TRANSMITTING)

_in_order = itemgetter(1)


def _contents(dialect: str) -> Select[Any]:
    said = rows.reminder.c
    # Under names of their own: both are columns of a record, or of every table.
    keys = (said.message.label("of_message"), said.id.label("number"))
    # As a text: nearly all are alike, and need not be parsed again.
    values = [cast(c, Text).label(c.name) if c is said.merged else c for c in reminder_columns()]
    return select(*keys, *values).where(among(said.message, dialect), said.verdict == Verdict.SEND)


_CONTENTS = Reading(_contents, REMINDER_VALUES)


@dataclass(frozen=True, slots=True)
class OutboxTable:
    """``application.ports.Outbox`` over tables.

    Args:
        access: the open transaction.
    """

    access: Access

    async def promise(self, messages: Mapping[Slot, Message], reminders: Sequence[Reminder]) -> int:
        """Record reminders, and the messages that sending them takes; returns how many are new."""
        return await promises.promise(self.access, messages, reminders)

    async def withdraw(self, occurrence: int, reason: Reason) -> int:
        """Take back what waits and is not written about an occurrence; returns how many messages ended."""
        return await promises.withdraw(self.access, occurrence, reason)

    async def claim(
        self, now: datetime, *, before: datetime | None, worker: int, limit: int
    ) -> Sequence[Claim]:
        """Take letters for a worker; nobody else gets them before it has let go, or is dead.

        Args:
            now: aware.
            before: leave alone what belongs to this instant or a later one.
            worker: by its number.
            limit: at most so many, escalations first (F69); among each, what has been due for longest.
        """
        return await claiming.claim(self.access, now, before=before, worker=worker, limit=limit)

    async def contents(self, messages: Sequence[int]) -> Mapping[int, Sequence[ReminderRecord]]:
        """Give the reminders that each message carries, in the order they went in."""
        found: dict[int, list[ReminderRecord]] = {message: [] for message in messages}
        rows_found = await _CONTENTS.ask(self.access, ids=listed(messages))
        for row in sorted(rows_found, key=_in_order):
            found[row[0]].append(record_of(row[2:]))
        return found

    async def freeze(self, letters: Sequence[Frozen]) -> None:
        """Keep letters as composed, under claims that hold, where no server may have seen others (P3)."""
        await settling.record(self.access, letters, [], [])

    async def intend(self, claims: Sequence[Claim]) -> frozenset[int]:
        """Mark that servers may have these from here on; those that are not returned must not go."""
        return await settling.record(self.access, [], [], claims)

    async def settle(self, endings: Sequence[Ending]) -> frozenset[int]:
        """Record how claims ended and let go of them; returns the messages whose claims held.

        Of the others nothing is recorded but what a server took: a late delivery, which ends the message
        if nobody has it.

        Raises:
            ValueError: two endings are about one message.
        """
        return await settling.settle(self.access, endings)

    async def record(
        self, letters: Sequence[Frozen], endings: Sequence[Ending], claims: Sequence[Claim]
    ) -> frozenset[int]:
        """Do ``freeze``, ``settle`` and ``intend`` in one go, which ends the transaction; whose claims held.

        Args:
            letters: to be kept.
            endings: to be settled.
            claims: to pass the fence.

        Raises:
            ValueError: two endings are about one message.
        """
        return await settling.record(self.access, letters, endings, claims, last=True)

    async def owners(self) -> Sequence[int]:
        """Give the workers that have letters under way, by number."""
        query = select(_letter.worker).where(claiming.UNDER_WAY).distinct().order_by(_letter.worker)
        return [row["worker"] for row in await self.access.rows(query)]

    async def rescue(self, worker: int, now: datetime) -> int:
        """Take back what a dead worker had under way; returns how many letters that were.

        What no server has seen waits again at once. What one may have seen was an ambiguous attempt.
        """
        return await settling.rescue(self.access, worker, now)

    async def reopen(self, messages: Sequence[int], now: datetime) -> int:
        """Let refused letters be tried again at once; returns how many that were."""
        reopened = 0
        for piece in chunks(sorted(messages)):
            dead = update(rows.message).where(_letter.id.in_(piece), _letter.state == MessageState.DEAD)
            reopened += await self.access.count(dead.values(state=MessageState.PENDING, due_at=now))
        if reopened:
            await self.access.ring()
        return reopened

    async def messages(self, states: frozenset[str], limit: int | None) -> Sequence[Message]:
        """Give messages in these states, or in any when none is named, by when they are due."""
        query = select(*message_columns()).order_by(_letter.due_at, _letter.id).limit(limit)
        if states:
            query = query.where(_letter.state.in_(sorted(states)))
        return [message_of(row) for row in await self.access.rows(query)]

    async def message(self, message: int) -> Message | None:
        """Give one message; None when there is no such."""
        row = await self.access.row(select(*message_columns()).where(_letter.id == message))
        return None if row is None else message_of(row)

    async def release(self, message: int, now: datetime) -> None:
        """Send a message on its way again that waits for a human, was refused, or is uncertain.

        Raises:
            NotFoundError: no such message.
            NotAllowedError: it is under way, went, or has nothing left to say.
        """
        again = {"state": MessageState.PENDING, "held": "", "due_at": now}
        await self._decide(message, _RELEASABLE, again)
        await self.access.ring()

    async def hold(self, message: int, reason: str) -> None:
        """Keep a message from going until a human releases it.

        Raises:
            NotFoundError: no such message.
            NotAllowedError: it has ended already.
        """
        await self._decide(message, _HOLDABLE, {"held": reason})

    async def deliveries(self, message: int) -> Sequence[DeliveryRecord]:
        """Give the attempts at a message, the first one first."""
        query = (
            select(*delivery_columns()).where(rows.delivery.c.message == message).order_by(rows.delivery.c.n)
        )
        return [delivery_of(row) for row in await self.access.rows(query)]

    async def counts(self) -> Mapping[str, int]:
        """Count the messages by state; every state is named."""
        query = select(_letter.state, func.count().label("many")).group_by(_letter.state)
        found = {row["state"]: row["many"] for row in await self.access.rows(query)}
        return {state.value: found.get(state.value, 0) for state in MessageState}

    async def _decide(
        self, message: int, allowed: Sequence[MessageState], changes: Mapping[str, Any]
    ) -> None:
        permitted = update(rows.message).where(_letter.id == message, _letter.state.in_(allowed))
        if await self.access.count(permitted.values(changes)) == 1:
            return
        state = await self.access.value(select(_letter.state).where(_letter.id == message))
        if state is None:
            raise NotFoundError(f"there is no message {message}: see nhacviec message list")
        raise NotAllowedError(
            f"message {message} is {state}: only what is {', '.join(sorted(allowed))} can be"
        )
