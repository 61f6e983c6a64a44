"""The door to the database: what it is set to, and what it says when it stays shut."""

import asyncio
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from nhacviec.adapters.database import connecting
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.domain.errors import DatabaseUnreachable, SettingsError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "nhacviec.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{file}")
    await database.upgrade()
    yield database
    await database.close()


def a_letter_at(file: Path) -> str:
    file.write_bytes(b"This is a letter, not a database. " * 100)
    return f"sqlite:///{file}"


def a_folder_at(file: Path) -> str:
    file.mkdir()
    return f"sqlite:///{file}"


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 10_000),
        ("mmap_size", None),
        ("query_only", 0),
    ],
)
async def test_sqlite_is_set_up_to_lose_nothing(database: Database, pragma: str, expected: object) -> None:
    async with database.write() as transaction:
        found = await transaction.access.value(text(f"PRAGMA {pragma}"))

    assert (found or None) == (expected or None)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file::memory:?uri=true", "in memory"),
        ("mysql://nhacviec:hunter2@localhost/db", "mysql is not served"),
        ("a file", "cannot be read"),
        ("postgresql://nhacviec:hunter2@localhost:port/db", "cannot be read"),
    ],
)
def test_a_url_that_names_no_database_we_serve_is_refused(url: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as refusal:
        open_database(url)

    assert "hunter2" not in str(refusal.value)
    assert "postgresql://user@host/database" in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nhacviec:hunter2@127.0.0.1:1/nhacviec",
        "postgresql://nhacviec@127.0.0.1:1/nhacviec?password=hunter2",
        "postgresql://nhacviec:hunter2@/nhacviec?host=/nowhere",
        "postgresql://nhacviec:hunter2@127.0.0.1:1/nhacviec?bogus=hunter2",
    ],
)
async def test_a_server_that_does_not_answer_is_named_without_its_password(url: str) -> None:
    database = open_database(url)

    for ask in (database.ping, database.schema, database.upgrade):
        with pytest.raises(DatabaseUnreachable) as refusal:
            await ask()

        said = str(refusal.value)
        assert said.startswith("the database postgresql://nhacviec@")
        assert "does not answer: " in said
        assert "hunter2" not in said
        assert "\n" not in said
        assert refusal.value.__cause__ is None
    await database.close()


def test_a_driver_that_is_not_installed_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(SettingsError, match=r"needs psycopg: pip install 'nhacviec\[postgres\]'"):
        open_database("postgresql://nhacviec@localhost/nhacviec")


async def test_a_file_that_is_no_database_is_named(file: Path) -> None:
    database = open_database(a_letter_at(file))

    with pytest.raises(DatabaseUnreachable, match=r"nhacviec\.db does not answer: file is not a database"):
        await database.ping()
    await database.close()


async def test_a_folder_in_the_place_of_the_file_is_named(file: Path) -> None:
    database = open_database(a_folder_at(file))

    with pytest.raises(DatabaseUnreachable, match="unable to open database file"):
        await database.ping()
    await database.close()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file stands in the way")
    database = open_database(f"sqlite:///{tmp_path}/var/lib/nhacviec.db")

    with pytest.raises(DatabaseUnreachable, match="cannot be made: Not a directory"):
        await database.upgrade()
    await database.close()


async def test_an_upgrade_makes_file_and_folder(tmp_path: Path) -> None:
    file = tmp_path / "var" / "lib" / "nhacviec.db"
    database = open_database(f"sqlite:///{file}")

    await database.upgrade()
    await database.ping()
    await database.close()

    assert stat.S_ISREG(file.stat().st_mode)


async def test_a_file_that_another_program_keeps_locked_ends_in_a_clear_line(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_SQLITE", ("busy_timeout=10",))
    other = open_database(f"sqlite:///{file}")
    await database.ping()
    blocker = sqlite3.connect(file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with other.write() as transaction:
            await transaction.catalogue.set_value("key", "value")

    with pytest.raises(DatabaseUnreachable, match="database is locked"):
        await write()
    blocker.close()
    await write()
    await other.close()


async def test_a_writer_that_waits_too_long_for_its_own_process_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "LOCK_WAIT", 0.01)

    async def write() -> None:
        async with database.write():
            pass

    async with database.write():
        with pytest.raises(DatabaseUnreachable, match="another write"):
            await write()
    await write()


async def test_a_cancelled_writer_gives_its_turn_back(database: Database) -> None:
    async def write(entered: asyncio.Event) -> None:
        async with database.write() as transaction:
            await transaction.catalogue.set_value("key", "cancelled")
            entered.set()
            await asyncio.Event().wait()

    entered = asyncio.Event()
    task = asyncio.create_task(write(entered))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with database.write() as transaction:
        assert await transaction.catalogue.value("key") == ""


@pytest.mark.parametrize("question", ["SELECT * FROM nothing", "SELEC"])
async def test_a_mistake_of_the_program_is_not_taken_for_a_dead_database(
    database: Database, question: str
) -> None:
    async def ask() -> None:
        async with database.read() as transaction:
            await transaction.access.value(text(question))

    with pytest.raises(Exception, match=r"sqlite3\.OperationalError") as mistake:
        await ask()

    assert not isinstance(mistake.value, DatabaseUnreachable)
