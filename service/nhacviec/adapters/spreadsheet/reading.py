"""A workbook read into grids: only what is small enough, and only values."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from nhacviec.adapters.spreadsheet.package import Package, open_package
from nhacviec.adapters.spreadsheet.scanning import Marks, scan, sheets_of
from nhacviec.application.exchange.sheets import Grid, Value


def read_workbook(path: Path) -> list[Grid]:
    """Read every sheet of a workbook.

    Raises:
        CatalogueError: the file is none, holds macros, is encrypted, damaged or too large; with the cell
            where one is to blame.
    """
    package = open_package(path)
    marks = {name: scan(package, name, data) for name, data in sheets_of(package)}
    try:
        workbook = CalamineWorkbook.from_filelike(package.packed())
        return [_grid(package, workbook, name, found) for name, found in marks.items()]
    except CalamineError as error:
        package.fail(f"the file is damaged: {' '.join(str(error).split())}", "save it anew")


def _grid(package: Package, workbook: CalamineWorkbook, name: str, marks: Marks) -> Grid:
    if name not in workbook.sheet_names:
        package.fail(f"the sheet {name!r} cannot be read", "save it anew")
    rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return Grid(
        name=name,
        rows=[[_value(value) for value in row] for row in rows],
        formulas=frozenset(marks.formulas),
        errors=frozenset(marks.errors),
        merged=tuple(marks.merged),
    )


def _value(value: Any) -> Value:  # noqa: ANN401 -- the library's types say less than it gives
    if value is None or value == "":
        return None
    return (
        value if isinstance(value, str | float | bool | date | datetime | time | timedelta) else float(value)
    )
