"""A small organisation, its workbook, and that workbook with a few cells changed."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path

from xlsxwriter import Workbook as Book
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from nhacviec.adapters.spreadsheet import read_workbook
from nhacviec.application.catalogue.check import check
from nhacviec.application.definitions import Definitions
from nhacviec.application.exchange.importing import Workbook, read_book
from nhacviec.application.exchange.outgoing import Export
from nhacviec.application.exchange.sheets import Page, Value
from nhacviec.application.exchange.wording import Wording
from nhacviec.bootstrap import sheet_words, shipped_days
from nhacviec.domain.errors import CatalogueError
from tests.application.catalogue.given import Typed

CATALOGUE = {
    "nhacviec": 1,
    "organisation": {"name": "Đảng bộ Sở", "sender": {"name": "Văn phòng", "email": "vp@example.vn"}},
    "calendar": {"country": "VN", "days": [{"date": "2026-03-09", "off": "Nghỉ hoán đổi"}]},
    "units": [
        {
            "code": "dang-uy",
            "name": "Đảng ủy Sở",
            "kind": "committee",
            "contacts": [{"role": "standing", "name": "Thường trực Đảng ủy", "email": "tt@example.vn"}],
        },
        {
            "code": "cb-1",
            "name": "Chi bộ 1",
            "kind": "cell",
            "parent": "dang-uy",
            "mail": "draft",
            "members": 9,
            "from": "2026-01-01",
            "tags": ["co-chi-uy", "xa"],
            "overseer": {"name": "Đảng ủy viên phụ trách", "email": "dv@example.vn", "receives": ["overdue"]},
            "contacts": [
                {"role": "secretary", "name": "Bí thư", "email": "bt@example.vn", "language": "en"},
                {"role": "deputy", "name": "Phó Bí thư", "email": "pbt@example.vn", "receives": ["digest"]},
            ],
        },
    ],
    "policies": [{"code": "chuan", "to": ["secretary"], "remind": ["-3wd"]}],
    "duties": [
        {
            "code": "KT-01",
            "title": "Kiểm tra {period}",
            "kind": "inspection",
            "assigned": {"kinds": ["cell"]},
            "every": "year",
            "due": {"month": 12, "day": 10},
            "policy": "chuan",
            "target": {"count": 2, "units": {"cb-1": 3}},
        },
    ],
}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, written as one."""

    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A cell merged with others, such as ``B4:B5``."""

    area: str


Given = Value | Formula | Merged


@cache
def held() -> Definitions:
    """What the database holds."""
    return check([Typed(CATALOGUE)], days=shipped_days()).definitions


@cache
def wording() -> Wording:
    return Wording(sheet_words(), "vi")


def pages(definitions: Definitions | None = None) -> list[Page]:
    return Export(definitions or held(), wording()).pages()


def edited(cells: Mapping[str, Given], definitions: Definitions | None = None) -> bytes:
    """The workbook of what is held, with other values in some cells.

    Args:
        cells: by address, as ``Đơn vị!C7``; an address without a cell (``Sheet1!``) adds an empty sheet.
        definitions: what is held, if not the small organisation.
    """
    sheets: dict[str, dict[tuple[int, int], Given]] = {}
    for page in pages(definitions):
        rows = [[head.text for head in page.heads], page.sample, *page.rows]
        sheets[page.name] = {(r, c): value for r, row in enumerate(rows) for c, value in enumerate(row)}
    for address, value in cells.items():
        sheet, _, cell = address.rpartition("!")
        sheets.setdefault(sheet, {})
        if cell:
            sheets[sheet][zero_based(cell)] = value
    return written(sheets)


def written(sheets: Mapping[str, Mapping[tuple[int, int], Given]]) -> bytes:
    """A workbook with just these cells, rows and columns from 0."""
    stream = io.BytesIO()
    with Book(stream, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for at, value in sorted(cells.items()):
                _put(sheet, at, value, day)
    return stream.getvalue()


def _put(sheet: Worksheet, at: tuple[int, int], value: Given, day: Format) -> None:
    match value:
        case Formula(text):
            sheet.write_formula(*at, text, None, "5")
        case Merged(area):
            sheet.merge_range(area, "merged")
        case bool():
            sheet.write_boolean(*at, value)
        case int() | float():
            sheet.write_number(*at, value)
        case date() | time():
            sheet.write_datetime(*at, value, day)
        case str():
            sheet.write_string(*at, value)
        case _:
            pass


def zero_based(cell: str) -> tuple[int, int]:
    """``C7`` is (6, 2)."""
    found = re.fullmatch("([A-Z]+)([0-9]+)", cell)
    assert found
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def faults_of(path: Path) -> list[str]:
    """Everything that is wrong with a workbook over what is held, a line each."""
    try:
        book = read_book(Workbook(file=path.name, grids=read_workbook(path)), held(), wording())
        if book.faults:
            return list(map(str, book.faults))
        check([book.document], existing=held(), days=shipped_days())
    except CatalogueError as error:
        return list(map(str, error.faults))
    return []
