"""Take: letters are claimed with the facts they speak of, none while the queue is held, none in doubt."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nhacviec.application.holds import HoldKind, lift, put
from nhacviec.application.take import BATCH
from nhacviec.bootstrap import Service
from nhacviec.domain.errors import DatabaseUnreachable
from tests.application.outages import Watched, lost
from tests.application.sending import NOWHERE, Hand, emails, promised, sending, states
from tests.benchmarks.load import NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/nhacviec.db"


@pytest.fixture
async def service(url: str) -> AsyncIterator[Service]:
    await promised(url, emails(8))
    async with sending(url, NOWHERE) as service:
        yield service


async def test_so_many_are_taken_as_were_asked_for_each_once_with_its_facts(service: Service) -> None:
    """P4: what a letter would say is read in the transaction that claims it."""
    first = await service.dispatch.take(NOW, 3)
    second = await service.dispatch.take(NOW, 100)

    assert (len(first), len(second)) == (3, 5)
    numbers = {taken.claim.message.id for taken in (*first, *second)}
    assert len(numbers) == 8
    assert all(taken.facts.message == taken.claim.message and taken.facts.subjects for taken in first)
    assert await service.dispatch.take(NOW, 100) == []


async def test_never_more_are_taken_than_one_commit_may_carry(tmp_path: Path) -> None:
    """§2.5: what comes between two commits of the ledger stays short."""
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(BATCH + 6))
    async with sending(url, NOWHERE) as service:
        assert len(await service.dispatch.take(NOW, 1000)) == BATCH


async def test_a_claim_whose_answer_is_lost_is_let_go_of(service: Service) -> None:
    """F47: committed, but nobody was told: the next one takes all of it anew."""
    take = service.dispatch.take
    take.work = watched = Watched(service.database)
    watched.once_after(lost)
    with pytest.raises(DatabaseUnreachable):
        await take(NOW, 5)
    assert await states(service) == {"claimed": 5, "pending": 3}

    assert len(await take(NOW, 100)) == 8
    assert await states(service) == {"claimed": 8}


async def test_a_claim_that_was_never_made_costs_nothing(service: Service) -> None:
    """F47: nothing was committed; the next one takes all."""
    take = service.dispatch.take
    take.work = watched = Watched(service.database)
    watched.once_before(lost)
    with pytest.raises(DatabaseUnreachable):
        await take(NOW, 5)

    assert len(await take(NOW, 100)) == 8


async def test_what_is_in_hand_is_not_let_go_of_by_a_later_claim(service: Service) -> None:
    """P2: only a failed claim leaves doubt."""
    take = service.dispatch.take
    assert len(await take(NOW, 5)) == 5
    assert len(await take(NOW, 1)) == 1

    assert await states(service) == {"claimed": 6, "pending": 2}


async def test_a_doubt_outlives_a_hold(service: Service) -> None:
    """F47: the queue is held just after a claim whose answer was lost; released, all letters go."""
    take = service.dispatch.take
    take.work = watched = Watched(service.database)
    watched.once_after(lost)
    with pytest.raises(DatabaseUnreachable):
        await take(NOW, 5)
    async with service.database.write() as transaction:
        await put(transaction, HoldKind.OPERATOR, "so", NOW)
    assert await take(NOW, 100) == []
    async with service.database.write() as transaction:
        await lift(transaction, [HoldKind.OPERATOR])

    assert len(await take(NOW, 100)) == 8


async def test_it_is_told_once_when_the_queue_is_no_longer_held(service: Service) -> None:
    """F28: then the brake is free again."""
    told: list[int] = []
    take = service.dispatch.take
    take.lifted = lambda: told.append(1)
    await take(NOW, 1)
    async with service.database.write() as transaction:
        await put(transaction, HoldKind.OPERATOR, "so", NOW)
    await take(NOW, 1)
    await take(NOW, 1)
    assert told == []
    async with service.database.write() as transaction:
        await lift(transaction, [HoldKind.OPERATOR])
    await take(NOW, 1)
    await take(NOW, 1)

    assert told == [1]


async def test_nothing_is_taken_before_it_is_due(service: Service) -> None:
    """S-47: a letter waits for its moment."""
    before = Hand()
    assert await service.dispatch.take(before.turn(seconds=-1), 100) == []
