"""What every store of the history promises: it grows at its end, and whatever is done to it is found."""

import asyncio

import pytest
from sqlalchemy import text

from nhacviec.adapters.database.engine import Database
from nhacviec.application.audit_trail import Verified, VerifyTrail
from nhacviec.application.records import Event, Filter
from nhacviec.domain.chain import BEGINNING, Break, Found
from nhacviec.domain.errors import DatabaseDamaged
from nhacviec.domain.occurrence import EventKind
from tests.contracts.samples import MINUTE, NOW, an_occurrence, stored

MANY = 7
PUT_IN = (
    "INSERT INTO event SELECT 8, duty, unit, period, kind, at, 'x', note, data, '' FROM event WHERE id = 7"
)
BROKEN = [
    ("UPDATE event SET duty = 'BC-02' WHERE id = 3", 3, Break.CHANGED),
    ("UPDATE event SET unit = 'CB-X' WHERE id = 3", 3, Break.CHANGED),
    ("UPDATE event SET period = '2026-05' WHERE id = 3", 3, Break.CHANGED),
    ("UPDATE event SET kind = 'waived' WHERE id = 1", 1, Break.CHANGED),
    ("UPDATE event SET at = '2026-04-13 01:00:01.000000' WHERE id = 1", 1, Break.CHANGED),
    ("UPDATE event SET \"by\" = 'ai' WHERE id = 7", 7, Break.CHANGED),
    ("UPDATE event SET note = note || ' ' WHERE id = 5", 5, Break.CHANGED),
    ("UPDATE event SET data = '{\"n\": 6}' WHERE id = 5", 5, Break.CHANGED),
    ("UPDATE event SET digest = '' WHERE id = 5", 5, Break.CHANGED),
    ("UPDATE event SET id = -2 WHERE id = 4", -2, Break.ADDED),
    ("UPDATE event SET id = 8 WHERE id = 4", 4, Break.MISSING),
    ("DELETE FROM event WHERE id = 4", 4, Break.MISSING),
    ("DELETE FROM event WHERE id = 7", 7, Break.MISSING),
    ("DELETE FROM event WHERE id > 4", 5, Break.MISSING),
    ("DELETE FROM event", 1, Break.MISSING),
    (PUT_IN, 8, Break.ADDED),
    ("UPDATE event SET note = (SELECT note FROM event AS o WHERE o.id = 8 - event.id) WHERE id IN (2, 6)",
     2, Break.CHANGED),
    ("UPDATE event_head SET digest = 'x'", 7, Break.HEAD_CHANGED),
    ("UPDATE event_head SET events = 9", 8, Break.MISSING),
    ("UPDATE event_head SET events = 6", 7, Break.ADDED),
    ("DELETE FROM event_head", 7, Break.HEAD_MISSING),
]  # fmt: skip
FOURTH = Found(event=4, why=Break.CHANGED)
#: What SQLite lets into a column whatever its type.
ODD = [
    ("UPDATE event_head SET events = 'x'", Found(event=MANY, why=Break.HEAD_MISSING)),
    ("UPDATE event SET at = 'hôm qua' WHERE id = 4", FOURTH),
    ("UPDATE event SET at = '2026-04-13T01:03:00' WHERE id = 4", FOURTH),
    ("UPDATE event SET at = '2026-04-13 01:03:00.000000+00:00' WHERE id = 4", FOURTH),
    ("UPDATE event SET data = '{' WHERE id = 4", FOURTH),
    ("UPDATE event SET data = '[NaN]' WHERE id = 4", FOURTH),
    ("UPDATE event SET note = CAST(x'ff' AS TEXT) WHERE id = 4", FOURTH),
    ("UPDATE event SET note = x'00' WHERE id = 4", FOURTH),
]


@pytest.fixture
async def telling(database: Database) -> Database:
    """A database with a history of seven events."""
    (one,) = await stored(database)
    for n in range(MANY):
        await tell(database, told(one.id or 0, n))
    return database


def told(occurrence: int, n: int) -> Event:
    return Event(
        occurrence=occurrence,
        kind=EventKind.REPORTED,
        at=NOW + n * MINUTE,
        by="văn thư",
        note=f"lần {n}",
        data={"number": f"{n}-BC/ĐU", "n": n, "parts": ["a", None, 1.5]},
    )


async def tell(database: Database, *events: Event) -> None:
    async with database.write() as transaction:
        await transaction.occurrences.log(events)


async def do(database: Database, statement: str) -> None:
    """Write into the tables past the service."""
    async with database.write() as transaction:
        await transaction.access.connection.execute(text(statement.replace(":", r"\:")))


async def verified(database: Database, piece: int = 3) -> Verified:
    return await VerifyTrail(work=database, piece=piece)()


async def test_a_history_that_nobody_touched_holds(database: Database) -> None:
    assert (await verified(database)).reached == BEGINNING
    (one,) = await stored(database)
    await tell(database, *(told(one.id or 0, n) for n in range(MANY)))

    for piece in (1, MANY, 100):
        found = await verified(database, piece)
        assert (found.broken, found.said, found.reached.events) == (None, "", MANY)


@pytest.mark.parametrize(("statement", "event", "why"), BROKEN)
async def test_whatever_is_done_to_it_is_found_with_its_number(
    telling: Database, statement: str, event: int, why: Break
) -> None:
    await do(telling, statement)

    found = await verified(telling)
    assert found.broken == Found(event=event, why=why)
    assert str(event) in found.said


async def test_two_events_that_change_places_are_found(telling: Database) -> None:
    for statement in (
        "UPDATE event SET id = 100 WHERE id = 3",
        "UPDATE event SET id = 3 WHERE id = 5",
        "UPDATE event SET id = 5 WHERE id = 100",
    ):
        await do(telling, statement)

    assert (await verified(telling)).broken == Found(event=3, why=Break.CHANGED)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("statement", "found"), ODD)
async def test_what_cannot_even_be_read_is_found_like_the_rest(
    telling: Database, statement: str, found: Found
) -> None:
    await do(telling, statement)

    assert (await verified(telling)).broken == found


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (PUT_IN, "somebody has put event 8 into the history"),
        ("DELETE FROM event_head", "lost its head"),
    ],
)
async def test_nothing_is_built_upon_an_end_that_is_not_where_it_was_left(
    telling: Database, statement: str, said: str
) -> None:
    async with telling.read() as transaction:
        (one,) = await transaction.occurrences.find(Filter())
    await do(telling, statement)

    with pytest.raises(DatabaseDamaged, match=f"{said}: run nhacviec audit verify"):
        await tell(telling, told(one.id or 0, 9))


async def test_what_is_told_is_there_for_its_own_transaction_and_for_others_only_when_it_ends(
    telling: Database,
) -> None:
    async with telling.read() as transaction:
        (one,) = await transaction.occurrences.find(Filter())
    async with telling.write() as transaction:
        await transaction.occurrences.log([told(one.id or 0, 9)])
        own = await transaction.occurrences.history(one.id or 0)
        async with telling.read() as other:
            assert len(await other.occurrences.history(one.id or 0)) == MANY

    async with telling.read() as transaction:
        assert await transaction.occurrences.history(one.id or 0) == own
    assert own[-1] == told(one.id or 0, 9)


async def test_what_is_taken_back_leaves_no_gap(telling: Database) -> None:
    async with telling.read() as transaction:
        (one,) = await transaction.occurrences.find(Filter())

    async def stumble() -> None:
        async with telling.write() as transaction:
            await transaction.occurrences.log([told(one.id or 0, 9)])
            raise LookupError

    with pytest.raises(LookupError):
        await stumble()
    await tell(telling, told(one.id or 0, 10))

    found = await verified(telling)
    assert (found.broken, found.reached.events) == (None, MANY + 1)


async def test_an_occurrence_that_is_taken_away_leaves_its_history_and_says_so(telling: Database) -> None:
    """Its row may be given to another one, and the same one may come back: neither speaks for the other."""
    async with telling.read() as transaction:
        (gone,) = await transaction.occurrences.find(Filter())
    silent = next(one for one in await stored(telling, an_occurrence(unit="A")) if one.unit == "A")
    async with telling.write() as transaction:
        await transaction.occurrences.remove([gone.id or 0, silent.id or 0], NOW)
    other = await stored(telling, an_occurrence(unit="B"))
    back = next(one for one in await stored(telling, an_occurrence()) if one.unit == gone.unit)

    found = await verified(telling)
    assert (found.broken, found.reached.events) == (None, MANY + 1)
    async with telling.read() as transaction:
        assert [len(await transaction.occurrences.history(one.id or 0)) for one in other] == [0]
        history = await transaction.occurrences.history(back.id or 0)
    assert [event.kind for event in history] == [EventKind.REPORTED] * MANY + [EventKind.REMOVED]
    assert history[-1].at == NOW


async def test_what_is_told_and_taken_away_in_one_go_is_kept_as_well(database: Database) -> None:
    (one,) = await stored(database)
    async with database.write() as transaction:
        await transaction.occurrences.log([told(one.id or 0, 1)])
        await transaction.occurrences.remove([one.id or 0], NOW)

    assert (await verified(database)).reached.events == 2


async def test_many_who_tell_at_once_make_one_chain(database: Database) -> None:
    """Nobody else adds anything between the reading of the end and the commit."""
    found = await stored(database, *(an_occurrence(unit=f"U{n}") for n in range(8)))

    async def busy(occurrence: int) -> None:
        for n in range(5):
            await tell(database, told(occurrence, n), told(occurrence, n))

    await asyncio.gather(*(busy(one.id or 0) for one in found))

    verdict = await verified(database, 7)
    assert (verdict.broken, verdict.reached.events) == (None, 80)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_who_tells_first_and_asks_for_more_does_not_block_who_holds_that(database: Database) -> None:
    """A decision is told before what leans on it is moved: the chain's end must not be held meanwhile."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    was_told, held = asyncio.Event(), asyncio.Event()

    async def decide() -> None:
        async with database.write() as transaction:
            await transaction.occurrences.log([told(one.id or 0, 1)])
            was_told.set()
            await held.wait()
            await transaction.occurrences.by_ids([two.id or 0])

    async def gather() -> None:
        await was_told.wait()
        async with database.write() as transaction:
            await transaction.occurrences.by_ids([two.id or 0])
            held.set()
            await transaction.occurrences.log([told(two.id or 0, 1)])

    await asyncio.gather(decide(), gather())

    assert (await verified(database)).reached.events == 2
