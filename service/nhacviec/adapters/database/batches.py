"""Many rows in one statement: a list of values on SQLite, an array for each column on PostgreSQL."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from sqlalchemy import (
    CursorResult,
    FromClause,
    Integer,
    LargeBinary,
    bindparam,
    column,
    func,
    literal_column,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from nhacviec.adapters.database.access import Access, chunks

#: What the rows are called in a statement.
GIVEN = "given"
#: A statement on SQLite has places for so many rows; those that are left over hold NULL, and match nothing.
_PLACES = (1, 4, 16, 64)

Columns = Mapping[str, TypeEngine[Any]]
_Named = tuple[tuple[str, TypeEngine[Any]], ...]
#: Makes a statement over rows that are given, for a dialect by its name.
Making = Callable[[FromClause, str], UpdateBase]


async def run(
    access: Access, making: Making, columns: Columns, rows: Sequence[Sequence[object]]
) -> frozenset[int]:
    """Run a statement over rows.

    Args:
        access: the open transaction.
        making: makes it; what it made is kept, so it must be a function of a module.
        columns: the names and types of what is given.
        rows: a value for each column.

    Returns:
        The numbers that the statement gives back; none when it gives nothing back.
    """
    found: set[int] = set()
    for piece in chunks(rows, _PLACES[-1]) if access.connection.dialect.name == "sqlite" else [rows]:
        result = await _run(access, making, columns, piece)
        if result.returns_rows:
            found.update(result.scalars())
    return frozenset(found)


def plain(text: str) -> str:
    """Give words from outside as both databases can store them: no NUL, no half characters (F21)."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


async def _run(
    access: Access, making: Making, columns: Columns, rows: Sequence[Sequence[object]]
) -> CursorResult[Any]:
    names = tuple(columns.items())
    if access.connection.dialect.name == "postgresql":
        return await access.connection.execute(_over_arrays(making, names), _arrays(columns, rows))
    dialect = access.connection.dialect
    stored = [_processor(dialect, kind) for kind in columns.values()]
    flat = [process(value) for row in rows for process, value in zip(stored, row, strict=True)]
    places = next(size for size in _PLACES if size >= len(rows))
    empty = [None] * (len(names) * (places - len(rows)))
    statement = _over_values(making, names, places, dialect)
    return await access.connection.exec_driver_sql(statement, (*flat, *empty))


def _arrays(columns: Columns, rows: Sequence[Sequence[object]]) -> dict[str, object]:
    """Give each column as an array; bytes all in one piece, for an array of them would go as hexadecimal."""
    given: dict[str, object] = {}
    for (name, kind), listed in zip(columns.items(), zip(*rows, strict=True), strict=True):
        if isinstance(kind, LargeBinary):
            sizes = list(map(len, listed))
            given[f"{GIVEN}_{name}"] = b"".join(listed)
            given[f"{GIVEN}_{name}_size"] = sizes
            given[f"{GIVEN}_{name}_first"] = [
                end - size + 1 for end, size in zip(accumulate(sizes), sizes, strict=True)
            ]
        else:
            given[f"{GIVEN}_{name}"] = list(listed)
    return given


@cache
def _over_arrays(making: Making, columns: _Named) -> UpdateBase:
    plain_columns: dict[str, TypeEngine[Any]] = {}
    for name, kind in columns:
        if isinstance(kind, LargeBinary):
            plain_columns |= {f"{name}_first": Integer(), f"{name}_size": Integer()}
        else:
            plain_columns[name] = kind
    arrays = [bindparam(f"{GIVEN}_{name}", type_=ARRAY(kind)) for name, kind in plain_columns.items()]
    typed = [column(name, kind) for name, kind in plain_columns.items()]
    table = func.unnest(*arrays).table_valued(*typed, name="listed").render_derived()
    parts = [
        func.substring(
            bindparam(f"{GIVEN}_{name}", type_=kind), table.c[f"{name}_first"], table.c[f"{name}_size"]
        ).label(name)
        if isinstance(kind, LargeBinary)
        else table.c[name]
        for name, kind in columns
    ]
    return making(select(*parts).subquery(GIVEN), "postgresql")


@cache
def _over_values(making: Making, columns: _Named, places: int, dialect: Dialect) -> str:
    """Give the text of a statement: compiling it anew would cost more than running it."""
    typed = [column(name, kind) for name, kind in columns]
    row = tuple(literal_column("?", kind) for _, kind in columns)
    table = values(*typed, name=GIVEN).data([row] * places).cte(GIVEN)
    compiled = making(table, "sqlite").compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return str(compiled)


@cache
def _processor(dialect: Dialect, kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    return kind.dialect_impl(dialect).bind_processor(dialect) or _as_it_is


def _as_it_is(value: object) -> object:
    return value
