"""How work was done: the official four-way split, days late, returns (DOMAIN §4.1)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from nhacviec.domain.review.record import Record
from nhacviec.domain.time.calendar import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many occurrences stand how; each is counted once, whatever its history.

    Args:
        done_on_time: reported by the last good day.
        done_late: reported after it.
        open_in_time: still to do, and not late.
        open_overdue: still to do, and late.
        waived: asked of nobody.
        late_working_days: working days late of all that were or are late.
        returned: how many were returned for completion at least once.
        returns: how often that was, of all together.
    """

    done_on_time: int = 0
    done_late: int = 0
    open_in_time: int = 0
    open_overdue: int = 0
    waived: int = 0
    late_working_days: int = 0
    returned: int = 0
    returns: int = 0

    @property
    def owed(self) -> int:
        """All that were or are to be done: everything but the waived."""
        return self.done_on_time + self.done_late + self.open_in_time + self.open_overdue

    @property
    def judged(self) -> int:
        """Those of which it is known whether they were done on time."""
        return self.done_on_time + self.done_late + self.open_overdue

    @property
    def poor(self) -> int:
        """Those that were not done on time."""
        return self.done_late + self.open_overdue


#: Of nothing at all.
NONE = Figures()


def figures(records: Iterable[Record], today: date, calendar: Calendar) -> Figures:
    """Count occurrences; those outside the figures (DESIGN §5.3) are passed over."""
    counted: Counter[str] = Counter()
    for record in records:
        occurrence = record.occurrence
        status = occurrence.status(today)
        if status is None:
            continue
        counted[status] += 1
        counted["late_working_days"] += occurrence.late_working_days(today, calendar)
        returns = record.returns
        counted["returned"] += returns > 0
        counted["returns"] += returns
    return Figures(**{field.name: counted[field.name] for field in fields(Figures)})


def added(those: Iterable[Figures]) -> Figures:
    """Several together."""
    known = tuple(those)
    return Figures(
        **{field.name: sum(getattr(each, field.name) for each in known) for field in fields(Figures)}
    )


def percent(part: int, whole: int) -> float | None:
    """A share in per cent to one decimal, a half rounded up; None of nothing.

    >>> percent(1, 3)
    33.3
    """
    return (2000 * part + whole) // (2 * whole) / 10 if whole else None
