"""``export`` and ``import`` as the secretary meets them: a file, a preview, all or nothing."""

from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from nhacviec.adapters.spreadsheet import read_workbook, write_workbook
from nhacviec.application.exchange.sheets import Head, Page, Value
from tests.acceptance.fortnight import APPLIED
from tests.acceptance.program import Program


def edit(file: Path, sheet: str, cells: dict[tuple[int, int], Value]) -> None:
    """Write a workbook anew with other values in some cells; rows and columns from 1."""
    pages = []
    for grid in read_workbook(file):
        rows = [list(row) for row in grid.rows]
        for (row, column), value in cells.items() if grid.name == sheet else ():
            rows += [[None] * len(rows[0]) for _ in range(row - len(rows))]
            rows[row - 1][column - 1] = value
        heads = tuple(Head(text=str(header or "")) for header in rows[0])
        pages.append(Page(name=grid.name, heads=heads, rows=rows[1:]))
    write_workbook(file, pages, "")


def catalogue(program: Program) -> str:
    return program.ok("catalogue", "export").text


@pytest.fixture
def exported(sample: Program) -> Path:
    file = sample.folder / "danh-muc.xlsx"
    sample.ok("export", str(file))
    return file


def test_an_export_that_is_imported_changes_nothing(sample: Program, exported: Path) -> None:
    before = catalogue(sample)

    told = sample.json("import", str(exported), "--at", APPLIED)

    assert (told["rows"], told["moved"], told["faults"]) == ([], [], [])
    assert all(set(counted) == {"unchanged"} for counted in told["sheets"].values())
    assert catalogue(sample) == before


def test_a_preview_names_the_cells_and_changes_nothing(sample: Program, exported: Path) -> None:
    before = catalogue(sample)
    edit(exported, "Đơn vị", {(6, 2): "Chi bộ Văn phòng", (6, 6): 15.0})

    told = sample.ok("import", str(exported), "--dry-run", "--at", APPLIED)

    assert "changed   Đơn vị!B6: Chi bộ Văn phòng Sở → Chi bộ Văn phòng\n" in told.text
    assert "changed   Đơn vị!F6: 14 → 15\n" in told.text
    assert "Đơn vị: 12 unchanged, 1 changed\n" in told.text
    assert catalogue(sample) == before


def test_an_import_changes_what_was_edited(sample: Program, exported: Path) -> None:
    edit(exported, "Đơn vị", {(6, 2): "Chi bộ Văn phòng"})

    told = sample.ok("import", str(exported), "--yes", "--at", APPLIED)

    assert "imported" in told.err
    assert "name: Chi bộ Văn phòng\n" in catalogue(sample)
    assert sample.json("import", str(exported), "--yes", "--at", APPLIED)["rows"] == []


def test_one_fault_and_nothing_is_imported(sample: Program, exported: Path) -> None:
    """Given one good edit and one bad one, then the bad one is told at its cell, on the screen and in a
    file of results, and neither is taken."""
    before, result = catalogue(sample), sample.folder / "ket-qua.xlsx"
    edit(exported, "Đơn vị", {(6, 2): "Chi bộ Văn phòng", (7, 8): "31/02/2017"})

    told = sample.run("import", str(exported), "--yes", "--result", str(result), "--at", APPLIED)

    assert told.code == 78
    assert told.err == "Đơn vị!H7: 31/02/2017 is not in the calendar — name a day that exists\n"
    assert "1 faulty" in told.text
    assert catalogue(sample) == before
    units = read_workbook(result)[0].rows
    assert units[0][-1] == "Lỗi"
    assert str(units[6][-1]).startswith("H7: 31/02/2017 is not in the calendar")


def test_a_fault_that_only_the_whole_catalogue_knows_is_told_at_its_cell(
    sample: Program, exported: Path
) -> None:
    """Given that a policy writes to a role: nobody may be left without it; and a parent has to be there."""
    edit(exported, "Đơn vị", {(6, 4): "dang-uy-so"})

    told = sample.run("import", str(exported), "--json", "--at", APPLIED)

    assert told.code == 78
    (fault,) = told.document["faults"]
    assert (fault["cell"], fault["problem"]) == ("Đơn vị!D6", "parent: there is no unit 'dang-uy-so'")


def test_a_day_that_is_imported_moves_what_falls_on_it(sample: Program, exported: Path) -> None:
    """The same way as a catalogue: due dates follow, and are told before (S-34)."""
    edit(exported, "Lịch", {(3, 1): "05/06/2017", (3, 2): "Nghỉ", (3, 3): "Nghỉ hoán đổi"})

    told = sample.json("import", str(exported), "--yes", "--at", APPLIED)

    days = sample.json("calendar", "list", "--year", "2017", "--at", APPLIED)
    assert ("2017-06-05", "Nghỉ hoán đổi") in [(day["date"], day["label"]) for day in days]
    assert told["sheets"]["Lịch"] == {"new": 1}


def test_what_is_no_workbook_is_told_in_one_line(sample: Program) -> None:
    file = sample.folder / "danh-muc.xlsx"
    file.write_text("Mã đơn vị;Tên đơn vị\n", encoding="utf-8")

    told = sample.run("import", str(file))

    assert told.code == 78
    assert told.err == f"{file}: this is not a workbook — save it as an Excel workbook (.xlsx)\n"


def test_a_file_that_cannot_be_written_is_told_in_one_line(sample: Program) -> None:
    told = sample.run("export", str(sample.folder / "no-folder" / "danh-muc.xlsx"))

    assert told.code == 1
    assert "cannot be written: No such file or directory — close it where it is open" in told.err


def test_an_empty_database_gives_a_form_to_fill_in(empty: Program) -> None:
    file = empty.folder / "mau.xlsx"
    empty.ok("export", str(file))

    told = empty.run("import", str(file), "--dry-run")

    assert told.code == 78
    assert "organisation is missing" in told.err


@pytest.mark.slow
def test_a_thousand_units_and_three_thousand_contacts_are_imported(sample: Program, exported: Path) -> None:
    """With a preview; how long it takes is printed, and no assertion is made of it."""
    _, contacts = (grid for grid in read_workbook(exported)[:2])
    many: dict[str, dict[tuple[int, int], Value]] = {"Đơn vị": {}, "Liên hệ": {}}
    row, first = 16, len(contacts.rows) + 1
    for number in range(1_000):
        for column, value in enumerate((f"cb-{number:04}", f"Chi bộ {number}", "cell", "dang-uy"), 1):
            many["Đơn vị"][row + number, column] = value
        for nth, role in enumerate(("secretary", "deputy", "office")):
            told: tuple[Any, ...] = (f"cb-{number:04}", role, role, f"{role}.{number}@cb.example.vn")
            for column, value in enumerate(told, 1):
                many["Liên hệ"][first + 3 * number + nth, column] = value
    for sheet, cells in many.items():
        edit(exported, sheet, cells)

    began = perf_counter()
    seen = sample.json("import", str(exported), "--dry-run", "--at", APPLIED)
    shown = perf_counter()
    sample.ok("import", str(exported), "--yes", "--at", APPLIED)
    ended = perf_counter()

    print(f"1,000 units, 3,000 contacts: preview {shown - began:.1f} s, import {ended - shown:.1f} s")  # noqa: T201
    assert seen["sheets"]["Đơn vị"]["new"] == 1_000
    assert seen["sheets"]["Liên hệ"]["new"] == 3_000
    assert catalogue(sample).count("  - code: cb-0") == 1_000
