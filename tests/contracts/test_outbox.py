"""What every outbox promises about letters under way: every arrow of DELIVERY §2.3, and who may take it."""

import asyncio
from datetime import timedelta

import pytest

from nhacviec.adapters.database.engine import Database
from nhacviec.application.ports import Claim
from nhacviec.domain.delivery import AMBIGUOUS_WAIT, MAX_AMBIGUOUS, MessageState, Outcome
from nhacviec.domain.errors import NotAllowedError, NotFoundError
from nhacviec.domain.letter import LetterKind, Words
from tests.contracts.samples import (
    LEASE,
    MINUTE,
    NOW,
    a_message,
    a_slot,
    an_attempt,
    claimed,
    intended,
    letters,
    must_claim,
    settled,
)

WORDS = Words(subject="Nhắc việc tháng 4", text="", html="")


async def opened(database: Database, *ages: timedelta, **given: object) -> None:
    """Messages of one reader each, due so long ago."""
    async with database.write() as transaction:
        for n, age in enumerate(ages or (timedelta(),)):
            slot = a_slot(f"nguoi{n}@example.vn", at=NOW - age)
            await transaction.outbox.promise({slot: a_message(slot, **given)}, [])


async def frozen(database: Database, claim: Claim, mime: bytes) -> bool:
    async with database.write() as transaction:
        return await transaction.outbox.freeze(claim, WORDS, mime, LetterKind.OVERDUE)


async def rescued(database: Database, after: timedelta = timedelta()) -> int:
    async with database.write() as transaction:
        return await transaction.outbox.rescue(LEASE + after)


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


@pytest.mark.parametrize(
    ("outcome", "state", "ambiguous", "code"),
    [
        (Outcome.ACCEPTED, MessageState.SENT, 0, 250),
        (Outcome.DEFERRED, MessageState.PENDING, 0, 451),
        (Outcome.REFUSED, MessageState.DEAD, 0, 550),
        (Outcome.AMBIGUOUS, MessageState.PENDING, 1, 0),
    ],
)
async def test_the_end_of_an_attempt_is_recorded_with_its_reply(
    database: Database, outcome: Outcome, state: MessageState, ambiguous: int, code: int
) -> None:
    await opened(database)
    claim = await must_claim(database)
    await intended(database, claim)
    due_at = NOW + MINUTE if state is MessageState.PENDING else None

    assert await settled(database, claim, state, outcome, due_at)
    assert not await settled(database, claim, state, outcome, due_at)

    (found,) = await letters(database)
    assert (found.state, found.attempts, found.ambiguous) == (state, 1, ambiguous)
    assert (found.last_code, found.last_reply, found.due_at) == (code, "máy chủ trả lời", due_at or NOW)
    assert found.sent_at == (NOW + MINUTE if state is MessageState.SENT else None)
    async with database.read() as transaction:
        (record,) = await transaction.outbox.deliveries(found.id)
    assert record == an_attempt(claim, outcome, n=1)


@pytest.mark.parametrize(("outcome", "attempts"), [(Outcome.DEFERRED, 1), (Outcome.UNREACHABLE, 0)])
async def test_a_conversation_that_ends_before_the_intent_counts_if_there_was_one(
    database: Database, outcome: Outcome, attempts: int
) -> None:
    """Waits grow with conversations (DELIVERY §2.8); an unreachable server costs no letter its attempts."""
    await opened(database)

    await settled(database, await must_claim(database), MessageState.PENDING, outcome)

    (found,) = await letters(database)
    assert found.attempts == attempts


async def test_a_claim_can_be_given_back_as_if_nothing_had_been(database: Database) -> None:
    await opened(database)
    before = await letters(database)

    assert await settled(database, await must_claim(database), MessageState.PENDING)

    assert await letters(database) == before
    assert await claimed(database) is not None


async def test_attempts_are_numbered_and_none_is_forgotten(database: Database) -> None:
    await opened(database)
    for outcome in (Outcome.DEFERRED, Outcome.AMBIGUOUS):
        await settled(database, await must_claim(database), MessageState.PENDING, outcome)
    claim = await must_claim(database)
    await settled(database, claim, MessageState.SENT, Outcome.ACCEPTED)

    async with database.read() as transaction:
        records = await transaction.outbox.deliveries(claim.message.id)
    assert [(record.n, record.outcome) for record in records] == [
        (1, Outcome.DEFERRED),
        (2, Outcome.AMBIGUOUS),
        (3, Outcome.ACCEPTED),
    ]


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
    for _ in range(MAX_AMBIGUOUS + 1):
        claim = await must_claim(database, now=NOW + timedelta(days=1))
        await intended(database, claim)
        assert await rescued(database) == 1
        (found,) = await letters(database)
        seen.append((found.state, found.ambiguous, found.due_at))

    again = LEASE + AMBIGUOUS_WAIT
    assert seen == [
        (MessageState.PENDING, 1, again),
        (MessageState.PENDING, 2, again),
        (MessageState.UNCERTAIN, 3, again),
    ]
    async with database.read() as transaction:
        records = await transaction.outbox.deliveries(first.id)
    assert [(record.n, record.outcome) for record in records] == [(n, Outcome.AMBIGUOUS) for n in (1, 2, 3)]
    assert await claimed(database, now=NOW + timedelta(days=2)) is None


async def test_a_human_holds_a_letter_and_lets_it_go(database: Database) -> None:
    await opened(database)
    (found,) = await letters(database)

    async with database.write() as transaction:
        await transaction.outbox.hold(found.id, "chờ ý kiến")
    assert await claimed(database) is None
    async with database.write() as transaction:
        await transaction.outbox.release(found.id, NOW + MINUTE)

    assert await claimed(database) is None
    claim = await must_claim(database, now=NOW + MINUTE)
    assert (claim.message.held, claim.message.due_at) == ("", NOW + MINUTE)


@pytest.mark.parametrize("state", [MessageState.DEAD, MessageState.UNCERTAIN])
async def test_what_was_given_up_can_be_tried_again(database: Database, state: MessageState) -> None:
    await opened(database)
    claim = await must_claim(database)
    await settled(database, claim, state, Outcome.REFUSED)

    async with database.write() as transaction:
        await transaction.outbox.release(claim.message.id, NOW)

    assert (await must_claim(database)).message.id == claim.message.id


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.SUPERSEDED])
async def test_what_has_ended_is_neither_held_nor_released(database: Database, state: MessageState) -> None:
    await opened(database)
    claim = await must_claim(database)
    await settled(database, claim, state)

    async with database.write() as transaction:
        with pytest.raises(NotAllowedError, match=state):
            await transaction.outbox.release(claim.message.id, NOW)
        with pytest.raises(NotAllowedError, match=state):
            await transaction.outbox.hold(claim.message.id, "chờ")


async def test_a_message_that_there_is_not_is_named(database: Database) -> None:
    async with database.write() as transaction:
        assert await transaction.outbox.message(404) is None
        with pytest.raises(NotFoundError, match="404"):
            await transaction.outbox.release(404, NOW)
        with pytest.raises(NotFoundError, match="404"):
            await transaction.outbox.hold(404, "chờ")


async def test_messages_are_listed_by_state_and_counted(database: Database) -> None:
    await opened(database, 2 * MINUTE, MINUTE, timedelta())
    await settled(database, await must_claim(database), MessageState.SENT, Outcome.ACCEPTED)

    async with database.read() as transaction:
        outbox = transaction.outbox
        pending = await outbox.messages(frozenset({"pending"}), None)
        counts = await outbox.counts()
        assert [found.due_at for found in pending] == [NOW - MINUTE, NOW]
        assert await outbox.messages(frozenset({"pending"}), 1) == pending[:1]
        assert len(await outbox.messages(frozenset(), None)) == 3
    assert counts == {state.value: 0 for state in MessageState} | {"pending": 2, "sent": 1}
