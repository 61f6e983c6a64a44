"""A sheet becomes rows that say something, and faults that say where they do not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nhacviec.application.exchange.cells import Plain, read_cell
from nhacviec.application.exchange.columns import Column, Table
from nhacviec.application.exchange.sheets import Grid, Spot, Value
from nhacviec.application.exchange.wording import Wording
from nhacviec.domain.errors import Fault, RuleError

#: The header stands in the first row.
_HEADER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row.

    Args:
        spot: its first cell.
        values: what its cells say, by the keys of their columns; a faulty cell is left out.
        spots: where they stand; of every column that the sheet has.
    """

    spot: Spot
    values: dict[str, Plain]
    spots: dict[str, Spot]

    def text(self, key: str) -> str:
        """What a cell says as text; empty where it says nothing."""
        value = self.values.get(key)
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All rows of a sheet that say something, in order."""

    table: Table
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_rows(table: Table, grid: Grid, file: str, wording: Wording) -> Rows:
    """Read a sheet.

    Args:
        table: what it holds.
        grid: its values.
        file: as it was named.
        wording: the words of headers and lists.
    """
    reading = _Reading(table=table, grid=grid, file=file, wording=wording)
    reading.read()
    return Rows(table=table, rows=reading.rows, faults=reading.faults)


@dataclass(slots=True, kw_only=True)
class _Reading:
    table: Table
    grid: Grid
    file: str
    wording: Wording
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seen: dict[tuple[Plain, ...], Spot] = field(default_factory=dict)

    def read(self) -> None:
        for row, column in self.grid.merged:
            self.fail(self.at(row, column), "merged cells", "unmerge them and fill in every row")
        columns = dict(self.columns(self.grid.rows[0] if self.grid.rows else ()))
        for needed in self.table.columns:
            if needed.needed and needed not in columns.values():
                header = self.wording.header(self.table, needed)
                self.fail(
                    self.at(_HEADER, 1), f"there is no column {header!r}", "write it into the first row"
                )
        if self.faults:
            return
        for number, values in enumerate(self.grid.rows[_HEADER:], _HEADER + 1):
            if any(map(_filled, values)) and not self.wording.is_sample(_first(values)):
                self.row(number, values, columns)

    def columns(self, headers: Sequence[Value]) -> Iterator[tuple[int, Column]]:
        """The columns by their numbers."""
        width = max(map(len, self.grid.rows), default=0)
        found: dict[Column, Spot] = {}
        for number in range(1, width + 1):
            header, spot = _cell(headers, number), self.at(_HEADER, number)
            if not _filled(header):
                if any(_filled(_cell(row, number)) for row in self.grid.rows):
                    self.fail(spot, "a column without a header holds something", "name it, or empty it")
                continue
            try:
                column = self.wording.column(self.table, str(header))
            except RuleError as error:
                self.faults.append(spot.fault(self.file, error))
                continue
            if column is None:
                continue
            if column in found:
                self.fail(spot, "the column stands twice", f"the other is at {found[column]}")
            found.setdefault(column, spot)
            yield number, column

    def row(self, number: int, values: Sequence[Value], columns: dict[int, Column]) -> None:
        said: dict[str, Plain] = {}
        spots = {column.key: self.at(number, place) for place, column in columns.items()}
        before = len(self.faults)
        for place, column in columns.items():
            try:
                said[column.key] = self.cell((number, place), column, _cell(values, place))
            except RuleError as error:
                self.faults.append(spots[column.key].fault(self.file, error))
        row = Row(spot=self.at(number, 1), values=said, spots=spots)
        if len(self.faults) == before:
            self.once(row)
        self.rows.append(row)

    def cell(self, at: tuple[int, int], column: Column, value: Value) -> Plain:
        if at in self.grid.formulas:
            raise RuleError("the cell holds a formula", mend="write the value itself")
        if at in self.grid.errors:
            raise RuleError("the cell holds an error of the spreadsheet", mend="write the value itself")
        plain = read_cell(column, value, self.wording)
        if plain is None and column.needed:
            header = self.wording.header(self.table, column)
            raise RuleError(f"{header!r} is missing", mend="fill the cell in, or empty the whole row")
        return column.default if plain is None else plain

    def once(self, row: Row) -> None:
        key = tuple(row.values.get(name) for name in self.table.identity)
        if key in self.seen:
            told = " ".join(str(part) for part in key if part is not None)
            spot = row.spots[self.table.identity[0]]
            self.fail(spot, f"{told!r} stands twice", f"the other is at {self.seen[key]}")
        self.seen.setdefault(key, row.spots[self.table.identity[0]])

    def at(self, row: int, column: int) -> Spot:
        return Spot(self.grid.name, row, column)

    def fail(self, spot: Spot, problem: str, mend: str) -> None:
        self.faults.append(spot.fault(self.file, RuleError(problem, mend=mend)))


def _cell(values: Sequence[Value], number: int) -> Value:
    return values[number - 1] if number <= len(values) else None


def _filled(value: Value) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def _first(values: Sequence[Value]) -> Value:
    return next(filter(_filled, values), None)
