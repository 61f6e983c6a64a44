"""Meetings: held, held too late, not held, too short, too few present; each told apart (DOMAIN S2, S3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction

from nhacviec.domain.duty import Criterion, Duty
from nhacviec.domain.occurrence import Status
from nhacviec.domain.opening import period_of
from nhacviec.domain.review.record import Record, number

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
    said = record.evidence
    criteria = duty.at(period_of(record.occurrence)).criteria
    return frozenset(each.field for each in criteria if each.valid_on(day) and _misses(each, said))


def _misses(criterion: Criterion, said: Mapping[str, object]) -> bool:
    """Whether a criterion is not met; what was not said is not judged."""
    if criterion.when and said.get(criterion.when) is not True:
        return False
    found = _attendance(said) if criterion.field == ATTENDANCE else number(said, criterion.field)
    if found is None:
        return False
    if criterion.at_least is not None:
        return found < Fraction(str(criterion.at_least))
    return criterion.more_than is not None and found <= Fraction(str(criterion.more_than))


def _attendance(said: Mapping[str, object]) -> Fraction | None:
    """Those present in per cent of all, exactly."""
    present, total = number(said, "present"), number(said, "total")
    return Fraction(present * 100, total) if present is not None and total else None
