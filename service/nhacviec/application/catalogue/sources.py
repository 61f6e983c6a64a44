"""Files become entries: each read by its shape, found again by its code, and knowing where it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nhacviec.application.catalogue.schema import Misfit, Path, Shape, read, written
from nhacviec.application.catalogue.schema.base import UNKNOWN_KEY
from nhacviec.application.catalogue.schema.duty import AdjustShape, DutyShape
from nhacviec.application.catalogue.schema.organisation import CalendarShape, OrganisationShape, UnitShape
from nhacviec.application.catalogue.schema.policy import PolicyShape
from nhacviec.application.catalogue.schema.scalars import did_you_mean, shown
from nhacviec.application.definitions import FORMAT, Definition, Definitions, Document, merged_duty
from nhacviec.domain.errors import Fault

#: What stands in for a file where the database holds what is wrong.
DATABASE = "database"
_SINGLE: dict[str, type[Shape]] = {"organisation": OrganisationShape, "calendar": CalendarShape}
_LISTS: dict[str, type[Shape]] = {"units": UnitShape, "policies": PolicyShape, "duties": DutyShape}
_SECTIONS = ("nhacviec", *_SINGLE, *_LISTS, "adjust")
NOUNS = {"units": "unit", "policies": "policy", "duties": "duty"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a path in a document; without a document, an entry of the database."""

    document: Document | None
    path: Path = ()
    label: str = ""

    def fault(self, misfit: Misfit) -> Fault:
        """What is wrong at a path from here, as its author needs to hear it."""
        problem = misfit.sentence
        if self.document is None:
            problem = f"{self.label}: {problem}"
            return Fault(file=DATABASE, line=0, column=0, problem=problem, mend=misfit.mend)
        path = (*self.path, *misfit.path)
        line, column = self.document.position(path)
        return Fault(
            file=self.document.file,
            line=line,
            column=column,
            problem=problem,
            mend=misfit.mend,
            place=self.document.cell(path),
        )

    def __str__(self) -> str:
        if self.document is None:
            return f"the {DATABASE}"
        line, column = self.document.position(self.path)
        return self.document.cell(self.path) or f"{self.document.file}:{line}:{column}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was defined; ``adjusted`` says which keys were replaced from elsewhere, last first."""

    definition: Definition
    place: Place
    adjusted: tuple[tuple[Place, frozenset[str]], ...] = ()

    def fault(self, misfit: Misfit) -> Fault:
        """What is wrong in it, at the place that gave it the key in question."""
        for place, keys in self.adjusted:
            if misfit.path and misfit.path[0] in keys:
                return place.fault(misfit)
        return self.place.fault(misfit)

    @property
    def of_files(self) -> bool:
        """Whether any of it was written in the files at hand."""
        return self.place.document is not None or bool(self.adjusted)


@dataclass(slots=True)
class Sources:
    """Everything that the files say, and everything wrong with how they say it."""

    faults: list[Fault] = field(default_factory=list)
    organisation: Entry | None = None
    calendars: list[Entry] = field(default_factory=list)
    units: dict[str, Entry] = field(default_factory=dict)
    policies: dict[str, Entry] = field(default_factory=dict)
    duties: dict[str, Entry] = field(default_factory=dict)
    #: Codes whose entries are faulty; what refers to them is not wrong for that. Empty text: a code unknown.
    broken: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in (*_SINGLE, *_LISTS)})

    def of(self, section: str) -> dict[str, Entry]:
        """The entries of ``units``, ``policies`` or ``duties`` by code."""
        return {"units": self.units, "policies": self.policies, "duties": self.duties}[section]

    def definitions(self) -> Definitions:
        """What the files define, adjustments applied."""
        found = Definitions(
            organisation=self.organisation.definition if self.organisation else None,
            units={code: entry.definition for code, entry in self.units.items()},
            policies={code: entry.definition for code, entry in self.policies.items()},
            duties={code: entry.definition for code, entry in self.duties.items()},
        )
        for entry in self.calendars:
            found = found.merged(Definitions(calendar=entry.definition))
        return found


def read_sources(documents: Sequence[Document], existing: Definitions) -> Sources:
    """Read the files, then apply what they adjust to what they and the database define."""
    sources = Sources()
    adjustments: list[tuple[Place, Any]] = []
    for document in documents:
        adjustments += _read_file(document, sources)
    for place, data in adjustments:
        _adjust(place, data, sources, existing)
    return sources


def whole(sources: Sources, existing: Definitions) -> Sources:
    """The files laid over what existed, entry by entry."""
    merged = Sources(
        organisation=sources.organisation or _stored("organisation", existing.organisation),
        calendars=[entry for entry in (_stored("calendar", existing.calendar), *sources.calendars) if entry],
        broken=sources.broken,
    )
    for section, noun in NOUNS.items():
        held: dict[str, Definition] = getattr(existing, section)
        entries = merged.of(section)
        for code, definition in held.items():
            entries[code] = Entry(definition, Place(None, label=f"{noun} {code}"))
        entries.update(sources.of(section))
    return merged


def _stored(label: str, definition: Definition | None) -> Entry | None:
    return None if definition is None else Entry(definition, Place(None, label=label))


def _read_file(document: Document, sources: Sources) -> Iterator[tuple[Place, Any]]:
    """Read one file into the sources; what it adjusts is for later."""
    data, top = document.data, Place(document)
    if not isinstance(data, dict):
        mend = f"begin with nhacviec: {FORMAT}"
        sources.faults.append(top.fault(Misfit(path=(), problem="this is no catalogue", mend=mend)))
        for codes in sources.broken.values():
            codes.add("")  # whatever is missed may have been meant to stand here
        return
    sources.faults += [top.fault(misfit) for misfit in _headless(data)]
    for section, shape in _SINGLE.items():
        if data.get(section) is not None:
            _read_single(Place(document, (section,)), shape, data[section], sources)
    for section, shape in _LISTS.items():
        for place, item in _items(document, data, section, sources):
            _read_entry(place, shape, item, sources)
    yield from _items(document, data, "adjust", sources)


def _headless(data: dict[str, Any]) -> Iterator[Misfit]:
    mend = f"write nhacviec: {FORMAT}"
    if "nhacviec" not in data:
        yield Misfit(path=(), problem="the format version is missing", mend=mend)
    elif type(data["nhacviec"]) is not int or data["nhacviec"] != FORMAT:
        problem = f"format version {shown(data['nhacviec'])} is unknown"
        yield Misfit(path=("nhacviec",), problem=problem, mend=mend)
    for key in data:
        if key not in _SECTIONS:
            mend = did_you_mean(str(key), list(_SECTIONS))
            yield Misfit(path=(key,), problem=f"{UNKNOWN_KEY} {shown(key)}", mend=mend)


def _items(
    document: Document, data: dict[str, Any], section: str, sources: Sources
) -> Iterator[tuple[Place, Any]]:
    items = data.get(section)
    if isinstance(items, list):
        yield from ((Place(document, (section, number)), item) for number, item in enumerate(items))
    elif items is not None:
        misfit = Misfit(path=(section,), problem="a list is wanted", mend="write a line with - for each")
        sources.faults.append(Place(document).fault(misfit))
        if section in sources.broken:
            sources.broken[section].add("")


def _read_single(place: Place, shape: type[Shape], data: object, sources: Sources) -> None:
    section = str(place.path[0])
    entry, misfits = read(shape, data)
    sources.faults += [place.fault(misfit) for misfit in misfits]
    if entry is None:
        sources.broken[section].add("")
    elif section == "calendar":
        sources.calendars.append(Entry(written(entry), place))
    elif sources.organisation is not None:
        mend = f"keep one of them; the other is at {sources.organisation.place}"
        sources.faults.append(place.fault(Misfit(path=(), problem="organisation stands twice", mend=mend)))
    else:
        sources.organisation = Entry(written(entry), place)


def _read_entry(place: Place, shape: type[Shape], data: object, sources: Sources) -> None:
    section = str(place.path[0])
    entry, misfits = read(shape, data)
    sources.faults += [place.fault(misfit) for misfit in misfits]
    if entry is None:
        code = data.get("code") if isinstance(data, dict) else None
        sources.broken[section].add(code if isinstance(code, str) else "")
        return
    definition = written(entry)
    code, entries = definition["code"], sources.of(section)
    if code in entries:
        problem = f"{NOUNS[section]} {code!r} stands twice"
        mend = f"the other is at {entries[code].place}"
        sources.faults.append(place.fault(Misfit(path=("code",), problem=problem, mend=mend)))
        return
    entries[code] = Entry(definition, place)


def _adjust(place: Place, data: object, sources: Sources, existing: Definitions) -> None:
    """Replace keys of a duty, each whole; the duty then counts as one of the files'."""
    adjustment, misfits = read(AdjustShape, data)
    sources.faults += [place.fault(misfit) for misfit in misfits]
    if adjustment is None or adjustment.code in sources.broken["duties"]:
        return
    code, keys = adjustment.code, written(adjustment)
    entry = sources.duties.get(code)
    if entry is None and code in existing.duties:
        entry = Entry(existing.duties[code], Place(None, label=f"duty {code}"))
    if entry is None:
        mend = did_you_mean(code, [*sources.duties, *existing.duties])
        sources.faults.append(
            place.fault(Misfit(path=("code",), problem=f"there is no duty {code!r}", mend=mend))
        )
        return
    definition = merged_duty(entry.definition, keys)
    _, misfits = read(DutyShape, definition)
    if misfits:
        sources.faults += [place.fault(misfit) for misfit in misfits]
        sources.duties.pop(code, None)
        sources.broken["duties"].add(code)
        return
    sources.duties[code] = Entry(definition, entry.place, ((place, frozenset(keys)), *entry.adjusted))
