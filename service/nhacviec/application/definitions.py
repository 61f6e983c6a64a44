"""The catalogue as its author wrote it: plain data, in one canonical form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.errors import Fault

#: The only version of the format that there is (DESIGN §6).
FORMAT = 1

#: A JSON-able mapping: text in NFC, dates and times as ISO text, only the keys that were given.
Definition = dict[str, Any]


class Document(Protocol):
    """One file of a catalogue, and where everything in it stands."""

    @property
    def file(self) -> str:
        """The file as it was named."""
        ...

    @property
    def data(self) -> Any:  # noqa: ANN401 -- whatever the file holds; checking it is the point
        """Dict, list, str, int, float, bool or None."""
        ...

    def position(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """Line and column, from 1, of a key or an item; of its nearest parent where it is not there."""
        ...

    def cell(self, path: tuple[str | int, ...]) -> str:
        """The same in a workbook, as ``Đơn vị!C7``; empty for a file of lines."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """One day that differs from the weekly pattern.

    Args:
        day: which one.
        working: worked (a make-up day), or off.
        label: what people read.
        source: ``country``, ``catalogue`` or ``office``; the later of these wins.
        status: ``official`` or ``provisional`` (S-21).
    """

    day: date
    working: bool
    label: str
    source: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """What was written, entry by entry; ``units``, ``policies`` and ``duties`` by code, in order."""

    organisation: Definition | None = None
    calendar: Definition | None = None
    units: dict[str, Definition] = field(default_factory=dict)
    policies: dict[str, Definition] = field(default_factory=dict)
    duties: dict[str, Definition] = field(default_factory=dict)

    def merged(self, later: "Definitions") -> "Definitions":
        """Both together: a later entry replaces the one with its code; calendar days merge by date."""
        return Definitions(
            organisation=later.organisation or self.organisation,
            calendar=_merged_calendar(self.calendar, later.calendar),
            units=self.units | later.units,
            policies=self.policies | later.policies,
            duties=self.duties | later.duties,
        )

    def documents(self) -> dict[str, Any]:
        """The whole as one file, for export; empty sections are left out."""
        sections = {
            "organisation": self.organisation,
            "calendar": self.calendar,
            "units": list(self.units.values()),
            "policies": list(self.policies.values()),
            "duties": list(self.duties.values()),
        }
        return {"nhacviec": FORMAT} | {name: section for name, section in sections.items() if section}


def _merged_calendar(earlier: Definition | None, later: Definition | None) -> Definition | None:
    if earlier is None or later is None:
        return later or earlier
    days = {day["date"]: day for part in (earlier, later) for day in part.get("days") or ()}
    merged = earlier | later
    return merged | {"days": [days[day] for day in sorted(days)]} if days else merged


#: The keys that say how often; given one way, they replace the other.
_RHYTHM = frozenset({"every", "months", "due", "term"})


def merged_duty(duty: Mapping[str, Any], keys: Mapping[str, Any]) -> Definition:
    """A duty with some keys replaced, each whole; null takes a key away.

    ``every`` and ``periods`` say the same thing in two ways: giving one takes the other away. A term
    belongs to the ``every`` beside which it stands.
    """
    stays = dict(duty)
    if keys.get("periods"):
        stays = {key: value for key, value in duty.items() if key not in _RHYTHM}
    elif keys.get("every"):
        stays = {key: value for key, value in duty.items() if key not in ("periods", "term")}
    return {key: value for key, value in (stays | dict(keys)).items() if value is not None}


def standings(duty: Mapping[str, Any]) -> Iterator[tuple[Definition, Definition]]:
    """A duty as it stands at first, then from each change on (S-33).

    Yields:
        The keys that make the difference (those of the duty itself, then of each change), and the whole
        that they lead to, without ``changes``.
    """
    current = {key: value for key, value in duty.items() if key != "changes"}
    yield dict(duty), current
    for change in duty.get("changes") or ():
        current = merged_duty(current, change)
        yield change, current


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A catalogue without a fault.

    Args:
        definitions: of the files alone, adjustments applied.
        catalogue: the files over what existed, ready to plan from.
        warnings: what the author should know, by place.
    """

    definitions: Definitions
    catalogue: Catalogue
    warnings: tuple[Fault, ...] = ()
