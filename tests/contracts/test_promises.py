"""What every outbox promises about letters that are owed (P1, P4, P5, S-47)."""

import asyncio

import pytest

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Frozen
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.letter import LetterKind, Words
from nhacviec.domain.message import Line
from nhacviec.domain.reminder import Reason, Verdict
from tests.contracts.samples import (
    NOW,
    a_message,
    a_reader,
    a_reminder,
    a_slot,
    an_occurrence,
    claimed,
    letters,
    must_claim,
    promised,
    settled,
    stored,
)


async def test_a_promise_is_a_pending_message_with_its_reminder(database: Database) -> None:
    (one,) = await stored(database)

    assert await promised(database, a_reminder(one, a_slot())) == 1

    (message,) = await letters(database)
    expected = a_message(a_slot())
    assert (message.key, message.message_id) == (expected.key, expected.message_id)
    assert (message.state, message.recipient, message.kind) == (
        MessageState.PENDING,
        a_reader(),
        LetterKind.REMINDER,
    )
    assert (message.slot_at, message.due_at, message.mime, message.sent_at) == (NOW, NOW, None, None)
    async with database.read() as transaction:
        (reminder,) = (await transaction.outbox.contents([message.id]))[message.id]
    assert (reminder.occurrence, reminder.stage, reminder.message) == (one.id, "-7d", message.id)


async def test_the_same_promise_again_promises_nothing(database: Database) -> None:
    """P5, W2: also when the letter has gone meanwhile."""
    (one,) = await stored(database)
    reminders = (a_reminder(one, a_slot()), a_reminder(one, None, stage="0d"))
    await promised(database, *reminders)

    assert await promised(database, *reminders) == 0
    await settled(database, await must_claim(database), MessageState.SENT, Outcome.ACCEPTED)
    assert await promised(database, *reminders) == 0

    assert len(await letters(database)) == 1
    async with database.read() as transaction:
        assert len(await transaction.occurrences.reminders([one.id or 0])) == 2


async def test_reminders_of_one_slot_are_one_letter_also_when_they_come_one_after_the_other(
    database: Database,
) -> None:
    """S-47: one letter a morning, not five."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))

    assert await promised(database, a_reminder(one, a_slot())) == 1
    (alone,) = await letters(database)
    assert await promised(database, a_reminder(two, a_slot(), kind=LetterKind.OVERDUE)) == 0
    (together,) = await letters(database)

    assert (alone.kind, together.kind) == (LetterKind.REMINDER, LetterKind.DIGEST)
    async with database.read() as transaction:
        contents = (await transaction.outbox.contents([together.id]))[together.id]
    assert [reminder.occurrence for reminder in contents] == [one.id, two.id]


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        (Line.MAIN, LetterKind.OVERDUE, LetterKind.OVERDUE),
        (Line.ESCALATION, LetterKind.ESCALATION, LetterKind.ESCALATION),
        (Line.NOTICE, LetterKind.RECEIPT, LetterKind.RECEIPT),
    ],
)
async def test_two_stages_of_one_occurrence_are_no_digest(
    database: Database, line: Line, kind: LetterKind, expected: LetterKind
) -> None:
    (one,) = await stored(database)
    slot = a_slot(line=line, about="receipt|1|0" if line is Line.NOTICE else "")

    await promised(database, a_reminder(one, slot, kind=kind), a_reminder(one, slot, kind=kind, stage="-1d"))

    assert [message.kind for message in await letters(database)] == [expected]


async def test_what_comes_up_after_the_letter_was_written_follows_in_another(database: Database) -> None:
    """Nothing is lost, and no letter is changed that somebody may have."""
    many = await stored(database, *(an_occurrence(unit=unit) for unit in "ABCDE"))
    await promised(database, a_reminder(many[0], a_slot()))
    claim = await must_claim(database)

    assert await promised(database, a_reminder(many[1], a_slot())) == 1
    assert await promised(database, a_reminder(many[2], a_slot())) == 0
    await settled(database, claim, MessageState.SENT, Outcome.ACCEPTED)
    await settled(database, await must_claim(database), MessageState.SENT, Outcome.ACCEPTED)
    assert await promised(database, a_reminder(many[3], a_slot()), a_reminder(many[4], a_slot())) == 1

    found = sorted(await letters(database), key=lambda message: message.id)
    root = a_message(a_slot())
    assert [message.key for message in found] == [root.key, f"{root.key}|2", f"{root.key}|3"]
    stem = root.message_id.removesuffix("@example.vn>")
    assert [message.message_id for message in found] == [
        root.message_id,
        f"{stem}.2@example.vn>",
        f"{stem}.3@example.vn>",
    ]
    assert found[2].state is MessageState.PENDING


async def test_a_letter_once_written_takes_no_more_reminders(database: Database) -> None:
    """A server that put it off has seen it; what comes up then follows in a letter of its own."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    await promised(database, a_reminder(one, a_slot()))
    claim = await must_claim(database)
    words = Words(subject="Nhắc việc", text="", html="")
    async with database.write() as transaction:
        letter = Frozen(claim=claim, subject=words.subject, mime=b"written", kind=LetterKind.REMINDER)
        await transaction.outbox.freeze([letter])
    await settled(database, claim, MessageState.PENDING, Outcome.DEFERRED, due_at=NOW)

    assert await promised(database, a_reminder(two, a_slot())) == 1


async def test_what_waits_for_a_human_is_held_from_the_start(database: Database) -> None:
    (one,) = await stored(database)
    slot = a_slot()
    async with database.write() as transaction:
        await transaction.outbox.promise({slot: a_message(slot, held="form")}, [a_reminder(one, slot)])

    assert await claimed(database) is None
    assert [message.held for message in await letters(database)] == ["form"]


async def test_many_who_promise_into_one_slot_at_once_make_one_letter(database: Database) -> None:
    many = await stored(database, *(an_occurrence(unit=f"U{n}") for n in range(8)))

    new = await asyncio.gather(*(promised(database, a_reminder(each, a_slot())) for each in many))

    assert sum(new) == 1
    (message,) = await letters(database)
    async with database.read() as transaction:
        assert len((await transaction.outbox.contents([message.id]))[message.id]) == 8
    assert message.kind is LetterKind.DIGEST


async def test_work_reported_before_the_letter_went_is_not_written_about(database: Database) -> None:
    """P4: superseded, with the fact that did it."""
    (one,) = await stored(database)
    await promised(database, a_reminder(one, a_slot()))

    async with database.write() as transaction:
        assert await transaction.outbox.withdraw(one.id or 0, Reason.REPORTED) == 1
        assert await transaction.outbox.withdraw(one.id or 0, Reason.REPORTED) == 0

    assert await claimed(database) is None
    assert [message.state for message in await letters(database)] == [MessageState.SUPERSEDED]
    async with database.read() as transaction:
        (reminder,) = await transaction.occurrences.reminders([one.id or 0])
    assert (reminder.verdict, reminder.reason, reminder.message) == (
        Verdict.SUPERSEDED,
        Reason.REPORTED,
        None,
    )


async def test_a_digest_without_one_of_its_two_is_a_letter_about_the_other(database: Database) -> None:
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    await promised(database, a_reminder(one, a_slot()), a_reminder(two, a_slot(), kind=LetterKind.OVERDUE))

    async with database.write() as transaction:
        assert await transaction.outbox.withdraw(one.id or 0, Reason.DUE_MOVED) == 0

    (message,) = await letters(database)
    assert (message.state, message.kind) == (MessageState.PENDING, LetterKind.OVERDUE)
    async with database.read() as transaction:
        contents = await transaction.outbox.contents([message.id, 404])
        assert [each.occurrence for each in contents[message.id]] == [two.id]
        assert contents[404] == []


@pytest.mark.parametrize("state", [MessageState.CLAIMED, MessageState.SENT])
async def test_what_is_under_way_or_went_cannot_be_withdrawn(database: Database, state: MessageState) -> None:
    (one,) = await stored(database)
    await promised(database, a_reminder(one, a_slot()))
    claim = await must_claim(database)
    if state is MessageState.SENT:
        await settled(database, claim, state, Outcome.ACCEPTED)

    async with database.write() as transaction:
        assert await transaction.outbox.withdraw(one.id or 0, Reason.REPORTED) == 0

    assert [message.state for message in await letters(database)] == [state]


async def test_five_hundred_occurrences_with_three_readers_each_are_promised_together(
    database: Database,
) -> None:
    many = await stored(database, *(an_occurrence(unit=f"U{n:03}") for n in range(500)))
    slots = [a_slot(f"nguoi{n}@example.vn") for n in range(3)]

    assert await promised(database, *(a_reminder(each, slot) for each in many for slot in slots)) == 3

    async with database.read() as transaction:
        reminders = await transaction.occurrences.reminders([each.id or 0 for each in many])
    assert len(reminders) == 1500
