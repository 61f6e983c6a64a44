"""A database of an earlier version goes on where it was (F53, F54)."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from nhacviec.adapters.database import schema
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.adapters.database.values import LOST
from nhacviec.domain.delivery import AMBIGUOUS_WAIT, MessageState, Outcome
from nhacviec.domain.message import Message
from tests.contracts.samples import MINUTE, NOW, attempts_at, claims_of, letters, opened

UPGRADE = """
import asyncio, os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from nhacviec.adapters.database.engine import open_database

left = int(sys.argv[2])

def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "after_cursor_execute", count)
asyncio.run(open_database(sys.argv[1], durable=False).upgrade())
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/nhacviec.db"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """One of version 0001, with a letter in each state in which a letter may be under way there."""
    database = open_database(url, durable=False)
    await database.upgrade()
    await opened(database, *(n * MINUTE for n in range(5)))
    await database.migrate(lambda connection: schema.downgrade(connection, "0001"))
    await database.migrate(send)
    yield database
    await database.close()


def send(connection: Connection) -> None:
    """Be the sender of version 0001, and vanish."""
    under_way = "token = 'x', lease_until = due_at"
    kept = "x'00ff0d0a'" if connection.dialect.name == "sqlite" else "'\\x00ff0d0a'"
    for number, change in enumerate(
        (
            "state = 'pending'",
            f"state = 'claimed', {under_way}",
            f"state = 'transmitting', attempts = 1, {under_way}",
            f"state = 'transmitting', attempts = 2, ambiguous = 1, mime = {kept}, {under_way}",
            "state = 'sent', attempts = 1, sent_at = due_at",
        ),
        start=1,
    ):
        connection.execute(text(f"UPDATE message SET {change} WHERE id = :of"), {"of": number})  # noqa: S608
    connection.execute(text("UPDATE message SET subject = 'Nhắc việc' WHERE mime IS NOT NULL"))
    tried = (
        "INSERT INTO delivery (message, n, started_at, ended_at, stage, code, text, outcome) "
        "SELECT id, 1, due_at, due_at, 'dot', 0, 'no reply', 'ambiguous' FROM message WHERE id = 4"
    )
    connection.execute(text(tried))


def states(found: list[Message]) -> list[tuple[int, str, int, int]]:
    rows = [(message.id, message.state.value, message.attempts, message.ambiguous) for message in found]
    return sorted(rows)


NOW_OWNED = [
    (1, "pending", 0, 0),
    (2, "pending", 0, 0),
    (3, "pending", 1, 1),
    (4, "uncertain", 2, 2),
    (5, "sent", 1, 0),
]


async def test_letters_that_were_under_way_are_taken_back(database: Database) -> None:
    """W3-W8: the sender was stopped for the upgrade, or has died; nothing is lost, nothing goes unnoticed."""
    before = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
    await database.upgrade()
    await database.migrate(schema.check)

    found = await letters(database)
    assert states(found) == NOW_OWNED
    by_id = {message.id: message for message in found}
    assert by_id[3].due_at >= before + AMBIGUOUS_WAIT
    assert by_id[3].last_reply == LOST
    assert by_id[2].due_at == NOW - MINUTE
    records = await attempts_at(database, 4)
    assert [(record.n, record.outcome, record.worker) for record in records] == [
        (1, Outcome.AMBIGUOUS, None),
        (2, Outcome.AMBIGUOUS, None),
    ]
    claims = await claims_of(database, limit=9)
    assert [claim.message.id for claim in claims] == [2, 1]


async def test_a_database_goes_back_to_the_earlier_form_with_its_letters(database: Database) -> None:
    await database.upgrade()
    (claim, _) = await claims_of(database, limit=9)
    async with database.write() as transaction:
        await transaction.outbox.intend([claim])

    await database.migrate(lambda connection: schema.downgrade(connection, "0001"))
    assert (await database.schema())[0] == "0001"
    await database.upgrade()

    found = {message.id: message for message in await letters(database)}
    assert found[claim.message.id].state is MessageState.PENDING
    assert found[claim.message.id].ambiguous == 1


async def test_letters_that_a_server_may_have_keep_their_words_and_bytes(database: Database) -> None:
    """P3: also on the way back to an earlier form; the others have none, as before."""
    for _ in range(2):
        await database.upgrade()
        kept = {message.id: (message.subject, message.mime) for message in await letters(database)}
        assert kept.pop(4) == ("Nhắc việc", b"\x00\xff\r\n")
        assert set(kept.values()) == {("", None)}
        await database.migrate(lambda connection: schema.downgrade(connection, "0003"))


def killed_after(url: str, statements: int) -> int:
    """Upgrade in a process that is killed after so many statements; gives how it ended."""
    path = ":".join(sys.path)
    command = (sys.executable, "-c", UPGRADE, url, str(statements))
    return subprocess.run(command, check=False, env={"PYTHONPATH": path}).returncode


async def test_an_upgrade_that_is_killed_half_way_begins_anew(database: Database, url: str) -> None:
    """F54: tables are changed in one transaction, also on SQLite, whose driver would commit before each."""
    ends = [killed_after(url, statements) for statements in (9, 17, 26)]

    assert set(ends) == {-signal.SIGKILL}
    assert (await database.schema())[0] == "0001"
    await database.upgrade()
    await database.migrate(schema.check)
    assert states(await letters(database)) == NOW_OWNED


async def test_two_who_begin_at_once_make_the_tables_once(url: str) -> None:
    """F52: whoever comes second finds nothing left to do."""
    ends = await asyncio.gather(*(asyncio.to_thread(killed_after, url, 10**6) for _ in range(2)))

    assert ends == [0, 0]
    database = open_database(url, durable=False)
    await database.migrate(schema.check)
    assert await letters(database) == []
    await database.close()
