"""Attempt: one claimed letter goes to the mail server; what came of it is recorded (DELIVERY §2.3-§2.9)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nhacviec.application.compose import Compose, Workshop
from nhacviec.application.freshness import kept, not_before
from nhacviec.application.ledger import Ledger
from nhacviec.application.lines import Lines, Loan
from nhacviec.application.ports import BeforeData, Clock, Pace
from nhacviec.application.records import Claim, DeliveryRecord, Ending, Frozen
from nhacviec.application.relay import RESTING, Judged, Relay
from nhacviec.application.take import Taken
from nhacviec.application.troubles import Troubles
from nhacviec.domain.delivery import Meaning, MessageState, Outcome
from nhacviec.domain.errors import (
    DatabaseUnreachable,
    DeliveryDeferred,
    DeliveryError,
    NhacViecError,
    RuleError,
    ServerUnreachable,
)

log = logging.getLogger(__name__)

#: A letter that could not be composed waits so long, and after so many times it is set aside (F63).
COMPOSE_WAIT = timedelta(minutes=5)
MOST_COMPOSED = 3
#: Replies with which a server ends a conversation that has lasted long enough for it.
_HUNG_UP = (0, 421)


async def at_once() -> None:
    """No rate is set: nobody waits."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One letter, one recipient, one conversation (DELIVERY §2.2).

    Args:
        compose: says what a letter is written from.
        workshop: writes it.
        ledger: records intents and endings.
        lines: lends conversations.
        relay: judges what servers say.
        troubles: tells people of them, and holds the queue where that is called for.
        clock: when attempts began and ended.
        worker: the number of this one.
        sender: envelope sender; empty takes the organisation's.
        pace: awaited before each letter; keeps to the rate that the operator set.
        unreachable: why the last line that was wanted could not be had; empty once one could.
    """

    compose: Compose
    workshop: Workshop
    ledger: Ledger
    lines: Lines
    relay: Relay
    troubles: Troubles
    clock: Clock
    worker: Callable[[], int]
    sender: str = ""
    pace: Pace = at_once
    unreachable: str = field(default="", init=False)

    async def __call__(self, taken: Taken, now: datetime) -> MessageState | None:
        """Send it, if it is still to be sent; the state in which it ends, None when the claim was lost."""
        claim = taken.claim
        try:
            draft = self.compose.draft(taken.facts, now)
        except NhacViecError as error:
            return await self._set_aside(claim, now, error)
        if draft is None:
            return await self._end(Ending(claim=claim, state=MessageState.SUPERSEDED))
        if (start := self._not_before(taken, now)) > now:
            return await self._end(_waiting(claim, start))
        rest = self.relay.wait_for(claim.message.recipient.email.rpartition("@")[2])
        if rest:
            return await self._end(_waiting(claim, now + timedelta(seconds=rest)))
        try:
            subject, mime = await self.workshop(draft.letter, draft.envelope)
        except NhacViecError as error:
            return await self._set_aside(claim, now, error)
        letter = Frozen(
            claim=claim,
            subject=subject,
            mime=kept(claim.message, now) or mime,
            kind=draft.letter.kind,
        )
        await self.pace()
        return await self._send(letter, self.sender or draft.envelope.sender_email, now)

    def _not_before(self, taken: Taken, now: datetime) -> datetime:
        about = [subject.occurrence for subject in taken.facts.subjects]
        return not_before(taken.claim.message, about, taken.facts.planner.catalogue, now)

    async def _send(self, letter: Frozen, sender: str, now: datetime) -> MessageState | None:
        started = self.clock.now()
        fence = _Fence(self.ledger, letter, self.clock)
        claim = letter.claim
        try:
            code, text = await self._converse(letter, sender, fence)
            stage = "dot"
        except ServerUnreachable as error:
            return await self._unreached(claim, error, now)
        except DatabaseUnreachable:
            # The fence could not be recorded, so nothing went (F37); the claim is given back when it can be.
            return await self._end(_waiting(claim))
        except DeliveryError as error:
            code, text, stage = error.code, error.text, error.stage
        self.unreachable = ""
        judged = self.relay.judge(claim.message, code=code, text=text, stage=stage)
        _note(judged)
        if judged.lost:
            return None
        record = DeliveryRecord(
            message=claim.message.id,
            n=0,
            started_at=started,
            ended_at=self.clock.now(),
            stage=stage,
            code=code,
            text=text,
            outcome=judged.outcome,
            worker=self.worker(),
            intended_at=fence.passed_at,
        )
        return await self._conclude(letter, judged, record, now)

    async def _converse(self, letter: Frozen, sender: str, fence: BeforeData) -> tuple[int, str]:
        """Hand it over; where a line had been kept for too long, over a new one (F16)."""
        recipient = letter.claim.message.recipient.email
        fresh = False
        while True:
            line = await self.lines.borrow(fresh=fresh)
            used = line.letters > 0
            loan = Loan(self.lines, line)
            try:
                return await line.connection.send(sender, recipient, letter.mime, fence, loan.pass_on)
            except DeliveryDeferred as error:
                if not (used and error.stage == "mail" and error.code in _HUNG_UP):
                    raise
            finally:
                await loan.end()
            fresh = True

    async def _conclude(
        self, letter: Frozen, judged: Judged, record: DeliveryRecord, now: datetime
    ) -> MessageState | None:
        """Record what an answer means for the letter, and heed what it means for the others."""
        end = judged.settlement(now)
        tried = judged.outcome is Outcome.DEFERRED and record.intended_at is None
        ending = Ending(
            claim=letter.claim,
            state=end.state,
            due_at=end.due_at,
            delivery=record,
            letter=letter if tried else None,
        )
        held = await self.ledger.settle(ending)
        await self.troubles.heed(judged, now)
        return end.state if held else None

    async def _unreached(self, claim: Claim, error: ServerUnreachable, now: datetime) -> MessageState:
        """No line could be had: the letter keeps its attempts (DELIVERY §2.8)."""
        if error.stage != RESTING or not self.unreachable:
            self.unreachable = str(error)
        await self.troubles.tell(self.relay.failed(error), now)
        if not self.relay.capacity():
            self.lines.dismiss()
        return await self._end(_waiting(claim))

    async def _set_aside(self, claim: Claim, now: datetime, error: NhacViecError) -> MessageState:
        """A letter that cannot be composed stops itself, not its neighbours (F63)."""
        log.error("letter set aside", extra={"action": "compose_failed", "problem": str(error)})
        dead = isinstance(error, RuleError) or await self._composed_often(claim)
        record = DeliveryRecord(
            message=claim.message.id,
            n=0,
            started_at=now,
            ended_at=now,
            stage="compose",
            code=0,
            text=str(error),
            outcome=Outcome.REFUSED if dead else Outcome.DEFERRED,
            worker=self.worker(),
        )
        state = MessageState.DEAD if dead else MessageState.PENDING
        due_at = None if dead else now + COMPOSE_WAIT
        return await self._end(Ending(claim=claim, state=state, due_at=due_at, delivery=record))

    async def _composed_often(self, claim: Claim) -> bool:
        """Whether a template has had its chances; an address that is none gets better by no waiting."""
        async with self.ledger.work.read() as transaction:
            tried = await transaction.outbox.deliveries(claim.message.id)
        return sum(delivery.stage == "compose" for delivery in tried) + 1 >= MOST_COMPOSED

    async def _end(self, ending: Ending) -> MessageState:
        await self.ledger.settle(ending)
        return ending.state


@dataclass(slots=True)
class _Fence:
    """Passed once a letter's intent is on record; remembers when that was."""

    ledger: Ledger
    letter: Frozen
    clock: Clock
    passed_at: datetime | None = None

    async def __call__(self) -> bool:
        holds = await self.ledger.intend(self.letter)
        if holds:
            self.passed_at = self.clock.now()
        return holds


def _note(judged: Judged) -> None:
    """Log what became of a letter; that it was taken, as most are, stands in the database already."""
    level = logging.DEBUG if judged.meaning is Meaning.TAKEN else logging.INFO
    if log.isEnabledFor(level):
        told = {"action": f"message_{judged.meaning}", "key": judged.message.key}
        log.log(level, "message %s", judged.meaning, extra=told)


def _waiting(claim: Claim, due_at: datetime | None = None) -> Ending:
    """Nothing was begun: the message waits as before, or until an instant."""
    return Ending(claim=claim, state=MessageState.PENDING, due_at=due_at)
