"""The catalogue as the database holds it, in the form its authors write; and its days, merged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from nhacviec.application.definitions import CalendarDay, Definitions
from nhacviec.application.ports import Transaction

#: Gives the shipped days of a country by its code.
CountryDays = Callable[[str], Sequence[CalendarDay]]

COUNTRY = "country"
CATALOGUE = "catalogue"


async def stored_definitions(transaction: Transaction) -> Definitions:
    """What ``catalogue export`` writes: every entry, and the days that differ from the country's."""
    definitions = await transaction.catalogue.definitions()
    if definitions.calendar is None:
        return definitions
    own = [day_definition(day) for day in await transaction.catalogue.days() if day.source != COUNTRY]
    calendar = {key: value for key, value in definitions.calendar.items() if key != "days"}
    return replace(definitions, calendar={**calendar, "days": own} if own else calendar)


def day_definition(day: CalendarDay) -> dict[str, str]:
    """One day as a catalogue writes it."""
    return {"date": day.day.isoformat(), "working" if day.working else "off": day.label}


def merged_days(
    held: Sequence[CalendarDay], definitions: Definitions, country_days: CountryDays, *, prune: bool
) -> list[CalendarDay]:
    """The whole calendar after a catalogue is applied.

    Args:
        held: what the database holds.
        definitions: of the files, for their calendar.
        country_days: shipped days.
        prune: whether days of an earlier catalogue go that the files no longer have.

    Returns:
        Days by date; what stands already the same way keeps its source.
    """
    calendar = definitions.calendar or {}
    shipped = {day.day: day for day in country_days(calendar["country"])} if calendar.get("country") else {}
    days = {day.day: day for day in held if not (prune and day.source == CATALOGUE)}
    for day in shipped.values():
        days.setdefault(day.day, day)
    for written in calendar.get("days", []):
        day = written_day(written)
        before = days.get(day.day)
        if before is None or (before.working, before.label) != (day.working, day.label):
            days[day.day] = day
    return [days[key] for key in sorted(days)]


def written_day(written: Mapping[str, str], source: str = CATALOGUE) -> CalendarDay:
    """A day as a catalogue writes it, read."""
    working = "working" in written
    return CalendarDay(
        day=date.fromisoformat(str(written["date"])),
        working=working,
        label=str(written["working" if working else "off"]),
        source=source,
        status="official",
    )
