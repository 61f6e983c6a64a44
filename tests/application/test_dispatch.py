"""Dispatch: the queue goes over few kept lines, each letter once, and nobody waits for a slow neighbour."""

import asyncio
from email import message_from_bytes

import pytest
from sqlalchemy.exc import IntegrityError

from nhacviec.domain.delivery import MessageState
from tests.application.outages import Watched, change, look
from tests.application.sending import (
    Desk,
    Hand,
    Waiting,
    emails,
    letters,
    promised,
    reached,
    sending,
    states,
    under_way,
)
from tests.benchmarks.load import NOW

UNDER_WAY = "SELECT count(*) FROM message WHERE state IN ('claimed', 'transmitting')"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: object) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/nhacviec.db"


@pytest.fixture
def file(tmp_path: object) -> str:
    return f"sqlite:///{tmp_path}/nhacviec.db"


async def test_every_letter_goes_once_over_lines_that_are_kept(url: str) -> None:
    """P1, P2, §2.8: never more lines than are allowed, and no new one while an old one serves."""
    to = emails(60)
    await promised(url, to)
    async with Desk() as desk, sending(url, desk.url, lines=4) as service:
        dispatched = await service.dispatch(NOW)

        assert dispatched.states == {MessageState.SENT: 60}
        assert dispatched.unreachable == ""
        assert desk.to == dict.fromkeys(to, 1)
        assert desk.crowd <= 4
        assert desk.connections == desk.crowd
        known = {letter.message_id for letter in (await letters(service)).values()}
        assert {message_from_bytes(each.content)["Message-ID"] for each in desk.accepted} == known
        assert (await service.dispatch(NOW)).states == {}


async def test_no_more_is_claimed_than_two_letters_a_line(url: str) -> None:
    """F36: everybody is stuck at the dot; what others see claimed is at most twice the lines."""
    await promised(url, emails(40))
    waiting = Waiting()
    seen: list[int] = []

    async def at_dot(to: str, content: bytes) -> None:
        seen.append(look(url, UNDER_WAY)[0][0])
        await waiting(to, content)

    async with Desk(at_dot) as desk, sending(url, desk.url, lines=3) as service:
        async with under_way(service, waiting):
            await waiting.until(2)
            service.dispatch.stir()  # as a tick does
            await waiting.until(3)
            stuck = look(url, UNDER_WAY)[0][0]

        assert stuck <= 6
        assert max(seen) <= 6
        assert await states(service) == {"sent": 40}


async def test_lines_that_are_allowed_while_the_first_letters_are_slow_are_used(file: str) -> None:
    """§2.8: each line that opens allows more; nobody waits for a letter to end before that is seen."""
    await promised(file, emails(10))
    waiting = Waiting()
    async with Desk(waiting) as desk, sending(file, desk.url, lines=4) as service:
        async with under_way(service, waiting):
            await waiting.until(4)

        assert await states(service) == {"sent": 10}


async def test_a_slow_conversation_holds_up_nobody_else(file: str) -> None:
    """F36: one server process thinks for minutes; all others go meanwhile."""
    to = emails(15)
    await promised(file, to)
    waiting = Waiting(only=frozenset(to[:1]))
    async with Desk(waiting) as desk, sending(file, desk.url, lines=2) as service:
        async with under_way(service, waiting) as run:
            await waiting.until(1)
            await reached(lambda: len(desk.accepted) == 14)
            assert not run.done()

        assert await states(service) == {"sent": 15}


async def test_what_becomes_due_meanwhile_goes_at_once_when_it_is_told(file: str) -> None:
    """A run that waits for a slow server looks again when it is stirred."""
    to = emails(3)
    await promised(file, to)
    await change(file, "UPDATE message SET held = 'later' WHERE email <> ?", to[0])
    waiting = Waiting(only=frozenset(to[:1]))
    async with Desk(waiting) as desk, sending(file, desk.url) as service:
        async with under_way(service, waiting) as run:
            await waiting.until(1)
            await change(file, "UPDATE message SET held = ''")
            service.dispatch.stir()
            await reached(lambda: len(desk.accepted) == 2)
            assert not run.done()

        assert await states(service) == {"sent": 3}


async def test_who_stirs_while_a_claim_is_being_committed_is_heard(file: str) -> None:
    """A letter that is due just after the claim has looked is not left to the next tick."""
    to = emails(2)
    await promised(file, to)
    await change(file, "UPDATE message SET held = 'later' WHERE email = ?", to[1])
    waiting = Waiting(only=frozenset(to[:1]))
    async with Desk(waiting) as desk, sending(file, desk.url, lines=2) as service:
        service.dispatch.relay.opened()  # it has grown: one letter is fewer than there is room for
        service.dispatch.take.work = watched = Watched(service.database)

        async def after() -> None:
            await change(file, "UPDATE message SET held = ''")
            service.dispatch.stir()

        watched.once_after(after)
        async with under_way(service, waiting):
            await waiting.until(1)
            await reached(lambda: len(desk.accepted) == 1)

        assert await states(service) == {"sent": 2}


async def test_who_is_told_to_stop_finishes_what_is_in_hand_and_begins_no_more(file: str) -> None:
    """F04: new claims stop at once."""
    await promised(file, emails(20))
    waiting = Waiting()
    async with Desk(waiting) as desk, sending(file, desk.url, lines=2) as service:
        service.dispatch.going = lambda: not waiting.here
        async with under_way(service, waiting) as run:
            await waiting.until(1)
        dispatched = run.result()

        assert set(dispatched.states) == {MessageState.SENT}
        assert 1 <= dispatched.states[MessageState.SENT] <= 4
        assert await states(service) == {
            "sent": len(desk.accepted),
            "pending": 20 - len(desk.accepted),
        }


async def test_a_run_that_is_cut_short_leaves_nothing_to_a_worker_that_has_ended(url: str) -> None:
    """F05: what no server has waits again, what one may have is ambiguous; the next one sends it all."""
    to = emails(12)
    await promised(url, to)
    waiting = Waiting()
    async with Desk(waiting) as desk:
        async with sending(url, desk.url, lines=2) as service:
            run = asyncio.create_task(service.dispatch(NOW))
            await waiting.until(2)
            run.cancel()
            assert (await asyncio.gather(run, return_exceptions=True))[0].__class__ is asyncio.CancelledError
        assert look(url, UNDER_WAY) == [(0,)]
        assert look(url, "SELECT state, ambiguous, count(*) FROM message GROUP BY 1, 2 ORDER BY 2") == [
            ("pending", 0, 10),
            ("pending", 1, 2),
        ]
        waiting.open.set()
        hand = Hand()
        hand.turn(minutes=6)
        async with sending(url, desk.url, hand) as service:
            await service.dispatch(hand.at)
            assert await states(service) == {"sent": 12}


async def test_what_a_server_has_said_is_written_though_the_run_is_cut_short(file: str) -> None:
    """F05: only what is not known by then is ambiguous."""
    await promised(file, emails(1))
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def held_up() -> None:
        begun.set()
        await go_on.wait()

    async def at_dot(_to: str, _content: bytes) -> None:
        watched.once_before(held_up)

    async with Desk(at_dot) as desk, sending(file, desk.url, lines=1) as service:
        watched = service.dispatch.attempt.ledger.work = Watched(service.database)
        run = asyncio.create_task(service.dispatch(NOW))
        await begun.wait()
        run.cancel()
        asyncio.get_running_loop().call_later(0.1, go_on.set)
        with pytest.raises(asyncio.CancelledError):
            await run

        assert look(file, "SELECT state, ambiguous FROM message") == [("sent", 0)]


async def test_a_claim_that_fails_for_another_reason_leaves_no_letter_without_a_run(file: str) -> None:
    """P2: what is in hand ends before the run does, for the next one lets go of what it finds claimed."""
    to = emails(12)
    await promised(file, to)
    waiting = Waiting(only=frozenset(to[:1]))
    odd = (
        "WHEN NEW.state = 'claimed' AND NEW.email = 'bt0011@example.vn' BEGIN SELECT RAISE(ABORT, 'odd'); END"
    )
    await change(file, f"CREATE TRIGGER odd BEFORE UPDATE OF state ON message {odd}")
    async with Desk(waiting) as desk, sending(file, desk.url, lines=2) as service:
        run = asyncio.create_task(service.dispatch(NOW))
        await waiting.until(1)
        await reached(lambda: len(desk.accepted) >= 8)
        broken_off, _ = await asyncio.wait([run], timeout=0.5)
        waiting.open.set()
        with pytest.raises(IntegrityError, match="odd"):
            await run
        await change(file, "DROP TRIGGER odd")
        await service.dispatch(NOW)

        assert desk.to == dict.fromkeys(to, 1)
        assert await states(service) == {"sent": 12}
        assert not broken_off
