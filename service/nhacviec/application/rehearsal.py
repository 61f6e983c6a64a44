"""Rehearsal: how the sample organisation's units behave in the demonstration; no chance, only a hash.

Most units report in time, some a few days late, a few not at all: so that every kind of letter is seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from nhacviec.domain.duty import Duty
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.time.calendar import Calendar

#: Working days from the due date at which a unit reports; None stands for never.
_HABITS: tuple[int | None, ...] = (-4, -3, -2, -2, -1, -1, 0, 0, 1, 2, 4, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a unit does about one occurrence on one day: a report with its evidence."""

    evidence: Mapping[str, str]


def habit(occurrence: Occurrence) -> int | None:
    """When a unit reports this occurrence, in working days from its due date."""
    key = f"{occurrence.duty}|{occurrence.unit}|{occurrence.period}"
    return _HABITS[int.from_bytes(blake2b(key.encode(), digest_size=2).digest()) % len(_HABITS)]


def acts(occurrence: Occurrence, duty: Duty, today: date, calendar: Calendar) -> Act | None:
    """What is done about an open occurrence today; None for nothing.

    Args:
        occurrence: open, without a target.
        duty: as it stands for its period.
        today: the local date.
        calendar: counts the working days.
    """
    when = habit(occurrence)
    if when is None or today < calendar.add(occurrence.due, when):
        return None
    if occurrence.opens is not None and today < occurrence.opens:
        return None
    return Act(
        evidence={evidence.name: _value(evidence.name, occurrence, today) for evidence in duty.evidence}
    )


def _value(name: str, occurrence: Occurrence, today: date) -> str:
    known = {
        "number": f"{occurrence.due:%m}-BC/CB",
        "date": today.isoformat(),
        "held_on": today.isoformat(),
        "duration_minutes": "95",
        "present": "12",
        "total": "13",
        "rating": "Tốt",
        "minutes_number": f"{occurrence.due:%m}-BB/CB",
        "conclusion_number": f"{occurrence.due:%m}-TB/ĐU",
        "handed_in": "13",
        "nothing_to_report": "true",
    }
    return known.get(name, "đã ghi nhận")
