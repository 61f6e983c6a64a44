"""Every faulty workbook against a real database: refused, and the database holds what it held."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from nhacviec.adapters.database.engine import open_database
from nhacviec.adapters.spreadsheet import read_workbook
from nhacviec.application.apply import Apply, ApplyOptions
from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.exchange.importing import Import, Workbook
from nhacviec.application.stored import stored_definitions
from nhacviec.bootstrap import sheet_words, shipped_days
from nhacviec.domain.errors import CatalogueError
from tests.application.catalogue.given import Typed
from tests.workbooks.faulty import CELLS
from tests.workbooks.given import CATALOGUE, edited

OPTIONS = ApplyOptions(at=datetime(2026, 2, 2, tzinfo=UTC))


@pytest.mark.slow
async def test_no_faulty_workbook_changes_anything(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db", durable=False)
    await database.upgrade()
    apply = Apply(work=database, current=CurrentCatalogue(), country_days=shipped_days())
    await apply([Typed(CATALOGUE)], OPTIONS)
    importing = Import(work=database, apply=apply, vocabulary=sheet_words())
    async with database.read() as transaction:
        before = await stored_definitions(transaction)
    taken = []

    for name, (cells, _) in CELLS.items():
        file = tmp_path / "danh-muc.xlsx"
        file.write_bytes(edited(cells))
        try:
            workbook = Workbook(file=file.name, grids=read_workbook(file))
            assert (await importing.preview(workbook, OPTIONS)).faults, name
            await importing(workbook, OPTIONS)
            taken.append(name)
        except CatalogueError:
            async with database.read() as transaction:
                assert await stored_definitions(transaction) == before, name
    await database.close()

    assert taken == []
