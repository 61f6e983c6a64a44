"""What an author should know although nothing is wrong with it: the warnings of ``catalogue check``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nhacviec.application.catalogue.coherence import rhythms_of
from nhacviec.application.catalogue.duties import assigned_of
from nhacviec.application.catalogue.duty_references import DutyCheck, Standing, leaned_on, standings_of
from nhacviec.application.catalogue.rhythm import every_of
from nhacviec.application.catalogue.schema import Misfit
from nhacviec.application.catalogue.schema.scalars import days_of, did_you_mean
from nhacviec.application.catalogue.sources import Entry, Sources
from nhacviec.domain.duty import KNOWN_EVIDENCE, Assigned
from nhacviec.domain.errors import Fault
from nhacviec.domain.organisation import OVERSEER
from nhacviec.domain.policy import Policy
from nhacviec.domain.time.period import Every

#: Days of the rhythms that come back often enough for a reminder to overtake them.
_LENGTHS = {
    Every.DAY: 1,
    Every.WEEK: 7,
    Every.MONTH: 31,
    Every.QUARTER: 92,
    Every.HALF_YEAR: 184,
    Every.NINE_MONTHS: 366,
    Every.YEAR: 366,
    Every.SCHOOL_YEAR: 366,
}


@dataclass(frozen=True, slots=True)
class Advice:
    """Looks over a catalogue without faults."""

    check: DutyCheck
    policies: Mapping[str, Policy]

    @property
    def _whole(self) -> Sources:
        return self.check.whole

    def warnings(self) -> Iterator[Fault]:
        """Every warning about what the files at hand say, each once."""
        seen: set[tuple[str, str]] = set()
        readers: dict[tuple[Assigned, str], Standing] = {}
        for entry in self._whole.duties.values():
            for standing in standings_of(entry)[0]:
                duty = standing.shape
                if duty.enabled is False:
                    continue
                if entry.of_files:
                    yield from _first(standing, seen, self._misfits(standing))
                key = (assigned_of(duty.assigned), duty.policy)
                if key not in readers or (entry.of_files and not readers[key].entry.of_files):
                    readers[key] = standing
        yield from self._unread(readers.values())
        yield from self._unseen_overseers()

    def _misfits(self, standing: Standing) -> Iterator[Misfit]:
        duty = standing.shape
        every = {every_of(rhythm) for _, rhythm in rhythms_of(duty)}
        shortest = min((_LENGTHS[each] for each in every if each in _LENGTHS), default=None)
        for offset in self.policies[duty.policy].remind:
            if shortest is not None and -days_of(offset) > shortest:
                problem = (
                    f"policy {duty.policy} reminds {offset} ahead, longer than the duty takes to come back"
                )
                yield Misfit(path=("policy",), problem=problem, mend="choose another policy")
        for number, field in enumerate(duty.evidence or ()):
            if isinstance(field, str) and field not in KNOWN_EVIDENCE:
                near = did_you_mean(field, list(KNOWN_EVIDENCE))
                mend = near if near.startswith("did") else "give it a title: {name: …, title: …}"
                problem = f"{field!r} is not a known field and is kept as free text"
                yield Misfit(path=("evidence", number), problem=problem, mend=mend)
        for path, code in leaned_on(duty):
            if not every & _rhythms(self._whole.duties[code]):
                yield Misfit(path=path, problem=f"duty {code} has no such periods", mend="use the same every")

    def _unread(self, standings: Iterable[Standing]) -> Iterator[Fault]:
        """Units that lack every role their policy addresses: the letters go to who stands next."""
        seen: set[tuple[str, str]] = set()
        for standing in standings:
            policy = self.policies[standing.shape.policy]
            for unit in self.check.units_of(standing.shape):
                entry = self._whole.units[unit.code]
                place = next((each for each in (entry, standing.entry) if each.of_files), None)
                if place is None or unit.carrying(policy.to) or (unit.code, policy.code) in seen:
                    continue
                seen.add((unit.code, policy.code))
                reader = self.check.organisation.readers(unit, policy.to)[0]
                roles = " or ".join(policy.to)
                problem = f"unit {unit.code} has no {roles}, whom policy {policy.code} addresses"
                yield place.fault(Misfit(path=(), problem=problem, mend=f"its letters go to {reader.email}"))

    def _unseen_overseers(self) -> Iterator[Fault]:
        if any(unit.overseer for unit in self.check.organisation.units.values()):
            return
        for entry in self._whole.policies.values():
            for number, escalation in enumerate(entry.definition.get("escalate") or ()):
                if escalation["to"] == OVERSEER and entry.of_files:
                    problem = "no unit has an overseer: this escalation reaches nobody"
                    yield entry.fault(Misfit(path=("escalate", number, "to"), problem=problem))


def _first(standing: Standing, seen: set[tuple[str, str]], misfits: Iterator[Misfit]) -> Iterator[Fault]:
    for misfit in misfits:
        key = (standing.shape.code, misfit.problem)
        if key not in seen:
            seen.add(key)
            yield standing.fault(misfit)


def _rhythms(entry: Entry) -> set[Every | None]:
    """Every rhythm a duty has or comes to have."""
    return {
        every_of(rhythm) for standing in standings_of(entry)[0] for _, rhythm in rhythms_of(standing.shape)
    }
