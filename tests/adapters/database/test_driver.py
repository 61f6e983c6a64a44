"""Statements that go to the driver as text, several in one go."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from nhacviec.adapters.database import connecting, rows
from nhacviec.adapters.database.asking import moment_text
from nhacviec.adapters.database.driver import Step
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.adapters.database.types import NaiveMomentError
from tests.contracts.samples import an_occurrence, stored

VIETNAM = timezone(timedelta(hours=7))


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    given = f"sqlite:///{tmp_path}/nhacviec.db"
    url = str(request.getfixturevalue("postgresql_url")) if request.param == "postgresql" else given
    database = open_database(url, durable=False)
    await database.upgrade()
    yield database
    await database.close()


async def test_several_statements_are_answered_one_by_one(database: Database) -> None:
    async with database.write() as transaction:
        found = await transaction.access.driver.run(
            [
                ("SELECT 1 UNION ALL SELECT 2", ()),
                ("INSERT INTO setting (key, value) VALUES ('a', 'b')", ()),
                ("SELECT value FROM setting WHERE key = 'a'", ()),
            ]
        )

    assert [list(map(tuple, rows)) for rows in found] == [[(1,), (2,)], [], [("b",)]]


async def test_what_the_driver_did_is_part_of_the_transaction(database: Database) -> None:
    async def half() -> None:
        async with database.write() as transaction:
            await transaction.access.driver.run([("INSERT INTO setting (key, value) VALUES ('a', 'b')", ())])
            assert await transaction.catalogue.peek("a") == "b"
            raise LookupError

    with pytest.raises(LookupError):
        await half()

    async with database.read() as transaction:
        assert await transaction.catalogue.peek("a") == ""


async def test_what_is_run_last_is_kept_whatever_comes_after_it(database: Database) -> None:
    async def broken() -> None:
        async with database.write() as transaction:
            driver = transaction.access.driver
            (_, found) = await driver.run([_kept("a"), ("SELECT value FROM setting", ())], last=True)
            assert [tuple(row) for row in found] == [("b",)]
            await driver.run([_kept("c")])
            await transaction.catalogue.set_value("d", "b")
            raise LookupError

    with pytest.raises(LookupError):
        await broken()

    async with database.read() as transaction:
        assert [await transaction.catalogue.peek(key) for key in "acd"] == ["b", "", ""]


async def test_nothing_is_kept_of_what_breaks_before_its_end(database: Database) -> None:
    async def broken() -> None:
        async with database.write() as transaction:
            await transaction.access.driver.run([_kept("a"), _kept("a")], last=True)

    with pytest.raises(IntegrityError):
        await broken()

    async with database.write() as transaction:
        assert await transaction.catalogue.peek("a") == ""


def _kept(key: str) -> Step:
    return f"INSERT INTO setting (key, value) VALUES ('{key}', 'b')", ()  # noqa: S608 -- a test's own


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("INSERT INTO event (id, kind, at) VALUES (404, NULL, NULL)", IntegrityError),
        ("UPDATE nothing SET nothing = 1", Exception),
    ],
)
async def test_a_mistake_is_told_as_sqlalchemy_would_tell_it(
    database: Database, statement: str, kind: type[Exception]
) -> None:
    async def err() -> None:
        async with database.write() as transaction:
            await transaction.access.driver.run([(statement, ())])

    with pytest.raises(kind, match=r"\[SQL: (INSERT|UPDATE)"):
        await err()
    await database.ping()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 4, 13, 8, 0, tzinfo=VIETNAM),
        datetime(2026, 4, 13, 1, 0, 0, 7, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
async def test_an_instant_lies_in_sqlite_as_sqlalchemy_writes_it(tmp_path: Path, moment: datetime) -> None:
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await database.upgrade()
    await stored(database, an_occurrence(opened_at=moment))

    async with database.read() as transaction:
        ((kept,),) = (await transaction.access.driver.run([("SELECT opened_at FROM occurrence", ())]))[0:1][0]
        found = await transaction.access.value(select(rows.occurrence.c.opened_at))
    await database.close()

    assert (kept, found) == (moment_text(moment), moment)


def test_an_instant_without_a_zone_has_no_text() -> None:
    assert moment_text(None) is None
    with pytest.raises(NaiveMomentError, match="time zone"):
        moment_text(datetime(2026, 4, 13))  # noqa: DTZ001


async def test_a_transaction_that_cannot_even_be_taken_back_gives_its_connection_up(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await database.upgrade()

    async def lose() -> None:
        async with database.write() as transaction:
            raw = await transaction.access.connection.get_raw_connection()
            assert raw.driver_connection is not None
            await raw.driver_connection.close()
            raise LookupError

    with pytest.raises((OperationalError, ValueError), match="no active connection"):
        await lose()
    async with database.write() as transaction:
        await transaction.catalogue.set_value("key", "value")
    await database.close()


@pytest.mark.parametrize("fresh", [0.0, 5.0])
async def test_a_server_is_asked_before_a_connection_serves_again(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, fresh: float
) -> None:
    """Whether it has been idle for long, or its end has just been told."""
    monkeypatch.setattr(connecting, "_FRESH", fresh)
    database = open_database(postgresql_url, durable=False)
    await database.upgrade()
    await database.ping()
    await database.ping()
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    await database.ping()
    await database.close()
