"""Units, contacts and roles: who does the work, who reads about it, who oversees whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from nhacviec.domain.letter import LetterKind
from nhacviec.domain.time.period import SCHOOL_YEAR, SchoolYear

#: The role that takes over where nobody carries the one addressed (DESIGN §6, "Who reads").
DEPUTY = "deputy"
OVERSEER = "overseer"
PARENT = "parent."


class Mail(StrEnum):
    """Whether letters to a unit go by themselves or wait for a human."""

    AUTOMATIC = "automatic"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One reader: a role of a unit, an overseer, or the organisation's own sender.

    Args:
        name: how the person is greeted, by function.
        email: one address.
        role: as the catalogue calls it; empty for an overseer.
        language: ``vi`` or ``en``; empty takes the organisation's.
        receives: narrows to these kinds of letter; empty means all.
    """

    name: str
    email: str
    role: str = ""
    language: str = ""
    receives: frozenset[LetterKind] = frozenset()

    def takes(self, kind: LetterKind) -> bool:
        """Whether this contact receives such letters; a meeting's letter is a reminder in its own dress."""
        as_reminder = LetterKind.REMINDER if kind is LetterKind.MEETING else kind
        return not self.receives or bool(self.receives & {kind, as_reminder})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Who has duties: a cell, a committee, a commission, any kind the catalogue names."""

    code: str
    name: str
    kind: str
    parent: str = ""
    mail: Mail = Mail.AUTOMATIC
    members: int | None = None
    overseer: Contact | None = None
    tags: frozenset[str] = frozenset()
    contacts: tuple[Contact, ...] = ()
    since: date | None = None
    until: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def carrying(self, roles: tuple[str, ...]) -> tuple[Contact, ...]:
        """Every contact with one of these roles, in the order they stand."""
        return tuple(contact for contact in self.contacts if contact.role in roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The tenant: its name, where its clocks hang, and its units."""

    name: str
    timezone: str = "Asia/Ho_Chi_Minh"
    language: str = "vi"
    office: str
    sender: Contact
    #: Which notices go when something is decided about an occurrence; off until switched on (S-71).
    notices: frozenset[LetterKind] = frozenset()
    school_year: SchoolYear = SCHOOL_YEAR
    units: Mapping[str, Unit] = field(default_factory=lambda: MappingProxyType({}))

    def lineage(self, code: str) -> Iterator[Unit]:
        """A unit, its parent, its parent's parent …; ends at the root, or where a cycle closes."""
        seen: set[str] = set()
        while code and code not in seen and code in self.units:
            seen.add(code)
            yield self.units[code]
            code = self.units[code].parent

    def under(self, code: str, root: str) -> bool:
        """Whether a unit is in the subtree of another, itself included."""
        return any(unit.code == root for unit in self.lineage(code))

    def readers(self, unit: Unit, roles: tuple[str, ...]) -> tuple[Contact, ...]:
        """Who reads about a unit's work: the roles, else its deputy, its first contact, the office."""
        return unit.carrying(roles) or unit.carrying((DEPUTY,)) or unit.contacts[:1] or (self.sender,)

    def escalation_readers(self, unit: Unit, to: str) -> tuple[tuple[Unit, Contact], ...]:
        """Whom an escalation addresses, each with the unit it belongs to; empty when nobody is there."""
        while to.startswith(PARENT):
            above = self.units.get(unit.parent)
            if above is None:
                return ()
            unit, to = above, to.removeprefix(PARENT)
        if to == OVERSEER:
            return ((unit, unit.overseer),) if unit.overseer else ()
        return tuple((unit, contact) for contact in unit.carrying((to,)))
