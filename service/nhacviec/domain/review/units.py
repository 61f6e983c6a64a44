"""What one unit has done: by duty, by kind of work, its meetings, its targets, what it collected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.duty import DutyKind
from nhacviec.domain.opening import period_of
from nhacviec.domain.review.coverage import HANDED_IN, Coverage, coverage
from nhacviec.domain.review.coverage import together as all_of
from nhacviec.domain.review.figures import Figures, added, figures
from nhacviec.domain.review.meetings import Meetings, meetings, together
from nhacviec.domain.review.record import Record
from nhacviec.domain.review.targets import Count


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReview:
    """One unit.

    Args:
        code: its code.
        kind: its kind; empty where the catalogue no longer has it.
        figures: of all its work.
        duties: the same by duty.
        of_kind: the same by kind of work.
        meetings: all its meetings.
        targets: all its targets.
        coverage: all that it collected; None where it collects nothing.
    """

    code: str
    kind: str
    figures: Figures
    duties: Mapping[str, Figures]
    of_kind: Mapping[DutyKind, Figures]
    meetings: Meetings
    targets: tuple[Count, ...]
    coverage: Coverage | None


def unit_review(
    code: str, records: Sequence[Record], counts: Sequence[Count], catalogue: Catalogue, today: date
) -> UnitReview:
    """Reckon up one unit.

    Args:
        code: its code.
        records: its occurrences that belong to the review.
        counts: its targets.
        catalogue: what it is asked; what that no longer has is counted all the same.
        today: the day as of which it is told.
    """
    unit = catalogue.organisation.units.get(code)
    by_duty = by_duty_of(records)
    known = {duty: catalogue.duties[duty] for duty in by_duty if duty in catalogue.duties}
    own = {duty: figures(those, today, catalogue.calendar) for duty, those in by_duty.items()}
    by_kind: dict[DutyKind, list[Figures]] = {}
    for duty in known.values():
        by_kind.setdefault(duty.kind, []).append(own[duty.code])
    held = [meetings(duty, by_duty[duty.code], today) for duty in known.values() if duty.kind == "meeting"]
    collected = collections(records, catalogue, today)
    return UnitReview(
        code=code,
        kind=unit.kind if unit else "",
        figures=added(own.values()),
        duties=own,
        of_kind={kind: added(those) for kind, those in by_kind.items()},
        meetings=together(held),
        targets=tuple(counts),
        coverage=all_of(collected) if collected else None,
    )


def by_duty_of(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Records by the code of their duty, in order of code."""
    found: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.occurrence.duty):
        found.setdefault(record.occurrence.duty, []).append(record)
    return found


def collections(records: Iterable[Record], catalogue: Catalogue, today: date) -> list[Coverage]:
    """What was collected, one by one: of the duties that ask how many have handed in."""
    units = catalogue.organisation.units
    found = [
        coverage(record, units[unit].members if (unit := record.occurrence.unit) in units else None, today)
        for record in records
        if _collects(record, catalogue)
    ]
    return [each for each in found if each is not None]


def _collects(record: Record, catalogue: Catalogue) -> bool:
    duty = catalogue.duties.get(record.occurrence.duty)
    asked = duty.at(period_of(record.occurrence)).evidence if duty else ()
    return any(evidence.name == HANDED_IN for evidence in asked)
