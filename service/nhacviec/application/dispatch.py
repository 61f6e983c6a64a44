"""Dispatch: messages that are due are claimed, composed, sent and settled (DELIVERY §2.3–§2.9)."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nhacviec.application.compose import Compose
from nhacviec.application.ports import Clock, Connection, Mailer, Pace, Transaction, Work
from nhacviec.application.records import Claim, DeliveryRecord
from nhacviec.domain.delivery import MessageState, Outcome, judge, settle
from nhacviec.domain.errors import (
    DeliveryAmbiguous,
    DeliveryError,
    NhacViecError,
    ServerUnreachable,
)
from nhacviec.domain.message import Message

log = logging.getLogger(__name__)

#: How long a claim is believed; longer than any conversation may take (RFC 5321 §4.5.3.2.6: 10 min).
LEASE = timedelta(minutes=11)


async def at_once() -> None:
    """No rate is set: nobody waits."""


@dataclass(slots=True)
class Dispatched:
    """What one run did.

    Args:
        states: how many messages ended in each state.
        unreachable: why no conversation could be begun; empty when one could, or none was needed.
    """

    states: Counter[MessageState] = field(default_factory=Counter)
    unreachable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A claimed message with the bytes to send and the envelope's sender."""

    message: Message
    mime: bytes
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One row, one recipient, one conversation; no transaction is open while a server thinks.

    If the process dies between the intent and the settlement the lease lapses and the message goes
    once more under the same Message-ID, counted as ambiguous: we may repeat ourselves, we never fall
    silent.
    """

    work: Work
    compose: Compose
    mailer: Mailer
    clock: Clock
    #: Envelope sender; empty takes the organisation's.
    sender: str = ""
    connections: int = 4
    #: Awaited before each letter; keeps to the rate that the operator set.
    pace: Pace = at_once
    #: Asked between two letters: whether to begin another; the letter in hand is always finished.
    going: Callable[[], bool] = lambda: True

    async def __call__(self, now: datetime) -> Dispatched:
        """Send everything that is due, over several conversations at once.

        Args:
            now: aware; the moment this run believes in.
        """
        dispatched = Dispatched()
        async with self.work.write() as transaction:
            await transaction.outbox.rescue(now)
            claim = await self._take(transaction, now)
        if claim is not None:
            others = (self._converse(None, now, dispatched) for _ in range(self.connections - 1))
            await asyncio.gather(self._converse(claim, now, dispatched), *others)
        return dispatched

    async def _converse(self, claim: Claim | None, now: datetime, dispatched: Dispatched) -> None:
        """One conversation, as long as there are letters; without one to begin with, none is opened."""
        claim = claim or (await self._claim(now) if self.going() else None)
        if claim is None or dispatched.unreachable:
            await self._release(claim)
            return
        try:
            async with self.mailer.connection() as connection:
                while claim is not None:
                    dispatched.states[await self._attempt(connection, claim, now)] += 1
                    claim = await self._claim(now) if self.going() else None
        except ServerUnreachable as error:
            dispatched.unreachable = str(error)
            await self._release(claim)

    async def _claim(self, now: datetime) -> Claim | None:
        async with self.work.write() as transaction:
            return await self._take(transaction, now)

    async def _take(self, transaction: Transaction, now: datetime) -> Claim | None:
        """A due message of a slot that gather has finished with."""
        before = await transaction.occurrences.first_ripe(now)
        return await transaction.outbox.claim(now, before=before, lease_until=now + LEASE)

    async def _release(self, claim: Claim | None) -> None:
        """Nothing was begun: the message keeps its attempts (DELIVERY §2.8)."""
        if claim is not None:
            async with self.work.write() as transaction:
                await transaction.outbox.settle(claim, MessageState.PENDING, claim.message.due_at, None)

    async def _attempt(self, connection: Connection, claim: Claim, now: datetime) -> MessageState:
        try:
            ready = await self._freeze(claim, now)
        except NhacViecError as error:
            return await self._stop(claim, now, error)
        if ready is None:
            return await self._settle(claim, MessageState.SUPERSEDED)
        return await self._send(connection, claim, ready, now)

    async def _freeze(self, claim: Claim, now: datetime) -> "_Ready | None":
        """Look at the facts anew; what was tried once goes again as it was (S-58, P3)."""
        async with self.work.write() as transaction:
            composed = await self.compose(transaction, claim.message, now)
            if composed is None:
                return None
            mime = claim.message.mime
            if mime is None or claim.message.attempts == 0:
                mime = composed.mime
                await transaction.outbox.freeze(claim, composed.words, mime, composed.kind)
            return _Ready(message=claim.message, mime=mime, sender=self.sender or composed.sender)

    async def _send(
        self, connection: Connection, claim: Claim, ready: "_Ready", now: datetime
    ) -> MessageState:
        async def fence() -> bool:
            async with self.work.write() as transaction:
                return await transaction.outbox.intend(claim, now=now, lease_until=now + LEASE)

        message = ready.message
        await self.pace()
        started = self.clock.now()
        try:
            code, text = await connection.send(ready.sender, message.recipient.email, ready.mime, fence)
            outcome, stage = judge(code, "dot"), "dot"
        except ServerUnreachable:
            raise
        except DeliveryError as error:
            code, text, stage = error.code, error.text, error.stage
            outcome = Outcome.AMBIGUOUS if isinstance(error, DeliveryAmbiguous) else judge(code, stage)
        attempts = message.ambiguous + 1 if outcome is Outcome.AMBIGUOUS else message.attempts + 1
        end = settle(outcome, now=now, attempts=attempts, key=message.key)
        record = DeliveryRecord(
            message=message.id,
            n=0,
            started_at=started,
            ended_at=self.clock.now(),
            stage=stage,
            code=code,
            text=text,
            outcome=outcome,
        )
        return await self._settle(claim, end.state, end.due_at, record)

    async def _stop(self, claim: Claim, now: datetime, error: NhacViecError) -> MessageState:
        """A letter that cannot be composed stops itself, not its neighbours (F63)."""
        log.error("letter set aside", extra={"action": "compose_failed", "problem": str(error)})
        record = DeliveryRecord(
            message=claim.message.id,
            n=0,
            started_at=now,
            ended_at=now,
            stage="compose",
            code=0,
            text=str(error),
            outcome=Outcome.REFUSED,
        )
        return await self._settle(claim, MessageState.DEAD, None, record)

    async def _settle(
        self,
        claim: Claim,
        state: MessageState,
        due_at: datetime | None = None,
        record: DeliveryRecord | None = None,
    ) -> MessageState:
        async with self.work.write() as transaction:
            await transaction.outbox.settle(claim, state, due_at, record)
        log.info("message %s", state, extra={"action": f"message_{state}", "key": claim.message.key})
        return state
