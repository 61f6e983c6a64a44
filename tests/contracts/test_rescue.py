"""What every outbox promises when a worker dies, and when it was not dead after all (DELIVERY §2.5, §2.6)."""

from datetime import timedelta

import pytest

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Claim, Ending
from nhacviec.domain.delivery import MAX_AMBIGUOUS, MessageState, Outcome
from tests.contracts.samples import (
    MINUTE,
    NOW,
    an_attempt,
    attempts_at,
    claimed,
    claims_of,
    enlisted,
    intended,
    letters,
    must_claim,
    opened,
    rescued,
    settled,
)


async def test_what_no_server_has_seen_waits_again_at_once(database: Database) -> None:
    """W3-W5: no copy, no loss."""
    await opened(database)
    before = await letters(database)
    await must_claim(database)

    assert await rescued(database) == 1
    assert await rescued(database) == 0

    assert await letters(database) == before


async def test_only_what_was_the_dead_worker_s_is_taken_back(database: Database) -> None:
    await opened(database, *(n * MINUTE for n in range(6)))
    dead, alive = await enlisted(database), await enlisted(database)
    lost = await claims_of(database, dead, limit=3)
    kept = await claims_of(database, alive, limit=2)
    await intended(database, lost[0])
    await intended(database, kept[0])

    async with database.write() as transaction:
        assert await transaction.outbox.owners() == [dead, alive]
        assert await transaction.outbox.rescue(dead, NOW) == 3
        assert await transaction.outbox.owners() == [alive]

    states = {found.id: found.state for found in await letters(database)}
    assert [states[claim.message.id] for claim in lost] == [MessageState.PENDING] * 3
    assert [states[claim.message.id] for claim in kept] == [MessageState.TRANSMITTING, MessageState.CLAIMED]


async def test_what_a_server_may_have_seen_is_repeated_within_bounds_and_then_asked_about(
    database: Database,
) -> None:
    """W6-W8, P2: copies <= 1 + ambiguous attempts, and those are bounded."""
    await opened(database)
    seen = []
    claims = []
    for _ in range(MAX_AMBIGUOUS):
        claims.append(await must_claim(database, now=NOW + timedelta(days=1)))
        await intended(database, claims[-1])
        assert await rescued(database) == 1
        (found,) = await letters(database)
        seen.append((found.state, found.ambiguous, found.attempts, found.due_at))

    # Waiting teaches nothing: it was the sender who died, and the server is well.
    assert seen == [(MessageState.PENDING, 1, 1, NOW), (MessageState.UNCERTAIN, 2, 2, NOW)]
    records = await attempts_at(database, claims[0].message.id)
    assert [(record.n, record.outcome) for record in records] == [(n, Outcome.AMBIGUOUS) for n in (1, 2)]
    assert len({record.worker for record in records}) == 2
    assert all(record.intended_at for record in records)
    assert await claimed(database, now=NOW + timedelta(days=2)) is None


async def late(database: Database, claim: Claim, **given: object) -> None:
    """A worker that was taken for dead says that a server took its letter."""
    attempt = an_attempt(claim, Outcome.ACCEPTED, **given)
    ending = Ending(claim=claim, state=MessageState.SENT, delivery=attempt)
    async with database.write() as transaction:
        assert await transaction.outbox.settle([ending]) == frozenset()


@pytest.mark.parametrize("deaths", [1, 2])
async def test_what_went_after_all_is_not_sent_again(database: Database, deaths: int) -> None:
    """F07: a late acceptance is recorded, and ends a letter that nobody has; also an uncertain one."""
    await opened(database)
    claims = []
    for _ in range(deaths):
        claims.append(await must_claim(database, now=NOW + timedelta(days=1)))
        await intended(database, claims[-1])
        await rescued(database)

    await late(database, claims[-1])

    (found,) = await letters(database)
    assert (found.state, found.sent_at, found.last_code) == (MessageState.SENT, NOW + MINUTE, 250)
    records = await attempts_at(database, found.id)
    assert [record.outcome for record in records] == [Outcome.AMBIGUOUS] * deaths + [Outcome.LATE]


async def test_many_come_back_late_at_once(database: Database) -> None:
    """F07: a worker that was stopped wakes up with everything it had sent."""
    await opened(database, *(n * MINUTE for n in range(4)))
    claims = await claims_of(database, limit=4)
    await rescued(database)

    async with database.write() as transaction:
        endings = [
            Ending(
                claim=claim,
                state=MessageState.SENT,
                delivery=an_attempt(claim, Outcome.ACCEPTED, text="muộn"),
            )
            for claim in claims
        ]
        assert await transaction.outbox.settle(endings) == frozenset()

    found = await letters(database)
    assert [(message.state, message.last_reply) for message in found] == [(MessageState.SENT, "muộn")] * 4


async def test_a_late_acceptance_leaves_another_s_claim_alone(database: Database) -> None:
    """F07: at most one extra copy, and every copy is known of."""
    await opened(database)
    lost = await must_claim(database)
    await rescued(database)
    theirs = await must_claim(database)

    await late(database, lost)

    (found,) = await letters(database)
    assert found == theirs.message
    assert await intended(database, theirs)
    assert await settled(database, theirs, MessageState.SENT, Outcome.ACCEPTED)
    records = await attempts_at(database, found.id)
    assert [(record.n, record.outcome) for record in records] == [(1, Outcome.LATE), (2, Outcome.ACCEPTED)]


async def test_to_record_an_end_twice_is_to_record_it_once(database: Database) -> None:
    """F47: the answer to a COMMIT got lost, so the same is said again."""
    await opened(database)
    worker = await enlisted(database)
    (claim,) = await claims_of(database, worker, limit=1)
    await intended(database, claim)
    attempt = an_attempt(claim, Outcome.ACCEPTED, worker=worker)
    async with database.write() as transaction:
        await transaction.outbox.settle([Ending(claim=claim, state=MessageState.SENT, delivery=attempt)])

    await late(database, claim, worker=worker)
    (found,) = await letters(database)
    assert len(await attempts_at(database, found.id)) == 1


async def test_what_comes_late_and_is_no_acceptance_says_nothing(database: Database) -> None:
    await opened(database)
    lost = await must_claim(database)
    await rescued(database)

    assert not await settled(database, lost, MessageState.PENDING, Outcome.AMBIGUOUS)

    assert await attempts_at(database, lost.message.id) == []
