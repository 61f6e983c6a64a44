"""What only PostgreSQL can do, and what only there must be asked for."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import psycopg
import pytest
from sqlalchemy import text

from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.application.records import Claim, Ending
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.errors import DatabaseUnreachable, SettingsError
from tests.contracts.samples import (
    MINUTE,
    NOW,
    a_message,
    a_slot,
    an_attempt,
    an_occurrence,
    attempts_at,
    claims_of,
    enlisted,
    letters,
    opened,
    stored,
)


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
    slots = [a_slot(at=NOW - n * MINUTE) for n in range(6)]
    me, you = await enlisted(database), await enlisted(database)
    async with database.write() as transaction:
        await transaction.outbox.promise({slot: a_message(slot) for slot in slots}, [])

    async with asyncio.timeout(4), database.write() as ours, database.write() as theirs:
        first = await ours.outbox.claim(NOW, before=None, worker=me, limit=4)
        second = await theirs.outbox.claim(NOW, before=None, worker=you, limit=4)

    assert [claim.message.slot_at for claim in first] == [NOW - n * MINUTE for n in (5, 4, 3, 2)]
    assert [claim.message.slot_at for claim in second] == [NOW - n * MINUTE for n in (1, 0)]


async def test_those_who_settle_the_same_letters_never_wait_for_each_other(database: Database) -> None:
    """F48: one who was taken for dead comes back with the same letters, in another order."""
    await opened(database, *(n * MINUTE for n in range(30)))
    dead, alive = await enlisted(database), await enlisted(database)
    lost = await claims_of(database, dead, limit=30)
    async with database.write() as transaction:
        await transaction.outbox.rescue(dead, NOW)
    claims = await claims_of(database, alive, limit=30)

    async def settle(worker: int, claims: Sequence[Claim]) -> frozenset[int]:
        async with database.write() as transaction:
            await transaction.outbox.intend(claims)
            return await transaction.outbox.settle(
                [
                    Ending(
                        claim=claim,
                        state=MessageState.SENT,
                        delivery=an_attempt(claim, Outcome.ACCEPTED, worker=worker),
                    )
                    for claim in claims
                ]
            )

    held, none = await asyncio.gather(settle(alive, claims), settle(dead, lost[::-1]))

    assert (len(held), none) == (30, frozenset())
    for found in await letters(database):
        outcomes = sorted(record.outcome for record in await attempts_at(database, found.id))
        assert (found.state, outcomes) == (MessageState.SENT, [Outcome.ACCEPTED, Outcome.LATE])


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
