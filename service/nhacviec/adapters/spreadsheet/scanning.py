"""A look through the XML of a workbook before a parser makes a table of it.

A table has as many cells as its last row times its last column, however few of them are filled: one value
in the last corner of a sheet would cost gigabytes. And a parser of values does not tell a formula from its
result.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from xml.parsers import expat

from nhacviec.adapters.spreadsheet.package import Package
from nhacviec.application.exchange.sheets import Cell, Spot
from nhacviec.domain.errors import CatalogueError, RuleError

#: The last row and the last column that are read.
MOST_ROWS, MOST_COLUMNS = 20_000, 100
#: Filled cells of a sheet.
MOST_CELLS = 400_000

_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_ID = "http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_ID = "http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_WORKBOOK = "xl/workbook.xml"


@dataclass(slots=True)
class Marks:
    """What stands where in a sheet, apart from values."""

    formulas: set[Cell] = field(default_factory=set)
    errors: set[Cell] = field(default_factory=set)
    merged: list[Cell] = field(default_factory=list)


def sheets_of(package: Package) -> Iterator[tuple[str, bytes]]:
    """The names of the sheets and their XML, in the order of their tabs.

    Raises:
        CatalogueError: a sheet is not in the package, or one name may mean two.
    """
    relations = f"{dirname(_WORKBOOK)}/_rels/workbook.xml.rels"
    related = [attributes for _, attributes in _elements(package, relations, "Relationship")]
    targets = {attributes.get("Id", ""): attributes.get("Target", "") for attributes in related}
    sheets = [attributes for _, attributes in _elements(package, _WORKBOOK, "sheet")]
    names = {attributes.get("name", "").casefold() for attributes in sheets}
    if len(targets) < len(related) or len(names) < len(sheets):
        package.fail("two sheets of the file bear one name", "save it anew")
    for attributes in sheets:
        target = targets.get(attributes.get(_ID) or attributes.get(_STRICT_ID, ""), "")
        part = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(_WORKBOOK), target))
        if part not in package.parts:
            package.fail(f"the sheet {attributes.get('name')!r} is not in the file", "save it anew")
        yield attributes.get("name", ""), package.parts[part]


def scan(package: Package, name: str, data: bytes) -> Marks:
    """Look through a sheet.

    Raises:
        CatalogueError: it is too large, or no XML; with the cell.
    """
    scanning = _Scanning(package.file, name)
    _parse(package, data, scanning.begin, scanning.end)
    return scanning.marks


@dataclass(slots=True)
class _Scanning:
    file: str
    sheet: str
    marks: Marks = field(default_factory=Marks)
    row: int = 0
    column: int = 0
    filled: int = 0
    inside: bool = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self.row = _number(attributes.get("r", ""), self.row + 1)
            self.column = 0
        elif tag == "c":
            address = _ADDRESS.fullmatch(attributes.get("r", ""))
            self.column = _column(address[1]) if address else self.column + 1
            self.row = int(address[2]) if address else self.row
            self.inside = True
            if attributes.get("t") == "e":
                self.marks.errors.add((self.row, self.column))
        elif tag == "mergeCell":
            address = _ADDRESS.match(attributes.get("ref", ""))
            if address:
                self.marks.merged.append((int(address[2]), _column(address[1])))
        elif self.inside:
            self.value(tag)

    def value(self, tag: str) -> None:
        """Something inside a cell: it is filled."""
        spot = Spot(self.sheet, self.row, self.column)
        self.filled += 1
        if self.row > MOST_ROWS:
            self.fail(spot, f"row {self.row} is beyond the {MOST_ROWS} that are read")
        if self.column > MOST_COLUMNS:
            self.fail(spot, f"column {self.column} is beyond the {MOST_COLUMNS} that are read")
        if self.filled > MOST_CELLS:
            self.fail(spot, f"more than {MOST_CELLS} cells are filled")
        if tag == "f":
            self.marks.formulas.add((self.row, self.column))

    def end(self, tag: str) -> None:
        if tag == "c":
            self.inside = False

    def fail(self, spot: Spot, problem: str) -> None:
        error = RuleError(problem, mend="delete what does not belong there, or split the file")
        raise CatalogueError([spot.fault(self.file, error)])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch("[0-9]{1,7}", text, re.ASCII) else otherwise


def _elements(package: Package, part: str, tag: str) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name == tag:
            found.append((name, attributes))

    if part not in package.parts:
        package.fail(f"{part} is not in the file", "save it anew")
    _parse(package, package.parts[part], begin, lambda _: None)
    yield from found


def _parse(
    package: Package, data: bytes, begin: Callable[[str, dict[str, str]], None], end: Callable[[str], None]
) -> None:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = lambda name, attributes: begin(name.rpartition("}")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition("}")[2])
    parser.StartDoctypeDeclHandler = lambda *_: package.fail("it declares a document type", "save it anew")
    try:
        parser.Parse(data, True)  # noqa: FBT003 -- expat takes no keywords: all of it is here
    except expat.ExpatError as error:
        package.fail(f"the file is damaged: {error}", "save it anew")
