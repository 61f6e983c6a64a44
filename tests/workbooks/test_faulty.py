"""One fault a workbook: told at its cell, with the reason, and nothing else goes wrong by it."""

from pathlib import Path

import pytest

from tests.workbooks.faulty import CELLS
from tests.workbooks.given import edited, faults_of


def test_what_is_held_has_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "danh-muc.xlsx"
    file.write_bytes(edited({}))

    assert faults_of(file) == []


@pytest.mark.parametrize("name", CELLS)
def test_a_fault_is_told_at_its_cell(name: str, tmp_path: Path) -> None:
    cells, told = CELLS[name]
    file = tmp_path / "danh-muc.xlsx"
    file.write_bytes(edited(cells))

    faults = faults_of(file)

    assert faults, name
    assert faults[0].startswith(told), faults
    assert " — " in faults[0], "it says how to mend it"


def test_there_are_fifty_of_them() -> None:
    assert len(CELLS) >= 50
