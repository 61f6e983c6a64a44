"""What the stores of one transaction share: its connection, and how rows are locked and counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from nhacviec.adapters.database.driver import Driver

Item = TypeVar("Item")
Insert = sqlite.Insert | postgresql.Insert

#: What a daemon that waits for letters listens to.
CHANNEL = "nhacviec"
_RING = text(f"NOTIFY {CHANNEL}")
#: Values in one ``IN (…)``; both engines take more, but not endlessly many.
CHUNK = 5000


def chunks(items: Sequence[Item], size: int = CHUNK) -> Iterator[Sequence[Item]]:
    """Cut a sequence into pieces that one statement can carry."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


@dataclass(frozen=True, slots=True)
class Access:
    """One open transaction.

    Args:
        connection: with the transaction begun.
        driver: the same transaction past SQLAlchemy, for what is run often.
        writing: whether it may write; then what it reads in order to change is locked until its end.
    """

    connection: AsyncConnection
    driver: Driver
    writing: bool

    @property
    def dialect(self) -> Dialect:
        """The database's."""
        return self.connection.dialect

    def insert(self, table: Table) -> Insert:
        """Begin an INSERT that knows ON CONFLICT, in the dialect of the database."""
        if self.connection.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)

    def locking(self, query: Select[Any], *, skip_locked: bool = False) -> Select[Any]:
        """Lock the rows a query finds, when they may be changed afterwards.

        SQLite has no such clause and needs none: it lets one writer in at a time. The lock is the weaker one
        that leaves foreign keys to these rows alone.

        Args:
            query: over plain rows.
            skip_locked: pass over what another transaction holds, rather than wait for it.
        """
        return query.with_for_update(key_share=True, skip_locked=skip_locked) if self.writing else query

    async def rows(self, query: Executable) -> Sequence[RowMapping]:
        """Run a statement and give all its rows."""
        return (await self.connection.execute(query)).mappings().all()

    async def row(self, query: Executable) -> RowMapping | None:
        """Run a statement and give its first row."""
        return (await self.connection.execute(query)).mappings().first()

    async def value(self, query: Executable) -> Any:  # noqa: ANN401 -- whatever the column holds
        """Run a statement and give the first column of its first row; None without one."""
        return (await self.connection.execute(query)).scalar()

    async def count(self, statement: Executable, values: Sequence[Mapping[str, Any]] = ()) -> int:
        """Run a statement, once or for each set of values, and count the rows it touched."""
        if values:
            changed = statement.execution_options(preserve_rowcount=True)
            return (await self.connection.execute(changed, [dict(each) for each in values])).rowcount
        return (await self.connection.execute(statement)).rowcount

    async def ring(self) -> None:
        """Wake the daemons once this transaction commits: there are letters.

        On SQLite nobody listens: its daemon is one process, and looks by itself.
        """
        if self.connection.dialect.name == "postgresql":
            await self.connection.execute(_RING)
