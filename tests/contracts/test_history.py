"""What every store of occurrences promises about what was said of them, and what happened to them."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Event, Filter
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.message import Line
from nhacviec.domain.occurrence import EventKind
from nhacviec.domain.reminder import Reason, Verdict
from tests.contracts.samples import (
    MINUTE,
    NOW,
    a_reminder,
    a_slot,
    an_occurrence,
    must_claim,
    promised,
    settled,
    stored,
)


async def test_stages_count_as_settled_in_the_revision_they_were_settled_in(database: Database) -> None:
    """S-50: a due date that has moved is spoken of anew."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    await promised(
        database,
        a_reminder(one, a_slot()),
        a_reminder(one, None, stage="-1d", verdict=Verdict.SUPERSEDED, reason=Reason.MORE_URGENT),
    )

    async with database.read() as transaction:
        occurrences = transaction.occurrences
        assert await occurrences.settled([one, two]) == {one.id: {"-7d", "-1d"}, two.id: frozenset()}
        assert await occurrences.settled([replace(one, revision=1)]) == {one.id: frozenset()}
        assert await occurrences.settled([]) == {}


async def test_reminders_say_what_was_decided_and_where_it_went(database: Database) -> None:
    (one,) = await stored(database)
    went = a_reminder(one, a_slot(), late=True, merged=("-1d", "0d"))
    await promised(database, went, a_reminder(one, None, stage="0d"))

    async with database.read() as transaction:
        sent, closed = await transaction.occurrences.reminders([one.id or 0])
        message = await transaction.outbox.message(sent.message or 0)

    assert message is not None
    assert message.key == a_slot().key
    assert (sent.email, sent.name, sent.late, sent.merged) == ("bithu@example.vn", "-7d", True, ("-1d", "0d"))
    assert (sent.verdict, sent.reason, sent.kind, sent.decided_at) == (
        went.verdict,
        went.reason,
        went.kind,
        NOW,
    )
    assert (closed.email, closed.kind, closed.message, closed.merged) == ("", None, None, ())


async def test_only_main_line_letters_that_went_are_counted(database: Database) -> None:
    """One letter that says two stages counts once; escalations and letters still waiting do not."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    later = a_slot(at=NOW + MINUTE)
    await promised(
        database,
        a_reminder(one, a_slot(), stage="-7d"),
        a_reminder(one, a_slot(), stage="-1d"),
        a_reminder(one, later, stage="0d"),
        a_reminder(one, a_slot(line=Line.ESCALATION), stage="e1"),
        a_reminder(two, later, stage="0d"),
    )
    for _ in range(2):
        assert await settled(database, await must_claim(database), MessageState.SENT, Outcome.ACCEPTED)

    async with database.read() as transaction:
        assert await transaction.occurrences.sent_counts([one.id or 0, two.id or 0]) == {one.id: 1}


async def test_history_is_appended_and_comes_in_order(database: Database) -> None:
    (one,) = await stored(database)
    opened = Event(occurrence=one.id or 0, kind=EventKind.OPENED, at=NOW, data={})
    told = replace(
        opened, kind=EventKind.REPORTED, by="văn thư", note="đã gửi", data={"number": "12-BC/ĐU", "n": 1}
    )

    async with database.write() as transaction:
        await transaction.occurrences.log([opened])
        await transaction.occurrences.log([told, opened])
        await transaction.occurrences.log([])

    async with database.read() as transaction:
        assert await transaction.occurrences.history(one.id or 0) == [opened, told, opened]
        assert await transaction.occurrences.history(404) == []


async def test_what_was_never_spoken_of_can_be_taken_away(database: Database) -> None:
    gone, stays = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    opened = Event(occurrence=gone.id or 0, kind=EventKind.OPENED, at=NOW, data={})
    async with database.write() as transaction:
        await transaction.occurrences.log([opened, replace(opened, occurrence=stays.id or 0)])

    async with database.write() as transaction:
        await transaction.occurrences.remove([gone.id or 0], NOW)
        await transaction.occurrences.remove([], NOW)

    async with database.read() as transaction:
        assert await transaction.occurrences.find(Filter()) == [stays]
        assert len(await transaction.occurrences.history(stays.id or 0)) == 1


async def test_what_was_spoken_of_cannot_be_taken_away(database: Database) -> None:
    """The reminder is the answer to "why did somebody write?"; it stays, and so does what it is about."""
    (one,) = await stored(database)
    await promised(database, a_reminder(one, a_slot()))

    async def remove() -> None:
        async with database.write() as transaction:
            await transaction.occurrences.remove([one.id or 0], NOW)

    with pytest.raises(IntegrityError):
        await remove()
