"""What is held becomes pages: the sheets of an export, and the sheets of a file of results."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nhacviec.application.definitions import Definitions
from nhacviec.application.exchange.book import day_cells, held_value
from nhacviec.application.exchange.cells import write_cell
from nhacviec.application.exchange.columns import (
    CONTACTS,
    DAYS,
    DUTIES,
    TABLES,
    TARGETS,
    UNITS,
    Column,
    Form,
    Table,
)
from nhacviec.application.exchange.sheets import Grid, Head, Page, Value
from nhacviec.application.exchange.targets import rows_of
from nhacviec.application.exchange.wording import Wording
from nhacviec.domain.errors import Fault, RuleError


@dataclass(frozen=True, slots=True)
class Export:
    """Writes the catalogue as pages.

    Args:
        definitions: what is held; of an empty database, nothing but headers and samples come out.
        wording: the words of the workbook.
    """

    definitions: Definitions
    wording: Wording

    def pages(self) -> list[Page]:
        """One page for each table; importing them changes nothing."""
        return [self._page(table, self._entries(table)) for table in TABLES]

    def _page(self, table: Table, entries: Iterable[Mapping[str, Any]]) -> Page:
        rows = [[self._value(column, entry) for column in table.columns] for entry in entries]
        return Page(
            name=self.wording.sheet(table),
            heads=tuple(self._head(table, column) for column in table.columns),
            rows=rows,
            sample=self.wording.sample(table),
        )

    def _value(self, column: Column, entry: Mapping[str, Any]) -> Value:
        plain = held_value(entry, column.key)
        return write_cell(column, column.default if plain is None else plain, self.wording)

    def _head(self, table: Table, column: Column) -> Head:
        choice = column.form is Form.CHOICE
        offers = self.wording.labels(column) if choice else self._offers(column.offers)
        text = self.wording.header(table, column)
        return Head(text=text, offers=offers, strict=choice, form=column.form)

    def _offers(self, name: str) -> tuple[str, ...]:
        held = self.definitions
        words: Iterable[str] = ()
        if name == "kinds":
            words = (unit["kind"] for unit in held.units.values())
        elif name == "roles":
            words = (contact["role"] for contact in self._entries(CONTACTS))
        elif name:
            words = {"units": held.units, "policies": held.policies, "duties": held.duties}[name]
        return tuple(dict.fromkeys(words))

    def _entries(self, table: Table) -> Iterable[Mapping[str, Any]]:
        """What the rows of a table say, by the keys of its columns."""
        made: dict[Table, Callable[[], Iterable[Mapping[str, Any]]]] = {
            UNITS: self.definitions.units.values,
            CONTACTS: self._contacts,
            DAYS: self._days,
            DUTIES: self.definitions.duties.values,
            TARGETS: self._targets,
        }
        return made[table]()

    def _contacts(self) -> Iterator[Mapping[str, Any]]:
        for code, unit in self.definitions.units.items():
            yield from ({"unit": code, **contact} for contact in unit.get("contacts") or ())

    def _days(self) -> Iterator[Mapping[str, Any]]:
        for day in (self.definitions.calendar or {}).get("days") or ():
            yield day_cells(day)

    def _targets(self) -> Iterator[Mapping[str, Any]]:
        for code, duty in self.definitions.duties.items():
            if duty.get("target"):
                yield from ({"duty": code, **row} for row in rows_of(duty["target"]))


def result_pages(grids: Sequence[Grid], faults: Sequence[Fault], wording: Wording) -> list[Page]:
    """The workbook as it was read, and in a last column what is wrong with each row.

    Args:
        grids: as they were read.
        faults: whose places name a cell; others belong to no row.
        wording: the words of the workbook.
    """
    told: dict[tuple[str, int], list[str]] = {}
    for fault in faults:
        text = f"{fault.problem} — {fault.mend}" if fault.mend else fault.problem
        sheet, _, cell = fault.place.rpartition("!")
        told.setdefault((sheet, fault.line), []).append(f"{cell}: {text}")
    return [_result_page(grid, told, wording) for grid in grids if _is_read(grid, wording)]


def _result_page(grid: Grid, told: Mapping[tuple[str, int], Sequence[str]], wording: Wording) -> Page:
    headers = [value if isinstance(value, str) else "" for value in grid.rows[0]] if grid.rows else []
    kept = [n for n, header in enumerate(headers) if header != wording.fault()]
    rows: list[list[Value]] = []
    for number, values in enumerate(grid.rows[1:], 2):
        row = [values[n] if n < len(values) else None for n in kept]
        rows.append([*row, "; ".join(told.get((grid.name, number), ())) or None])
    heads = (*(Head(text=headers[n]) for n in kept), Head(text=wording.fault()))
    return Page(name=grid.name, heads=heads, rows=rows)


def _is_read(grid: Grid, wording: Wording) -> bool:
    try:
        return wording.table(grid.name) is not None
    except RuleError:
        return False
