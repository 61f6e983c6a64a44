"""What waiting does not mend is told from what it does, and is not forgotten (DELIVERY §2.13)."""

import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.adapters.database.faults import translated
from nhacviec.adapters.database.standby import lock_of, opened_lock
from nhacviec.domain.errors import DatabaseDamaged, DatabaseUnreachable

URL = make_url("sqlite:///nhacviec.db")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await opened.upgrade()
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("code", "damaged"),
    [
        (sqlite3.SQLITE_IOERR, True),
        (sqlite3.SQLITE_IOERR_FSYNC, True),
        (sqlite3.SQLITE_IOERR_WRITE, True),
        (sqlite3.SQLITE_IOERR_READ, True),
        (sqlite3.SQLITE_CORRUPT, True),
        (sqlite3.SQLITE_CORRUPT_INDEX, True),
        (sqlite3.SQLITE_NOTADB, True),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_BUSY, False),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, False),
        (sqlite3.SQLITE_READONLY, False),
        (sqlite3.SQLITE_CANTOPEN, False),
        # a full disk has no room for the index beside the file
        (sqlite3.SQLITE_IOERR_SHMSIZE, False),
        (sqlite3.SQLITE_IOERR_NOMEM, False),
    ],
)
def test_what_a_new_start_has_to_look_at(code: int, damaged: bool) -> None:
    """F37, F38: a full disk is waited for, a bad one is not."""
    cause = sqlite3.OperationalError("so it is")
    cause.sqlite_errorcode = code
    with pytest.raises(DatabaseUnreachable, match="does not answer: so it is") as told, translated(URL):
        raise OperationalError("SELECT 1", {}, cause)

    assert isinstance(told.value, DatabaseDamaged) is damaged


async def test_damage_that_was_seen_once_ends_all_reading_and_lets_writing_be_tried(
    database: Database, tmp_path: Path
) -> None:
    """F38: whoever could not be written to once may say the next time that all is well."""
    file, elsewhere = tmp_path / "nhacviec.db", tmp_path / "elsewhere"
    await database.ping()
    file.rename(elsewhere)
    with pytest.raises(DatabaseDamaged, match="is gone"):
        await database.ping()
    elsewhere.rename(file)
    async with database.write() as transaction:
        await transaction.catalogue.set_value("key", "value")
    for _ in range(2):
        with pytest.raises(DatabaseDamaged, match="is gone"):
            await database.ping()
    await database.close()
    async with database.read() as transaction:
        assert await transaction.catalogue.value("key") == "value"


async def test_the_log_is_cut_when_a_long_reader_has_ended(database: Database, tmp_path: Path) -> None:
    """F44: what it had grown to would lie on the disk for ever; other connections are open all the time."""
    log = tmp_path / "nhacviec.db-wal"
    with closing(sqlite3.connect(tmp_path / "nhacviec.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM occurrence").fetchone()
        async with database.write() as transaction:
            await transaction.access.connection.execute(text("CREATE TABLE ballast (page BLOB)"))
            for _ in range(16):
                await transaction.access.connection.execute(
                    text("INSERT INTO ballast VALUES (zeroblob(1048576))")
                )
        grown = log.stat().st_size
        reader.execute("COMMIT")
        for value in ("1", "2"):
            async with database.write() as transaction:
                await transaction.catalogue.set_value("key", value)
        cut = log.stat().st_size

    assert (grown > 16 * 2**20, cut <= 4 * 2**20) == (True, True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_lock_that_root_makes_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    """The daemon of another user has to open it later."""
    os.chown(tmp_path, 1234, 1235)
    os.close(opened_lock(tmp_path / "nhacviec.db"))
    made = lock_of(tmp_path / "nhacviec.db").stat()

    assert (made.st_uid, made.st_gid, made.st_mode & 0o777) == (1234, 1235, 0o600)
