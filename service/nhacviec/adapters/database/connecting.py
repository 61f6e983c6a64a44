"""How connections are made, so that what was committed stays committed (DELIVERY §2.13)."""

import json
import select
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import URL, Connection, NullPool, event
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from nhacviec.adapters.database.driver import Driver, OneTrip, SqliteDriver, Step, driver_of, plain_of
from nhacviec.domain.errors import SettingsError

if TYPE_CHECKING:
    from _typeshed import HasFileno

#: How long a writer waits for another one on SQLite, in seconds.
LOCK_WAIT = 10
#: What a long reader made the log grow to is cut to this, in bytes: it folds itself in at about 4 MiB (F44).
_LOG = 4 * 1024 * 1024
#: WAL lets readers and the writer be; FULL survives a power cut; memory maps turn a bad disk into a crash.
_SQLITE = (
    f"busy_timeout={LOCK_WAIT * 1000}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "mmap_size=0",
    f"journal_size_limit={_LOG}",
)
_POSTGRESQL = {
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
}
#: A server that is gone is noticed after half a minute.
_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 10, "keepalives_count": 2}
#: When a connection was given back; for so many seconds its server is not asked whether it is there.
_RETURNED, _FRESH = "nhacviec_returned", 5.0
_READING = "nhacviec_reading"
#: The transaction is begun and ended past SQLAlchemy, which costs it half of what it does.
_BEGUN = "nhacviec_begun"
#: What such a transaction has still to say first.
_FIRST = "nhacviec_first"

_to_json = partial(json.dumps, ensure_ascii=False)


def engine(url: URL) -> AsyncEngine:
    """Make the engine of the daily work.

    Raises:
        SettingsError: the driver is not installed.
    """
    common: dict[str, Any] = {"hide_parameters": True, "json_serializer": _to_json}
    if url.get_backend_name() == "sqlite":
        # Whoever begins a transaction ends it, or throws its connection away.
        made = create_async_engine(
            url, pool_reset_on_return=None, connect_args={"factory": OneTrip}, **common
        )
        event.listen(made.sync_engine, "connect", _set_up_sqlite)
        event.listen(made.sync_engine, "begin", _begin_sqlite)
        return made
    try:
        made = create_async_engine(
            url, isolation_level="READ COMMITTED", connect_args=arguments(url), **common
        )
    except ModuleNotFoundError as error:
        raise SettingsError(f"PostgreSQL needs {error.name}: pip install 'nhacviec[postgres]'") from None
    event.listen(made.sync_engine, "checkin", _note_return)
    event.listen(made.sync_engine, "checkout", partial(_require_answer, made.dialect))
    return made


def probe(file: Path) -> None:
    """Open a SQLite file by the plain driver first: the one for asyncio leaves a thread behind if that fails.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    sqlite3.connect(file).close()


def reading(made: AsyncEngine) -> AsyncEngine:
    """Give the same engine for transactions that see one moment, and cannot write."""
    if made.dialect.name == "sqlite":
        return made.execution_options(**{_READING: True})
    return made.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def begun(made: AsyncEngine) -> AsyncEngine:
    """Give the same engine for ``transaction``."""
    return made.execution_options(**{_BEGUN: True})


@asynccontextmanager
async def transaction(made: AsyncEngine) -> AsyncIterator[tuple[AsyncConnection, Driver]]:
    """Open a transaction that commits at the end of the block and rolls back on an error.

    Args:
        made: by ``begun``.
    """
    # Not its context manager, which closes in a task of its own: here closing neither waits nor speaks.
    connection = await made.connect()
    try:
        driver = driver_of(connection)
        try:
            if isinstance(driver, SqliteDriver):
                driver.first.extend(_beginning(plain_of(connection)))
                plain_of(connection).info[_FIRST] = driver.first
            yield connection, driver
            await (connection if connection.in_transaction() else driver).commit()
        except BaseException:
            await _take_back(connection, driver)
            raise
    finally:
        if isinstance(driver, SqliteDriver) and len(driver.first) > 1 and not connection.invalidated:
            plain_of(connection).info[_READING] = None  # this was not said either
        await connection.close()


async def _take_back(connection: AsyncConnection, driver: Driver) -> None:
    """Roll back; a connection that cannot even do that is used no more."""
    try:
        if connection.in_transaction():
            await connection.rollback()
        elif not connection.invalidated:
            await driver.roll_back()
    except BaseException:
        await connection.invalidate()
        raise


def migrating(url: URL) -> AsyncEngine:
    """Make an engine that changes tables.

    SQLite changes a table by making it anew; with foreign keys on, dropping the old one would take the
    rows that refer to it along, so they are checked at the end instead.
    """
    made = create_async_engine(url, poolclass=NullPool, hide_parameters=True, json_serializer=_to_json)
    if url.get_backend_name() == "sqlite":
        event.listen(made.sync_engine, "connect", _set_up_sqlite)
        event.listen(made.sync_engine, "connect", _leave_foreign_keys_alone)
        event.listen(made.sync_engine, "begin", _begin_sqlite)
    return made


def _note_return(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info[_RETURNED] = time.monotonic()


def _require_answer(
    dialect: Dialect, connection: DBAPIConnection, entry: ConnectionPoolEntry, _lent: PoolProxiedConnection
) -> None:
    """Ask a server before its connection is used again, but for one that spoke just now and has kept still.

    What a server says unasked, if only that it ends, is there to be read.

    Raises:
        InvalidatePoolError: it does not answer; another connection is made instead.
    """
    returned = entry.info.get(_RETURNED)
    if returned is None:
        return
    silent = select.poll()
    silent.register(cast("HasFileno", entry.driver_connection), select.POLLIN)
    if time.monotonic() - returned < _FRESH and not silent.poll(0):
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        raise InvalidatePoolError from None


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own transactions lose updates without a word: we say BEGIN ourselves.
    connection.isolation_level = None
    try:
        for pragma in _SQLITE:
            _pragma(connection, pragma)
    except sqlite3.Error:
        # Nobody else closes what was not set up, and its thread would outlive the loop.
        connection.close()
        raise


def _leave_foreign_keys_alone(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    _pragma(connection, "foreign_keys=OFF")


def _pragma(connection: DBAPIConnection, pragma: str) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(_BEGUN, False):
        first: list[Step] = connection.info[_FIRST]  # what the driver has not said yet
        steps, first[:] = first[:], []
    else:
        steps = _beginning(connection)
    for statement, values in steps:
        connection.exec_driver_sql(statement, values)


def _beginning(connection: Connection) -> list[Step]:
    reads = connection.get_execution_options().get(_READING, False)
    # A writer takes its lock at once: what it has read cannot change before it writes.
    begin: list[Step] = [("BEGIN" if reads else "BEGIN IMMEDIATE", ())]
    # Remembered with the connection: most transactions find it as they need it.
    if connection.info.get(_READING, False) is reads:
        return begin
    connection.info[_READING] = reads
    return [(f"PRAGMA query_only={'ON' if reads else 'OFF'}", ()), *begin]


def arguments(url: URL) -> dict[str, Any]:
    """Give what every connection to a PostgreSQL server is made with."""
    given = url.query.get("options", "")
    options = [f"-c {name}={value}" for name, value in _POSTGRESQL.items()]
    return {
        "options": " ".join([*options, *([given] if isinstance(given, str) else given)]).strip(),
        "application_name": "nhacviec",
        "connect_timeout": LOCK_WAIT,
        **_KEEPALIVE,
    }
