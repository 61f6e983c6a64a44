"""Rows of all sheets become one document of the catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nhacviec.application.catalogue.schema.scalars import did_you_mean
from nhacviec.application.definitions import Definition, Definitions
from nhacviec.application.exchange.book import (
    Book,
    CellChange,
    RowNews,
    RowState,
    SheetDocument,
    day_cells,
    held_value,
    laid_over,
)
from nhacviec.application.exchange.columns import CONTACTS, DAYS, DUTIES, TARGETS, UNITS, Table
from nhacviec.application.exchange.rows import Row
from nhacviec.application.exchange.targets import laid_target
from nhacviec.domain.errors import Fault, RuleError


def read_entries(file: str, rows: Mapping[Table, Iterable[Row]], held: Definitions) -> Book:
    """Lay the rows of a workbook over what is held.

    A unit's contacts are those of its rows, where it has any; what no row speaks of stays.

    Args:
        file: the workbook as it was named.
        rows: of each sheet that it has.
        held: what the database holds.
    """
    entries = _Entries(document=SheetDocument(file=file), held=held)
    entries.units(rows.get(UNITS, ()), rows.get(CONTACTS, ()))
    entries.days(rows.get(DAYS, ()))
    entries.duties(rows.get(DUTIES, ()), rows.get(TARGETS, ()))
    return Book(document=entries.document, news=tuple(entries.news), faults=tuple(entries.faults))


@dataclass(slots=True, kw_only=True)
class _Entries:
    document: SheetDocument
    held: Definitions
    news: list[RowNews] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def units(self, units: Iterable[Row], contacts: Iterable[Row]) -> None:
        found: dict[str, Definition] = {}
        for row in units:
            code = row.text("code")
            held = self.held.units.get(code, {})
            found[code], cells = laid_over(held, row, UNITS)
            self.document.place(("units", len(found) - 1), row)
            self.tell(row, code, cells, new=not held)
        for code, rows in _grouped(contacts, "unit").items():
            if code not in found and code not in self.held.units:
                for row in rows:
                    self.unknown(row, "unit", "unit", code, [*found, *self.held.units])
                continue
            unit = found.setdefault(code, dict(self.held.units.get(code, {})))
            path = ("units", list(found).index(code), "contacts")
            self.document.spots.setdefault(path[:2], rows[0].spot)
            unit["contacts"] = self.contacts(code, rows, unit.get("contacts") or [], path)
        if found:
            self.document.data["units"] = list(found.values())

    def contacts(
        self, unit: str, rows: list[Row], held: list[Definition], path: tuple[str | int, ...]
    ) -> list[Definition]:
        """The contacts of a unit: each laid over the one with its role and address, else with its address."""
        left, found = list(held), []
        for number, row in enumerate(rows):
            before = _matching(left, row)
            if before:
                left.remove(before)
            contact, cells = laid_over(before, row, CONTACTS)
            contact.pop("unit", None)
            cells = tuple(cell for cell in cells if cell.spot != row.spots["unit"])
            found.append(contact)
            self.document.place((*path, number), row)
            self.tell(row, f"{unit} {row.text('email')}", cells, new=not before)
        for gone in left:
            name = f"{unit} {gone['email']}"
            self.news.append(RowNews(spot=rows[0].spot, name=name, state=RowState.REMOVED))
        return found

    def days(self, rows: Iterable[Row]) -> None:
        listed: list[Definition] = (self.held.calendar or {}).get("days") or []
        held = {day["date"]: day for day in listed}
        found: list[Definition] = []
        for row in rows:
            day, kind, label = (row.text(key) for key in ("date", "type", "label"))
            if not (day and kind and label):
                continue  # a fault of a cell, told already
            path = ("calendar", "days", len(found))
            self.document.place(path, row)
            self.document.spots[*path, kind] = row.spots["label"]
            found.append({"date": day, kind: label})
            before = day_cells(held[day]) if day in held else {}
            self.tell(row, day, laid_over(before, row, DAYS)[1], new=not before)
        if found:
            self.document.data["calendar"] = {"days": found}

    def duties(self, duties: Iterable[Row], targets: Iterable[Row]) -> None:
        found: dict[str, Definition] = {}
        for row in duties:
            code = row.text("code")
            if code not in self.held.duties:
                self.unknown(row, "code", "duty", code, list(self.held.duties))
                continue
            found[code], cells = laid_over(self.held.duties[code], row, DUTIES)
            self.document.place(("duties", len(found) - 1), row)
            self.tell(row, code, cells)
        for code, rows in _grouped(targets, "duty").items():
            if code not in self.held.duties:
                for row in rows:
                    self.unknown(row, "duty", "duty", code, list(self.held.duties))
                continue
            found.setdefault(code, dict(self.held.duties[code]))
            path = ("duties", list(found).index(code))
            self.document.spots.setdefault(path, rows[0].spot)
            self.target(found[code], rows, (*path, "target"))
        if found:
            self.document.data["duties"] = list(found.values())

    def target(self, duty: Definition, rows: list[Row], path: tuple[str | int, ...]) -> None:
        laid = laid_target(duty.get("target") or {}, rows)
        duty["target"] = laid.target
        for inner, spot in laid.spots.items():
            self.document.spots[*path, *inner] = spot
        for row, cells, new in laid.news:
            self.tell(row, f"{row.text('duty')} {row.text('unit')}".strip(), cells, new=new)

    def tell(self, row: Row, name: str, cells: tuple[CellChange, ...], *, new: bool = False) -> None:
        state = RowState.NEW if new else RowState.CHANGED if cells else RowState.UNCHANGED
        shown = cells if state is RowState.CHANGED else ()
        self.news.append(RowNews(spot=row.spot, name=name, state=state, cells=shown))

    def unknown(self, row: Row, key: str, noun: str, code: str, known: list[str]) -> None:
        """A row about something that is not there."""
        self.news.append(RowNews(spot=row.spot, name=code, state=RowState.FAULTY))
        if key not in row.values:
            return  # a fault of a cell, told already
        mend = did_you_mean(code, known) or f"name a {noun} that is there"
        error = RuleError(f"there is no {noun} {code!r}", mend=mend)
        self.faults.append(row.spots[key].fault(self.document.file, error))


def _grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.text(key), []).append(row)
    return found


def _matching(contacts: list[Definition], row: Row) -> Definition:
    """Of the contacts that are held, the one that a row speaks of; nothing when it is a new one."""
    for keys in (("role", "email"), ("email",)):
        for contact in contacts:
            if all(held_value(contact, key) == row.values.get(key) for key in keys):
                return contact
    return {}
