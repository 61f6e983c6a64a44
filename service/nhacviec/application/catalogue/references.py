"""What units and policies name, and whether it is there (DESIGN §6, "Who reads")."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from nhacviec.application.catalogue.schema import Misfit, Path
from nhacviec.application.catalogue.schema.scalars import did_you_mean
from nhacviec.application.catalogue.sources import Entry, Place, Sources
from nhacviec.domain.errors import Fault
from nhacviec.domain.organisation import OVERSEER, PARENT

Graph = Mapping[str, Iterable[str]]


def unknown(noun: str, code: str, path: Path, known: Sequence[str]) -> Misfit:
    """A code that nothing bears."""
    return Misfit(path=path, problem=f"there is no {noun} {code!r}", mend=did_you_mean(code, list(known)))


def unit_faults(whole: Sources) -> Iterator[Fault]:
    """Parents that are not there, and parents in a circle."""
    known = {*whole.units, *whole.broken["units"]}
    parents: dict[str, list[str]] = {}
    for code, entry in whole.units.items():
        parent = entry.definition.get("parent")
        if parent is None:
            continue
        parents[code] = [parent]
        if parent not in known:
            yield entry.fault(unknown("unit", parent, ("parent",), list(whole.units)))
    for circle in circles(parents):
        problem = f"units stand above each other in a circle: {' -> '.join(circle)}"
        misfit = Misfit(path=("parent",), problem=problem, mend="leave the parent of one of them out")
        yield last_written(whole.units, circle).fault(misfit)


def last_written(entries: Mapping[str, Entry], circle: Sequence[str]) -> Entry:
    """Of the entries in a circle, one that the files at hand define, the last to be named."""
    found = [entries[code] for code in circle[:-1] if entries[code].of_files] or [entries[circle[0]]]
    return found[-1]


def circles(graph: Graph) -> list[tuple[str, ...]]:
    """Every circle that a walk along the arrows closes, its first code once more at its end."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in graph:
        if start in done:
            continue
        # a walk without recursion: a chain may be as long as the catalogue
        trail: dict[str, None] = {start: None}
        waiting = [iter(graph[start])]
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                done.add(trail.popitem()[0])
            elif following in trail:
                codes = list(trail)
                found.append((*codes[codes.index(following) :], following))
            elif following in graph and following not in done:
                trail[following] = None
                waiting.append(iter(graph[following]))
    return found


def policy_faults(whole: Sources) -> Iterator[Fault]:
    """Roles that no contact of the whole catalogue carries."""
    if whole.broken["units"]:
        return  # the role may be carried by a unit that cannot be read yet
    roles = sorted({contact["role"] for unit in whole.units.values() for contact in _contacts(unit)})
    for entry in whole.policies.values():
        for path, role in _addressed(entry):
            if role not in roles:
                yield entry.fault(_uncarried(role, path, roles))


def _contacts(unit: Entry) -> list[dict[str, str]]:
    return unit.definition.get("contacts") or []


def _addressed(policy: Entry) -> Iterator[tuple[Path, str]]:
    for number, role in enumerate(policy.definition.get("to") or ()):
        yield ("to", number), role
    for number, escalation in enumerate(policy.definition.get("escalate") or ()):
        if escalation["to"] != OVERSEER:
            yield ("escalate", number, "to"), escalation["to"].replace(PARENT, "")


def _uncarried(role: str, path: Path, roles: list[str]) -> Misfit:
    mend = did_you_mean(role, roles) or "give a contact this role"
    return Misfit(path=path, problem=f"no contact of any unit has the role {role!r}", mend=mend)


def organisation_faults(whole: Sources, first: str) -> Iterator[Fault]:
    """No organisation at all.

    Args:
        whole: the files over what existed.
        first: the file to be named: none holds what is missing.
    """
    if whole.organisation is None and not whole.broken["organisation"]:
        mend = "write organisation: {name: …, sender: {name: …, email: …}}"
        yield Fault(file=first, line=0, column=0, problem="organisation is missing", mend=mend)


def calendar_faults(sources: Sources, known: Mapping[str, str]) -> Iterator[Fault]:
    """Countries without a shipped calendar, and days that stand twice.

    Args:
        sources: the files alone.
        known: what is wrong with a country, by its code; empty text where nothing is.
    """
    seen: dict[str, Place] = {}
    for entry in sources.calendars:
        country = entry.definition.get("country")
        if country and known.get(country):
            yield entry.fault(Misfit(path=("country",), problem=known[country]))
        for number, day in enumerate(entry.definition.get("days") or ()):
            place = Place(entry.place.document, (*entry.place.path, "days", number))
            if day["date"] in seen:
                mend = f"keep one of them; the other is at {seen[day['date']]}"
                misfit = Misfit(path=("date",), problem=f"{day['date']} stands twice", mend=mend)
                yield place.fault(misfit)
            seen.setdefault(day["date"], place)
