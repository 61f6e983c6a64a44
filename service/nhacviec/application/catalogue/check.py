"""Check: every fault of every file at once, or a catalogue to plan from (DESIGN §5)."""

from collections.abc import Callable, Iterator, Sequence

from nhacviec.application.catalogue.advice import Advice
from nhacviec.application.catalogue.build import (
    build,
    build_organisation,
    build_unit,
    country_of,
    days_of,
)
from nhacviec.application.catalogue.duty_references import DutyCheck, leaning_faults
from nhacviec.application.catalogue.references import (
    calendar_faults,
    organisation_faults,
    policy_faults,
    unit_faults,
)
from nhacviec.application.catalogue.sources import DATABASE, Sources, read_sources, whole
from nhacviec.application.definitions import CalendarDay, Checked, Definitions, Document
from nhacviec.domain.errors import CatalogueError, Fault, RuleError

__all__ = ["Document", "check"]

#: Stands in for an organisation that is missing or cannot be read, so that the rest can be checked.
_NOBODY = {"name": "-", "sender": {"name": "-", "email": "nobody@example.vn"}}
_NOTHING = Definitions()

Days = Callable[[str], Sequence[CalendarDay]]


def check(documents: Sequence[Document], *, existing: Definitions | None = None, days: Days) -> Checked:
    """Check files alone, or as an addition to what exists.

    Args:
        documents: the files, in the order of the command line.
        existing: what the database holds; a file's entry replaces the one with its code.
        days: gives the shipped days off of a country by its code; RuleError when there are none.

    Raises:
        CatalogueError: with all faults of all files, by file and line.
    """
    held = existing or _NOTHING
    sources = read_sources(documents, held)
    merged = whole(sources, held)
    country, refused = _country_days(sources, held, days)
    checking = _duty_check(merged)
    first = documents[0].file if documents else DATABASE
    faults = [*sources.faults, *organisation_faults(merged, first), *calendar_faults(sources, refused)]
    faults += [*unit_faults(merged), *policy_faults(merged), *leaning_faults(merged)]
    faults += [fault for entry in merged.duties.values() for fault in checking.faults(entry)]
    if faults:
        raise CatalogueError(_in_order(faults, documents))
    definitions = sources.definitions()
    together = held.merged(definitions)
    catalogue = build(together, [*country, *days_of(together.calendar)])
    warnings = Advice(checking, catalogue.policies).warnings()
    return Checked(
        definitions=definitions, catalogue=catalogue, warnings=tuple(_in_order(warnings, documents))
    )


def _country_days(
    sources: Sources, held: Definitions, days: Days
) -> tuple[Sequence[CalendarDay], dict[str, str]]:
    """The shipped days of the country that counts in the end; and which countries have none."""
    refused: dict[str, str] = {}
    found: Sequence[CalendarDay] = ()
    for definition in (held.calendar, *(entry.definition for entry in sources.calendars)):
        country = country_of(definition)
        if country is None:
            continue
        try:
            found = days(country)
        except RuleError as error:
            refused[country] = str(error)
    return found, refused


def _duty_check(merged: Sources) -> DutyCheck:
    units = [build_unit(entry.definition) for entry in merged.units.values()]
    definition = merged.organisation.definition if merged.organisation else _NOBODY
    organisation = build_organisation(definition, units)
    return DutyCheck(merged, organisation, organisation.school_year)


def _in_order(faults: Sequence[Fault] | Iterator[Fault], documents: Sequence[Document]) -> list[Fault]:
    order = {document.file: number for number, document in reversed(list(enumerate(documents)))}
    return sorted(faults, key=lambda fault: (order.get(fault.file, -1), fault.line, fault.column))
