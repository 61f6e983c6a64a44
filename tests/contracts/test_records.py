"""What a review reads: every occurrence that touches some days, and what was said of each."""

from datetime import date

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Event
from nhacviec.domain.occurrence import EventKind
from nhacviec.domain.review.record import Happened, Record
from tests.contracts.samples import NOW, an_occurrence, stored

_APRIL = (date(2017, 4, 1), date(2017, 4, 30))
_YEAR = {"period_first": date(2017, 1, 1), "period_last": date(2017, 12, 31)}


async def test_records_are_those_whose_periods_touch_the_days(database: Database) -> None:
    await stored(
        database,
        *(
            an_occurrence(
                period=first, period_first=date.fromisoformat(first), period_last=date.fromisoformat(last)
            )
            for first, last in (
                ("2017-03-01", "2017-03-31"),
                ("2017-03-02", "2017-04-01"),
                ("2017-04-10", "2017-04-20"),
                ("2017-04-30", "2017-05-29"),
                ("2017-05-01", "2017-05-31"),
            )
        ),
        an_occurrence(period="2017", **_YEAR),
    )

    async with database.read() as transaction:
        found = await transaction.records.within(*_APRIL)
        nothing = await transaction.records.within(date(2016, 1, 1), date(2016, 12, 31))

    touching = ["2017-03-02", "2017-04-10", "2017-04-30", "2017"]
    assert [record.occurrence.period for record in found] == touching
    assert nothing == []


async def test_a_record_carries_the_figures_of_its_history_in_the_order_it_was_recorded(
    database: Database,
) -> None:
    one, other = await stored(database, an_occurrence(unit="A", **_YEAR), an_occurrence(unit="B", **_YEAR))
    said: list[tuple[EventKind, dict[str, object]]] = [
        (EventKind.REPORTED, {"duration_minutes": 45, "topic": "Học tập", "combined": True}),
        (EventKind.ACCEPTED, {}),
        (EventKind.RETURNED, {"to": "2017-05-02"}),
        (EventKind.TALLIED, {"add": -1, "on": "2017-04-03"}),
    ]
    async with database.write() as transaction:
        await transaction.occurrences.log(
            [Event(occurrence=one.id or 0, kind=kind, at=NOW, data=data) for kind, data in said]
        )

    async with database.read() as transaction:
        found = await transaction.records.within(*_APRIL)

    read = tuple(Happened(kind=kind, data=data) for kind, data in said if kind is not EventKind.ACCEPTED)
    assert found == [Record(occurrence=one, happened=read), Record(occurrence=other)]
