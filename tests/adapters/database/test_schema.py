"""The form of the tables: from nothing to the newest and back, on both databases (LIBRARIES: alembic)."""

import os
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, text

from nhacviec.adapters.database import schema
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.adapters.database.types import Row
from nhacviec.application.records import Filter
from nhacviec.domain.errors import SettingsError
from tests.contracts.samples import a_reminder, a_slot, an_occurrence, letters, promised, stored

NEWEST = schema.HEAD


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without tables."""
    on_disk = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/nhacviec.db" if on_disk else request.getfixturevalue("postgresql_url")
    database = open_database(url, durable=False)
    yield database
    await database.close()


def pretend(revision: str) -> Callable[[Connection], None]:
    """Give a step that says the database has another form."""

    def step(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = :of"), {"of": revision})

    return step


async def test_a_database_with_rows_goes_to_the_newest_form_and_back(database: Database) -> None:
    for _ in range(2):
        await database.upgrade()
        await database.migrate(schema.check)
        await database.upgrade()
        (one,) = await stored(database, an_occurrence())
        await promised(database, a_reminder(one, a_slot()))
        await database.upgrade()
        assert len(await letters(database)) == 1
        assert await database.schema() == (schema.HEAD, schema.HEAD)

        await database.migrate(schema.downgrade)
        assert await database.schema() == ("", schema.HEAD)


async def test_a_database_without_tables_asks_for_an_upgrade(database: Database) -> None:
    assert await database.schema() == ("", schema.HEAD)

    with pytest.raises(SettingsError, match="no tables yet: run nhacviec db upgrade"):
        await database.ping()

    await database.upgrade()
    await database.ping()


async def test_to_ask_a_file_that_is_not_there_does_not_make_it(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")

    with pytest.raises(SettingsError, match="nhacviec db upgrade"):
        await database.ping()
    await database.close()

    assert os.listdir(tmp_path) == []  # noqa: PTH208 -- it is no blocking call of a running service


async def test_an_older_form_asks_for_an_upgrade(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await database.upgrade()
    monkeypatch.setattr(schema, "HEAD", "9998")

    with pytest.raises(
        SettingsError, match=f"has form {NEWEST}, and 9998 is needed: run nhacviec db upgrade"
    ):
        await database.ping()


async def test_a_newer_form_is_refused_and_left_alone(database: Database) -> None:
    await database.upgrade()
    await database.migrate(pretend("9999"))

    for ask in (database.ping, database.upgrade):
        with pytest.raises(
            SettingsError, match=rf"made by a newer nhacviec \(form 9999, this one knows {NEWEST}\)"
        ):
            await ask()

    assert await database.schema() == ("9999", NEWEST)


async def test_a_step_that_fails_leaves_nothing_behind(database: Database) -> None:
    await database.upgrade()
    await stored(database)

    def stumble(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        connection.execute(text("UPDATE occurrence SET due = '2030-01-01'"))
        raise LookupError

    with pytest.raises(LookupError):
        await database.migrate(stumble)

    await database.migrate(schema.check)
    async with database.read() as transaction:
        (found,) = await transaction.occurrences.find(Filter())
    assert found.due == an_occurrence().due


async def test_rows_that_refer_to_nothing_stop_a_migration(tmp_path: Path) -> None:
    """SQLite does not look while tables are made anew, so it is looked at afterwards."""
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await database.upgrade()
    (one,) = await stored(database)
    await promised(database, a_reminder(one, a_slot()))

    def lose(connection: Connection) -> None:
        connection.execute(text("DELETE FROM occurrence"))
        schema.upgrade(connection, "x")

    with pytest.raises(SettingsError, match="a row of reminder refers to a occurrence that is not there"):
        await database.migrate(lose)
    assert len(await letters(database)) == 1
    await database.close()


async def test_what_the_tables_refuse_is_what_the_values_of_the_domain_are(tmp_path: Path) -> None:
    """Alembic does not compare CHECK: a new state without a migration would fail on its first day."""
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await database.upgrade()
    async with database.read() as transaction:
        found = await transaction.access.rows(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        )
    await database.close()

    made = {row["name"]: re.sub(r"\s+", " ", row["sql"]) for row in found}
    expected = {
        (table.name, f"CONSTRAINT {check.name} CHECK ({check.sqltext})")
        for table in Row.metadata.sorted_tables
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    assert len(expected) == 15
    assert {(table, check) for table, check in expected if check not in made[table]} == set()


def test_the_newest_form_is_the_one_the_scripts_lead_to() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("path_separator", "os")

    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD
