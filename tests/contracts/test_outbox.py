"""What every outbox promises about letters under way: every arrow of DELIVERY §2.3, and who may take it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Ending
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.errors import NotAllowedError, NotFoundError
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
    settled,
)


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


async def test_many_ends_are_recorded_at_once_each_with_its_own(database: Database) -> None:
    await opened(database, *(n * MINUTE for n in range(5)))
    worker = await enlisted(database)
    sent, refused, deferred, back, kept = await claims_of(database, worker, limit=5)
    plain = an_attempt(sent, Outcome.ACCEPTED, worker=worker, intended_at=NOW, n=1)
    endings = [
        Ending(claim=sent, state=MessageState.SENT, delivery=plain),
        Ending(claim=refused, state=MessageState.DEAD, delivery=an_attempt(refused, Outcome.REFUSED)),
        Ending(
            claim=deferred,
            state=MessageState.PENDING,
            due_at=NOW + MINUTE,
            delivery=an_attempt(deferred, Outcome.DEFERRED),
        ),
        Ending(claim=back, state=MessageState.PENDING),
        Ending(claim=replace(kept, token="another"), state=MessageState.SENT),
    ]

    async with database.write() as transaction:
        held = await transaction.outbox.settle(endings)
        assert await transaction.outbox.settle([]) == frozenset()

    assert held == {claim.message.id for claim in (sent, refused, deferred, back)}
    found = {message.id: message for message in await letters(database)}
    ended = [found[claim.message.id] for claim in (sent, refused, deferred, back, kept)]
    assert [(message.state, message.attempts, message.last_code) for message in ended] == [
        (MessageState.SENT, 1, 250),
        (MessageState.DEAD, 1, 550),
        (MessageState.PENDING, 1, 451),
        (MessageState.PENDING, 0, 0),
        (MessageState.CLAIMED, 0, 0),
    ]
    assert ended[2].due_at == NOW + MINUTE
    assert await attempts_at(database, sent.message.id) == [plain]


async def test_a_letter_cannot_end_twice_at_once(database: Database) -> None:
    await opened(database)
    ending = Ending(claim=await must_claim(database), state=MessageState.SENT)

    async with database.write() as transaction:
        with pytest.raises(ValueError, match="once at a time"):
            await transaction.outbox.settle([ending, ending])


async def test_a_reply_that_no_table_can_hold_is_kept_as_far_as_it_can(database: Database) -> None:
    """F21: a server's words may hold anything, and one letter must not keep its neighbours from ending."""
    await opened(database)
    claim = await must_claim(database)
    attempt = an_attempt(claim, Outcome.ACCEPTED, text="250 \0 \udc80 😀 'ok' \"{}")

    async with database.write() as transaction:
        ending = Ending(claim=claim, state=MessageState.SENT, delivery=attempt)
        assert await transaction.outbox.settle([ending])

    (found,) = await letters(database)
    assert found.last_reply == "250 \ufffd \ufffd 😀 'ok' \"{}"
    (record,) = await attempts_at(database, found.id)
    assert record.text == found.last_reply


async def test_letters_that_a_wrong_setting_killed_are_reopened(database: Database) -> None:
    """DELIVERY §2.8: a mis-set relay must not dead-letter ten thousand reminders."""
    await opened(database, *(n * MINUTE for n in range(3)))
    refused, sent, waiting = await claims_of(database, limit=3)
    await settled(database, refused, MessageState.DEAD, Outcome.REFUSED)
    await settled(database, sent, MessageState.SENT, Outcome.ACCEPTED)

    async with database.write() as transaction:
        ids = [claim.message.id for claim in (refused, sent, waiting)]
        assert await transaction.outbox.reopen([*ids, 404], NOW + MINUTE) == 1
        assert await transaction.outbox.reopen([], NOW) == 0

    found = {message.id: message for message in await letters(database)}[refused.message.id]
    assert (found.state, found.due_at, found.attempts) == (MessageState.PENDING, NOW + MINUTE, 1)


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
