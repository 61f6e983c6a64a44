"""A history from before there was a chain is chained by the upgrade, in the order in which it was told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from nhacviec.adapters.database import schema
from nhacviec.adapters.database.backup import back_up, restore
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.application.audit_trail import VerifyTrail
from nhacviec.application.records import Event, Filter
from nhacviec.domain.chain import BEGINNING, Break, Found
from nhacviec.domain.occurrence import EventKind
from tests.contracts.samples import NOW, an_occurrence, stored

UNITS = ("A", "B", "C")
#: Rows of the earlier form: numbers with gaps, two of one moment, what is not ASCII, keys in no order.
OLD = (
    "INSERT INTO event (id, occurrence, kind, at, \"by\", note, data) SELECT {id}, id, '{kind}', "
    "opened_at, 'văn thư', 'lần {id}', '{{\"số\": \"1-BC\", \"n\": [1, 2.50]}}' "
    "FROM occurrence WHERE unit = '{unit}'"
)
TOLD = ((4, "opened", "A"), (5, "opened", "B"), (9, "reported", "A"), (2_000, "accepted", "A"))


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """One of version 0004 that has a history."""
    on_disk = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/nhacviec.db" if on_disk else request.getfixturevalue("postgresql_url")
    database = open_database(url, durable=False)
    await database.upgrade()
    await stored(database, *(an_occurrence(unit=unit) for unit in UNITS))
    await database.migrate(lambda connection: schema.downgrade(connection, "0004"))
    await database.migrate(remember)
    yield database
    await database.close()


def remember(connection: Connection) -> None:
    """Tell what happened as version 0004 did."""
    for number, kind, unit in TOLD:
        connection.exec_driver_sql(OLD.format(id=number, kind=kind, unit=unit))


def count(connection: Connection) -> None:
    """The earlier form gives numbers by itself, behind those that are there."""
    statement = (
        'INSERT INTO event (occurrence, kind, at, "by", note, data) '
        "SELECT id, 'opened', opened_at, '', '', '{}' FROM occurrence WHERE unit = 'C'"
    )
    connection.execute(text(statement.replace(":", r"\:")))


async def history(database: Database, unit: str) -> list[tuple[EventKind, str]]:
    """What was told of a unit's occurrence."""
    async with database.read() as transaction:
        (one,) = await transaction.occurrences.find(Filter(unit=unit))
        return [(e.kind, e.note) for e in await transaction.occurrences.history(one.id or 0)]


async def test_what_was_told_before_is_chained_and_goes_on(database: Database) -> None:
    await database.upgrade()
    await database.migrate(schema.check)
    found = await VerifyTrail(work=database)()

    assert (found.broken, found.reached.events) == (None, len(TOLD))
    told = [(EventKind.OPENED, "lần 4"), (EventKind.REPORTED, "lần 9"), (EventKind.ACCEPTED, "lần 2000")]
    assert await history(database, "A") == told
    async with database.write() as transaction:
        (one,) = await transaction.occurrences.find(Filter(unit="C"))
        event = Event(occurrence=one.id or 0, kind=EventKind.OPENED, at=NOW, data={})
        await transaction.occurrences.log([event])
    assert (await VerifyTrail(work=database)()).reached.events == len(TOLD) + 1


async def test_what_is_chained_by_the_upgrade_is_guarded_like_the_rest(database: Database) -> None:
    await database.upgrade()
    async with database.write() as transaction:
        await transaction.access.connection.execute(text("UPDATE event SET note = 'lần 8' WHERE id = 3"))

    assert (await VerifyTrail(work=database)()).broken == Found(event=3, why=Break.CHANGED)


async def test_the_way_back_keeps_what_the_earlier_form_can_hold(database: Database) -> None:
    """What was told of an occurrence that is gone has no place there."""
    await database.upgrade()
    async with database.write() as transaction:
        (gone,) = await transaction.occurrences.find(Filter(unit="B"))
        await transaction.occurrences.remove([gone.id or 0], NOW)
    await database.migrate(lambda connection: schema.downgrade(connection, "0004"))
    await database.migrate(count)
    await database.upgrade()

    found = await VerifyTrail(work=database)()
    assert (found.broken, found.reached.events) == (None, len(TOLD))
    assert await history(database, "C") == [(EventKind.OPENED, "")]


async def test_nothing_told_is_a_chain_too(database: Database) -> None:
    await database.migrate(lambda connection: connection.exec_driver_sql("DELETE FROM event").close())
    await database.upgrade()

    found = await VerifyTrail(work=database)()
    assert (found.broken, found.reached) == (None, BEGINNING)


async def test_a_backup_of_either_database_has_the_chain(database: Database, tmp_path: Path) -> None:
    await database.upgrade()
    before = await VerifyTrail(work=database)()
    await back_up(database, tmp_path / "a.backup", NOW)
    async with database.write() as transaction:
        await transaction.access.connection.execute(text("DELETE FROM event WHERE id > 1"))
    assert (await VerifyTrail(work=database)()).broken == Found(event=2, why=Break.MISSING)
    await database.close()

    await restore(database, tmp_path / "a.backup", NOW)

    assert await VerifyTrail(work=database)() == before
