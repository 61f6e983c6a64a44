"""A workbook as one document of the catalogue: what its rows say, laid over what the database holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nhacviec.application.catalogue.schema import Path
from nhacviec.application.definitions import FORMAT, Definition
from nhacviec.application.exchange.cells import Plain
from nhacviec.application.exchange.columns import Table
from nhacviec.application.exchange.rows import Row
from nhacviec.application.exchange.sheets import Spot
from nhacviec.domain.errors import Fault


class RowState(StrEnum):
    """What a row means for what is held; goes unchanged into JSON."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAULTY = "faulty"
    REMOVED = "removed"  #: a contact that no row of its unit names any more


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that says something else than what is held."""

    spot: Spot
    before: Plain
    after: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNews:
    """One row, and what it changes.

    Args:
        spot: its first cell.
        name: what it is about.
        state: what it means.
        cells: what it changes; empty for a new row.
    """

    spot: Spot
    name: str
    state: RowState
    cells: tuple[CellChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDocument:
    """What a workbook says, in the form in which a catalogue is checked; and where everything stands.

    Args:
        file: as it was named.
        data: the sections of a catalogue.
        spots: cells by the paths that lead to what they say.
    """

    file: str
    data: dict[str, Any] = field(default_factory=lambda: {"nhacviec": FORMAT})
    spots: dict[Path, Spot] = field(default_factory=dict)

    def position(self, path: Path) -> tuple[int, int]:
        """Row and column of a cell, or of the nearest parent that has one."""
        spot = self._spot(path)
        return (spot.row, spot.column) if spot else (0, 0)

    def cell(self, path: Path) -> str:
        """``Đơn vị!C7``; the file where no cell says it."""
        return str(self._spot(path) or self.file)

    def _spot(self, path: Path) -> Spot | None:
        steps = range(len(path), 0, -1)
        return next((self.spots[path[:n]] for n in steps if path[:n] in self.spots), None)

    def place(self, path: Path, row: Row) -> None:
        """Note where a row's cells say what stands at a path."""
        self.spots.setdefault(path, row.spot)
        for key, spot in row.spots.items():
            self.spots[(*path, *key.split("."))] = spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A workbook that was read.

    Args:
        document: what it says.
        news: what each row means.
        faults: what no check of a catalogue would find: cells that cannot be understood.
    """

    document: SheetDocument
    news: tuple[RowNews, ...]
    faults: tuple[Fault, ...]


def held_value(definition: Mapping[str, Any], key: str) -> Plain:
    """What an entry says for a column; an empty list says nothing."""
    found: Any = definition
    for step in key.split("."):
        found = (found or {}).get(step)
    return None if found == [] else found


def day_cells(day: Mapping[str, str]) -> dict[str, str]:
    """A day of a catalogue in the columns of its sheet."""
    kind = "working" if "working" in day else "off"
    return {"date": day["date"], "type": kind, "label": day[kind]}


def laid_over(held: Mapping[str, Any], row: Row, table: Table) -> tuple[Definition, tuple[CellChange, ...]]:
    """An entry with what a row says instead.

    Whatever the row says as it was, or has no cell for, stays as its author wrote it: so exporting and
    importing changes nothing.
    """
    found, changes = dict(held), []
    for column in table.columns:
        if column.key not in row.values:
            continue
        before, after = held_value(held, column.key), row.values[column.key]
        if (column.default if before is None else before) != after:
            _put(found, column.key, None if after == column.default else after)
            changes.append(CellChange(row.spots[column.key], before, after))
    return found, tuple(changes)


def _put(definition: Definition, key: str, value: Plain) -> None:
    """Give a key a value, or take it away; a mapping that becomes empty goes too."""
    outer, _, inner = key.partition(".")
    if inner:
        within = dict(definition.get(outer) or {})
        _put(within, inner, value)
        _put_whole(definition, outer, within or None)
    else:
        _put_whole(definition, outer, value)


def _put_whole(definition: Definition, key: str, value: object) -> None:
    if value is None:
        definition.pop(key, None)
    else:
        definition[key] = value
