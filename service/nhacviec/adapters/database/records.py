"""Occurrences with the figures of their history, a whole year of them in two questions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, literal_column, select

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access
from nhacviec.adapters.database.asking import Reading, given
from nhacviec.adapters.database.history import THEIRS
from nhacviec.adapters.database.values import by_value
from nhacviec.domain.occurrence import EventKind, Occurrence, State
from nhacviec.domain.review.record import READ, Happened, Record

_row, _event = rows.occurrence.c, rows.event.c
_COLUMNS = tuple(field.name for field in fields(Occurrence))
_READ: list[ColumnElement[Any]] = [literal_column(f"'{kind.value}'") for kind in sorted(READ)]


@dataclass(frozen=True, slots=True)
class RecordTables:
    """``application.reviews.Records`` over tables.

    Args:
        access: the open transaction.
    """

    access: Access

    async def within(self, first: date, last: date) -> Sequence[Record]:
        """Give those whose own periods touch these days, by id, their history as it was recorded."""
        happened: dict[int, list[Happened]] = {}
        for occurrence, kind, data in await _HAPPENED.ask(self.access, first=first, last=last):
            happened.setdefault(occurrence, []).append(Happened(kind=kind, data=data))
        found = [
            Occurrence(**dict(zip(_COLUMNS, row, strict=True)))
            for row in await _OCCURRENCES.ask(self.access, first=first, last=last)
        ]
        return [Record(occurrence=each, happened=tuple(happened.get(each.id or 0, ()))) for each in found]


def _touching() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _row.period_first <= given("last", Date()), _row.period_last >= given("first", Date())


def _occurrences(_dialect: str) -> Select[Any]:
    return select(*(_row[name] for name in _COLUMNS)).where(*_touching()).order_by(_row.id)


def _happened(_dialect: str) -> Select[Any]:
    return (
        select(_row.id, _event.kind, _event.data)
        .join_from(rows.occurrence, rows.event, THEIRS)
        .where(*_touching(), _event.kind.in_(_READ))
        .order_by(_event.id)
    )


def _data(told: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """SQLite tells JSON as text, PostgreSQL as what it says."""
    return json.loads(told) if isinstance(told, str) else told


_OCCURRENCES = Reading(_occurrences, {"state": by_value(State).__getitem__})
_HAPPENED = Reading(_happened, {"kind": by_value(EventKind).__getitem__, "data": _data})
