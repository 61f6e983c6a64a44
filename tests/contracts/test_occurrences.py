"""What every store of occurrences promises."""

import asyncio
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nhacviec.adapters.database.engine import Database
from nhacviec.application.ports import Event, Filter
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.message import Line
from nhacviec.domain.occurrence import EventKind, Occurrence, State
from nhacviec.domain.reminder import Reason, Verdict
from tests.contracts.samples import (
    MINUTE,
    NOW,
    a_reminder,
    a_slot,
    an_occurrence,
    must_claim,
    promised,
    settled,
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


async def test_stages_count_as_settled_in_the_revision_they_were_settled_in(database: Database) -> None:
    """S-50: a due date that has moved is spoken of anew."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    await promised(
        database,
        a_reminder(one, a_slot()),
        a_reminder(one, None, stage="-1d", verdict=Verdict.SUPERSEDED, reason=Reason.MORE_URGENT),
    )

    async with database.read() as transaction:
        occurrences = transaction.occurrences
        assert await occurrences.settled([one, two]) == {one.id: {"-7d", "-1d"}, two.id: frozenset()}
        assert await occurrences.settled([replace(one, revision=1)]) == {one.id: frozenset()}
        assert await occurrences.settled([]) == {}


async def test_reminders_say_what_was_decided_and_where_it_went(database: Database) -> None:
    (one,) = await stored(database)
    went = a_reminder(one, a_slot(), late=True, merged=("-1d", "0d"))
    await promised(database, went, a_reminder(one, None, stage="0d"))

    async with database.read() as transaction:
        sent, closed = await transaction.occurrences.reminders([one.id or 0])
        message = await transaction.outbox.message(sent.message or 0)

    assert message is not None
    assert message.key == a_slot().key
    assert (sent.email, sent.name, sent.late, sent.merged) == ("bithu@example.vn", "-7d", True, ("-1d", "0d"))
    assert (sent.verdict, sent.reason, sent.kind, sent.decided_at) == (
        went.verdict,
        went.reason,
        went.kind,
        NOW,
    )
    assert (closed.email, closed.kind, closed.message, closed.merged) == ("", None, None, ())


async def test_only_main_line_letters_that_went_are_counted(database: Database) -> None:
    """One letter that says two stages counts once; escalations and letters still waiting do not."""
    one, two = await stored(database, an_occurrence(unit="A"), an_occurrence(unit="B"))
    later = a_slot(at=NOW + MINUTE)
    await promised(
        database,
        a_reminder(one, a_slot(), stage="-7d"),
        a_reminder(one, a_slot(), stage="-1d"),
        a_reminder(one, later, stage="0d"),
        a_reminder(one, a_slot(line=Line.ESCALATION), stage="e1"),
        a_reminder(two, later, stage="0d"),
    )
    for _ in range(2):
        assert await settled(database, await must_claim(database), MessageState.SENT, Outcome.ACCEPTED)

    async with database.read() as transaction:
        assert await transaction.occurrences.sent_counts([one.id or 0, two.id or 0]) == {one.id: 1}


async def test_history_is_appended_and_comes_in_order(database: Database) -> None:
    (one,) = await stored(database)
    opened = Event(occurrence=one.id or 0, kind=EventKind.OPENED, at=NOW, data={})
    told = replace(
        opened, kind=EventKind.REPORTED, by="văn thư", note="đã gửi", data={"number": "12-BC/ĐU", "n": 1}
    )

    async with database.write() as transaction:
        await transaction.occurrences.log([opened])
        await transaction.occurrences.log([told, opened])
        await transaction.occurrences.log([])

    async with database.read() as transaction:
        assert await transaction.occurrences.history(one.id or 0) == [opened, told, opened]
        assert await transaction.occurrences.history(404) == []
