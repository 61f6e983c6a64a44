"""What a ledger writes in one go: letters kept, endings settled, the fence passed."""

import asyncio
from dataclasses import replace

import pytest

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Claim, Ending, Frozen
from nhacviec.domain.delivery import MessageState, Outcome
from tests.contracts.samples import (
    MINUTE,
    NOW,
    SUBJECT,
    an_attempt,
    attempts_at,
    claims_of,
    enlisted,
    letters,
    opened,
    settled,
)

MANY = 150


def a_letter(claim: Claim) -> Frozen:
    """The letter of a claim, as it would be composed."""
    mime = f"To: {claim.message.recipient.email}\r\n\r\nKính gửi đồng chí".encode()
    return Frozen(claim=claim, subject=SUBJECT, mime=mime, kind=claim.message.kind)


def sent(claim: Claim) -> Ending:
    """How it ends when the server takes it."""
    return Ending(claim=claim, state=MessageState.SENT, delivery=an_attempt(claim, Outcome.ACCEPTED))


async def test_letters_and_endings_of_many_are_written_at_once(database: Database) -> None:
    """More than one statement of SQLite has places for."""
    await opened(database, *(n * MINUTE for n in range(2 * MANY)))
    claims = await claims_of(database, limit=2 * MANY)
    done, going = claims[:MANY], claims[MANY:]
    async with database.write() as transaction:
        passed = await transaction.outbox.record([a_letter(c) for c in claims], [], done)
    assert passed == {claim.message.id for claim in done}

    async with database.write() as transaction:
        held = await transaction.outbox.record([], [sent(claim) for claim in done], going)

    assert held == {claim.message.id for claim in claims}
    kept = {message.id: message for message in await letters(database)}
    for claim in claims:
        message = kept[claim.message.id]
        assert (message.subject, message.mime) == (SUBJECT, a_letter(claim).mime)
        assert message.state is (MessageState.SENT if claim in done else MessageState.TRANSMITTING)
        assert [each.n for each in await attempts_at(database, message.id)] == [1] * (claim in done)


async def test_what_is_lost_is_not_written_whatever_goes_with_it(database: Database) -> None:
    """F48: one of them was rescued in the meantime; what a server took of it is on record all the same."""
    await opened(database, MINUTE, 2 * MINUTE)
    worker = await enlisted(database)
    first, second = await claims_of(database, worker, limit=2)
    assert await settled(database, first, MessageState.PENDING)

    async with database.write() as transaction:
        held = await transaction.outbox.record([a_letter(first)], [sent(first)], [second])

    assert held == {second.message.id}
    kept = {message.id: message for message in await letters(database)}
    assert kept[first.message.id].mime is None
    assert [each.outcome for each in await attempts_at(database, first.message.id)] == [Outcome.LATE]


async def test_two_endings_of_one_message_are_a_mistake(database: Database) -> None:
    await opened(database)
    (claim,) = await claims_of(database, limit=1)

    with pytest.raises(ValueError, match="ends once"):
        async with database.write() as transaction:
            await transaction.outbox.record([], [sent(claim), sent(claim)], [])


async def test_a_late_reply_and_the_claim_that_followed_count_on(database: Database) -> None:
    """F47, F48: whoever waits for the other's row numbers its attempt after the other's."""
    await opened(database)
    dead, alive = await enlisted(database), await enlisted(database)
    (lost,) = await claims_of(database, dead, limit=1)
    assert await settled(database, lost, MessageState.PENDING)
    (claim,) = await claims_of(database, alive, limit=1)
    late = sent(lost)
    assert late.delivery is not None
    late = replace(late, delivery=replace(late.delivery, worker=dead, started_at=NOW - MINUTE))

    async def write(ending: Ending) -> None:
        async with database.write() as transaction:
            await transaction.outbox.settle([ending])

    await asyncio.gather(write(late), write(sent(claim)))

    found = await attempts_at(database, claim.message.id)
    assert [each.n for each in found] == [1, 2]
    assert {each.outcome for each in found} == {Outcome.ACCEPTED, Outcome.LATE}
