"""Coverage: how many of all have handed in what is collected from each (DOMAIN Q5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from nhacviec.domain.occurrence import Status
from nhacviec.domain.quality import number
from nhacviec.domain.review.record import Record

#: The field of evidence that says how many have handed in.
HANDED_IN = "handed_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One collection, or several added up.

    Args:
        handed_in: how many have handed in.
        total: out of how many; of a unit that has not reported, its members.
        incomplete: whether some are missing where the time is over.
    """

    handed_in: int
    total: int
    incomplete: bool


def coverage(record: Record, members: int | None, today: date) -> Coverage | None:
    """One collection of one unit; None where it is waived, or there was nothing to collect.

    Args:
        record: its occurrence.
        members: of the unit, where they are known.
        today: the day as of which it is told.
    """
    status, said = record.owed(today), record.evidence
    if status is None or said.get("nothing_to_report") is True:
        return None
    handed_in = number(said, HANDED_IN) or 0
    total = number(said, "total")
    if total is None:
        total = handed_in if members is None else members
    incomplete = status is Status.OPEN_OVERDUE or (record.is_done and handed_in < total)
    return Coverage(handed_in=min(handed_in, total), total=total, incomplete=incomplete)


def together(those: Iterable[Coverage]) -> Coverage:
    """Several together."""
    known = tuple(those)
    return Coverage(
        handed_in=sum(each.handed_in for each in known),
        total=sum(each.total for each in known),
        incomplete=any(each.incomplete for each in known),
    )
