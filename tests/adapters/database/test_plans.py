"""What a tick with nothing to do costs: a probe of an index, whatever the size of the tables (DESIGN §2)."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiosqlite
import pytest

from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.application.records import Ending, Frozen
from nhacviec.domain.delivery import MessageState, Outcome
from tests.contracts.samples import (
    MINUTE,
    NOW,
    SUBJECT,
    a_reminder,
    a_slot,
    an_attempt,
    an_occurrence,
    claims_of,
    enlisted,
    opened,
    promised,
    stored,
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await database.upgrade()
    (one,) = await stored(database, an_occurrence(next_at=NOW))
    await promised(database, a_reminder(one, a_slot()))
    yield database
    await database.close()


async def watch(database: Database) -> list[str]:
    """Keep every statement that is run from now on, its values in their places."""
    seen: list[str] = []
    async with database.write() as transaction:
        # The only connection there is: nothing here is done at once.
        raw = await transaction.access.connection.get_raw_connection()
        assert isinstance(raw.driver_connection, aiosqlite.Connection)
        await raw.driver_connection.set_trace_callback(seen.append)
    seen.clear()
    return seen


async def plans(database: Database, seen: list[str]) -> str:
    """Ask the database how it goes about those statements."""
    asked = [sql for sql in seen if sql.startswith(("SELECT", "UPDATE", "WITH", "INSERT"))]
    assert asked
    told: list[str] = []
    async with database.read() as transaction:
        for sql in asked:
            found = await transaction.access.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")
            told += [row["detail"] for row in found.mappings()]
    return "\n".join(told)


def scans(told: str) -> list[str]:
    """The steps that read a whole table, other than the rows that were passed in."""
    allowed = (
        "SCAN given",
        "SCAN 64 CONSTANT ROWS",
        "SCAN chosen",
        "SCAN found",
        "SCAN listed VIRTUAL TABLE",
        "USE TEMP B-TREE FOR",
    )
    return [
        step
        for step in told.splitlines()
        if ("SCAN" in step or "TEMP" in step) and not step.startswith(allowed)
    ]


async def test_looking_for_what_is_ripe_is_a_probe(database: Database) -> None:
    seen = await watch(database)
    async with database.write() as transaction:
        await transaction.occurrences.first_ripe(NOW)
        await transaction.occurrences.ripe(NOW, 500)

    told = await plans(database, seen)

    assert told.count("ix_occurrence_next_at_id (next_at<?)") == 2
    assert not scans(told)
    assert "TEMP B-TREE" not in told


async def test_claiming_is_two_probes(database: Database) -> None:
    """F69: with no escalation the first one finds that at once."""
    worker = await enlisted(database)
    seen = await watch(database)
    async with database.write() as transaction:
        assert await transaction.outbox.claim(NOW, before=NOW + MINUTE, worker=worker, limit=64)

    assert len([sql for sql in seen if "UPDATE" in sql]) == 2
    told = await plans(database, seen)

    assert "ix_message_escalation_due_at_id (due_at<?)" in told
    assert "ix_message_due_at_id (due_at<?)" in told
    assert not scans(told)


async def test_letters_are_taken_through_their_states_in_a_statement_each(database: Database) -> None:
    """However many they are: each one is found by its number."""
    await opened(database, *(n * MINUTE for n in range(40)))
    claims = await claims_of(database, limit=40)
    seen = await watch(database)
    async with database.write() as transaction:
        letters = [Frozen(claim=c, subject=SUBJECT, mime=b"x", kind=c.message.kind) for c in claims]
        await transaction.outbox.freeze(letters)
        await transaction.outbox.intend(claims)
    endings = [
        Ending(claim=c, state=MessageState.SENT, delivery=an_attempt(c, Outcome.ACCEPTED)) for c in claims
    ]
    async with database.write() as transaction:
        assert len(await transaction.outbox.settle(endings)) == 40

    written = [sql for sql in seen if "INSERT" in sql or "UPDATE" in sql]
    assert len(written) == 4  # freeze, intend, the attempts, settle
    assert not scans(await plans(database, seen))


async def test_the_facts_of_letters_are_found_by_their_numbers(database: Database) -> None:
    """However many letters there are."""
    seen = await watch(database)
    async with database.write() as transaction:
        (message,) = await transaction.outbox.messages(frozenset(), None)
        seen.clear()
        (record,) = (await transaction.outbox.contents([message.id]))[message.id]
        assert await transaction.occurrences.by_ids([record.occurrence])
        assert not await transaction.occurrences.sent_counts([record.occurrence])

    told = await plans(database, seen)

    assert len([sql for sql in seen if sql.startswith("SELECT")]) == 3
    assert not scans(told)


async def test_looking_for_owners_reads_an_index_alone(database: Database) -> None:
    seen = await watch(database)
    async with database.read() as transaction:
        assert await transaction.outbox.owners() == []

    told = await plans(database, seen)

    assert told == "SEARCH message USING COVERING INDEX ix_message_worker (worker>?)"


async def test_taking_letters_back_is_a_probe(database: Database) -> None:
    seen = await watch(database)
    async with database.write() as transaction:
        assert await transaction.outbox.rescue(1, NOW) == 0

    told = await plans(database, seen)

    assert "ix_message_worker (worker=?)" in told
    assert not scans(told)
