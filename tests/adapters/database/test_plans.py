"""What a tick with nothing to do costs: a probe of an index, whatever the size of the tables (DESIGN §2)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

from nhacviec.adapters.database.engine import Database, open_database
from tests.contracts.samples import LEASE, NOW, a_reminder, a_slot, an_occurrence, promised, stored

Watched = tuple[str, object]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await database.upgrade()
    (one,) = await stored(database, an_occurrence(next_at=NOW))
    await promised(database, a_reminder(one, a_slot()))
    yield database
    await database.close()


def watch(database: Database) -> list[Watched]:
    """Keep every statement that is run from now on."""
    seen: list[Watched] = []

    def keep(*args: Connection | DBAPICursor | str | object | ExecutionContext | bool) -> None:
        seen.append((str(args[2]), args[3]))

    event.listen(database._writers.sync_engine, "before_cursor_execute", keep)
    return seen


async def plans(database: Database, seen: list[Watched]) -> str:
    """Ask the database how it goes about those statements."""
    asked = [(sql, values) for sql, values in seen if sql.startswith(("SELECT", "UPDATE"))]
    assert asked
    told: list[str] = []
    async with database.read() as transaction:
        for sql, values in asked:
            plain = values if isinstance(values, tuple) else ()
            found = await transaction.access.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", plain)
            told += [row["detail"] for row in found.mappings()]
    return "\n".join(told)


async def test_looking_for_what_is_ripe_is_a_probe(database: Database) -> None:
    seen = watch(database)
    async with database.write() as transaction:
        await transaction.occurrences.first_ripe(NOW)
        await transaction.occurrences.ripe(NOW, 500)

    told = await plans(database, seen)

    assert told.count("ix_occurrence_next_at_id (next_at<?)") == 2
    assert "SCAN" not in told
    assert "TEMP B-TREE" not in told


async def test_claiming_is_a_probe(database: Database) -> None:
    seen = watch(database)
    async with database.write() as transaction:
        assert await transaction.outbox.claim(NOW, before=LEASE, lease_until=LEASE)

    told = await plans(database, seen)

    assert "ix_message_due_at_id (due_at<?)" in told
    assert "SCAN" not in told
    assert "TEMP B-TREE" not in told


async def test_looking_for_lost_senders_is_a_probe(database: Database) -> None:
    seen = watch(database)
    async with database.write() as transaction:
        assert await transaction.outbox.rescue(LEASE) == 0

    told = await plans(database, seen)

    assert "ix_message_lease_until (lease_until<?)" in told
    assert "SCAN" not in told
