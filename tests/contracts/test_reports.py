"""What every store of reports promises: what was reported last, of many occurrences at once."""

from nhacviec.adapters.database.engine import Database
from nhacviec.application.records import Event
from nhacviec.domain.occurrence import EventKind, Occurrence
from tests.contracts.samples import MINUTE, NOW, an_occurrence, stored


async def test_the_last_report_counts_and_nothing_else_that_happened(database: Database) -> None:
    one, two, three = await stored(database, *(an_occurrence(unit=unit) for unit in "ABC"))
    said: list[tuple[Occurrence, EventKind, dict[str, object]]] = [
        (one, EventKind.REPORTED, {"duration_minutes": 75, "misses": [{"field": "duration_minutes"}]}),
        (two, EventKind.REPORTED, {"number": "05-BC/CB"}),
        (one, EventKind.RETURNED, {"to": "2026-04-30"}),
        (one, EventKind.REPORTED, {"duration_minutes": 95}),
        (one, EventKind.ACCEPTED, {}),
        (three, EventKind.TALLIED, {"add": 1}),
    ]
    # the order in which they were recorded decides, not what the clock of the day said
    events = [
        Event(occurrence=of.id or 0, kind=kind, at=NOW - number * MINUTE, data=data)
        for number, (of, kind, data) in enumerate(said)
    ]
    async with database.write() as transaction:
        await transaction.occurrences.log(events)

    async with database.read() as transaction:
        every = await transaction.reports.last([one.id or 0, two.id or 0, three.id or 0])
        assert every == {one.id: {"duration_minutes": 95}, two.id: {"number": "05-BC/CB"}}
        assert await transaction.reports.last([two.id or 0]) == {two.id: {"number": "05-BC/CB"}}
        assert await transaction.reports.last([]) == {}
