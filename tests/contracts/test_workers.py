"""What every table of workers promises (DELIVERY §2.5)."""

from dataclasses import replace

from nhacviec.adapters.database.engine import Database
from nhacviec.domain.worker import Worker
from tests.contracts.samples import MINUTE, NOW, a_worker, enlisted


async def found(database: Database, *workers: int) -> list[Worker]:
    async with database.read() as transaction:
        return list(await transaction.workers.find(workers))


async def test_a_process_is_found_as_it_entered_itself(database: Database) -> None:
    """A machine that runs for a year counts more ticks than 32 bits can hold."""
    given = {"boot": "b2", "space": "s", "pid": 4_194_304, "pid_start": 2**40}

    number = await enlisted(database, **given)

    assert await found(database, number, 404) == [a_worker(id=number, **given)]


async def test_no_number_is_given_twice(database: Database) -> None:
    """F12: the same machine, the same process number, another life."""
    first, second = await enlisted(database), await enlisted(database)

    assert first != second
    assert [worker.id for worker in await found(database, second, first, first)] == [first, second]


async def test_a_beat_counts_and_touches_nobody_else(database: Database) -> None:
    mine, other = await enlisted(database), await enlisted(database)

    for n in (1, 2):
        async with database.write() as transaction:
            await transaction.workers.beat(mine, NOW + n * MINUTE)

    (beating, still) = await found(database, mine, other)
    assert beating == replace(a_worker(id=mine), beat=2, beat_at=NOW + 2 * MINUTE)
    assert still == a_worker(id=other)


async def test_one_who_retires_is_still_known(database: Database) -> None:
    """The attempts it made go on naming it."""
    number = await enlisted(database)

    async with database.write() as transaction:
        await transaction.workers.retire(number)

    assert await found(database, number) == [a_worker(id=number, retired=True)]
