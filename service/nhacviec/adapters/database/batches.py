"""Many rows in one statement: a list of values on SQLite, a JSON text on PostgreSQL."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import accumulate, chain, count
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    Text,
    cast,
    column,
    func,
    literal_column,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from nhacviec.adapters.database.access import Access, chunks
from nhacviec.adapters.database.asking import Prepared, compiled, given, moment_text, processor
from nhacviec.adapters.database.driver import Rows, Step
from nhacviec.adapters.database.types import UtcDateTime

#: What the rows are called in a statement.
GIVEN = "given"
#: A statement on SQLite has places for so many rows; those that are left over hold NULL, and match nothing.
_PLACES = (1, 2, 4, 8, 16, 32, 64)

Columns = Mapping[str, TypeEngine[Any]]
_Named = tuple[tuple[str, TypeEngine[Any]], ...]
#: Makes a statement over rows that are given, for a dialect by its name; a function of a module, for what it
#: made is kept.
Making = Callable[[FromClause, str], UpdateBase | Select[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """A statement over rows.

    Args:
        making: makes it.
        columns: the names and types of what is given.
    """

    making: Making
    columns: Columns

    def steps(self, access: Access, rows: Sequence[Sequence[object]]) -> list[Step]:
        """Give the statement with its values, as many times as it takes; not at all without rows.

        Args:
            access: the open transaction.
            rows: a value for each column.
        """
        if not rows:
            return []
        names = tuple(self.columns.items())
        if access.dialect.name == "postgresql":
            return [_over_text(self.making, names, access.dialect).step(_as_text(self.columns, rows))]
        return [self._over_values(access, names, piece) for piece in chunks(rows, _PLACES[-1])]

    async def run(self, access: Access, rows: Sequence[Sequence[object]]) -> None:
        """Run it, whatever it finds."""
        if steps := self.steps(access, rows):
            await access.driver.run(steps)

    def _over_values(self, access: Access, names: _Named, rows: Sequence[Sequence[object]]) -> Step:
        places = next(size for size in _PLACES if size >= len(rows))
        processes = [processor(access.dialect, kind) for _, kind in names]
        stored = [
            listed if process is None else map(process, listed)
            for listed, process in zip(zip(*rows, strict=True), processes, strict=True)
        ]
        values = chain.from_iterable(zip(*stored, strict=True))
        empty = [None] * (len(names) * (places - len(rows)))
        return _over_values(self.making, names, places, access.dialect), (*values, *empty)


def numbers(access: Access, found: Iterable[Rows]) -> frozenset[int]:
    """Give the numbers that statements have told: one by one, or on SQLite as a text."""
    if access.dialect.name == "sqlite":
        return frozenset(chain.from_iterable(json.loads(row[0]) for rows in found for row in rows))
    return frozenset(row[0] for rows in found for row in rows)


def plain(text: str) -> str:
    """Give words from outside as both databases can store them: no NUL, no half characters (F21)."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _as_text(columns: Columns, rows: Sequence[Sequence[object]]) -> dict[str, object]:
    """Give the rows as a text; bytes, which it cannot hold, all in one piece beside it."""
    values: dict[str, object] = {}
    told: list[Iterable[object]] = []
    for (name, kind), listed in zip(columns.items(), zip(*rows, strict=True), strict=True):
        if isinstance(kind, LargeBinary):
            sizes = list(map(len, listed))
            values[f"{GIVEN}_{name}"] = b"".join(listed)
            told += [[end - size + 1 for end, size in zip(accumulate(sizes), sizes, strict=True)], sizes]
        else:
            told.append(map(_moment_text, listed) if isinstance(kind, UtcDateTime) else listed)
    values[GIVEN] = json.dumps(list(zip(*told, strict=True)))
    return values


def _moment_text(value: datetime | None) -> str | None:
    return None if value is None else f"{moment_text(value)}+00"


@cache
def _over_text(making: Making, columns: _Named, dialect: Dialect) -> Prepared:
    elements = select(func.jsonb_array_elements(cast(given(GIVEN, Text()), JSONB))).scalar_subquery()
    # Out of an array PostgreSQL expects ten rows, and finds them by their numbers; else it reads the table.
    row = func.unnest(func.array(elements), type_=JSONB()).column_valued("listed")
    places = count()
    parts: list[ColumnElement[Any]] = []
    part: ColumnElement[Any]
    for name, kind in columns:
        if isinstance(kind, LargeBinary):
            first, size = (cast(row.op("->>")(next(places)), Integer) for _ in range(2))
            part = func.substring(given(f"{GIVEN}_{name}", kind), first, size)
        else:
            part = cast(row.op("->>")(next(places)), kind)
        parts.append(part.label(name))
    return compiled(making(select(*parts).subquery(GIVEN), "postgresql"), dialect)


@cache
def _over_values(making: Making, columns: _Named, places: int, dialect: Dialect) -> str:
    """Give the text of a statement: compiling it anew would cost more than running it."""
    typed = [column(name, kind) for name, kind in columns]
    row = tuple(literal_column("?", kind) for _, kind in columns)
    table = values(*typed, name=GIVEN).data([row] * places).cte(GIVEN)
    return str(making(table, "sqlite").compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
