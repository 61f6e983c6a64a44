"""The ledger: intents and endings share commits, and what a server has said is kept (DELIVERY §2.5)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from nhacviec.application.ledger import PAUSES, Ledger
from nhacviec.application.records import Ending, Frozen
from nhacviec.bootstrap import Service
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.errors import DatabaseUnreachable
from tests.application.outages import Watched, change, lost, no_pause
from tests.application.sending import NOWHERE, emails, letters, promised, reached, sending, states
from tests.benchmarks.load import NOW

SUBJECT = "Nhắc việc"


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    postgresql = request.param == "postgresql"
    url = (
        str(request.getfixturevalue("postgresql_url")) if postgresql else f"sqlite:///{tmp_path}/nhacviec.db"
    )
    await promised(url, emails(12))
    async with sending(url, NOWHERE, lines=32) as service:
        yield service


async def claimed(service: Service, many: int = 12) -> list[Frozen]:
    """Letters claimed and written, as they come to the fence."""
    taken = await service.dispatch.take(NOW, many)
    return [
        Frozen(
            claim=each.claim, subject=SUBJECT, mime=b"Subject: x\r\n\r\nx\r\n", kind=each.claim.message.kind
        )
        for each in taken
    ]


def ending(letter: Frozen, state: MessageState = MessageState.PENDING) -> Ending:
    return Ending(claim=letter.claim, state=state)


def url_of(service: Service) -> str:
    return service.settings.database_url.get_secret_value()


async def forbid(service: Service, letter: Frozen, state: MessageState) -> None:
    """The database refuses this letter this state."""
    number = letter.claim.message.id
    if url_of(service).startswith("sqlite"):
        await change(
            url_of(service),
            f"CREATE TRIGGER odd BEFORE UPDATE ON message WHEN NEW.id = {number} AND NEW.state = '{state}' "
            "BEGIN SELECT RAISE(ABORT, 'odd'); END",
        )
        return
    rule = f"CHECK (NOT (id = {number} AND state = '{state}')) NOT VALID"
    await change(url_of(service), f"ALTER TABLE message ADD CONSTRAINT odd {rule}")


def told(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def tell() -> None:
        event.set()

    return tell


async def test_what_comes_up_during_a_commit_goes_into_the_next_one(service: Service) -> None:
    """§2.5: twelve intents are two commits: the first one's, and that of all who came meanwhile."""
    found = await claimed(service)
    ledger = Ledger(work=(watched := Watched(service.database)))
    first = asyncio.create_task(ledger.intend(found[0]))
    begun = asyncio.Event()
    watched.once_before(told(begun))
    await begun.wait()
    others = [asyncio.create_task(ledger.intend(each)) for each in found[1:]]

    assert await first
    assert all(await asyncio.gather(*others))
    assert watched.commits == 2
    assert await states(service) == {"transmitting": 12}


async def test_who_enters_an_intent_learns_of_it_when_it_is_committed_and_not_before(
    service: Service,
) -> None:
    """§2.5, the fence: at that moment somebody else sees it."""
    (letter, *_) = await claimed(service, 1)

    assert await service.dispatch.attempt.ledger.intend(letter)
    (kept,) = [each for each in (await letters(service)).values() if each.id == letter.claim.message.id]
    assert (kept.state, kept.mime, kept.subject) == ("transmitting", letter.mime, letter.subject)


async def test_intents_and_endings_share_a_commit_and_each_learns_its_own(service: Service) -> None:
    """§2.5: a claim that was lost is told to its own letter, in the same commit as others that held."""
    found = await claimed(service, 4)
    ledger = Ledger(work=(watched := Watched(service.database)))
    async with service.database.write() as transaction:
        await transaction.outbox.settle([ending(found[0]), ending(found[1])])

    results = await asyncio.gather(
        ledger.intend(found[0]),
        ledger.settle(ending(found[1])),
        ledger.intend(found[2]),
        ledger.settle(ending(found[3])),
    )
    assert tuple(results) == (False, False, True, True)
    assert watched.commits == 1


async def test_without_a_database_intents_fail_at_once_and_endings_are_tried_until_written(
    service: Service,
) -> None:
    """F37: what was not sent is not sent; what was said is kept, and the pauses grow."""
    found = await claimed(service, 2)
    watched = Watched(service.database, before=lost)
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            watched.before = None

    ledger = Ledger(work=watched, sleep=pause)
    intent, settled = await asyncio.gather(
        ledger.intend(found[0]), ledger.settle(ending(found[1])), return_exceptions=True
    )

    assert isinstance(intent, DatabaseUnreachable)
    assert settled is True
    assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert (await states(service))["claimed"] == 1


async def test_endings_are_written_in_the_order_in_which_they_came(service: Service) -> None:
    """F28: one that waits for the database goes before those that come after it."""
    found = await claimed(service, 3)
    watched = Watched(service.database, before=lost)
    order: list[int] = []

    async def pause(_seconds: float) -> None:
        if len(waiting) < 3:
            waiting.append(asyncio.create_task(settle(len(waiting))))
            await asyncio.sleep(0)
        else:
            watched.before = None

    async def settle(n: int) -> None:
        assert await ledger.settle(ending(found[n]))
        order.append(n)

    ledger = Ledger(work=watched, sleep=pause)
    waiting = [asyncio.create_task(settle(0))]
    await reached(lambda: len(order) == 3)
    assert order == [0, 1, 2]


async def test_an_entry_that_the_database_refuses_fails_by_itself(service: Service) -> None:
    """F63: those that share its commit are written all the same."""
    found = await claimed(service, 6)
    await forbid(service, found[2], MessageState.TRANSMITTING)
    ledger = Ledger(work=service.database)

    results = await asyncio.gather(*(ledger.intend(each) for each in found), return_exceptions=True)
    assert [result is True for result in results] == [True, True, False, True, True, True]
    assert not isinstance(results[2], DatabaseUnreachable | bool)
    assert (await states(service))["transmitting"] == 5
    # and: the ledger goes on
    assert await ledger.settle(ending(found[2]))


async def test_an_ending_that_the_database_refuses_fails_by_itself(service: Service) -> None:
    """F63: no other waits for it, and it is not tried for ever."""
    found = await claimed(service, 4)
    await forbid(service, found[1], MessageState.DEAD)
    ledger = Ledger(work=service.database)

    dead = MessageState.DEAD
    settled = asyncio.gather(*(ledger.settle(ending(each, dead)) for each in found), return_exceptions=True)
    results = await settled
    assert [result is True for result in results] == [True, False, True, True]
    assert (await states(service))["dead"] == 3
    await ledger.close()


async def test_who_no_longer_waits_has_its_ending_written_all_the_same(service: Service) -> None:
    """F05: told to stop in the middle: what a server has said is not lost."""
    (letter, *_) = await claimed(service, 1)
    ledger = Ledger(work=(watched := Watched(service.database)))
    begun = asyncio.Event()
    watched.once_before(told(begun))
    settling = asyncio.create_task(ledger.settle(ending(letter, MessageState.DEAD)))
    await begun.wait()
    settling.cancel()
    await ledger.close()

    assert settling.cancelled() or not settling.done()
    assert (await states(service))["dead"] == 1
    await asyncio.gather(settling, return_exceptions=True)


async def test_a_commit_whose_answer_is_lost_is_found_made(service: Service) -> None:
    """F47, W2: the ending is tried again and changes nothing a second time."""
    (letter, *_) = await claimed(service, 1)
    ledger = Ledger(work=(watched := Watched(service.database)), sleep=no_pause)
    watched.once_after(lost)

    assert await ledger.settle(ending(letter)) is False  # it holds no more: it was let go of
    assert await states(service) == {"pending": 12}
