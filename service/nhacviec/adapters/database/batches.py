"""Many rows in one statement: they go in as one JSON array, so that its text is the same for any number."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Text, bindparam, cast, column, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

#: The parameter that carries the rows, and the table they make.
GIVEN = "given"

Columns = Mapping[str, TypeEngine[Any]]


def given(dialect: str, columns: Columns) -> FromClause:
    """Give the rows of the parameter ``given`` as a table.

    Args:
        dialect: the name of the database's.
        columns: their names and types.
    """
    parameter = bindparam(GIVEN, type_=Text())
    if dialect == "postgresql":
        typed = [column(name, kind) for name, kind in columns.items()]
        table = func.jsonb_to_recordset(cast(parameter, JSONB)).table_valued(*typed)
        return table.render_derived(name=GIVEN, with_types=True)
    element = func.json_each(parameter).table_valued("value", name="element")
    parts = [
        func.json_extract(element.c.value, literal_column(f"'$.{name}'"), type_=kind).label(name)
        for name, kind in columns.items()
    ]
    return select(*parts).subquery(GIVEN)


def carried(dialect: Dialect, columns: Columns, rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Give the parameter of a statement over ``given``.

    Args:
        dialect: of the database.
        columns: as ``given`` was told them.
        rows: a value for each column.
    """
    stored = {name: _processor(dialect, kind) for name, kind in columns.items()}
    listed = [{name: process(row[name]) for name, process in stored.items()} for row in rows]
    return {GIVEN: json.dumps(listed, default=str)}


def plain(text: str) -> str:
    """Give words from outside as both databases can store them: no NUL, no half characters (F21)."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@cache
def _processor(dialect: Dialect, kind: TypeEngine[Any]) -> Any:  # noqa: ANN401 -- a function of the type's own
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    return process or _as_it_is


def _as_it_is(value: object) -> object:
    return value
