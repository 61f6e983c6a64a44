"""Half a million rows in seconds: the same INSERT, column by column, without the costs of one row each."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

#: A due date is shared by many rows, and so is the moment they came to be.
_REMEMBERED = 4096


async def insert_unless_there(
    connection: AsyncConnection, table: Table, identity: Sequence[str], values: Sequence[object]
) -> int:
    """Insert values whose identity no row has yet.

    Args:
        connection: in a transaction.
        table: where to.
        identity: the columns of a UNIQUE constraint.
        values: objects with an attribute for each column but ``id``.

    Returns:
        How many were inserted.
    """
    columns = [column for column in table.columns if column.name != "id"]
    stored = [_stored(column, connection.dialect, values) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    unless_there = f"ON CONFLICT ({', '.join(identity)}) DO NOTHING"
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(f"%s::{column.type.compile(connection.dialect)}[]" for column in columns)
        insert = f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({arrays}) {unless_there}'  # noqa: S608
        result = await connection.exec_driver_sql(insert, tuple(stored), {"preserve_rowcount": True})
    else:
        marks = ", ".join("?" for _ in columns)
        insert = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks}) {unless_there}'  # noqa: S608
        result = await connection.exec_driver_sql(
            insert, list(zip(*stored, strict=True)), {"preserve_rowcount": True}
        )
    return result.rowcount


def _stored(column: Column[Any], dialect: Dialect, values: Sequence[object]) -> list[Any]:
    """Give one column of all values as the driver takes it."""
    plain = map(attrgetter(column.name), values)
    process: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return list(map(lru_cache(_REMEMBERED)(process), plain)) if process else list(plain)
