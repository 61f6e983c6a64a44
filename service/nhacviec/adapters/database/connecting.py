"""How connections are made, so that what was committed stays committed (DELIVERY §2.13)."""

import json
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, NullPool, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from nhacviec.domain.errors import SettingsError

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
_READING = "nhacviec_reading"

_to_json = partial(json.dumps, ensure_ascii=False)


def engine(url: URL) -> AsyncEngine:
    """Make the engine of the daily work.

    Raises:
        SettingsError: the driver is not installed.
    """
    common: dict[str, Any] = {"hide_parameters": True, "json_serializer": _to_json}
    if url.get_backend_name() == "sqlite":
        made = create_async_engine(url, **common)
        event.listen(made.sync_engine, "connect", _set_up_sqlite)
        event.listen(made.sync_engine, "begin", _begin_sqlite)
        return made
    try:
        return create_async_engine(
            url, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=arguments(url), **common
        )
    except ModuleNotFoundError as error:
        raise SettingsError(f"PostgreSQL needs {error.name}: pip install 'nhacviec[postgres]'") from None


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
    reads = connection.get_execution_options().get(_READING, False)
    # Remembered with the connection: most transactions find it as they need it.
    if connection.info.get(_READING, False) is not reads:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
        connection.info[_READING] = reads
    # A writer takes its lock at once: what it has read cannot change before it writes.
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


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
