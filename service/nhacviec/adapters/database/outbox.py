"""The outbox in tables: every arrow of DELIVERY §2.3 is one guarded UPDATE."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select, text, update
from sqlalchemy.engine import RowMapping

from nhacviec.adapters.database import promises, rows
from nhacviec.adapters.database.access import Access
from nhacviec.adapters.database.values import (
    LOST,
    delivery_columns,
    delivery_of,
    lost_attempt,
    message_columns,
    message_of,
    reminder_columns,
    reminder_of,
)
from nhacviec.application.records import Claim, DeliveryRecord, ReminderRecord
from nhacviec.domain.delivery import MessageState, Outcome, settle
from nhacviec.domain.errors import NotAllowedError, NotFoundError
from nhacviec.domain.letter import LetterKind, Words
from nhacviec.domain.message import Message, Reminder, Slot
from nhacviec.domain.reminder import Reason, Verdict

_letter = rows.message.c

#: Written out, and not as parameters: both engines match a partial index only by its very words.
_CLAIMABLE = (
    _letter.state == literal(MessageState.PENDING.value, literal_execute=True),
    _letter.held == literal("", literal_execute=True),
)
_UNDER_WAY = text("state IN ('claimed', 'transmitting')")

_FREE: dict[str, Any] = {"token": None, "lease_until": None}
#: What a human may send on its way again, and what may be kept from going.
_RELEASABLE = (MessageState.PENDING, MessageState.DEAD, MessageState.UNCERTAIN)
_HOLDABLE = (MessageState.PENDING, MessageState.CLAIMED, MessageState.TRANSMITTING)


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

    async def claim(self, now: datetime, *, before: datetime | None, lease_until: datetime) -> Claim | None:
        """Take the message that has been due for longest; nobody else gets it while the lease lasts.

        Args:
            now: aware.
            before: leave alone what belongs to this instant or a later one.
            lease_until: when another may take it over.
        """
        ready: list[ColumnElement[bool]] = [*_CLAIMABLE, _letter.due_at <= now]
        if before is not None:
            ready.append(_letter.slot_at < before)
        first = select(_letter.id).where(*ready).order_by(_letter.due_at, _letter.id).limit(1)
        # Equal to a scalar, not IN: PostgreSQL may evaluate the latter more than once, and claim two.
        chosen = self.access.locking(first, skip_locked=True).scalar_subquery()
        token = secrets.token_hex()
        taken = (
            update(rows.message)
            .where(_letter.id == chosen)
            .values(state=MessageState.CLAIMED, token=token, lease_until=lease_until)
            .returning(*message_columns())
        )
        row = await self.access.row(taken)
        return None if row is None else Claim(message=message_of(row), token=token)

    async def contents(self, message: int) -> Sequence[ReminderRecord]:
        """Give the reminders a message carries, in the order they went in."""
        said = rows.reminder.c
        query = select(*reminder_columns()).where(said.message == message, said.verdict == Verdict.SEND)
        return [reminder_of(row) for row in await self.access.rows(query.order_by(said.id))]

    async def freeze(self, claim: Claim, words: Words, mime: bytes, kind: LetterKind) -> bool:
        """Keep the letter as composed; False when the claim is lost.

        Bytes that a server may have taken never change (P3).
        """
        unseen = or_(_letter.ambiguous == 0, _letter.mime.is_(None))
        guard = (*_mine(claim, MessageState.CLAIMED), unseen)
        written = update(rows.message).where(*guard).values(subject=words.subject, mime=mime, kind=kind)
        return await self.access.count(written) == 1

    async def intend(self, claim: Claim, *, now: datetime, lease_until: datetime) -> bool:
        """Mark that the server may have it from here on; False when the claim is lost: do not send."""
        guard = (*_mine(claim, MessageState.CLAIMED), _letter.lease_until > now)
        meant = update(rows.message).where(*guard)
        changes = {
            "state": MessageState.TRANSMITTING,
            "attempts": _letter.attempts + 1,
            "lease_until": lease_until,
        }
        return await self.access.count(meant.values(changes)) == 1

    async def settle(
        self, claim: Claim, state: MessageState, due_at: datetime | None, delivery: DeliveryRecord | None
    ) -> bool:
        """Record how a claim ended and let go of it.

        Args:
            claim: as taken.
            state: what the message is from now on.
            due_at: when it may be tried next; None leaves it.
            delivery: the attempt, numbered here; None when there was none.

        Returns:
            False when the claim was lost meanwhile; then nothing is recorded.
        """
        changes: dict[str, Any] = {"state": state, **_FREE}
        if due_at is not None:
            changes["due_at"] = due_at
        if delivery is not None:
            changes |= _attempted(state, delivery)
        guard = _mine(claim, MessageState.CLAIMED, MessageState.TRANSMITTING)
        if await self.access.count(update(rows.message).where(*guard).values(changes)) != 1:
            return False
        if delivery is not None:
            await self._append(delivery)
        return True

    async def rescue(self, now: datetime) -> int:
        """Take over what a sender left behind when its lease ran out; returns how many that were.

        What no server has seen waits again. What one may have seen was an ambiguous attempt (W6-W8, W10).
        """
        columns = (_letter.id, _letter.key, _letter.state, _letter.ambiguous)
        query = select(*columns).where(_UNDER_WAY, _letter.lease_until <= now).order_by(_letter.lease_until)
        lost = await self.access.rows(self.access.locking(query, skip_locked=True))
        for row in lost:
            await self._rescue(row, now)
        return len(lost)

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

    async def _append(self, delivery: DeliveryRecord) -> None:
        """Append an attempt under the next number; the row of its message is locked by now."""
        last = select(func.coalesce(func.max(rows.delivery.c.n), 0)).where(
            rows.delivery.c.message == delivery.message
        )
        values = {column.name: getattr(delivery, column.name) for column in delivery_columns()}
        values["n"] = int(await self.access.value(last)) + 1
        await self.access.connection.execute(self.access.insert(rows.delivery).values(values))

    async def _rescue(self, row: RowMapping, now: datetime) -> None:
        changes: dict[str, Any] = {"state": MessageState.PENDING, **_FREE}
        if row["state"] == MessageState.TRANSMITTING:
            times = row["ambiguous"] + 1
            end = settle(Outcome.AMBIGUOUS, now=now, attempts=times, key=row["key"])
            changes |= {"state": end.state, "ambiguous": times, "last_code": 0, "last_reply": LOST}
            changes |= {} if end.due_at is None else {"due_at": end.due_at}
            await self._append(lost_attempt(row["id"], now))
        await self.access.connection.execute(
            update(rows.message).where(_letter.id == row["id"]).values(changes)
        )

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


def _mine(claim: Claim, *states: MessageState) -> tuple[ColumnElement[bool], ...]:
    """Say that a claim still holds: the token is its own, and the state one it left behind."""
    return _letter.id == claim.message.id, _letter.token == claim.token, _letter.state.in_(states)


def _attempted(state: MessageState, delivery: DeliveryRecord) -> dict[str, Any]:
    """What an attempt changes in its message."""
    changes: dict[str, Any] = {"last_code": delivery.code, "last_reply": delivery.text}
    if delivery.outcome is not Outcome.UNREACHABLE:
        # The intent counts a conversation; one that ended before it is counted here.
        changes["attempts"] = _letter.attempts + case((_letter.state == MessageState.CLAIMED, 1), else_=0)
    if delivery.outcome is Outcome.AMBIGUOUS:
        changes["ambiguous"] = _letter.ambiguous + 1
    if state is MessageState.SENT:
        changes["sent_at"] = delivery.ended_at
    return changes
