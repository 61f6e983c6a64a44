"""What every store of the catalogue promises."""

from dataclasses import replace
from datetime import date

from nhacviec.adapters.database.engine import Database
from nhacviec.application.definitions import CalendarDay, Definitions
from nhacviec.application.records import DutyMark

WRITTEN = Definitions(
    organisation={"name": "Đảng bộ Sở", "timezone": "Asia/Ho_Chi_Minh"},
    calendar={"country": "vn", "weekend": ["sat", "sun"]},
    units={
        "CB-VP": {"code": "CB-VP", "name": "Chi bộ Văn phòng"},
        "CB-A": {"code": "CB-A", "name": "Chi bộ A"},
    },
    policies={"mac-dinh": {"code": "mac-dinh", "stages": [{"before": 7}, {"after": 1}]}},
    duties={"SH-02": {"code": "SH-02", "z": 1, "a": 2}, "BC-01": {"code": "BC-01"}},
)
TET = CalendarDay(
    day=date(2026, 2, 17), working=False, label="Tết Nguyên đán", source="country", status="official"
)
MAKE_UP = replace(TET, day=date(2026, 2, 14), working=True, label="Làm bù", status="provisional")


async def saved(database: Database, definitions: Definitions, *days: CalendarDay) -> None:
    async with database.write() as transaction:
        await transaction.catalogue.save(definitions, days)


async def test_an_empty_database_has_an_empty_catalogue(database: Database) -> None:
    async with database.read() as transaction:
        assert await transaction.catalogue.definitions() == Definitions()
        assert await transaction.catalogue.days() == []
        assert await transaction.catalogue.version() == 0
        assert await transaction.catalogue.marks() == {}


async def test_what_was_saved_comes_back_word_for_word_and_in_order(database: Database) -> None:
    await saved(database, WRITTEN, TET, MAKE_UP)

    async with database.read() as transaction:
        found = await transaction.catalogue.definitions()
        assert found == WRITTEN
        assert list(found.units) == ["CB-VP", "CB-A"]
        assert list(found.duties) == ["SH-02", "BC-01"]
        assert list(found.duties["SH-02"]) == ["code", "z", "a"]
        assert await transaction.catalogue.days() == [MAKE_UP, TET]


async def test_a_save_replaces_everything(database: Database) -> None:
    later = Definitions(
        units={"CB-A": {"name": "Chi bộ A"}, "CB-VP": {"name": "Chi bộ khác"}}, duties={"BC-01": {}}
    )

    await saved(database, WRITTEN, TET, MAKE_UP)
    await saved(database, later, TET)

    async with database.read() as transaction:
        found = await transaction.catalogue.definitions()
        assert found == later
        assert list(found.units) == ["CB-A", "CB-VP"]
        assert await transaction.catalogue.days() == [TET]


async def test_each_save_gives_a_new_version(database: Database) -> None:
    versions = []
    for _ in range(3):
        await saved(database, WRITTEN)
        async with database.read() as transaction:
            versions.append(await transaction.catalogue.version())

    assert versions == [1, 2, 3]


async def test_duties_that_stay_keep_how_far_they_were_planned(database: Database) -> None:
    """S-79: applying a catalogue again does not make anything due before it was first applied."""
    mark = DutyMark(code="BC-01", applied_on=date(2026, 4, 1), planned_until=date(2027, 4, 1))
    gone = DutyMark(code="SH-02", applied_on=date(2026, 4, 1), planned_until=None)
    await saved(database, WRITTEN)
    async with database.write() as transaction:
        await transaction.catalogue.mark([mark, gone, replace(mark, code="KHONG-CO")])
        assert await transaction.catalogue.marks() == {"BC-01": mark, "SH-02": gone}

    await saved(database, replace(WRITTEN, duties={"BC-01": {"title": "Báo cáo"}, "MOI-01": {}}))

    async with database.write() as transaction:
        assert await transaction.catalogue.marks() == {"BC-01": mark}
        await transaction.catalogue.mark([replace(mark, planned_until=None)])
        assert await transaction.catalogue.marks() == {"BC-01": replace(mark, planned_until=None)}


async def test_values_are_kept_and_replaced(database: Database) -> None:
    async with database.write() as transaction:
        assert await transaction.catalogue.value("install") == ""
        await transaction.catalogue.set_value("install", "một")
        await transaction.catalogue.set_value("install", "hai")

    async with database.read() as transaction:
        assert await transaction.catalogue.value("install") == "hai"
        assert await transaction.catalogue.value("other") == ""
