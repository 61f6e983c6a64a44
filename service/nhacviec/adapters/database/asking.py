"""Statements that are compiled once: their values go to the driver, and columns come back.

SQLite tells a whole column as one JSON text: for each row that it told by itself, its thread would have to
take turns with the one that sends letters.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

from nhacviec.adapters.database.access import Access
from nhacviec.adapters.database.driver import Rows, Step
from nhacviec.adapters.database.types import NaiveMomentError, UtcDateTime

Process = Callable[[Any], Any]
#: Makes a statement for a dialect by its name; what it made is kept, so it must be a function of a module.
Making = Callable[[str], ClauseElement]
MakingQuery = Callable[[str], Select[Any]]

#: Moments and days that many rows share are read once.
_REMEMBERED = 4096
#: As many signs as SQLite keeps of an instant: all before "+00:00".
_WITHOUT_ZONE = 26
_TRUTH: Mapping[Any, bool | None] = {0: False, 1: True, None: None}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A compiled statement.

    Args:
        text: as the driver takes it.
        order: the names of its values, where the driver takes them by position.
        fixed: values that are always the same.
        stored: what turns the others into what the driver takes, where that is needed.
    """

    text: str
    order: Sequence[str] | None
    fixed: Mapping[str, Any]
    stored: Mapping[str, Process]

    def step(self, values: Mapping[str, Any]) -> Step:
        """Give the statement with its values."""
        stored = self.stored
        taken = {name: stored[name](value) if name in stored else value for name, value in values.items()}
        every = {**self.fixed, **taken}
        return self.text, every if self.order is None else tuple([every[name] for name in self.order])


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A question that is asked often.

    Args:
        making: makes the query.
        named: what else turns the values of a column into those of the domain.
    """

    making: MakingQuery
    named: Mapping[str, Process] = field(default_factory=dict)

    def step(self, access: Access, **values: object) -> Step:
        """Give the question with its values."""
        return _question(self.making, access.dialect).step(values)

    def told(self, access: Access, found: Rows) -> list[tuple[Any, ...]]:
        """Give the answer, row by row."""
        if not found:
            return []
        told: Iterable[Any] = map(json.loads, found[0]) if access.dialect.name == "sqlite" else zip(*found)  # noqa: B905
        processes = _processes(self, access.dialect)
        return list(
            zip(
                *(
                    column if process is None else map(process, column)
                    for process, column in zip(processes, told, strict=True)
                ),
                strict=True,
            )
        )

    async def ask(self, access: Access, **values: object) -> list[tuple[Any, ...]]:
        """Ask, and give the answer row by row."""
        (found,) = await access.driver.run([self.step(access, **values)])
        return self.told(access, found)


def given(name: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
    """Give the place of a value that changes from run to run."""
    return bindparam(name, None, type_=kind)


def among(column: ColumnElement[int], dialect: str) -> ColumnElement[bool]:
    """Say that a column holds one of ``ids``; however many they are, they are one value."""
    text = given("ids", Text())
    if dialect == "postgresql":
        told = func.json_array_elements_text(cast(text, JSON)).table_valued("value", name="listed")
        return column.in_(select(cast(told.c.value, Integer)))
    return column.in_(select(func.json_each(text).table_valued("value", name="listed").c.value))


def listed(ids: Iterable[int]) -> str:
    """Give the value of ``ids``, each of them once: the drivers take one text faster than many numbers."""
    return json.dumps(sorted(set(ids)))


def run_step(making: Making, access: Access, **values: object) -> Step:
    """Give a statement that finds nothing, with its values."""
    return prepared(making, access.dialect).step(values)


@cache
def prepared(making: Making, dialect: Dialect) -> Prepared:
    """Compile a statement: doing that anew would cost more than running it."""
    return compiled(making(dialect.name), dialect)


@cache
def processor(dialect: Dialect, kind: TypeEngine[Any]) -> Process | None:
    """Give what turns a value into what the driver takes; None where it takes it as it is."""
    if isinstance(kind, UtcDateTime) and dialect.name == "sqlite":
        return moment_text
    return kind.dialect_impl(dialect).bind_processor(dialect)


def moment_text(value: datetime | None) -> str | None:
    """Give an instant as SQLite keeps it.

    Raises:
        NaiveMomentError: it has no zone.
    """
    if value is None:
        return None
    if value.tzinfo is None:
        raise NaiveMomentError(f"{value} has no time zone: pass an aware datetime")
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]


def compiled(statement: ClauseElement, dialect: Dialect) -> Prepared:
    """Compile a statement whose changing values are ``given``."""
    text: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    fixed = {}
    stored = {}
    for bound, name in text.bind_names.items():
        process = processor(dialect, bound.type)
        if not bound.unique:
            if process is not None:
                stored[name] = process
        elif name in text.params:  # the others stand in the text
            value = text.params[name]
            fixed[name] = value if process is None else process(value)
    order = text.positiontup if text.positional else None
    return Prepared(str(text), order, fixed, stored)


@cache
def _question(making: MakingQuery, dialect: Dialect) -> Prepared:
    query = making(dialect.name)
    if dialect.name == "sqlite":
        rows = query.subquery("found")
        query = select(*(func.json_group_array(column) for column in rows.c))
    return compiled(query, dialect)


@cache
def _processes(reading: Reading, dialect: Dialect) -> Sequence[Process | None]:
    columns = reading.making(dialect.name).selected_columns
    return [reading.named.get(column.name) or _told(column.type, dialect.name) for column in columns]


def _told(kind: TypeEngine[Any], dialect: str) -> Process | None:
    if dialect == "postgresql":
        return _in_utc if isinstance(kind, UtcDateTime) else None
    if isinstance(kind, UtcDateTime):
        return _moment
    if isinstance(kind, Date):
        return _day
    return _TRUTH.__getitem__ if isinstance(kind, Boolean) else None


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


@lru_cache(_REMEMBERED)
def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


@lru_cache(_REMEMBERED)
def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
