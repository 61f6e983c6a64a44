"""What only PostgreSQL can do, and what only there must be asked for."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import text

from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.domain.errors import DatabaseUnreachable, SettingsError
from tests.contracts.samples import LEASE, MINUTE, NOW, a_message, a_slot, an_occurrence, stored


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[Database]:
    database = open_database(postgresql_url, durable=False)
    await database.upgrade()
    yield database
    await database.close()


async def test_one_who_gathers_passes_over_what_another_holds(database: Database) -> None:
    await stored(database, *(an_occurrence(period=str(n), next_at=NOW) for n in range(4)))

    async with asyncio.timeout(4), database.write() as ours, database.write() as theirs:
        first = await ours.occurrences.ripe(NOW, 3)
        second = await theirs.occurrences.ripe(NOW, 3)

    assert [each.period for each in first] == ["0", "1", "2"]
    assert [each.period for each in second] == ["3"]


async def test_one_who_claims_passes_over_what_another_is_claiming(database: Database) -> None:
    slots = [a_slot(at=NOW - MINUTE), a_slot(at=NOW)]
    async with database.write() as transaction:
        await transaction.outbox.promise({slot: a_message(slot) for slot in slots}, [])

    async with asyncio.timeout(4), database.write() as ours, database.write() as theirs:
        first = await ours.outbox.claim(NOW, before=None, lease_until=LEASE)
        second = await theirs.outbox.claim(NOW, before=None, lease_until=LEASE)

    assert first is not None
    assert second is not None
    assert [first.message.slot_at, second.message.slot_at] == [NOW - MINUTE, NOW]


async def test_a_server_that_may_forget_what_it_confirms_is_refused(postgresql_url: str) -> None:
    """P1: the server of the tests has everything off that a power cut would need."""
    trusting = open_database(postgresql_url, durable=False)
    await trusting.upgrade()
    await trusting.ping()
    await trusting.close()
    careful = open_database(postgresql_url)

    with pytest.raises(SettingsError, match=r"turn on fsync, full_page_writes, synchronous_commit"):
        await careful.ping()
    await careful.close()


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("statement_timeout", "30s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("TimeZone", "UTC"),
        ("transaction_isolation", "read committed"),
        ("application_name", "nhacviec"),
    ],
)
async def test_a_connection_gives_up_in_time(database: Database, setting: str, expected: str) -> None:
    async with database.write() as transaction:
        assert await transaction.access.value(text(f"SHOW {setting}")) == expected


async def test_waiting_for_a_lock_ends_in_a_clear_line(database: Database) -> None:
    await stored(database)

    async def wait() -> None:
        async with database.write() as transaction:
            await transaction.access.connection.execute(text("SET LOCAL lock_timeout = '10ms'"))
            await transaction.access.value(text("SELECT id FROM occurrence FOR UPDATE"))

    async with database.write() as transaction:
        await transaction.access.value(text("SELECT id FROM occurrence FOR UPDATE"))
        with pytest.raises(DatabaseUnreachable, match="lock timeout"):
            await wait()


async def test_a_connection_that_the_server_closed_is_made_anew(
    postgresql_url: str, database: Database
) -> None:
    await database.ping()
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    await database.ping()


async def test_a_connection_lost_in_the_middle_is_an_unreachable_database(database: Database) -> None:
    async def lose() -> None:
        async with database.write() as transaction:
            await transaction.access.value(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseUnreachable, match="does not answer"):
        await lose()
    await database.ping()


async def test_the_url_may_bring_its_own_options(postgresql_url: str) -> None:
    database = open_database(f"{postgresql_url}&options=-c%20work_mem%3D5MB", durable=False)
    await database.upgrade()
    async with database.read() as transaction:
        assert await transaction.access.value(text("SHOW work_mem")) == "5MB"
        assert await transaction.access.value(text("SHOW statement_timeout")) == "30s"
    await database.close()


async def test_two_who_upgrade_at_once_do_it_once(postgresql_url: str) -> None:
    one, two = open_database(postgresql_url, durable=False), open_database(postgresql_url, durable=False)

    await asyncio.gather(one.upgrade(), two.upgrade())

    await one.ping()
    await one.close()
    await two.close()
