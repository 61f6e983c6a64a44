"""What every transaction promises: all or nothing, one moment, and no lost update (DELIVERY §2.13)."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.adapters.database.types import NaiveMomentError
from nhacviec.application.records import Event, Filter
from nhacviec.domain.errors import DatabaseUnreachable
from nhacviec.domain.occurrence import EventKind
from tests.contracts.samples import NOW, a_reminder, a_slot, an_occurrence, promised, stored


async def test_an_error_in_the_block_takes_everything_back(database: Database) -> None:
    async def half() -> None:
        async with database.write() as transaction:
            await transaction.catalogue.set_value("key", "half")
            raise LookupError

    with pytest.raises(LookupError):
        await half()

    async with database.read() as transaction:
        assert await transaction.catalogue.value("key") == ""


async def test_forty_increments_at_once_make_forty(database: Database) -> None:
    """A value read for writing follows from the last one written, on an empty table too."""

    async def increment() -> None:
        async with database.write() as transaction:
            count = int(await transaction.catalogue.value("count") or 0)
            await asyncio.sleep(0)
            await transaction.catalogue.set_value("count", str(count + 1))

    await asyncio.gather(*(increment() for _ in range(40)))

    async with database.read() as transaction:
        assert await transaction.catalogue.value("count") == "40"


async def test_two_daemons_do_not_undo_each_other(url: str, database: Database) -> None:
    """S-33: each sees what the other has saved, though neither knows that there is another."""
    other = open_database(url, durable=False)
    await stored(database, an_occurrence(target=40))

    async def tally(mine: Database) -> None:
        async with mine.write() as transaction:
            (occurrence,) = await transaction.occurrences.find(Filter(duty="BC-01"))
            (again,) = await transaction.occurrences.by_ids([occurrence.id or 0])
            assert again == occurrence
            await transaction.occurrences.save([replace(occurrence, done=occurrence.done + 1)])

    await asyncio.gather(*(tally(mine) for mine in (database, other) for _ in range(15)))

    async with other.read() as transaction:
        (occurrence,) = await transaction.occurrences.find(Filter())
    assert occurrence.done == 30
    await other.close()


async def test_a_read_sees_one_moment(database: Database) -> None:
    await stored(database)
    async with database.read() as reader:
        before = await reader.occurrences.find(Filter())
        await stored(database, an_occurrence(period="2026-05"))
        during = await reader.occurrences.find(Filter())
    async with database.read() as reader:
        after = await reader.occurrences.find(Filter())

    assert (len(before), len(during), len(after)) == (1, 1, 2)


async def test_a_read_cannot_write(database: Database) -> None:
    async with database.read() as transaction:
        with pytest.raises((DBAPIError, DatabaseUnreachable), match=r"read-?only"):
            await transaction.catalogue.set_value("key", "value")


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    async with asyncio.timeout(5), database.write() as writer:
        await writer.catalogue.set_value("key", "new")
        async with database.read() as reader:
            assert await reader.catalogue.value("key") == ""


async def test_history_of_no_occurrence_is_refused(database: Database) -> None:
    event = Event(occurrence=404, kind=EventKind.OPENED, at=NOW, data={})

    with pytest.raises(ValueError, match="no occurrence 404"):
        async with database.write() as transaction:
            await transaction.occurrences.log([event])


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE occurrence SET state = 'bogus'",
        "UPDATE occurrence SET due = NULL",
        "UPDATE occurrence SET revision = -1",
        "UPDATE occurrence SET period_first = '2027-01-01'",
        "UPDATE message SET state = 'bogus'",
        "UPDATE message SET state = 'claimed'",
        "UPDATE message SET token = 'without a claim'",
        "UPDATE message SET line = 'bogus'",
        "UPDATE message SET state = 'claimed', token = 'of nobody'",
        "UPDATE message SET state = 'claimed', token = 'x', worker = 404",
        (
            "INSERT INTO delivery (message, n, started_at, ended_at, stage, code, text, outcome) "
            "SELECT id, 1, due_at, due_at, 'dot', 0, '', 'bogus' FROM message"
        ),
        "UPDATE reminder SET verdict = 'bogus'",
        "UPDATE reminder SET message = 404",
        "INSERT INTO organisation (id, definition) VALUES (2, '{}')",
    ],
)
async def test_the_tables_refuse_what_no_value_of_the_domain_can_be(database: Database, wrong: str) -> None:
    (one,) = await stored(database)
    await promised(database, a_reminder(one, a_slot()))

    with pytest.raises(IntegrityError):
        async with database.write() as transaction:
            await transaction.access.connection.execute(text(wrong))


async def test_a_moment_without_a_zone_is_refused_on_every_way_in(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)

    with pytest.raises(NaiveMomentError, match="time zone"):
        await stored(database, an_occurrence(opened_at=naive))
    with pytest.raises(NaiveMomentError, match="time zone"):
        async with database.write() as transaction:
            await transaction.occurrences.ripe(naive, 1)
