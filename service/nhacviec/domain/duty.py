"""A duty: work that comes back; for whom, how often, due when, proved by what (DESIGN §6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from nhacviec.domain.organisation import Organisation, Unit
from nhacviec.domain.target import Pace, Target
from nhacviec.domain.time.calendar import Roll
from nhacviec.domain.time.due import DueForm
from nhacviec.domain.time.offset import Offset
from nhacviec.domain.time.period import ONE_DAY, Every, Period
from nhacviec.domain.time.recurrence import Recurrence

#: Evidence fields with a meaning of their own (DESIGN §5); every other name is free text.
KNOWN_EVIDENCE = (
    "number",
    "date",
    "held_on",
    "duration_minutes",
    "present",
    "total",
    "rating",
    "minutes_number",
    "conclusion_number",
    "handed_in",
    "file",
    "nothing_to_report",
    "combined",
)
#: Of these, those that are whole numbers.
NUMBERS = ("duration_minutes", "present", "total", "handed_in")
#: Of these, those that are true or false; ``combined`` says that the regular and the thematic meeting were
#: held in one session (42-HD/BTCTW).
FLAGS = ("nothing_to_report", "combined")

#: A due date may lie after its period's first day by no more than the period itself and this.
LATE = timedelta(days=366)
#: The days of a period, at most, where it has fewer than a year.
_LONGEST = {Every.WEEK: 7, Every.MONTH: 31, Every.QUARTER: 92, Every.HALF_YEAR: 184, Every.DAY: 1}


class DutyKind(StrEnum):
    """What sort of work it is."""

    MEETING = "meeting"
    REPORT = "report"
    INSPECTION = "inspection"
    COLLECTION = "collection"
    REVIEW = "review"
    TASK = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Which units have the duty: listed ones, or those of a kind that carry a tag, minus exceptions."""

    kinds: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    excepted: frozenset[str] = frozenset()
    under: str = ""

    def takes(self, unit: Unit, organisation: Organisation) -> bool:
        """Whether a unit has the duty."""
        if unit.code in self.excepted:
            return False
        if self.under and not organisation.under(unit.code, self.under):
            return False
        if unit.code in self.units:
            return True
        if not self.kinds and not self.tags:
            return bool(self.under) and not self.units
        return (not self.kinds or unit.kind in self.kinds) and (not self.tags or bool(unit.tags & self.tags))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing a report of "done" must carry; a title where the name is not a known field."""

    name: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A threshold judged when reported, valid in [since, until] (12-HD/BTCTW, 42-HD/BTCTW).

    Args:
        field: what is measured: one of ``quality.MEASURABLE``.
        at_least: what is good enough, in the field's unit, of a share in per cent; None beside ``more_than``.
        more_than: what is just not good enough; None beside ``at_least``.
        since: the first day on which it is in force; None for ever before.
        until: the last; None for ever after.
        when: a flag of the report, one of ``FLAGS``, without which it is not asked; empty for always.
        basis: the rule it comes from.
    """

    field: str
    at_least: float | None = None
    more_than: float | None = None
    since: date | None = None
    until: date | None = None
    when: str = ""
    basis: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


#: One end of a window: a form of due within the period, or an offset from the due date.
Edge = DueForm | Offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when the work may be reported, and after which day only it is late."""

    opens: Edge | None = None
    closes: Edge | None = None
    #: A unit's own span, by its code.
    units: Mapping[str, "Window"] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, unit: str) -> "Window":
        """The span of one unit."""
        return self.units.get(unit, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One line of a checklist, with who owns it."""

    code: str
    title: str
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Work that comes back, as it stands for the periods that begin in [since, until]."""

    code: str
    title: str
    kind: DutyKind
    area: str = ""
    enabled: bool = True
    assigned: Assigned
    recurrences: tuple[Recurrence, ...]
    roll: Roll = Roll.NONE
    stay_in_period: bool = False
    window: Window = Window()
    policy: str
    evidence: tuple[Evidence, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    target: Target | None = None
    pace: tuple[Pace, ...] = ()
    items: tuple[ChecklistItem, ...] = ()
    basis: str = ""
    since: date | None = None
    until: date | None = None
    #: The whole duty as it stands from a date on, earliest first (S-33).
    changes: tuple[tuple[date, "Duty"], ...] = ()

    def versions(self) -> Iterator["Duty"]:
        """The duty in each of its spans; ``since`` and ``until`` bound the periods each covers."""
        current, since = replace(self, changes=()), self.since
        for start, changed in self.changes:
            yield replace(current, since=since, until=_earlier(self.until, start - ONE_DAY))
            current, since = changed, start if self.since is None else max(start, self.since)
        yield replace(current, since=since, until=_earlier(self.until, current.until))

    def at(self, period: Period) -> "Duty":
        """The duty as it stands for a period: by the last change that begins no later than it."""
        if not self.changes:
            return self
        standing = [changed for start, changed in self.changes if start <= period.first]
        return standing[-1] if standing else self._at_first

    @cached_property
    def _at_first(self) -> "Duty":
        """The duty as it stands before its first change."""
        return replace(self, changes=())

    @property
    def reach(self) -> timedelta:
        """How long after its period's first day an occurrence may fall due."""
        longest = max(
            (
                recurrence.term.months * 31 if recurrence.term else _LONGEST.get(recurrence.every, 366)
                for version in self.versions()
                for recurrence in version.recurrences
            ),
            default=366,
        )
        return timedelta(days=longest) + LATE

    @property
    def comes_back(self) -> bool:
        """Whether it is switched on, now or by a change to come."""
        return self.enabled or any(changed.enabled for _, changed in self.changes)

    def leans_on(self) -> frozenset[str]:
        """Codes of the duties whose due dates this one is counted from."""
        return frozenset(code for duty in self.versions() for r in duty.recurrences for code in r.leans_on())


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
