"""Occurrences, reminders and messages that say only what a test is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Claim, DeliveryRecord, Ending, Filter, Frozen
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line, Message, Recipient, Reminder, Slot
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.reminder import Reason, Verdict
from nhacviec.domain.worker import Worker

NOW = datetime(2026, 4, 13, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SUBJECT = "Nhắc việc tháng 4"

_PLAIN = Occurrence(
    duty="BC-01",
    unit="CB-VP",
    period="2026-04",
    period_first=date(2026, 4, 1),
    period_last=date(2026, 4, 30),
    every="month",
    nominal=date(2026, 4, 20),
    due=date(2026, 4, 20),
    opened_at=NOW,
    speaks_from=NOW,
)


def an_occurrence(**given: Any) -> Occurrence:  # noqa: ANN401 -- any of its fields
    """The report of April; whatever else is given replaces its own."""
    return replace(_PLAIN, **given)


async def stored(database: Database, *occurrences: Occurrence) -> list[Occurrence]:
    """Add occurrences, by default one, and read them back with their ids."""
    async with database.write() as transaction:
        await transaction.occurrences.add(occurrences or [an_occurrence()])
        return list(await transaction.occurrences.find(Filter()))


def a_reader(email: str = "bithu@example.vn") -> Recipient:
    return Recipient(email=email, name="Bí thư Chi bộ", unit="Chi bộ Văn phòng", language="vi")


def a_slot(
    email: str = "bithu@example.vn", *, line: Line = Line.MAIN, at: datetime = NOW, about: str = ""
) -> Slot:
    return Slot(line=line, email=email, at=at, about=about)


def a_message(slot: Slot, **given: Any) -> Message:  # noqa: ANN401 -- any of its fields
    """A pending message of a slot; its Message-ID follows from the slot's key, as it does in the service."""
    message = Message(
        key=slot.key,
        message_id=f"<{slot.key.encode().hex()}@example.vn>",
        recipient=a_reader(slot.email),
        line=slot.line,
        kind=LetterKind.REMINDER,
        slot_at=slot.at,
        due_at=slot.at,
    )
    return replace(message, **given)


def a_reminder(occurrence: Occurrence, slot: Slot | None, **given: Any) -> Reminder:  # noqa: ANN401 -- any of its fields
    """A reminder that goes into a slot, or one that goes nowhere."""
    sends = slot is not None
    reminder = Reminder(
        occurrence=occurrence.id or 0,
        revision=occurrence.revision,
        stage="-7d",
        name="-7d" if sends else "",
        verdict=Verdict.SEND if sends else Verdict.CLOSED,
        reason=Reason.PLANNED if sends else Reason.REPORTED,
        decided_at=NOW,
        recipient=a_reader(slot.email) if slot else None,
        slot=slot,
        kind=LetterKind.REMINDER if sends else None,
    )
    return replace(reminder, **given)


async def promised(database: Database, *reminders: Reminder) -> int:
    """Promise reminders with the messages they need; says how many are new."""
    messages = {reminder.slot: a_message(reminder.slot) for reminder in reminders if reminder.slot}
    async with database.write() as transaction:
        return await transaction.outbox.promise(messages, reminders)


async def letters(database: Database) -> list[Message]:
    """Every message there is."""
    async with database.read() as transaction:
        return list(await transaction.outbox.messages(frozenset(), None))


def a_worker(**given: Any) -> Worker:  # noqa: ANN401 -- any of its fields
    """A process of some machine."""
    return replace(Worker(machine="máy-1", boot="b1", pid=71, started_at=NOW, beat_at=NOW), **given)


async def enlisted(database: Database, **given: Any) -> int:  # noqa: ANN401
    """Enter a process."""
    async with database.write() as transaction:
        return await transaction.workers.enlist(a_worker(**given))


async def claims_of(
    database: Database, worker: int | None = None, *, limit: int, now: datetime = NOW
) -> Sequence[Claim]:
    """Claim what is due, by default for a worker of its own."""
    worker = await enlisted(database) if worker is None else worker
    async with database.write() as transaction:
        return await transaction.outbox.claim(now, before=None, worker=worker, limit=limit)


async def claimed(database: Database, now: datetime = NOW) -> Claim | None:
    """Claim one letter that is due."""
    claims = await claims_of(database, limit=1, now=now)
    return claims[0] if claims else None


async def must_claim(database: Database, now: datetime = NOW) -> Claim:
    """Claim one letter that is due, and there is one."""
    claim = await claimed(database, now)
    assert claim is not None
    return claim


async def intended(database: Database, claim: Claim) -> bool:
    """Mark that the server may have it from here on."""
    async with database.write() as transaction:
        return await transaction.outbox.intend([claim]) == {claim.message.id}


def an_attempt(claim: Claim, outcome: Outcome, **given: Any) -> DeliveryRecord:  # noqa: ANN401 -- any of its fields
    """How an attempt ended, a minute after it began."""
    code = {Outcome.ACCEPTED: 250, Outcome.DEFERRED: 451, Outcome.REFUSED: 550}.get(outcome, 0)
    record = DeliveryRecord(
        message=claim.message.id,
        n=0,
        started_at=NOW,
        ended_at=NOW + MINUTE,
        stage="dot",
        code=code,
        text="máy chủ trả lời",
        outcome=outcome,
    )
    return replace(record, **given)


async def settled(
    database: Database,
    claim: Claim,
    state: MessageState,
    outcome: Outcome | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Record how a claim ended."""
    attempt = None if outcome is None else an_attempt(claim, outcome)
    async with database.write() as transaction:
        ending = Ending(claim=claim, state=state, due_at=due_at, delivery=attempt)
        return await transaction.outbox.settle([ending]) == {claim.message.id}


async def opened(database: Database, *ages: timedelta, **given: object) -> None:
    """Messages of one reader each, due so long ago."""
    async with database.write() as transaction:
        for n, age in enumerate(ages or (timedelta(),)):
            slot = a_slot(f"nguoi{n}@example.vn", at=NOW - age)
            await transaction.outbox.promise({slot: a_message(slot, **given)}, [])


async def frozen(database: Database, claim: Claim, mime: bytes) -> bytes | None:
    """Keep the letter as composed; says what is kept in the end."""
    async with database.write() as transaction:
        letter = Frozen(claim=claim, subject=SUBJECT, mime=mime, kind=LetterKind.OVERDUE)
        await transaction.outbox.freeze([letter])
        kept = await transaction.outbox.message(claim.message.id)
    return kept.mime if kept else None


async def rescued(database: Database, now: datetime = NOW) -> int:
    """Take everybody who has letters under way for dead; says how many letters come back."""
    async with database.write() as transaction:
        owners = await transaction.outbox.owners()
        return sum([await transaction.outbox.rescue(owner, now) for owner in owners])


async def attempts_at(database: Database, message: int) -> Sequence[DeliveryRecord]:
    """Every attempt at a message."""
    async with database.read() as transaction:
        return await transaction.outbox.deliveries(message)
