"""A later stage takes the place of an earlier one that has not gone (DELIVERY §2.8, P1, P3, S-42)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.application.records import Claim, Frozen
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line, Message, Reminder, Slot
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.reminder import Reason, Verdict
from tests.contracts.samples import (
    MINUTE,
    NOW,
    SUBJECT,
    a_message,
    a_reminder,
    a_slot,
    an_occurrence,
    intended,
    letters,
    must_claim,
    promised,
    settled,
    stored,
)

DAY = timedelta(days=1)
LATER = NOW + DAY
TAKEN_BACK = (Verdict.SUPERSEDED, Reason.MORE_URGENT, None)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Either kind, with its tables."""
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    database = open_database(url, durable=False)
    await database.upgrade()
    yield database
    await database.close()


def first(one: Occurrence, slot: Slot | None = None, **given: object) -> Reminder:
    """The reminder that was promised first."""
    return a_reminder(one, slot or a_slot(), **given)


def second(one: Occurrence, slot: Slot | None = None, **given: object) -> Reminder:
    """The one of the next stage, a day later."""
    return a_reminder(one, slot or a_slot(at=LATER), stage="0d", kind=LetterKind.DUE_TODAY, **given)


async def fates(database: Database, one: Occurrence) -> dict[tuple[str, str], tuple[object, ...]]:
    """By stage and reader what became of each reminder."""
    async with database.read() as transaction:
        found = await transaction.occurrences.reminders([one.id or 0])
    return {(each.stage, each.email): (each.verdict, each.reason, each.message) for each in found}


async def by_slot(database: Database) -> dict[tuple[str, bool], Message]:
    """The messages, by reader and whether they are of the later slot."""
    found = await letters(database)
    return {(message.recipient.email, message.slot_at == LATER): message for message in found}


async def test_an_unsent_letter_is_superseded_by_that_of_the_next_stage(database: Database) -> None:
    """P1: it has ended, and says why."""
    (one,) = await stored(database)
    await promised(database, first(one))
    assert await promised(database, second(one)) == 1

    found = await by_slot(database)
    assert found["bithu@example.vn", False].state is MessageState.SUPERSEDED
    assert found["bithu@example.vn", True].state is MessageState.PENDING
    assert (await fates(database, one))["-7d", "bithu@example.vn"] == TAKEN_BACK


async def test_only_the_reader_of_the_next_stage_is_spared_the_earlier_one(database: Database) -> None:
    """Several readers: one who does not receive the later kind still gets the letter that is owed."""
    (one,) = await stored(database)
    deputy = a_slot("pho@example.vn")
    await promised(database, first(one), first(one, deputy))
    muted = a_reminder(one, None, stage="0d", verdict=Verdict.MUTED, reason=Reason.RECEIVES)
    await promised(database, second(one), muted)

    found = await by_slot(database)
    assert found["bithu@example.vn", False].state is MessageState.SUPERSEDED
    assert found["pho@example.vn", False].state is MessageState.PENDING


async def test_a_digest_keeps_what_no_later_stage_says(database: Database) -> None:
    """Several occurrences in one letter: it becomes a letter about the other, and of its kind."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    await promised(database, first(one), first(two, kind=LetterKind.PACE))
    await promised(database, second(one))

    digest = (await by_slot(database))["bithu@example.vn", False]
    assert (digest.state, digest.kind) == (MessageState.PENDING, LetterKind.PACE)
    assert (await fates(database, two))["-7d", "bithu@example.vn"][0] is Verdict.SEND


@pytest.mark.parametrize("line", [Line.ESCALATION, Line.NOTICE])
async def test_escalations_and_notices_are_never_overtaken_nor_do_they_overtake(
    database: Database, line: Line
) -> None:
    """S-47, S-70: each speaks for itself."""
    (one,) = await stored(database)
    other = a_slot(line=line, about="x")
    await promised(database, first(one), a_reminder(one, other, stage="k-1", kind=LetterKind.ESCALATION))
    more = a_slot(line=line, about="y", at=LATER)
    await promised(database, a_reminder(one, more, stage="k-2", kind=LetterKind.ESCALATION))
    assert {message.state for message in await letters(database)} == {MessageState.PENDING}
    await promised(database, second(one))

    assert [m.state for m in await letters(database) if m.line is line] == [MessageState.PENDING] * 2


async def test_what_was_said_by_an_earlier_due_date_is_overtaken_too(database: Database) -> None:
    """S-42: also those of an earlier revision."""
    (one,) = await stored(database)
    await promised(database, first(one))
    await promised(database, second(one, revision=1))

    assert (await by_slot(database))["bithu@example.vn", False].state is MessageState.SUPERSEDED


async def test_a_draft_that_waits_for_a_human_gives_way_to_the_next_draft(database: Database) -> None:
    """Whoever looks at drafts finds one about each matter, the right one."""
    (one,) = await stored(database)
    for reminder in (first(one), second(one)):
        assert reminder.slot is not None
        async with database.write() as transaction:
            await transaction.outbox.promise(
                {reminder.slot: a_message(reminder.slot, held="draft")}, [reminder]
            )

    states = [(m.state, m.held) for m in sorted(await letters(database), key=lambda m: m.slot_at)]
    assert states == [(MessageState.SUPERSEDED, "draft"), (MessageState.PENDING, "draft")]


async def put_off(database: Database, outcome: Outcome) -> Claim:
    """Try a letter and let the server put it off, or say nothing."""
    claim = await must_claim(database)
    async with database.write() as transaction:
        frozen = Frozen(claim=claim, subject=SUBJECT, mime=b"as it was", kind=LetterKind.DIGEST)
        await transaction.outbox.freeze([frozen])
    assert await intended(database, claim)
    assert await settled(database, claim, MessageState.PENDING, outcome, due_at=NOW + MINUTE)
    return claim


async def test_a_letter_that_was_put_off_is_overtaken_and_what_is_left_of_it_written_anew(
    database: Database,
) -> None:
    """4yz: nobody has it, so no copy differs from another (P3)."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    await promised(database, first(one), first(two))
    await put_off(database, Outcome.DEFERRED)
    await promised(database, second(one))

    digest = (await by_slot(database))["bithu@example.vn", False]
    assert (digest.state, digest.mime, digest.attempts) == (MessageState.PENDING, None, 1)
    assert (await fates(database, one))["-7d", "bithu@example.vn"] == TAKEN_BACK


async def test_a_letter_of_which_nobody_knows_goes_again_as_it_was(database: Database) -> None:
    """P2, P3: it may have been read; what is said of it stays on record."""
    (one,) = await stored(database)
    await promised(database, first(one))
    await put_off(database, Outcome.AMBIGUOUS)
    await promised(database, second(one))

    ambiguous = (await by_slot(database))["bithu@example.vn", False]
    assert (ambiguous.state, ambiguous.mime) == (MessageState.PENDING, b"as it was")


async def test_what_is_under_way_is_left_alone(database: Database) -> None:
    """P2: a claimed letter may be at the server this very moment."""
    (one,) = await stored(database)
    await promised(database, first(one))
    claim = await must_claim(database)
    await promised(database, second(one))

    assert (await by_slot(database))["bithu@example.vn", False].state is MessageState.CLAIMED
    assert await settled(database, claim, MessageState.SENT, Outcome.ACCEPTED)


async def test_the_same_promise_again_overtakes_nothing(database: Database) -> None:
    """P5: a second scheduler finds the work done, and the letter of the later stage alive."""
    (one,) = await stored(database)
    await promised(database, first(one))
    await promised(database, second(one))
    assert await promised(database, first(one), second(one)) == 0

    states = [m.state for m in sorted(await letters(database), key=lambda m: m.slot_at)]
    assert states == [MessageState.SUPERSEDED, MessageState.PENDING]


async def test_a_later_stage_in_the_slot_of_the_earlier_one_gets_a_letter_of_its_own(
    database: Database,
) -> None:
    """A message that has ended is never woken: what comes up follows in another."""
    (one,) = await stored(database)
    await promised(database, first(one))
    assert await promised(database, second(one, a_slot())) == 1

    states = [m.state for m in sorted(await letters(database), key=lambda m: m.id)]
    assert states == [MessageState.SUPERSEDED, MessageState.PENDING]


async def test_a_digest_that_was_put_off_asks_no_more_for_what_is_reported(database: Database) -> None:
    """P4, S-52: nobody has it, so it is written anew without what is done."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    await promised(database, first(one), first(two))
    await put_off(database, Outcome.DEFERRED)
    async with database.write() as transaction:
        assert await transaction.outbox.withdraw(one.id or 0, Reason.REPORTED) == 0

    (digest,) = await letters(database)
    assert (digest.state, digest.mime) == (MessageState.PENDING, None)
    assert (await fates(database, one))["-7d", "bithu@example.vn"] == (
        Verdict.SUPERSEDED,
        Reason.REPORTED,
        None,
    )
