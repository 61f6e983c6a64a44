"""Meetings: held, held too late, not held, too short, too few present; each told apart (DOMAIN S2, S3)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from nhacviec.domain.duty import Duty
from nhacviec.domain.occurrence import Status
from nhacviec.domain.opening import period_of
from nhacviec.domain.quality import judge
from nhacviec.domain.review.record import Record

DURATION, ATTENDANCE = "duration_minutes", "attendance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings:
    """How the meetings of one duty went.

    Args:
        planned: how many there were to be; the waived are not among them.
        held: how many were held, late ones too.
        held_late: how many of these after the last good day.
        not_held: how many have not been held although that day is past.
        too_short: how many were shorter than the norm of their day.
        below_attendance: how many had fewer present than that norm asks.
        below_other: how many missed another criterion.
    """

    planned: int = 0
    held: int = 0
    held_late: int = 0
    not_held: int = 0
    too_short: int = 0
    below_attendance: int = 0
    below_other: int = 0

    @property
    def judged(self) -> int:
        """Those of which it is known whether they were held in time."""
        return self.held + self.not_held


def meetings(duty: Duty, records: Iterable[Record], today: date) -> Meetings:
    """Count the meetings of one duty."""
    planned = [(record, status) for record in records if (status := record.owed(today)) is not None]
    missed = [missed_by(duty, record) for record, _ in planned]
    return Meetings(
        planned=len(planned),
        held=sum(record.is_done for record, _ in planned),
        held_late=sum(status is Status.DONE_LATE for _, status in planned),
        not_held=sum(status is Status.OPEN_OVERDUE for _, status in planned),
        too_short=sum(DURATION in names for names in missed),
        below_attendance=sum(ATTENDANCE in names for names in missed),
        below_other=sum(bool(names - {DURATION, ATTENDANCE}) for names in missed),
    )


def together(those: Iterable[Meetings]) -> Meetings:
    """Several duties' meetings together."""
    known = tuple(those)
    return Meetings(
        **{field.name: sum(getattr(each, field.name) for each in known) for field in fields(Meetings)}
    )


def missed_by(duty: Duty, record: Record) -> frozenset[str]:
    """The fields of which the report that stands misses a criterion in force on the day it counts for."""
    day = record.occurrence.reported_on
    if day is None:
        return frozenset()
    criteria = duty.at(period_of(record.occurrence)).criteria
    return frozenset(miss.field for miss in judge(criteria, record.evidence, day))
