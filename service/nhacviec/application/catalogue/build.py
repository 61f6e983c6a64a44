"""From definitions to the domain: what the database or a question holds becomes what plans and reminds."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from nhacviec.application.catalogue.coherence import rhythms_of, rule_faults
from nhacviec.application.catalogue.duties import build_duty
from nhacviec.application.catalogue.rhythm import build_due, build_recurrence, recurrences_of
from nhacviec.application.catalogue.schema import read_strictly
from nhacviec.application.catalogue.schema.duty import RuleShape
from nhacviec.application.catalogue.schema.organisation import (
    CalendarShape,
    ContactShape,
    OrganisationShape,
    OverseerShape,
    UnitShape,
)
from nhacviec.application.catalogue.schema.policy import CadenceShape, PolicyShape, StagesShape
from nhacviec.application.definitions import CalendarDay, Definition, Definitions
from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.errors import RuleError
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.organisation import Contact, Mail, Organisation, Unit
from nhacviec.domain.policy import LONGEST_CADENCE, Cadence, Escalation, Policy, Quiet
from nhacviec.domain.time.calendar import Calendar
from nhacviec.domain.time.offset import Offset
from nhacviec.domain.time.period import SCHOOL_YEAR, SchoolYear
from nhacviec.domain.time.recurrence import Recurrence

__all__ = [
    "build",
    "build_calendar",
    "build_due",
    "build_duty",
    "build_organisation",
    "build_policy",
    "build_recurrence",
    "build_recurrences",
    "build_unit",
    "calendar_of",
    "country_of",
    "days_of",
]

#: Whose word counts where two speak of one day.
_SOURCES = ("country", "catalogue", "office")


def build(definitions: Definitions, days: Sequence[CalendarDay]) -> Catalogue:
    """The catalogue that definitions without a fault describe.

    Args:
        definitions: with an organisation; as ``check`` gave them or the database kept them.
        days: the whole working calendar; the catalogue's own days among them.

    Raises:
        RuleError: there is no organisation, or a definition is not what ``check`` would have let through.
    """
    if definitions.organisation is None:
        raise RuleError("organisation is missing", mend="write organisation: {name, sender: {name, email}}")
    units = [build_unit(unit) for unit in definitions.units.values()]
    organisation = build_organisation(definitions.organisation, units)
    policies = [build_policy(policy) for policy in definitions.policies.values()]
    year = organisation.school_year
    duties = [build_duty(duty, school_year=year) for duty in definitions.duties.values()]
    return Catalogue(
        organisation=organisation,
        calendar=calendar_of(definitions.calendar, days),
        policies=MappingProxyType({policy.code: policy for policy in policies}),
        duties=MappingProxyType({duty.code: duty for duty in duties}),
    )


def build_organisation(definition: Mapping[str, Any], units: Iterable[Unit] = ()) -> Organisation:
    """``organisation`` with its units.

    Raises:
        RuleError: naming the key that is wrong.
    """
    shape = read_strictly(OrganisationShape, definition)
    sender = Contact(name=shape.sender.name, email=shape.sender.email)
    year = shape.school_year
    return Organisation(
        name=shape.name,
        timezone=shape.timezone,
        language=str(shape.language),
        office=shape.office or shape.sender.name,
        sender=sender,
        notices=frozenset(LetterKind(notice.value) for notice in shape.notices or ()),
        school_year=SchoolYear(start=year.start, end=year.end) if year else SCHOOL_YEAR,
        units=MappingProxyType({unit.code: unit for unit in units}),
    )


def build_unit(definition: Mapping[str, Any]) -> Unit:
    """One of ``units``.

    Raises:
        RuleError: naming the key that is wrong.
    """
    shape = read_strictly(UnitShape, definition)
    return Unit(
        code=shape.code,
        name=shape.name,
        kind=shape.kind,
        parent=shape.parent or "",
        mail=shape.mail or Mail.AUTOMATIC,
        members=shape.members,
        overseer=_contact(shape.overseer) if shape.overseer else None,
        tags=frozenset(shape.tags or ()),
        contacts=tuple(_contact(contact) for contact in shape.contacts or ()),
        since=shape.since,
        until=shape.until,
    )


def _contact(shape: OverseerShape) -> Contact:
    return Contact(
        name=shape.name,
        email=shape.email,
        role=shape.role if isinstance(shape, ContactShape) else "",
        language=str(shape.language or ""),
        receives=frozenset(shape.receives or ()),
    )


def build_policy(definition: Mapping[str, Any]) -> Policy:
    """One of ``policies``; without a code, the ``stages`` or ``policy`` of a question to ``rule -``.

    Raises:
        RuleError: naming the key that is wrong.
    """
    shape = read_strictly(PolicyShape if "code" in definition else StagesShape, definition)
    plain = Policy()
    return Policy(
        code=shape.code if isinstance(shape, PolicyShape) else "",
        at=shape.at or plain.at,
        working_days_only=shape.working_days_only is not False,
        quiet=Quiet(start=shape.quiet.start, end=shape.quiet.end) if shape.quiet else None,
        to=tuple(shape.to) if shape.to else plain.to,
        remind=tuple(shape.remind or ()),
        overdue=tuple(_slot(slot) for slot in shape.overdue or ()),
        escalate=tuple(Escalation(after=each.after, to=each.to or "") for each in shape.escalate or ()),
    )


def _slot(slot: Offset | CadenceShape) -> Offset | Cadence:
    if isinstance(slot, Offset):
        return slot
    return Cadence(every=slot.every, until=slot.until or LONGEST_CADENCE, times=slot.times)


def build_recurrences(
    definition: Mapping[str, Any], *, school_year: SchoolYear = SCHOOL_YEAR
) -> tuple[Recurrence, ...]:
    """``every``, ``months``, ``due``, ``term`` or ``periods``, beside ``roll`` and ``stay_in_period``.

    Raises:
        RuleError: a key is wrong, or two of them contradict each other.
    """
    shape = read_strictly(RuleShape, definition)
    for misfit in rule_faults(shape):
        raise misfit.as_error()
    return tuple(one for _, rhythm in rhythms_of(shape) for one in recurrences_of(rhythm, school_year))


def build_calendar(definition: Mapping[str, Any]) -> Calendar:
    """``{weekend, days: [{date, off | working}]}``: those days alone, no country's.

    Raises:
        RuleError: naming the key that is wrong.
    """
    return calendar_of(dict(definition), days_of(dict(definition)))


def country_of(definition: Definition | None) -> str | None:
    """Whose days off count: two letters, or None where the catalogue names no country."""
    country = (definition or {}).get("country")
    return None if country is None else str(country)


def days_of(definition: Definition | None) -> list[CalendarDay]:
    """The days that a catalogue itself names."""
    if definition is None:
        return []
    return [
        CalendarDay(
            day=day.date,
            working=day.working is not None,
            label=day.working or day.off or "",
            source="catalogue",
            status="official",
        )
        for day in read_strictly(CalendarShape, definition).days or ()
    ]


def calendar_of(definition: Definition | None, days: Iterable[CalendarDay]) -> Calendar:
    """The working calendar: the weekend as written, and each day by the latest who speaks of it.

    Of one source, a make-up day beats a day off (S-16).
    """
    ranked = sorted(days, key=lambda day: (_SOURCES.index(day.source), day.working))
    found = {day.day: day for day in ranked}
    off = {day.day: day.label for day in found.values() if not day.working}
    working = {day.day: day.label for day in found.values() if day.working}
    weekend = read_strictly(CalendarShape, definition or {}).weekend
    if weekend is None:
        return Calendar(off=MappingProxyType(off), working=MappingProxyType(working))
    return Calendar(weekend=frozenset(weekend), off=MappingProxyType(off), working=MappingProxyType(working))
