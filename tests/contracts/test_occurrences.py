"""What every store of occurrences promises."""

import asyncio
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Filter
from nhacviec.domain.occurrence import Occurrence, State
from tests.contracts.samples import (
    MINUTE,
    NOW,
    an_occurrence,
    stored,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

EVERYTHING = an_occurrence(
    revision=2,
    state=State.RETURNED,
    catch_up=False,
    opens=date(2026, 4, 1),
    late_after=date(2026, 4, 25),
    extended=True,
    overridden=True,
    opened_late=True,
    target=12,
    done=3,
    reported_on=date(2026, 4, 19),
    last_spoken_on=date(2026, 4, 13),
    reminded=4,
    next_at=NOW,
)


@pytest.mark.parametrize("given", [an_occurrence(), EVERYTHING], ids=["bare", "full"])
async def test_an_occurrence_comes_back_as_it_went_in(database: Database, given: Occurrence) -> None:
    (found,) = await stored(database, given)

    assert found == replace(given, id=found.id)
    assert found.id is not None
    assert isinstance(found.state, State)


async def test_an_instant_of_any_zone_comes_back_in_utc(database: Database) -> None:
    """SQLite forgets zones: 08:00 in Hà Nội would come back as 08:00 UTC."""
    morning = datetime(2026, 4, 13, 8, 0, tzinfo=HANOI)

    (found,) = await stored(database, an_occurrence(opened_at=morning, next_at=morning))

    assert found.next_at == datetime(2026, 4, 13, 1, 0, tzinfo=UTC)
    assert found.opened_at.utcoffset() == timedelta()


async def test_vietnamese_comes_back_letter_for_letter(database: Database) -> None:
    code = unicodedata.normalize("NFC", "Đảng-ủy-thường-trực-ỡ")

    (found,) = await stored(database, an_occurrence(unit=code))

    assert found.unit == code
    assert unicodedata.is_normalized("NFC", found.unit)


async def test_one_duty_of_one_unit_in_one_period_is_there_once(database: Database) -> None:
    """S-30: planning again adds nothing, and changes nothing of what is there."""
    first = an_occurrence()
    others = [an_occurrence(duty="BC-02"), an_occurrence(unit="CB-B"), an_occurrence(period="2026-05")]
    async with database.write() as transaction:
        assert await transaction.occurrences.add([first, first]) == 1
    async with database.write() as transaction:
        assert await transaction.occurrences.add([replace(first, due=date(2026, 4, 21)), *others]) == 3
        assert await transaction.occurrences.add([]) == 0

    async with database.read() as transaction:
        found = await transaction.occurrences.find(Filter(duty="BC-01", unit="CB-VP", period="2026-04"))
    assert [occurrence.due for occurrence in found] == [first.due]


async def test_the_same_planned_twice_at_once_is_there_once(database: Database) -> None:
    many = [an_occurrence(period=f"2026-W{n:02}") for n in range(50)]

    async def plan() -> int:
        async with database.write() as transaction:
            return await transaction.occurrences.add(many)

    assert sum(await asyncio.gather(plan(), plan(), plan())) == 50


async def test_what_is_ripe_comes_earliest_first_and_no_more_than_asked_for(database: Database) -> None:
    at = {"a": NOW, "b": NOW - MINUTE, "c": NOW - MINUTE, "later": NOW + MINUTE / 60_000, "never": None}
    await stored(database, *(an_occurrence(period=period, next_at=next_at) for period, next_at in at.items()))

    async with database.write() as transaction:
        assert [each.period for each in await transaction.occurrences.ripe(NOW, 10)] == ["b", "c", "a"]
        assert [each.period for each in await transaction.occurrences.ripe(NOW, 2)] == ["b", "c"]
        assert await transaction.occurrences.first_ripe(NOW) == NOW - MINUTE
        assert await transaction.occurrences.first_ripe(NOW - 2 * MINUTE) is None


async def test_two_who_gather_at_once_never_share(database: Database) -> None:
    await stored(database, *(an_occurrence(period=str(n), next_at=NOW) for n in range(20)))

    async def gather() -> list[str]:
        async with database.write() as transaction:
            mine = await transaction.occurrences.ripe(NOW, 10)
            await transaction.occurrences.save([replace(each, next_at=None) for each in mine])
            return [each.period for each in mine]

    ours, theirs = await asyncio.gather(gather(), gather())

    assert len(ours) == len(theirs) == 10
    assert set(ours).isdisjoint(theirs)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), ["a", "b", "c", "d"]),
        (Filter(limit=2), ["a", "b"]),
        (Filter(duty="BC-02"), ["c"]),
        (Filter(unit="CB-B"), ["b"]),
        (Filter(period="d"), ["d"]),
        (Filter(states=frozenset({"waived", "missed"})), ["d"]),
        (Filter(due_from=date(2026, 4, 2)), ["d"]),
        (Filter(due_to=date(2026, 4, 1)), ["a", "b", "c"]),
        (Filter(duty="BC-01", unit="CB-A", due_to=date(2026, 4, 1)), ["a"]),
        (Filter(duty="KHONG"), []),
    ],
)
async def test_what_is_found_stands_by_due_date_unit_and_duty(
    database: Database, wanted: Filter, expected: list[str]
) -> None:
    first, second = date(2026, 4, 1), date(2026, 4, 2)
    await stored(
        database,
        an_occurrence(period="d", due=second, unit="CB-A", state=State.WAIVED),
        an_occurrence(period="c", due=first, unit="CB-C", duty="BC-02"),
        an_occurrence(period="b", due=first, unit="CB-B"),
        an_occurrence(period="a", due=first, unit="CB-A"),
    )

    async with database.read() as transaction:
        assert [each.period for each in await transaction.occurrences.find(wanted)] == expected


async def test_occurrences_are_given_by_id_and_unknown_ids_passed_over(database: Database) -> None:
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))

    async with database.read() as transaction:
        found = await transaction.occurrences.by_ids([two.id or 0, 404, one.id or 0, two.id or 0])

    assert found == sorted([one, two], key=lambda each: each.id or 0)


async def test_a_save_writes_all_but_the_identity(database: Database) -> None:
    before, other = await stored(database, an_occurrence(), an_occurrence(unit="CB-X"))
    after = replace(EVERYTHING, id=before.id, period_last=date(2026, 5, 1), every="custom")

    async with database.write() as transaction:
        await transaction.occurrences.save([replace(after, duty="KHAC", unit="KHAC", period="KHAC")])
        await transaction.occurrences.save([])
        found = await transaction.occurrences.find(Filter())

    assert found == [after, other]


async def test_only_what_was_read_can_be_saved(database: Database) -> None:
    with pytest.raises(ValueError, match="read from the database"):
        async with database.write() as transaction:
            await transaction.occurrences.save([an_occurrence()])


async def test_overrides_are_the_dates_that_a_human_set(database: Database) -> None:
    """S-32: later edits of the series keep them."""
    moved, longer = date(2026, 4, 22), date(2026, 4, 23)
    await stored(
        database,
        an_occurrence(),
        an_occurrence(unit="A", overridden=True, due=moved),
        an_occurrence(unit="B", extended=True, due=longer),
    )

    async with database.read() as transaction:
        assert await transaction.occurrences.overrides() == {
            ("BC-01", "A", "2026-04"): moved,
            ("BC-01", "B", "2026-04"): longer,
        }
