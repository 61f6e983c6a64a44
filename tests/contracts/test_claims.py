"""What every outbox promises about letters under way: one sender each (P2, P3, P5)."""

import asyncio
from datetime import timedelta

import pytest

from nhacviec.adapters.database.engine import Database
from nhacviec.domain.delivery import AMBIGUOUS_WAIT, MAX_AMBIGUOUS, MessageState, Outcome
from nhacviec.domain.letter import LetterKind
from tests.contracts.samples import (
    LEASE,
    MINUTE,
    NOW,
    WORDS,
    claimed,
    frozen,
    intended,
    letters,
    must_claim,
    opened,
    rescued,
    settled,
)


async def test_what_has_been_due_for_longest_is_claimed_first(database: Database) -> None:
    await opened(database, MINUTE, 3 * MINUTE, 2 * MINUTE, -MINUTE)

    claims = [await must_claim(database) for _ in range(3)]

    assert [NOW - claim.message.due_at for claim in claims] == [3 * MINUTE, 2 * MINUTE, MINUTE]
    assert {claim.message.state for claim in claims} == {MessageState.CLAIMED}
    assert len({claim.token for claim in claims}) == 3
    assert await claimed(database) is None


async def test_a_slot_that_is_still_being_gathered_is_left_alone(database: Database) -> None:
    await opened(database, MINUTE)

    async with database.write() as transaction:
        none = await transaction.outbox.claim(NOW, before=NOW - MINUTE, lease_until=LEASE)
        one = await transaction.outbox.claim(NOW, before=NOW, lease_until=LEASE)

    assert (none, one is not None) == (None, True)


async def test_many_who_claim_at_once_never_share(database: Database) -> None:
    """P5: any number of daemons."""
    await opened(database, *(n * MINUTE for n in range(30)))

    async def claim_all() -> list[int]:
        mine = []
        while (claim := await claimed(database)) is not None:
            mine.append(claim.message.id)
        return mine

    shares = await asyncio.gather(*(claim_all() for _ in range(4)))

    taken = [key for share in shares for key in share]
    assert len(taken) == len(set(taken)) == 30


async def test_a_letter_is_frozen_under_its_claim(database: Database) -> None:
    await opened(database)
    claim = await must_claim(database)

    assert await frozen(database, claim, b"bytes \x00\xff")

    (found,) = await letters(database)
    assert (found.subject, found.mime, found.kind) == (WORDS.subject, b"bytes \x00\xff", LetterKind.OVERDUE)


async def test_bytes_that_a_server_may_have_taken_never_change(database: Database) -> None:
    """P3: all copies are the same."""
    await opened(database)
    claim = await must_claim(database)
    await frozen(database, claim, b"first")
    await intended(database, claim)
    await settled(database, claim, MessageState.PENDING, Outcome.AMBIGUOUS, due_at=NOW)

    assert not await frozen(database, await must_claim(database), b"second")

    assert [found.mime for found in await letters(database)] == [b"first"]


async def test_a_letter_that_was_put_off_may_be_written_anew(database: Database) -> None:
    """It has not been delivered, and the facts may have changed (P4)."""
    await opened(database)
    claim = await must_claim(database)
    await frozen(database, claim, b"first")
    await settled(database, claim, MessageState.PENDING, Outcome.DEFERRED, due_at=NOW)

    assert await frozen(database, await must_claim(database), b"second")


async def test_the_intent_counts_the_conversation_and_moves_the_lease(database: Database) -> None:
    await opened(database)
    claim = await must_claim(database)

    assert await intended(database, claim, lease_until=LEASE + MINUTE)
    assert not await intended(database, claim)

    (found,) = await letters(database)
    assert (found.state, found.attempts) == (MessageState.TRANSMITTING, 1)
    assert await rescued(database) == 0
    assert await rescued(database, MINUTE) == 1


async def test_nothing_is_sent_under_a_lease_that_has_run_out(database: Database) -> None:
    """The fence: somebody else may have it by now."""
    await opened(database)
    claim = await must_claim(database, lease_until=NOW)

    assert not await intended(database, claim)

    (found,) = await letters(database)
    assert found.attempts == 0


async def test_a_lost_claim_changes_nothing(database: Database) -> None:
    """Whoever comes back after a rescue has no say any more."""
    await opened(database)
    lost = await must_claim(database)
    await rescued(database)
    theirs = await must_claim(database, lease_until=LEASE + MINUTE)

    assert not await frozen(database, lost, b"stale")
    assert not await intended(database, lost)
    assert not await settled(database, lost, MessageState.SENT, Outcome.ACCEPTED)

    async with database.read() as transaction:
        assert await transaction.outbox.deliveries(lost.message.id) == []
        assert await transaction.outbox.message(lost.message.id) == theirs.message


@pytest.mark.parametrize(("outcome", "attempts"), [(Outcome.DEFERRED, 1), (Outcome.UNREACHABLE, 0)])
async def test_a_conversation_that_ends_before_the_intent_counts_if_there_was_one(
    database: Database, outcome: Outcome, attempts: int
) -> None:
    """Waits grow with conversations (DELIVERY §2.8); an unreachable server costs no letter its attempts."""
    await opened(database)

    await settled(database, await must_claim(database), MessageState.PENDING, outcome)

    (found,) = await letters(database)
    assert found.attempts == attempts


async def test_what_no_server_has_seen_waits_again_after_its_lease(database: Database) -> None:
    """W3-W5: no copy, no loss."""
    await opened(database)
    await must_claim(database)

    assert await rescued(database, -MINUTE) == 0
    assert await rescued(database) == 1

    (found,) = await letters(database)
    assert (found.state, found.attempts, found.ambiguous, found.due_at) == (MessageState.PENDING, 0, 0, NOW)


async def test_what_a_server_may_have_seen_is_repeated_within_bounds_and_then_asked_about(
    database: Database,
) -> None:
    """W6-W8, P2: copies <= 1 + ambiguous attempts, and those are bounded."""
    await opened(database)
    (first,) = await letters(database)
    seen = []
    for _ in range(MAX_AMBIGUOUS):
        claim = await must_claim(database, now=NOW + timedelta(days=1))
        await intended(database, claim)
        assert await rescued(database) == 1
        (found,) = await letters(database)
        seen.append((found.state, found.ambiguous, found.due_at))

    again = LEASE + AMBIGUOUS_WAIT
    assert seen == [
        (MessageState.PENDING, 1, again),
        (MessageState.UNCERTAIN, 2, again),
    ]
    async with database.read() as transaction:
        records = await transaction.outbox.deliveries(first.id)
    assert [(record.n, record.outcome) for record in records] == [(n, Outcome.AMBIGUOUS) for n in (1, 2)]
    assert await claimed(database, now=NOW + timedelta(days=2)) is None
