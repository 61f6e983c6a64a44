"""DELIVERY §2.3: the queue is held for reasons, each by itself, and goes again when none is left."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.application.holds import BY_ADOPTION, BY_WORD, HOLDS, Hold, HoldKind, holds, lift, put, stamp

NOW = datetime(2017, 6, 5, 0, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    postgresql = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if postgresql else f"sqlite:///{tmp_path}/nhacviec.db"
    opened = open_database(str(url), durable=False)
    await opened.upgrade()
    yield opened
    await opened.close()


async def standing(database: Database) -> list[Hold]:
    async with database.read() as transaction:
        return list(await holds(transaction))


async def test_a_new_database_holds_nothing(database: Database) -> None:
    assert await standing(database) == []


async def test_a_reason_keeps_its_first_words_and_time(database: Database) -> None:
    async with database.write() as transaction:
        first = await put(transaction, HoldKind.OPERATOR, "chờ ý kiến", NOW)
        again = await put(transaction, HoldKind.OPERATOR, "again", LATER)

    assert (first, again) == (True, False)
    assert await standing(database) == [Hold(kind=HoldKind.OPERATOR, at=NOW, text="chờ ý kiến")]


async def test_a_reason_that_is_lifted_leaves_the_others(database: Database) -> None:
    async with database.write() as transaction:
        for kind in HoldKind:
            await put(transaction, kind, f"by {kind}", NOW)
        lifted = await lift(transaction, BY_WORD)
        nothing = await lift(transaction, BY_WORD)

    assert [hold.kind for hold in lifted] == list(BY_WORD)
    assert nothing == []
    assert {hold.kind for hold in await standing(database)} == set(BY_ADOPTION)


async def test_when_the_last_reason_is_lifted_nothing_is_kept(database: Database) -> None:
    async with database.write() as transaction:
        await put(transaction, HoldKind.SENDER, "553 not our sender", NOW)
        await lift(transaction, [HoldKind.SENDER])

        assert await transaction.catalogue.value(HOLDS) == ""


async def test_what_is_put_in_a_transaction_that_fails_does_not_hold(database: Database) -> None:
    async def cut_short() -> None:
        async with database.write() as transaction:
            await put(transaction, HoldKind.REFUSALS, "550 for everybody", NOW)
            raise OSError("cut")

    with pytest.raises(OSError, match="cut"):
        await cut_short()

    assert await standing(database) == []


async def test_a_hold_without_a_moment_gets_that_of_the_first_opening(database: Database) -> None:
    """A backup is sealed when it is made; who opens it first says since when it is in use."""
    async with database.write() as transaction:
        await transaction.catalogue.set_value(HOLDS, '{"restored": {"at": null, "text": "a backup"}}')
    async with database.write() as transaction:
        first = await stamp(transaction, NOW)
        again = await stamp(transaction, LATER)

    assert (first, again) == (True, False)
    assert await standing(database) == [Hold(kind=HoldKind.RESTORED, at=NOW, text="a backup")]
