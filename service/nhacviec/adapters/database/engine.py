"""The door to the database: transactions for the use cases, or one line that says why there are none."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, make_url, select, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql import Executable

from nhacviec.adapters.database import connecting, schema
from nhacviec.adapters.database.access import Access
from nhacviec.adapters.database.faults import named, translated
from nhacviec.adapters.database.files import Identity, make_file, require_local
from nhacviec.adapters.database.history import History
from nhacviec.adapters.database.work import OpenTransaction
from nhacviec.domain.errors import DatabaseDamaged, DatabaseUnreachable, SettingsError

_HOW = "write sqlite:///path or postgresql://user@host/database"
#: With one of these off, a power cut takes back what was promised (P1).
_DURABILITY = (
    "SELECT name FROM pg_settings WHERE setting = 'off' "
    "AND name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name"
)


def open_database(url: str, *, durable: bool = True) -> "Database":
    """Open a database; nothing is connected before it is used.

    Args:
        url: ``sqlite:///path``, or ``postgresql://…`` as libpq takes it.
        durable: refuse a PostgreSQL server that may forget what it has confirmed.

    Raises:
        SettingsError: the URL names no database that is served, or the driver is not installed.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsError(f"the URL of the database cannot be read: {_HOW}") from None
    match address.get_backend_name():
        case "sqlite" if address.database and not address.database.startswith((":", "file:")):
            return Database(address.set(drivername="sqlite+aiosqlite"), durable=durable)
        case "sqlite":
            raise SettingsError(f"a database in memory would forget everything: {_HOW}")
        case "postgresql":
            return Database(address.set(drivername="postgresql+psycopg"), durable=durable)
        case other:
            raise SettingsError(f"{other} is not served: {_HOW}")


class Database:
    """One database; ``application.ports.Work``.

    Once it was found damaged, nothing is begun any more: every reading fails.  Writing is tried all the same,
    so that what a mail server has said in the meantime is kept if that is still possible.

    Args:
        url: with the driver for asyncio.
        durable: as ``open_database`` takes it.
    """

    def __init__(self, url: URL, *, durable: bool = True) -> None:
        self._url, self._durable = url, durable
        self._file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        self._writers = connecting.engine(url)
        self._readers = connecting.reading(self._writers)
        self._begun = {True: connecting.begun(self._writers), False: connecting.begun(self._readers)}
        # SQLite has one writer at a time; within a process they queue here, instead of polling the file.
        self._turn = asyncio.Lock()
        self._fits = False
        self._identity: Identity | None = None
        self._damage = ""

    @property
    def name(self) -> str:
        """Where it is, without a password."""
        return named(self._url)

    @property
    def url(self) -> URL:
        """Where it is, with its password and the driver for asyncio."""
        return self._url

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None for a server."""
        return self._file

    @asynccontextmanager
    async def read(self) -> AsyncIterator[OpenTransaction]:
        """Open a transaction that sees one moment and cannot write.

        Raises:
            DatabaseDamaged: it cannot be trusted, or could not be at some time.
            DatabaseUnreachable: it does not answer.
            SettingsError: its tables have not the form this program needs.
        """
        if self._damage:
            raise DatabaseDamaged(self._damage)
        async with self._begin(writing=False) as transaction:
            yield transaction

    @asynccontextmanager
    async def write(self) -> AsyncIterator[OpenTransaction]:
        """Open a transaction that commits at the end of the block and rolls back on an error.

        Raises:
            DatabaseDamaged: it cannot be trusted.
            DatabaseUnreachable: it does not answer, or another writer keeps it for too long.
            SettingsError: its tables have not the form this program needs.
        """
        if self._file is None:
            async with self._begin(writing=True) as transaction:
                yield transaction
        else:
            async with self._only_writer(), self._begin(writing=True) as transaction:
                yield transaction

    async def ping(self) -> None:
        """Ask the database for an answer.

        Raises:
            DatabaseDamaged: it cannot be trusted, or could not be at some time.
            DatabaseUnreachable: there is none.
            SettingsError: its tables have not the form this program needs.
        """
        async with self.read() as transaction:
            await transaction.access.value(select(1))

    async def schema(self) -> tuple[str, str]:
        """Name the form the tables have (empty without tables), and the one this program needs.

        Raises:
            DatabaseUnreachable: it does not answer.
        """
        if self._file is not None and not self._file.exists():
            return "", schema.HEAD
        with translated(self._url):
            if self._file is not None:
                connecting.probe(self._file)
            async with self._readers.connect() as connection:
                return await connection.run_sync(schema.current), schema.HEAD

    async def ask(self, query: Executable) -> Any:  # noqa: ANN401 -- whatever the column holds
        """Put one question to the database, whatever form its tables have; the first column of its first row.

        Raises:
            DatabaseUnreachable: it does not answer.
        """
        with translated(self._url):
            if self._file is not None:
                connecting.probe(self._file)
            async with self._readers.begin() as connection:
                return (await connection.execute(query)).scalar()

    async def upgrade(self) -> None:
        """Bring the tables to the newest form, all or nothing; makes the file of a SQLite database.

        Raises:
            DatabaseUnreachable: it does not answer.
            SettingsError: its tables are newer than this program.
        """
        await self.migrate(partial(schema.upgrade, name=self.name))

    async def migrate(self, step: Callable[[Connection], None]) -> None:
        """Run one step of ``schema`` in a transaction of its own.

        Raises:
            DatabaseUnreachable: it does not answer, or its folder cannot be made.
        """
        if self._file is not None:
            make_file(self._file)
        engine = connecting.migrating(self._url)
        try:
            with translated(self._url):
                if self._file is not None:
                    connecting.probe(self._file)
                async with engine.begin() as connection:
                    await connection.run_sync(step)
        finally:
            await engine.dispose()
        self._fits = False

    async def close(self) -> None:
        """Close every connection; whoever asks afterwards opens the file that is there then."""
        await self._writers.dispose()
        self._fits, self._identity, self._damage = False, None, ""

    @asynccontextmanager
    async def _begin(self, *, writing: bool) -> AsyncIterator[OpenTransaction]:
        with self._noting_damage():
            if not self._fits:
                await self._examine()
            self._require_same_file()
            with translated(self._url):
                async with connecting.transaction(self._begun[writing]) as (connection, driver):
                    access = Access(connection, driver, writing)
                    opened = OpenTransaction(access, History(access))
                    yield opened
                    await opened.finish()
            # Also afterwards: what was committed into a file that is gone is not kept.
            self._require_same_file()

    @contextmanager
    def _noting_damage(self) -> Iterator[None]:
        """A disk that could not keep something once may say the next time that all is well; it is not."""
        try:
            yield
        except DatabaseDamaged as error:
            self._damage = str(error)
            raise

    def _require_same_file(self) -> None:
        if self._identity is not None:
            self._identity.require()

    @asynccontextmanager
    async def _only_writer(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(connecting.LOCK_WAIT):
                await self._turn.acquire()
        except TimeoutError:
            problem = f"another write has kept it for {connecting.LOCK_WAIT} s"
            raise DatabaseUnreachable(f"the database {self.name} does not answer: {problem}") from None
        try:
            yield
        finally:
            self._turn.release()

    async def _examine(self) -> None:
        """Look once at what does not change while the service runs: its form, what it promises."""
        if self._file is not None and self._file.exists():
            require_local(self._file)
            self._identity = self._identity or Identity.of(self._file)
        found, _ = await self.schema()
        schema.require(found, self.name)
        if self._file is None and self._durable:
            with translated(self._url):
                async with self._readers.begin() as connection:
                    off = (await connection.execute(text(_DURABILITY))).scalars().all()
            if off:
                raise SettingsError(
                    f"the server of {self.name} may forget what it confirms: turn on {', '.join(off)}"
                )
        self._fits = True
