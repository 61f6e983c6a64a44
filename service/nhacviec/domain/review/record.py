"""What a review reads: an occurrence with those lines of its history that carry figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from nhacviec.domain.occurrence import DONE, EventKind, Occurrence, Status
from nhacviec.domain.quality import number

#: The lines of a history that a review reads.
READ = frozenset({EventKind.REPORTED, EventKind.RETURNED, EventKind.TALLIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of a history.

    Args:
        kind: what happened.
        data: what was said with it: the evidence of a report; how many were counted, and for which day.
    """

    kind: EventKind
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One occurrence as it stands, and what happened to it, oldest first."""

    occurrence: Occurrence
    happened: tuple[Happened, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether a report of it stands."""
        return self.occurrence.state in DONE

    def owed(self, today: date) -> Status | None:
        """How it stands on a day; None for what is waived or outside the figures (DESIGN §5.3)."""
        status = self.occurrence.status(today)
        return None if status is Status.WAIVED else status

    @property
    def evidence(self) -> Mapping[str, object]:
        """What the report that stands says; what was returned or reopened says nothing any more."""
        reports = [each.data for each in self.happened if each.kind is EventKind.REPORTED]
        return reports[-1] if self.is_done and reports else {}

    @property
    def returns(self) -> int:
        """How often it was returned for completion."""
        return sum(each.kind is EventKind.RETURNED for each in self.happened)

    def tallied(self, by: date) -> int:
        """How many are counted for days up to one, however late they were entered."""
        return sum(
            number(each.data, "add") or 0
            for each in self.happened
            if each.kind is EventKind.TALLIED and str(each.data.get("on", "")) <= by.isoformat()
        )
