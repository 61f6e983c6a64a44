"""What every outbox promises about letters that are claimed: one worker each (P2, P3, P5)."""

import asyncio
from datetime import timedelta

import pytest

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Claim, Frozen
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line
from tests.contracts.samples import (
    MINUTE,
    NOW,
    SUBJECT,
    a_message,
    a_slot,
    claimed,
    claims_of,
    enlisted,
    frozen,
    intended,
    letters,
    must_claim,
    opened,
    rescued,
    settled,
)


async def escalated(database: Database, *ages: timedelta) -> None:
    """Escalations of one reader each, due so long ago."""
    async with database.write() as transaction:
        for n, age in enumerate(ages):
            slot = a_slot(f"phutrach{n}@example.vn", line=Line.ESCALATION, at=NOW - age)
            await transaction.outbox.promise({slot: a_message(slot)}, [])


async def test_what_has_been_due_for_longest_is_claimed_first(database: Database) -> None:
    await opened(database, MINUTE, 3 * MINUTE, 2 * MINUTE, -MINUTE)

    claims = await claims_of(database, limit=2)
    claims = [*claims, *await claims_of(database, limit=2)]

    assert [NOW - claim.message.due_at for claim in claims] == [3 * MINUTE, 2 * MINUTE, MINUTE]
    assert {claim.message.state for claim in claims} == {MessageState.CLAIMED}
    assert len({claim.token for claim in claims}) == 2
    assert await claimed(database) is None


async def test_escalations_go_ahead_and_nobody_starves(database: Database) -> None:
    """F69: three places in four, and the rest to whoever waits longest."""
    await opened(database, *(n * MINUTE for n in range(20, 30)))
    await escalated(database, *(n * MINUTE for n in range(10)))

    first, second, third = [await claims_of(database, limit=8) for _ in range(3)]

    for claims, escalations, waited in ((first, 6, (9, 29)), (second, 4, (3, 27))):
        lines = [claim.message.line for claim in claims]
        assert lines == [Line.ESCALATION] * escalations + [Line.MAIN] * (8 - escalations)
        heads = (claims[0], claims[escalations])
        assert tuple(NOW - head.message.due_at for head in heads) == tuple(n * MINUTE for n in waited)
    assert {claim.message.line for claim in third} == {Line.MAIN}


async def test_an_escalation_that_waits_longest_may_take_any_place(database: Database) -> None:
    """F69"""
    await opened(database, *(n * MINUTE for n in range(4)))
    await escalated(database, *(n * MINUTE for n in range(10, 16)))

    claims = await claims_of(database, limit=4)

    assert [NOW - claim.message.due_at for claim in claims] == [n * MINUTE for n in (15, 14, 13, 12)]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 64])
async def test_never_more_is_claimed_than_was_asked_for(database: Database, limit: int) -> None:
    """F36: claims are not hoarded."""
    await opened(database, *(n * MINUTE for n in range(9)))
    await escalated(database, *(n * MINUTE for n in range(9)))

    claims = await claims_of(database, limit=limit)

    assert len(claims) == min(limit, 18)
    assert len({claim.message.id for claim in claims}) == len(claims)


async def test_what_is_held_for_a_human_does_not_go_ahead(database: Database) -> None:
    await escalated(database, MINUTE, timedelta())
    held, other = sorted(await letters(database), key=lambda message: message.due_at)
    async with database.write() as transaction:
        await transaction.outbox.hold(held.id, "chờ ý kiến")

    assert [claim.message.id for claim in await claims_of(database, limit=4)] == [other.id]


async def test_a_slot_that_is_still_being_gathered_is_left_alone(database: Database) -> None:
    await opened(database, MINUTE)
    await escalated(database, MINUTE)
    worker = await enlisted(database)

    async with database.write() as transaction:
        claim = transaction.outbox.claim
        none = await claim(NOW, before=NOW - MINUTE, worker=worker, limit=4)
        both = await claim(NOW, before=NOW, worker=worker, limit=4)

    assert (len(none), len(both)) == (0, 2)


async def test_many_who_claim_at_once_never_share(database: Database) -> None:
    """P5: any number of daemons."""
    await opened(database, *(n * MINUTE for n in range(60)))
    await escalated(database, *(n * MINUTE for n in range(30)))
    workers = [await enlisted(database) for _ in range(4)]

    async def claim_all(worker: int) -> list[int]:
        mine: list[int] = []
        while claims := await claims_of(database, worker, limit=5):
            assert len(claims) <= 5
            mine += [claim.message.id for claim in claims]
        return mine

    shares = await asyncio.gather(*map(claim_all, workers))

    taken = [key for share in shares for key in share]
    assert len(taken) == len(set(taken)) == 90


async def test_a_letter_is_frozen_under_its_claim(database: Database) -> None:
    await opened(database)
    claim = await must_claim(database)

    assert await frozen(database, claim, b"bytes \x00\xff") == b"bytes \x00\xff"

    (found,) = await letters(database)
    assert (found.subject, found.kind) == (SUBJECT, LetterKind.OVERDUE)


async def test_each_letter_keeps_its_own_bytes(database: Database) -> None:
    await opened(database, *(n * MINUTE for n in range(5)))
    claims = await claims_of(database, limit=5)

    def named(claim: Claim) -> bytes:
        return claim.message.recipient.email.encode()

    async with database.write() as transaction:
        await transaction.outbox.freeze(
            [Frozen(claim=c, subject=SUBJECT, mime=named(c), kind=LetterKind.PACE) for c in claims]
        )
        await transaction.outbox.freeze([])

    assert {found.mime for found in await letters(database)} == {named(claim) for claim in claims}


async def test_bytes_that_a_server_may_have_taken_never_change(database: Database) -> None:
    """P3: all copies are the same; whoever claims again is given them."""
    await opened(database)
    claim = await must_claim(database)
    await frozen(database, claim, b"first")
    await intended(database, claim)
    await settled(database, claim, MessageState.PENDING, Outcome.AMBIGUOUS, due_at=NOW)

    again = await must_claim(database)

    assert again.message.mime == b"first"
    assert await frozen(database, again, b"second") == b"first"


async def test_a_letter_that_was_put_off_may_be_written_anew(database: Database) -> None:
    """It has not been delivered, and the facts may have changed (P4)."""
    await opened(database)
    claim = await must_claim(database)
    await frozen(database, claim, b"first")
    await settled(database, claim, MessageState.PENDING, Outcome.DEFERRED, due_at=NOW)

    assert await frozen(database, await must_claim(database), b"second") == b"second"


async def test_the_intent_counts_the_conversation_once(database: Database) -> None:
    await opened(database)
    claim = await must_claim(database)

    assert await intended(database, claim)
    assert not await intended(database, claim)

    (found,) = await letters(database)
    assert (found.state, found.attempts) == (MessageState.TRANSMITTING, 1)


async def test_the_fence_tells_which_letters_may_go(database: Database) -> None:
    """The others are somebody else's by now."""
    await opened(database, 3 * MINUTE, 2 * MINUTE, MINUTE)
    lost = await must_claim(database)
    await rescued(database)
    claims = await claims_of(database, limit=3)
    forged = Claim(message=claims[1].message, token="another")

    async with database.write() as transaction:
        assert await transaction.outbox.intend([]) == frozenset()
        assert await transaction.outbox.intend([lost, forged]) == frozenset()
        assert await transaction.outbox.intend([claims[2], forged]) == {claims[2].message.id}

    states = {found.id: found.state for found in await letters(database)}
    assert states[claims[2].message.id] is MessageState.TRANSMITTING
    assert states[claims[1].message.id] is MessageState.CLAIMED


async def test_a_lost_claim_changes_nothing(database: Database) -> None:
    """F06: whoever comes back after a rescue has no say any more."""
    await opened(database)
    lost = await must_claim(database)
    await rescued(database)
    theirs = await must_claim(database)

    assert await frozen(database, lost, b"stale") is None
    assert not await intended(database, lost)
    assert not await settled(database, lost, MessageState.DEAD, Outcome.REFUSED)

    async with database.read() as transaction:
        assert await transaction.outbox.deliveries(lost.message.id) == []
        assert await transaction.outbox.message(lost.message.id) == theirs.message
