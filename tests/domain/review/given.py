"""Short ways to write what happened to an occurrence of the small organisation."""

from dataclasses import replace
from typing import Any

from nhacviec.domain.duty import Criterion, DutyKind, Evidence
from nhacviec.domain.occurrence import EventKind, Occurrence, State
from nhacviec.domain.review.record import Happened, Record
from nhacviec.domain.target import Pace
from nhacviec.domain.time.period import Every, calendar_period
from tests.domain.builders import at, on
from tests.domain.committee import duty

TODAY = on("2017-07-03")
MEETING = replace(
    duty("SH-01"),
    kind=DutyKind.MEETING,
    criteria=(
        Criterion(field="duration_minutes", at_least=60),
        Criterion(field="duration_minutes", at_least=90, when="combined"),
        Criterion(field="attendance", more_than=50, until=on("2017-05-31")),
        Criterion(field="score", at_least=5),
    ),
)
COLLECTION = replace(duty("CK-01"), kind=DutyKind.COLLECTION, evidence=(Evidence(name="handed_in"),))
INSPECTION = replace(
    duty("KT-02", Every.YEAR),
    kind=DutyKind.INSPECTION,
    pace=(Pace(month=3, day=31, percent=25), Pace(month=6, day=30, percent=50)),
)


def occurrence(code: str, unit: str, period: str, due: str, **more: Any) -> Occurrence:  # noqa: ANN401
    span = calendar_period(period)
    opened = at("2017-01-01T00:00")
    fields = {"nominal": on(due), "due": on(due), "opened_at": opened, "speaks_from": opened} | more
    return Occurrence(
        duty=code,
        unit=unit,
        period=period,
        period_first=span.first,
        period_last=span.last,
        every=span.every,
        **fields,
    )


def done(code: str, unit: str, period: str, due: str, day: str, **said: object) -> Record:
    """It was reported on a day, with these words."""
    reported = occurrence(code, unit, period, due, state=State.REPORTED, reported_on=on(day))
    return Record(occurrence=reported, happened=(Happened(kind=EventKind.REPORTED, data=said),))


def still(code: str, unit: str, period: str, due: str, **more: Any) -> Record:  # noqa: ANN401
    """Nothing was said of it."""
    return Record(occurrence=occurrence(code, unit, period, due, **more))


def counted(unit: str, target: int, *tallies: tuple[int, str], code: str = "KT-02") -> Record:
    """A target of 2017, counted as said; due on 30 November."""
    aimed = occurrence(code, unit, "2017", "2017-11-30", target=target, done=sum(add for add, _ in tallies))
    lines = [Happened(kind=EventKind.TALLIED, data={"add": add, "on": day}) for add, day in tallies]
    return Record(occurrence=aimed, happened=tuple(lines))
