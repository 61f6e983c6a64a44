"""Statements past SQLAlchemy: as text, and several in one go, for what is run thousands of times a minute.

On SQLite each statement would change threads four times, on PostgreSQL each would wait for its answer; a few
statements together do so once.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    import aiosqlite
    import psycopg

#: The text of a statement, and its values as the driver takes them.
Step = tuple[str, Any]
#: What one statement found.
Rows = list[tuple[Any, ...]]

#: Stands for the statements that are given instead of values.
_TOGETHER = "-- several statements"
#: How a writer begins and ends on SQLite.
_BEGINNING: Sequence[Step] = (("BEGIN IMMEDIATE", ()),)
_ENDING: Sequence[Step] = (("COMMIT", ()),)


class Driver(Protocol):
    """The driver's connection under one of SQLAlchemy's, in one transaction."""

    async def run(self, steps: Sequence[Step], *, last: bool = False) -> list[Rows]:
        """Run statements one after the other; what each has found.

        Args:
            steps: the statements.
            last: whether they end the transaction, and are kept; what is run afterwards begins another one.
        """

    async def commit(self) -> None:
        """End the transaction: from here on it is kept."""

    async def roll_back(self) -> None:
        """End the transaction: nothing of it is kept."""


class OneTrip(sqlite3.Connection):
    """A connection to SQLite that takes several statements for one, so that its thread is asked once."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 -- as the driver has it
        """Run a statement, or all that stand in the place of its values."""
        run = super().execute
        if sql is not _TOGETHER:
            return run(sql, parameters)
        gathered = self.cursor(_Gathered)
        gathered.found = [run(text, values).fetchall() for text, values in parameters]
        return gathered


class _Gathered(sqlite3.Cursor):
    """What several statements have found."""

    found: list[Any]

    def fetchall(self) -> list[Any]:
        return self.found


@dataclass(frozen=True, slots=True)
class SqliteDriver:
    """``Driver`` over aiosqlite, which runs all in a thread of its own.

    Args:
        connection: made with ``OneTrip``.
        dialect: names its errors.
        first: what is still to be said before the first statement: it goes with that, and not by itself.
    """

    connection: "aiosqlite.Connection"
    dialect: Dialect
    first: list[Step] = field(default_factory=list)

    async def run(self, steps: Sequence[Step], *, last: bool = False) -> list[Rows]:
        """Run statements one after the other, in one trip; what each has found."""
        if not steps:
            return []
        before, self.first[:] = self.first[:], []
        every = [*before, *steps, *_ENDING] if last else [*before, *steps]
        with _wrapped(self.dialect, steps):
            found = cast("list[Rows]", await self.connection.execute_fetchall(_TOGETHER, every))
        if last:
            self.first[:] = _BEGINNING
        return found[len(before) : len(before) + len(steps)]

    async def commit(self) -> None:
        """End the transaction: from here on it is kept."""
        if self.first:
            return  # nothing was said since it was to begin
        with _wrapped(self.dialect):
            await self.connection.commit()

    async def roll_back(self) -> None:
        """End the transaction: nothing of it is kept."""
        with _wrapped(self.dialect):
            await self.connection.rollback()


@dataclass(frozen=True, slots=True)
class PostgresqlDriver:
    """``Driver`` over psycopg.

    Args:
        connection: begins a transaction with its first statement.
        dialect: names its errors.
    """

    connection: "psycopg.AsyncConnection[Any]"
    dialect: Dialect

    async def run(self, steps: Sequence[Step], *, last: bool = False) -> list[Rows]:
        """Run statements one after the other, all sent before any answer is awaited; what each has found."""
        if not steps:
            return []
        with _wrapped(self.dialect, steps, self.connection):
            cursors = [self.connection.cursor(binary=True) for _ in steps]
            async with self.connection.pipeline():
                for cursor, (text, values) in zip(cursors, steps, strict=True):
                    await cursor.execute(text, values)
                if last:
                    await self.connection.commit()
            return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]

    async def commit(self) -> None:
        """End the transaction: from here on it is kept."""
        with _wrapped(self.dialect, (), self.connection):
            await self.connection.commit()

    async def roll_back(self) -> None:
        """End the transaction: nothing of it is kept."""
        with _wrapped(self.dialect, (), self.connection):
            await self.connection.rollback()


def plain_of(connection: AsyncConnection) -> Connection:
    """Give the connection under one for asyncio, which is open.

    Raises:
        InvalidRequestError: it is not.
    """
    if connection.sync_connection is None:
        raise InvalidRequestError("the connection is closed")
    return connection.sync_connection


def driver_of(connection: AsyncConnection) -> Driver:
    """Give the driver's connection under SQLAlchemy's."""
    found: Any = plain_of(connection).connection.driver_connection
    if connection.dialect.name == "postgresql":
        return PostgresqlDriver(found, connection.dialect)
    return SqliteDriver(found, connection.dialect)


@contextmanager
def _wrapped(
    dialect: Dialect, steps: Sequence[Step] = (), connection: "psycopg.AsyncConnection[Any] | None" = None
) -> Iterator[None]:
    """Raise what the driver raises as SQLAlchemy would: callers know no driver."""
    base = dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        text = "; ".join(text for text, _ in steps) or "COMMIT or ROLLBACK"
        lost = connection is not None and connection.closed
        raise DBAPIError.instance(
            text, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
        ) from error
