"""Daemons hear of letters at once, and lose nothing where they do not (F51)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from nhacviec.adapters.database import bell
from nhacviec.adapters.database.bell import Bell
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.message import Line
from tests.contracts.samples import NOW, a_message, a_slot, claimed, must_claim, opened, settled


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[Database]:
    database = open_database(postgresql_url, durable=False)
    await database.upgrade()
    yield database
    await database.close()


class Ear:
    """Counts what it hears."""

    def __init__(self, heard: Bell) -> None:
        self._bell = heard
        self._rings: asyncio.Queue[None] = asyncio.Queue()

    async def listen(self) -> None:
        async for ring in self._bell:
            self._rings.put_nowait(ring)

    async def hears(self) -> None:
        async with asyncio.timeout(20):
            await self._rings.get()

    @property
    def silent(self) -> bool:
        return self._rings.empty()


@asynccontextmanager
async def listening(database: Database) -> AsyncIterator[Ear]:
    ear = Ear(Bell(database.url))
    task = asyncio.create_task(ear.listen())
    await ear.hears()  # as soon as it can be heard
    try:
        yield ear
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


async def promise(database: Database, email: str) -> None:
    slot = a_slot(email)
    async with database.write() as transaction:
        await transaction.outbox.promise({slot: a_message(slot)}, [])


async def test_whoever_promises_rings_once_a_transaction(database: Database) -> None:
    async with listening(database) as ear:
        await opened(database, *[NOW - NOW] * 5)
        await ear.hears()
        await promise(database, "nguoi9@example.vn")
        await ear.hears()
        assert ear.silent


async def test_what_may_go_again_is_rung_for(database: Database) -> None:
    await opened(database)
    claim = await must_claim(database)
    await settled(database, claim, MessageState.DEAD, Outcome.REFUSED)

    async with listening(database) as ear:
        async with database.write() as transaction:
            await transaction.outbox.reopen([claim.message.id], NOW)
        await ear.hears()
        async with database.write() as transaction:
            await transaction.outbox.release(claim.message.id, NOW)
        await ear.hears()
        assert ear.silent


async def test_nothing_new_rings_nothing(database: Database) -> None:
    await promise(database, "nguoi0@example.vn")

    async with listening(database) as ear:
        await promise(database, "nguoi0@example.vn")
        async with database.write() as transaction:
            await transaction.outbox.reopen([404], NOW)
        await promise(database, "nguoi1@example.vn")
        await ear.hears()
        assert ear.silent


async def test_a_lost_connection_is_made_anew_and_nothing_is_missed(
    database: Database, postgresql_url: str
) -> None:
    """F51: what was promised meanwhile is found by looking, and the bell rings for it once it is back."""
    async with listening(database) as ear:
        for n in range(3):
            with psycopg.connect(postgresql_url, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                )
            await promise(database, f"nguoi{n}@example.vn")
            assert await claimed(database)
            await ear.hears()


async def test_a_server_that_does_not_answer_is_asked_again_with_patience(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """F51: the bell raises nothing, says so once, and tells no password."""
    pauses: list[float] = []
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 7:
            enough.set()
        await asyncio.sleep(0)

    url = open_database(f"postgresql://nhacviec:hunter2@/nhacviec?host={tmp_path}").url
    task = asyncio.create_task(Ear(Bell(url, sleep=sleep)).listen())
    async with asyncio.timeout(20):
        await enough.wait()
    task.cancel()
    await asyncio.wait([task])

    assert pauses[:7] == [*bell.PAUSES, 30.0, 30.0]
    assert [record.__dict__["action"] for record in caplog.records] == ["bell_lost"]
    assert "hunter2" not in caplog.text


async def test_sqlite_has_no_bell(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await database.upgrade()
    await opened(database, line=Line.MAIN)

    assert [ring async for ring in Bell(database.url)] == []
    await database.close()
