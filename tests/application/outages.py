"""A database into which others look while letters go, which they change, and which goes away."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from nhacviec.adapters.database.engine import open_database
from nhacviec.application.ports import Transaction, Work
from nhacviec.domain.errors import DatabaseUnreachable
from nhacviec.domain.message import Line, Message


def look(url: str, query: str, *given: str) -> list[tuple[Any, ...]]:
    """What somebody else sees in the database just now, over a connection of their own."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return connection.execute(query, given).fetchall()
    with psycopg.connect(url, autocommit=True) as other:
        return other.execute(query.replace("?", "%s").encode(), given).fetchall()


async def stands(url: str) -> dict[str, Message]:
    """The letters of the main line as somebody else reads them just now, by their recipients."""
    other = open_database(url, durable=False)
    try:
        async with other.read() as transaction:
            found = await transaction.outbox.messages(frozenset(), None)
    finally:
        await other.close()
    return {letter.recipient.email: letter for letter in found if letter.line is Line.MAIN}


async def change(url: str, statement: str, *given: str) -> None:
    """What somebody else does to the database, as soon as they get at it."""
    await asyncio.to_thread(_change, url, statement, *given)


def _change(url: str, statement: str, *given: str) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute(statement, given)
            connection.commit()
        return
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(statement.replace("?", "%s").encode(), given)


@contextmanager
def shut(url: str) -> Iterator[None]:
    """The database lets nobody write (SQLite), or nobody in (PostgreSQL)."""
    if url.startswith("sqlite"):
        file = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    name = url.partition("@/")[2].partition("?")[0]
    beside = url.replace(f"/{name}?", "/postgres?")
    _change(beside, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    _change(beside, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ?", name)
    yield
    _change(beside, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@dataclass(slots=True)
class Outage:
    """A database that goes away when a test says so, and comes back after so many pauses of the ledger.

    Args:
        url: of the database.
        pauses: how long it lasts.
    """

    url: str
    pauses: int = 2
    _over: ExitStack = field(default_factory=ExitStack)

    async def begin(self) -> None:
        await asyncio.to_thread(self._over.enter_context, shut(self.url))

    async def pause(self, _seconds: float) -> None:
        self.pauses -= 1
        if self.pauses == 0:
            self._over.close()


async def lost() -> None:
    """The database does not answer."""
    raise DatabaseUnreachable("the database does not answer")


async def no_pause(_seconds: float) -> None:
    """Whoever would wait goes on at once."""


@dataclass(slots=True)
class Watched:
    """The database itself, with what a test does before a write begins and after it is committed.

    Args:
        work: the database.
        before: awaited before a write; what it raises comes instead of it.
        after: awaited after a commit; what it raises comes instead of its answer (F47).
    """

    work: Work
    before: Callable[[], Awaitable[None]] | None = None
    after: Callable[[], Awaitable[None]] | None = None
    commits: int = 0

    def once_before(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do this before the next write only."""

        async def before() -> None:
            self.before = None
            await act()

        self.before = before

    def once_after(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do this after the next commit only."""

        async def after() -> None:
            self.after = None
            await act()

        self.after = after

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        if self.before:
            await self.before()
        async with self.work.write() as transaction:
            yield transaction
        self.commits += 1
        if self.after:
            await self.after()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        async with self.work.read() as transaction:
            yield transaction
