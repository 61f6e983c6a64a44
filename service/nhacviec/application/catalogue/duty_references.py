"""What duties name, and whether it is there; whether somebody has them; whether they lean in a circle."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from nhacviec.application.catalogue.coherence import incoherences, rhythms_of
from nhacviec.application.catalogue.duties import assigned_of
from nhacviec.application.catalogue.references import circles, last_written, unknown
from nhacviec.application.catalogue.schema import Misfit, Path, read
from nhacviec.application.catalogue.schema.duty import DutyShape
from nhacviec.application.catalogue.sources import NOUNS, Entry, Sources
from nhacviec.application.definitions import standings
from nhacviec.domain.duty import Assigned
from nhacviec.domain.errors import Fault
from nhacviec.domain.organisation import Organisation, Unit
from nhacviec.domain.time.period import SchoolYear

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """A duty as it stands from a date on: ``number`` counts its changes, 0 is the duty itself."""

    entry: Entry
    number: int
    keys: frozenset[str]
    shape: DutyShape

    def fault(self, misfit: Misfit) -> Fault:
        """What is wrong, at the change that brought it about."""
        if self.number == 0:
            return self.entry.fault(misfit)
        path: Path = ("changes", self.number - 1)
        if misfit.path and misfit.path[0] in self.keys:
            path = (*path, *misfit.path)
        return self.entry.fault(Misfit(path=path, problem=misfit.problem, mend=misfit.mend))


def standings_of(entry: Entry) -> tuple[list[Standing], list[Fault]]:
    """A duty in each of its spans, and what of its changes cannot be read once they are applied."""
    found: list[Standing] = []
    faults: list[Fault] = []
    for number, (keys, definition) in enumerate(standings(entry.definition)):
        shape, misfits = read(DutyShape, definition)
        if shape is None:
            place: Path = ("changes", number - 1) if number else ()
            faults += [entry.fault(Misfit(path=place, problem=m.problem, mend=m.mend)) for m in misfits]
        else:
            found.append(Standing(entry, number, frozenset(keys), shape))
    return found, faults


@dataclass(frozen=True, slots=True)
class DutyCheck:
    """Checks one duty after the other against the whole."""

    whole: Sources
    organisation: Organisation
    school_year: SchoolYear
    #: What is asked again and again: which codes there are, and which units an assignment takes.
    _known: dict[str, set[str]] = field(default_factory=dict)
    _takers: dict[Assigned, list[Unit]] = field(default_factory=dict)

    def faults(self, entry: Entry) -> Iterator[Fault]:
        """Everything wrong with one duty, each thing once, where it first comes about."""
        found, unreadable = standings_of(entry)
        yield from unreadable
        seen: set[tuple[Path, str]] = set()
        for standing in found:
            for misfit in self._misfits(standing.shape):
                if (misfit.path, misfit.problem) not in seen:
                    seen.add((misfit.path, misfit.problem))
                    yield standing.fault(misfit)
        yield from _unordered(entry, found)

    def _misfits(self, duty: DutyShape) -> Iterator[Misfit]:
        yield from incoherences(duty, self.school_year)
        named: list[tuple[str, Path, str]] = [("policies", ("policy",), duty.policy)]
        named += [("duties", path, code) for path, code in leaned_on(duty)]
        named += [("units", path, code) for path, code in _named_units(duty)]
        missing = [each for each in named if not {each[2], ""} & self._codes(each[0])]
        for section, path, code in missing:
            yield unknown(NOUNS[section], code, path, list(self.whole.of(section)))
        told = self.whole.broken["units"] or any(path[0] == "assigned" for _, path, _ in missing)
        if not told and duty.enabled is not False:
            yield from self._nobody(duty)

    def _codes(self, section: str) -> set[str]:
        if section not in self._known:
            self._known[section] = {*self.whole.of(section), *self.whole.broken[section]}
        return self._known[section]

    def _nobody(self, duty: DutyShape) -> Iterator[Misfit]:
        units = self.units_of(duty)
        if not units:
            mend = "mend kinds, units, tags, under or except; or write enabled: false"
            yield Misfit(path=("assigned",), problem="an enabled duty is assigned to nobody", mend=mend)
        target = duty.target
        if target is None or target.percent is None:
            return
        without = [u.code for u in units if u.members is None and u.code not in (target.units or {})]
        if without:
            more = f" and {len(without) - _MOST_NAMED} more" if len(without) > _MOST_NAMED else ""
            problem = f"no members to take a percentage of: {', '.join(without[:_MOST_NAMED])}{more}"
            mend = "give these units members, or a number of their own in target.units"
            yield Misfit(path=("target",), problem=problem, mend=mend)

    def units_of(self, duty: DutyShape) -> list[Unit]:
        """The units that have a duty as it stands."""
        assigned = assigned_of(duty.assigned)
        if assigned not in self._takers:
            units = self.organisation.units.values()
            self._takers[assigned] = [unit for unit in units if assigned.takes(unit, self.organisation)]
        return self._takers[assigned]


def leaned_on(duty: DutyShape) -> Iterator[tuple[Path, str]]:
    """The duties from whose due dates this one is counted, and where they are named."""
    for path, rhythm in rhythms_of(duty):
        if rhythm.due is None:
            continue
        if rhythm.due.duty is not None:
            yield (*path, "due", "duty"), rhythm.due.duty
        for code, form in (rhythm.due.units or {}).items():
            if form.duty is not None:
                yield (*path, "due", "units", code, "duty"), form.duty


def _named_units(duty: DutyShape) -> Iterator[tuple[Path, str]]:
    for key, codes in (("units", duty.assigned.units), ("except", duty.assigned.excepted)):
        yield from ((("assigned", key, number), code) for number, code in enumerate(codes or ()))
    if duty.assigned.under is not None:
        yield ("assigned", "under"), duty.assigned.under
    for path, rhythm in rhythms_of(duty):
        yield from (((*path, "due", "units", code), code) for code in (rhythm.due and rhythm.due.units) or ())
        yield from (
            ((*path, "term", "units", code), code) for code in (rhythm.term and rhythm.term.units) or ()
        )
    yield from ((("target", "units", code), code) for code in (duty.target and duty.target.units) or ())
    yield from ((("window", "units", code), code) for code in (duty.window and duty.window.units) or ())
    for number, item in enumerate(duty.items or ()):
        if item.owner is not None:
            yield ("items", number, "owner"), item.owner


def _unordered(entry: Entry, found: list[Standing]) -> Iterator[Fault]:
    for earlier, later in pairwise(found[1:]):
        if later.shape.since and earlier.shape.since and later.shape.since <= earlier.shape.since:
            misfit = Misfit(
                path=("changes", later.number - 1, "from"),
                problem=f"a change from {later.shape.since} stands after one from {earlier.shape.since}",
                mend="write changes in the order of their dates, one a day",
            )
            yield entry.fault(misfit)


def leaning_faults(whole: Sources) -> Iterator[Fault]:
    """Duties whose due dates are counted from each other in a circle."""
    graph = {
        code: {named for standing in standings_of(entry)[0] for _, named in leaned_on(standing.shape)}
        for code, entry in whole.duties.items()
    }
    for circle in circles({code: sorted(named) for code, named in graph.items() if named}):
        problem = f"due dates are counted from each other in a circle: {' -> '.join(circle)}"
        misfit = Misfit(path=("due",), problem=problem, mend="give one of them a due of its own")
        yield last_written(whole.duties, circle).fault(misfit)
