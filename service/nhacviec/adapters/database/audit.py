"""The auditor's questions to the tables: an index of few rows answers each (DELIVERY §2.15)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access
from nhacviec.adapters.database.claiming import UNDER_WAY
from nhacviec.application.audit import NOTHING, Count, Owner
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.worker import Worker

_row, _said, _letter = rows.occurrence.c, rows.reminder.c, rows.message.c
_tried, _process = rows.delivery.c, rows.worker.c
_WORKER = tuple(_process[field.name] for field in fields(Worker))

# Both engines match a partial index by its very words only.
_WAITING = text("state = 'pending' AND held = ''")
_HELD = text("state = 'pending' AND held <> ''")
_NOT_SENT = text("state IN ('dead', 'superseded', 'uncertain')")
_UNADDRESSED = text("verdict = 'send' AND coalesce(message, 0) = 0")
_TAKEN_AGAIN = text("n > 1 AND outcome IN ('accepted', 'late')")
_TOO_AMBIGUOUS = text("ambiguous > 2")
_UNDECIDED = (MessageState.DEAD, MessageState.UNCERTAIN)
_TAKEN = text("outcome IN ('accepted', 'late')")
#: Of the letters taken at a later attempt, so many of the newest are looked at; there may be very many
#: where servers put every first attempt off.
_NEWEST_LETTERS = 5000
#: Attempts among which the last one that went is looked for.
_NEWEST_ATTEMPTS = 1000


@dataclass(frozen=True, slots=True)
class AuditTables:
    """``application.audit.Audit`` over tables.

    Args:
        access: the open transaction.
    """

    access: Access

    async def ungathered(self, before: datetime) -> Count:
        """Count occurrences whose instant came before a moment."""
        return await self._count(_counted(_row.id, _row.next_at).where(_row.next_at < before))

    async def unaddressed(self) -> Count:
        """Count reminders that are to be sent and have no message."""
        return await self._count(_counted(_said.id, _said.decided_at).where(_UNADDRESSED))

    async def owed(self, due_by: datetime, slot_before: datetime | None = None) -> Count:
        """Count letters that wait for a server.

        Args:
            due_by: which may be tried by this moment, aware.
            slot_before: and whose slots lie before this one; None does not narrow.
        """
        query = _counted(_letter.id, _letter.slot_at).where(_WAITING, _letter.due_at <= due_by)
        return await self._count(query if slot_before is None else query.where(_letter.slot_at < slot_before))

    async def held(self) -> Count:
        """Count letters that a human holds back."""
        return await self._count(_counted(_letter.id, _letter.slot_at).where(_HELD))

    async def undecided(self) -> Mapping[MessageState, Count]:
        """Count the dead and the uncertain letters; both are named."""
        query = _counted(_letter.id, _letter.slot_at).add_columns(_letter.state).group_by(_letter.state)
        found = await self.access.rows(query.where(_NOT_SENT, _letter.state.in_(_UNDECIDED)))
        counts = {row["state"]: Count(many=row["many"], oldest=row["oldest"]) for row in found}
        return {state: counts.get(state, NOTHING) for state in _UNDECIDED}

    async def owners(self) -> Sequence[Owner]:
        """Give the workers that have letters under way, with how many."""
        theirs = select(_letter.worker, func.count().label("letters")).where(UNDER_WAY)
        under_way = theirs.group_by(_letter.worker).subquery()
        query = select(*_WORKER, under_way.c.letters).join_from(
            under_way, rows.worker, _process.id == under_way.c.worker
        )
        found = [dict(row) for row in await self.access.rows(query.order_by(_process.id))]
        return [Owner(letters=row.pop("letters"), worker=Worker(**row)) for row in found]

    async def workers(self, since: datetime) -> Sequence[Worker]:
        """Give the workers that live, as far as their beats tell; the table has a row for each start."""
        living = (_process.retired.is_(False), _process.beat_at >= since)
        query = select(*_WORKER).where(*living).order_by(_process.id)
        return [Worker(**row) for row in await self.access.rows(query)]

    async def too_many_copies(self) -> Count:
        """Count letters with more copies than P2 allows.

        The second copy is always a later attempt, so the letters taken at a later attempt are looked at.
        """
        again = select(_tried.message).where(_TAKEN_AGAIN).distinct().order_by(_tried.message.desc())
        suspects = again.limit(_NEWEST_LETTERS).subquery()
        copies = (
            select(func.count())
            .where(_tried.message == suspects.c.message, _TAKEN)
            .correlate(suspects)
            .scalar_subquery()
        )
        query = _counted(_letter.id, _letter.slot_at).join_from(
            suspects, rows.message, _letter.id == suspects.c.message
        )
        return await self._count(query.where(copies > 1 + _letter.ambiguous))

    async def too_ambiguous(self) -> Count:
        """Count letters with more ambiguous attempts than are made without a human."""
        return await self._count(_counted(_letter.id, _letter.slot_at).where(_TOO_AMBIGUOUS))

    async def last_sent(self) -> datetime | None:
        """Give when a server last took a letter, if one of the newest attempts was it."""
        newest = select(func.max(_tried.id) - _NEWEST_ATTEMPTS).scalar_subquery()
        query = select(func.max(_tried.ended_at)).where(_tried.id > newest, _TAKEN)
        found: datetime | None = await self.access.value(query)
        return found

    async def log_bytes(self) -> int:
        """Tell how much waits in the log beside a SQLite file; a server looks after its own."""
        if self.access.connection.dialect.name != "sqlite":
            return 0
        return await asyncio.to_thread(_size, f"{self.access.connection.engine.url.database}-wal")

    async def counts(self) -> Mapping[str, int]:
        """Count the messages by state.

        Those that were sent are what is left of all of them: nothing reads their rows.
        """
        counts = dict.fromkeys(map(str, MessageState), 0)
        for chosen in (_WAITING, _HELD, UNDER_WAY, _NOT_SENT):
            query = select(_letter.state, func.count().label("many")).where(chosen).group_by(_letter.state)
            for row in await self.access.rows(query):
                counts[row["state"]] += row["many"]
        every = int(await self.access.value(select(func.count()).select_from(rows.message)))
        return counts | {MessageState.SENT.value: every - sum(counts.values())}

    async def _count(self, query: Select[*tuple[Any, ...]]) -> Count:
        row = await self.access.row(query)
        return Count(many=row["many"], oldest=row["oldest"]) if row else NOTHING


def _counted(what: ColumnElement[Any], moment: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return select(func.count(what).label("many"), func.min(moment).label("oldest"))


def _size(file: str) -> int:
    path = Path(file)
    return path.stat().st_size if path.exists() else 0
