"""The catalogue in the database, how far it has been planned, and values the service keeps for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, Table, Text, bindparam, delete, select, update

from nhacviec.adapters.database import catalogue_rows as rows
from nhacviec.adapters.database.access import Access
from nhacviec.adapters.database.asking import Reading, given
from nhacviec.application.definitions import CalendarDay, Definition, Definitions
from nhacviec.application.records import DutyMark

#: The setting that counts how often the catalogue was saved.
VERSION = "catalogue.version"


def _kept(_dialect: str) -> Select[Any]:
    return select(rows.setting.c.value).where(rows.setting.c.key == given("key", Text()))


_PEEK = Reading(_kept)


@dataclass(frozen=True, slots=True)
class CatalogueTables:
    """``application.ports.CatalogueStore`` over tables.

    Args:
        access: the open transaction.
    """

    access: Access

    async def definitions(self) -> Definitions:
        """Give the catalogue as it was saved last, every entry in its order."""
        return Definitions(
            organisation=await self._single(rows.organisation),
            calendar=await self._single(rows.calendar),
            units=await self._entries(rows.unit),
            policies=await self._entries(rows.policy),
            duties=await self._entries(rows.duty),
        )

    async def days(self) -> Sequence[CalendarDay]:
        """Give the days that depart from the week, by date."""
        found = await self.access.rows(select(rows.calendar_day).order_by(rows.calendar_day.c.day))
        return [CalendarDay(**row) for row in found]

    async def version(self) -> int:
        """Count the saves so far: what was built from this version need not be built again.

        Never waits for another transaction.
        """
        return int(await self.peek(VERSION) or 0)

    async def save(self, definitions: Definitions, days: Sequence[CalendarDay]) -> None:
        """Replace the whole catalogue; duties that stay keep their marks (S-79)."""
        await self.set_value(VERSION, str(int(await self.value(VERSION) or 0) + 1))
        await self._replace_single(rows.organisation, definitions.organisation)
        await self._replace_single(rows.calendar, definitions.calendar)
        await self._replace(rows.unit, definitions.units)
        await self._replace(rows.policy, definitions.policies)
        await self._replace(rows.duty, definitions.duties)
        await self.access.connection.execute(delete(rows.calendar_day))
        if days:
            await self.access.count(self.access.insert(rows.calendar_day), [asdict(day) for day in days])

    async def marks(self) -> Mapping[str, DutyMark]:
        """Give how far each duty has been planned; duties never applied are not in it."""
        duty = rows.duty
        query = select(duty.c.code, duty.c.applied_on, duty.c.planned_until).where(
            duty.c.applied_on.is_not(None)
        )
        return {row["code"]: DutyMark(**row) for row in await self.access.rows(query)}

    async def mark(self, marks: Sequence[DutyMark]) -> None:
        """Record how far duties have been planned; a code that is no duty is passed over."""
        statement = (
            update(rows.duty)
            .where(rows.duty.c.code == bindparam("of"))
            .values(applied_on=bindparam("applied"), planned_until=bindparam("planned"))
        )
        if marks:
            values = [{"of": m.code, "applied": m.applied_on, "planned": m.planned_until} for m in marks]
            await self.access.count(statement, values)

    async def value(self, key: str) -> str:
        """Give a value of the service; empty when there is none.

        In a write transaction nobody else can read it for writing until the end, so that what is written
        after it follows from what was read.
        """
        if self.access.writing:
            # There must be a row to lock; an empty value is the same as none.
            empty = self.access.insert(rows.setting).values(key=key, value="")
            await self.access.connection.execute(empty.on_conflict_do_nothing(index_elements=["key"]))
        query = select(rows.setting.c.value).where(rows.setting.c.key == key)
        return str(await self.access.value(self.access.locking(query)) or "")

    async def peek(self, key: str) -> str:
        """Give a value of the service, as it was committed last; nobody is kept from changing it."""
        for (found,) in await _PEEK.ask(self.access, key=key):
            return str(found)
        return ""

    async def set_value(self, key: str, value: str) -> None:
        """Keep a value of the service."""
        statement = self.access.insert(rows.setting).values(key=key, value=value)
        keep = statement.on_conflict_do_update(
            index_elements=["key"], set_={"value": statement.excluded.value}
        )
        await self.access.connection.execute(keep)

    async def _single(self, table: Table) -> Definition | None:
        found: Definition | None = await self.access.value(select(table.c.definition))
        return found

    async def _replace_single(self, table: Table, definition: Definition | None) -> None:
        await self.access.connection.execute(delete(table))
        if definition is not None:
            await self.access.connection.execute(
                self.access.insert(table).values(id=1, definition=definition)
            )

    async def _entries(self, table: Table) -> dict[str, Definition]:
        query = select(table.c.code, table.c.definition).order_by(table.c.position)
        return {row["code"]: row["definition"] for row in await self.access.rows(query)}

    async def _replace(self, table: Table, definitions: Mapping[str, Definition]) -> None:
        """Delete what is gone, put the rest in order; the other columns of what stays are not touched."""
        gone = set(await self._entries(table)) - set(definitions)
        if gone:
            await self.access.count(
                delete(table).where(table.c.code == bindparam("of")), [{"of": code} for code in sorted(gone)]
            )
        statement = self.access.insert(table)
        written = {"position": statement.excluded.position, "definition": statement.excluded.definition}
        values: list[dict[str, Any]] = [
            {"code": code, "position": position, "definition": definition}
            for position, (code, definition) in enumerate(definitions.items())
        ]
        if values:
            await self.access.count(
                statement.on_conflict_do_update(index_elements=["code"], set_=written), values
            )
