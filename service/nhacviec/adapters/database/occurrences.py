"""Occurrences, their history and their reminders, in tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, or_, select, update
from sqlalchemy.engine import RowMapping

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access, chunks
from nhacviec.adapters.database.asking import Reading, among, given, listed
from nhacviec.adapters.database.bulk import insert_unless_there
from nhacviec.adapters.database.history import History
from nhacviec.adapters.database.types import UtcDateTime
from nhacviec.adapters.database.values import by_value, reminder_columns, reminder_of
from nhacviec.application.records import Event, Filter, ReminderRecord
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.message import Line
from nhacviec.domain.occurrence import EventKind, Occurrence, State
from nhacviec.domain.reminder import Verdict

_row, _said = rows.occurrence.c, rows.reminder.c

#: What never changes once a row is there: which duty, unit and period it is (S-30).
_IDENTITY = ("duty", "unit", "period")
_CHANGING = tuple(field.name for field in fields(Occurrence) if field.name not in ("id", *_IDENTITY))

_COLUMNS = tuple(field.name for field in fields(Occurrence))

_changing_values = attrgetter("id", *_CHANGING)


@dataclass(frozen=True, slots=True)
class OccurrenceTable:
    """``application.ports.Occurrences`` over tables.

    Args:
        access: the open transaction; when it writes, the occurrences it reads stay locked until its end.
        _history: what happened to them.
    """

    access: Access
    _history: History

    async def add(self, occurrences: Sequence[Occurrence]) -> int:
        """Add those whose duty, unit and period are not there yet; returns how many that were (P5)."""
        added = 0
        for piece in chunks(occurrences):
            added += await insert_unless_there(self.access.connection, rows.occurrence, _IDENTITY, piece)
        return added

    async def ripe(self, now: datetime, limit: int) -> Sequence[Occurrence]:
        """Take occurrences whose instant has come, the earliest first.

        Args:
            now: aware.
            limit: at most so many; another transaction that asks at the same time gets others.
        """
        query = (
            select(rows.occurrence).where(_row.next_at <= now).order_by(_row.next_at, _row.id).limit(limit)
        )
        return _values(await self.access.rows(self.access.locking(query, skip_locked=True)))

    async def first_ripe(self, now: datetime) -> datetime | None:
        """Give the earliest instant that has come and is not decided: one probe of an index."""
        for (found,) in await _FIRST.ask(self.access, now=now):
            return cast("datetime", found)
        return None

    async def find(self, wanted: Filter) -> Sequence[Occurrence]:
        """Give all that match, by due date, unit and duty."""
        order = (_row.due, _row.unit, _row.duty, _row.period, _row.id)
        query = select(rows.occurrence).where(*_conditions(wanted)).order_by(*order).limit(wanted.limit)
        return _values(await self.access.rows(self.access.locking(query)))

    async def by_ids(self, ids: Sequence[int]) -> Sequence[Occurrence]:
        """Give those with these ids, by id; unknown ids are passed over."""
        these = _THESE_LOCKED if self.access.writing else _THESE
        found = await these.ask(self.access, ids=listed(ids))
        return [Occurrence(**dict(zip(_COLUMNS, row, strict=True))) for row in found]

    async def save(self, occurrences: Sequence[Occurrence]) -> None:
        """Write everything that may change, by id.

        Raises:
            ValueError: an occurrence has no id; it has to be added first.
        """
        if any(occurrence.id is None for occurrence in occurrences):
            raise ValueError("only an occurrence that was read from the database can be saved")
        changes: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _CHANGING}
        statement = update(rows.occurrence).where(_row.id == bindparam("of")).values(changes)
        names = ("of", *(f"new_{name}" for name in _CHANGING))
        for piece in chunks(occurrences):
            values = [dict(zip(names, _changing_values(each), strict=True)) for each in piece]
            await self.access.count(statement, values)

    async def remove(self, ids: Sequence[int], at: datetime) -> None:
        """Take away occurrences of which nothing was ever said; the history of one that has any ends so.

        The database refuses one that has reminders.
        """
        for piece in chunks(ids):
            ended = await self._history.known(piece)
            removed = EventKind.REMOVED
            await self._history.tell([Event(occurrence=key, kind=removed, at=at, data={}) for key in ended])
            await self.access.count(delete(rows.occurrence).where(_row.id.in_(piece)))

    async def overrides(self) -> Mapping[tuple[str, str, str], date]:
        """Give the due dates that a human set or extended, by duty, unit and period (S-32)."""
        query = select(_row.duty, _row.unit, _row.period, _row.due).where(or_(_row.overridden, _row.extended))
        return {
            (row["duty"], row["unit"], row["period"]): row["due"] for row in await self.access.rows(query)
        }

    async def settled(self, occurrences: Sequence[Occurrence]) -> Mapping[int, frozenset[str]]:
        """Give the stages that have a verdict in the revision each occurrence has now, by id."""
        revisions = {each.id: each.revision for each in occurrences if each.id is not None}
        stages: dict[int, set[str]] = {key: set() for key in revisions}
        for piece in chunks(list(revisions)):
            query = select(_said.occurrence, _said.revision, _said.stage).where(_said.occurrence.in_(piece))
            for row in await self.access.rows(query):
                if row["revision"] == revisions[row["occurrence"]]:
                    stages[row["occurrence"]].add(row["stage"])
        return {key: frozenset(named) for key, named in stages.items()}

    async def reminders(self, ids: Sequence[int]) -> Sequence[ReminderRecord]:
        """Give everything decided about these occurrences, in the order it was decided."""
        found: list[ReminderRecord] = []
        for piece in chunks(sorted(set(ids))):
            query = select(*reminder_columns()).where(_said.occurrence.in_(piece))
            found += map(reminder_of, await self.access.rows(query.order_by(_said.occurrence, _said.id)))
        return found

    async def sent_counts(self, ids: Sequence[int]) -> Mapping[int, int]:
        """Count the main-line letters that really went, by occurrence; those without one are not in it."""
        return dict(await _SENT.ask(self.access, ids=listed(ids)))

    async def log(self, events: Sequence[Event]) -> None:
        """Append to the history; it is written when the transaction ends.

        Raises:
            ValueError: an event names an occurrence that is not there.
        """
        await self._history.tell(events)

    async def history(self, occurrence: int) -> Sequence[Event]:
        """Give what happened to an occurrence, in the order it was recorded."""
        return await self._history.of(occurrence)


def _conditions(wanted: Filter) -> Iterable[ColumnElement[bool]]:
    """Say what a filter asks for; an empty field asks for nothing."""
    for column, code in ((_row.duty, wanted.duty), (_row.unit, wanted.unit), (_row.period, wanted.period)):
        if code:
            yield column == code
    if wanted.states:
        yield _row.state.in_(sorted(wanted.states))
    if wanted.due_from is not None:
        yield _row.due >= wanted.due_from
    if wanted.due_to is not None:
        yield _row.due <= wanted.due_to


def _first(_dialect: str) -> Select[Any]:
    now = given("now", UtcDateTime())
    return select(_row.next_at).where(_row.next_at <= now).order_by(_row.next_at, _row.id).limit(1)


def _these(dialect: str) -> Select[Any]:
    columns = [_row[name] for name in _COLUMNS]
    return select(*columns).where(among(_row.id, dialect)).order_by(_row.id)


def _these_locked(dialect: str) -> Select[Any]:
    return _these(dialect).with_for_update(key_share=True)


def _sent(dialect: str) -> Select[Any]:
    message = rows.message.c
    went = (_said.verdict == Verdict.SEND, message.state == MessageState.SENT, message.line == Line.MAIN)
    return (
        select(_said.occurrence, func.count(message.id.distinct()).label("sent"))
        .join(rows.message, message.id == _said.message)
        .where(among(_said.occurrence, dialect), *went)
        .group_by(_said.occurrence)
    )


_STATES = {"state": by_value(State).__getitem__}
_FIRST = Reading(_first)
_THESE, _THESE_LOCKED = Reading(_these, _STATES), Reading(_these_locked, _STATES)
_SENT = Reading(_sent)


def _values(found: Sequence[RowMapping]) -> list[Occurrence]:
    return [Occurrence(**{**row, "state": State(row["state"])}) for row in found]
