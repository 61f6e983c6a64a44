"""Pages written as a workbook that offers what may be written and in which no cell ever runs (S53)."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from nhacviec.application.exchange.columns import Form
from nhacviec.application.exchange.sheets import Head, Page, Value
from nhacviec.domain.errors import RuleError

#: Rows below the header to which lists and formats reach, so that many rows can be pasted.
_REACH = 20_000
#: What a spreadsheet takes for the beginning of a formula when text is typed, pasted or saved as CSV.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
#: Spreadsheets have counted days wrongly before this one.
_FIRST_DAY = date(1900, 3, 1)
_NARROWEST, _WIDEST = 12, 48
_DAY = "dd/mm/yyyy"


def write_workbook(path: Path, pages: Sequence[Page], lists: str) -> None:
    """Write a workbook.

    Args:
        path: where to.
        pages: its sheets.
        lists: the name of the hidden sheet that feeds the drop-down lists; empty: no lists.

    Raises:
        RuleError: the file cannot be written.
    """
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as workbook:
        _Writing(workbook, pages, lists).write()
    try:
        path.write_bytes(stream.getvalue())
    except OSError as error:
        mend = "close it where it is open, or name another"
        raise RuleError(f"{path} cannot be written: {error.strerror}", mend=mend) from error


class _Writing:
    def __init__(self, workbook: Workbook, pages: Sequence[Page], lists: str) -> None:
        self.workbook = workbook
        self.pages = pages
        self.lists = lists
        self.header = self.format(bold=True, bg_color="#DDE8F0", border=1)
        self.plain = self.format(num_format="@")
        self.guarded = self.format(num_format="@", quote_prefix=True)
        self.sample = self.format(num_format="@", italic=True, font_color="#808080")
        self.day = self.format(num_format=_DAY)
        self.number = self.format(num_format="0")
        self.formats = {Form.DAY: self.day, Form.NUMBER: self.number}

    def format(self, **properties: Any) -> Format:  # noqa: ANN401 -- the library's own
        return self.workbook.add_format(properties)

    def write(self) -> None:
        sheets = [self.workbook.add_worksheet(page.name) for page in self.pages]
        offered = self.offered()
        for sheet, page in zip(sheets, self.pages, strict=True):
            self.page(sheet, page, offered)

    def offered(self) -> dict[tuple[str, ...], str]:
        """Write what lists offer into the hidden sheet; where each stands, as a formula says it."""
        offers = dict.fromkeys(head.offers for page in self.pages for head in page.heads if head.offers)
        if not self.lists or not offers:
            return {}
        sheet = self.workbook.add_worksheet(self.lists)
        sheet.hide()
        found: dict[tuple[str, ...], str] = {}
        for column, words in enumerate(offers):
            for row, word in enumerate(words):
                self.cell(sheet, (row, column), word)
            letter = chr(ord("A") + column)
            found[words] = f"='{self.lists}'!${letter}$1:${letter}${len(words)}"
        return found

    def page(self, sheet: Worksheet, page: Page, offered: dict[tuple[str, ...], str]) -> None:
        sheet.freeze_panes(1, 1)
        first = 1
        if page.sample:
            for column, value in enumerate(page.sample):
                sheet.write_string(1, column, str(value or ""), self.sample)
            first = 2
        for column, head in enumerate(page.heads):
            sheet.write_string(0, column, head.text, self.header)
            values = [row[column] for row in page.rows]
            longest = max((len(str(value)) for value in (head.text, *values) if value is not None), default=0)
            width = min(_WIDEST, max(_NARROWEST, longest + 2))
            sheet.set_column(column, column, width, self.formats.get(head.form, self.plain))
            if head.offers in offered:
                sheet.data_validation(1, column, _REACH, column, _validation(head, offered[head.offers]))
        for number, row in enumerate(page.rows, first):
            for column, value in enumerate(row):
                self.cell(sheet, (number, column), value)

    def cell(self, sheet: Worksheet, at: tuple[int, int], value: Value) -> None:
        """One value, as what it is: text is text however it begins."""
        if isinstance(value, bool):
            sheet.write_boolean(*at, value)
        elif isinstance(value, float | int) and isfinite(value):
            sheet.write_number(*at, value, self.number if value == value // 1 else None)
        elif isinstance(value, date):
            self.date(sheet, at, value)
        elif value is not None:
            text = str(value)
            sheet.write_string(*at, text, self.guarded if text.startswith(_RUNS) else self.plain)

    def date(self, sheet: Worksheet, at: tuple[int, int], value: date) -> None:
        day = value.date() if isinstance(value, datetime) else value
        if day < _FIRST_DAY:
            sheet.write_string(*at, f"{day:%d/%m/}{day.year:04}", self.plain)
        else:
            sheet.write_datetime(*at, value, self.day)


def _validation(head: Head, source: str) -> dict[str, Any]:
    refusing = "stop" if head.strict else "information"
    return {"validate": "list", "source": source, "error_type": refusing, "ignore_blank": True}
