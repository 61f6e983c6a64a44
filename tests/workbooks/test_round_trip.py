"""Export, edit, import: what was not edited stays as it was; what was written comes back as it was."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from nhacviec.adapters.spreadsheet import read_workbook, write_workbook
from nhacviec.application.catalogue.check import check
from nhacviec.application.definitions import Definitions
from nhacviec.application.exchange.book import Book, RowState
from nhacviec.application.exchange.columns import TABLES
from nhacviec.application.exchange.importing import Workbook, read_book
from nhacviec.application.exchange.outgoing import Export, result_pages
from nhacviec.application.exchange.wording import CHOICES, Wording
from nhacviec.bootstrap import sheet_words, shipped_days
from tests.application.catalogue.given import Typed
from tests.workbooks.given import CATALOGUE, Given, edited, held, pages, wording

RUNS = ("=1+1", "+1", "-1", "@SUM(A1)", '=cmd|"/c calc"!A1', "＝1")


def read(path: Path, definitions: Definitions | None = None) -> Book:
    return read_book(Workbook(file=path.name, grids=read_workbook(path)), definitions or held(), wording())


def imported(path: Path, definitions: Definitions | None = None) -> Definitions:
    """What is held after an import."""
    before = definitions or held()
    book = read(path, before)
    assert book.faults == ()
    checked = check([book.document], existing=before, days=shipped_days())
    return before.merged(checked.definitions)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_export_that_is_imported_changes_nothing(language: str, tmp_path: Path) -> None:
    """In whichever language it was written."""
    file = tmp_path / "danh-muc.xlsx"
    words = Wording(sheet_words(), language)
    write_workbook(file, Export(held(), words).pages(), words.lists())

    assert imported(file) == held()
    assert {news.state for news in read(file).news} == {RowState.UNCHANGED}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_list_has_a_word_for_everything_the_catalogue_knows(language: str) -> None:
    """A new kind of letter, say, must not leave a contact who takes it without a word."""
    words = Wording(sheet_words(), language)

    for column in (column for table in TABLES for column in table.columns if column.choice):
        assert tuple(words.value(column, label) for label in words.labels(column)) == CHOICES[column.choice]


def test_what_was_written_out_and_means_nothing_stays_written_out(tmp_path: Path) -> None:
    """``tags: []`` and the usual ``mail`` say nothing, and an import does not take them away."""
    unit = {"code": "a", "name": "A", "kind": "cell", "tags": [], "mail": "automatic", "contacts": []}
    roles = [*CATALOGUE["units"], unit]  # type: ignore[misc]
    before = check([Typed({**CATALOGUE, "units": roles})], days=shipped_days()).definitions
    file = tmp_path / "danh-muc.xlsx"
    write_workbook(file, pages(before), "")

    assert imported(file, before) == before


EDITS: dict[str, tuple[dict[str, Given], tuple[str, ...], Any]] = {
    "another name": ({"Đơn vị!B4": "Chi bộ Một"}, ("units", "cb-1", "name"), "Chi bộ Một"),
    "a name like a formula": ({"Đơn vị!B4": "=1+1"}, ("units", "cb-1", "name"), "=1+1"),
    "signs apart from their letters": (
        {"Đơn vị!B4": "Chi bo\u0302\u0323"},
        ("units", "cb-1", "name"),
        "Chi bộ",
    ),
    "members": ({"Đơn vị!F4": 12}, ("units", "cb-1", "members"), 12),
    "no members": ({"Đơn vị!F4": None}, ("units", "cb-1", "members"), None),
    "a day as text": ({"Đơn vị!H4": "1/2/2026"}, ("units", "cb-1", "from"), "2026-02-01"),
    "a day as a date": ({"Đơn vị!H4": date(2026, 2, 1)}, ("units", "cb-1", "from"), "2026-02-01"),
    "the usual way": ({"Đơn vị!E4": "Tự động"}, ("units", "cb-1", "mail"), None),
    "a choice in capitals": ({"Đơn vị!E3": "CHỜ  DUYỆT"}, ("units", "dang-uy", "mail"), "draft"),
    "tags": ({"Đơn vị!G4": "gan , xa"}, ("units", "cb-1", "tags"), ["gan", "xa"]),
    "no overseer": (
        {"Đơn vị!J4": None, "Đơn vị!K4": None, "Đơn vị!M4": None},
        ("units", "cb-1", "overseer"),
        None,
    ),
    "an overseer": (
        {"Đơn vị!J3": "Ủy viên", "Đơn vị!K3": "uv@example.vn"},
        ("units", "dang-uy", "overseer"),
        {"name": "Ủy viên", "email": "uv@example.vn"},
    ),
    "a switch": ({"Nhiệm vụ!D3": "Không"}, ("duties", "KT-01", "enabled"), False),
    "a target": ({"Chỉ tiêu!C3": 5}, ("duties", "KT-01", "target"), {"count": 5, "units": {"cb-1": 3}}),
    "a target of one": (
        {"Chỉ tiêu!C4": 0},
        ("duties", "KT-01", "target"),
        {"count": 2, "units": {"cb-1": 0}},
    ),
    "a share": (
        {"Chỉ tiêu!C3": None, "Chỉ tiêu!D3": 30},
        ("duties", "KT-01", "target"),
        {"units": {"cb-1": 3}, "percent": 30, "of": "members"},
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_cell_changes_that_and_nothing_else(name: str, tmp_path: Path) -> None:
    cells, (section, code, key), value = EDITS[name]
    file = tmp_path / "danh-muc.xlsx"
    file.write_bytes(edited(cells))

    after = imported(file)

    before = getattr(held(), section)
    entry = {other: said for other, said in before[code].items() if other != key}
    assert getattr(after, section)[code] == (entry if value is None else {**entry, key: value})
    assert replace(after, **{section: before}) == held()
    changed = {str(cell.spot) for news in read(file).news for cell in news.cells}
    assert changed == set(cells)


def test_a_new_unit_its_contact_and_a_new_day_are_added(tmp_path: Path) -> None:
    file = tmp_path / "danh-muc.xlsx"
    cells = {"Đơn vị!A5": "cb-2", "Đơn vị!B5": "Chi bộ 2", "Đơn vị!C5": "cell", "Lịch!A4": "30/04/2026"}
    cells |= {"Lịch!B4": "Làm bù", "Lịch!C4": "Làm bù", "Liên hệ!A6": "cb-2", "Liên hệ!B6": "secretary"}
    file.write_bytes(edited({**cells, "Liên hệ!C6": "Bí thư", "Liên hệ!D6": "bt2@example.vn"}))

    after = imported(file)

    contact = {"role": "secretary", "name": "Bí thư", "email": "bt2@example.vn"}
    assert after.units["cb-2"] == {"code": "cb-2", "name": "Chi bộ 2", "kind": "cell", "contacts": [contact]}
    assert after.calendar is not None
    assert after.calendar["days"][-1] == {"date": "2026-04-30", "working": "Làm bù"}
    new = [str(news.spot) for news in read(file).news if news.state is RowState.NEW]
    assert new == ["Đơn vị!A5", "Liên hệ!A6", "Lịch!A4"]


def test_a_contact_whose_row_is_gone_is_gone_and_one_of_a_unit_without_rows_stays(tmp_path: Path) -> None:
    """Given that the rows of the committee and of the deputy are emptied."""
    file = tmp_path / "danh-muc.xlsx"
    gone = {f"Liên hệ!{column}{row}": None for column in "ABCDEF" for row in (3, 5)}
    file.write_bytes(edited(gone))

    after = imported(file)

    assert [contact["role"] for contact in after.units["cb-1"]["contacts"]] == ["secretary"]
    assert after.units["dang-uy"] == held().units["dang-uy"]
    assert [news.name for news in read(file).news if news.state is RowState.REMOVED] == [
        "cb-1 pbt@example.vn"
    ]


def test_a_column_that_was_left_out_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "danh-muc.xlsx"
    file.write_bytes(edited({f"Đơn vị!F{row}": None for row in range(1, 5)}))

    assert imported(file) == held()


def test_an_empty_database_gives_a_form_with_a_sample_that_is_skipped(tmp_path: Path) -> None:
    file = tmp_path / "mau.xlsx"
    write_workbook(file, Export(Definitions(), wording()).pages(), wording().lists())

    grids = read_workbook(file)

    assert [len(grid.rows) for grid in grids[:5]] == [2] * 5
    assert grids[0].rows[1][0] == "VD: cb-van-phong"
    assert read(file).document.data == {"nhacviec": 1}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40))
def test_whatever_a_text_begins_with_it_comes_back_as_text(text: str) -> None:
    """S53: a cell is text by its type, and says so to whoever edits it."""
    for begun in (text, *(sign + text for sign in "=+-@")):
        written = read_back(begun)

        assert written == begun


def read_back(text: str) -> object:
    """One text, written under a header and read."""
    page = replace(pages()[2], rows=[[None, None, text]], sample=())
    stream = written_pages([page])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(stream)).get_sheet_by_index(0).to_python()
    return rows[1][-1]


def written_pages(given: list[Any]) -> bytes:
    with NamedTemporaryFile(suffix=".xlsx") as file:
        write_workbook(Path(file.name), given, "")
        return Path(file.name).read_bytes()


@pytest.mark.parametrize("text", RUNS)
def test_a_text_that_begins_like_a_formula_is_marked_as_text(text: str) -> None:
    """Marked as if typed behind an apostrophe, so that it stays text when the cell is edited."""
    page = replace(pages()[2], rows=[[None, None, text]], sample=())
    with zipfile.ZipFile(io.BytesIO(written_pages([page]))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()

    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in styles


def test_a_file_of_results_says_what_is_wrong_and_can_be_imported_once_it_is_mended(tmp_path: Path) -> None:
    file, result, again = (tmp_path / name for name in ("a.xlsx", "b.xlsx", "c.xlsx"))
    file.write_bytes(edited({"Đơn vị!F4": "12", "Liên hệ!D4": "=bt"}))
    grids = read_workbook(file)
    faults = read(file).faults
    write_workbook(result, result_pages(grids, faults, wording()), "")

    units = read_workbook(result)[0].rows

    assert units[0][-1] == "Lỗi"
    assert str(units[3][-1]).startswith("F4: '12': the number is written as text — ")
    assert [str(fault) for fault in read(result).faults] == [str(fault) for fault in faults]
    mended = [replace(grid, rows=[list(row) for row in grid.rows]) for grid in read_workbook(result)]
    mended[0].rows[3][5] = 9.0  # type: ignore[index]
    write_workbook(again, result_pages(mended, (), wording()), "")
    assert read(again).faults == ()


def test_lists_offer_what_there_is_and_headers_stand_still(tmp_path: Path) -> None:
    file = tmp_path / "danh-muc.xlsx"
    write_workbook(file, pages(), wording().lists())

    with zipfile.ZipFile(file) as archive:
        units = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    lists = {
        tuple(str(cell) for cell in column if cell)
        for column in zip(*read_workbook(file)[-1].rows, strict=True)
    }

    assert 'state="frozen"' in units
    assert units.count("<dataValidation ") == 4
    assert 'name="Danh mục" sheetId="6" state="hidden"' in book
    assert ("Tiếng Việt", "Tiếng Anh") in lists
    assert ("standing", "secretary", "deputy") in lists
    assert ("committee", "cell") in lists
