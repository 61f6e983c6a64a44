"""The history of occurrences in tables: a chain that grows at its end, and is read along."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Text, and_, cast, func, select, update
from sqlalchemy.engine import RowMapping

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access, chunks
from nhacviec.application.records import Event
from nhacviec.domain.chain import Entry, Head, Link, after, canonical
from nhacviec.domain.errors import DatabaseDamaged
from nhacviec.domain.occurrence import EventKind

_event, _head, _row = rows.event.c, rows.event_head.c, rows.occurrence.c
_IDENTITY = (_row.duty, _row.unit, _row.period)
#: Which events are an occurrence's: they name it by what never changes.
THEIRS = and_(_event.duty == _row.duty, _event.unit == _row.unit, _event.period == _row.period)
_TEXTS = ("duty", "unit", "period", "kind", "by", "note", "data", "digest")
_BROKEN = "run nhacviec audit verify, and restore a backup"


@dataclass(frozen=True, slots=True)
class History:
    """What one transaction adds to the history, and what it reads of it.

    What is told is written as the last thing before the transaction commits: from then on until its end
    nobody else can add anything, and whoever waits for that holds nothing that we could still ask for.

    Args:
        access: the open transaction.
        told: what is still to be written, with the data as they are stored.
    """

    access: Access
    told: list[tuple[Event, Entry]] = field(default_factory=list)

    async def tell(self, events: Sequence[Event]) -> None:
        """Add to the history.

        Raises:
            ValueError: an event names an occurrence that is not there.
        """
        named: dict[int, RowMapping] = {}
        for piece in chunks(sorted({event.occurrence for event in events})):
            query = select(_row.id, *_IDENTITY).where(_row.id.in_(piece)).order_by(_row.id)
            named |= {row["id"]: row for row in await self.access.rows(self.access.locking(query))}
        for event in events:
            if event.occurrence not in named:
                raise ValueError(f"there is no occurrence {event.occurrence} to tell of")
            self.told.append((event, _entry(named[event.occurrence], event)))

    async def of(self, occurrence: int) -> Sequence[Event]:
        """Give what happened to an occurrence, in the order it was told."""
        columns = (_event.kind, _event.at, _event.by, _event.note, _event.data)
        query = select(*columns).join_from(rows.occurrence, rows.event, THEIRS)
        found = await self.access.rows(query.where(_row.id == occurrence).order_by(_event.id))
        kept = [Event(**{**row, "occurrence": occurrence, "kind": EventKind(row["kind"])}) for row in found]
        return kept + [event for event, _ in self.told if event.occurrence == occurrence]

    async def known(self, ids: Sequence[int]) -> list[int]:
        """Give those of some occurrences of which anything was ever told, by id."""
        among = select(_row.id).where(_row.id.in_(ids), select(_event.id).where(THEIRS).exists())
        found = {row["id"] for row in await self.access.rows(among)}
        return sorted(found | ({event.occurrence for event, _ in self.told} & set(ids)))

    async def write(self) -> None:
        """Write down what was told, behind what others have written.

        Raises:
            DatabaseDamaged: the end of the chain is not where the chain left it.
        """
        if not self.told:
            return
        head = await self._end()
        for piece in chunks(self.told):
            links = []
            for event, entry in piece:
                head = after(head, entry)
                links.append(_values(head, event, entry))
            await self.access.count(self.access.insert(rows.event), links)
        await self.access.count(update(rows.event_head).values(events=head.events, digest=head.digest))
        self.told.clear()

    async def _end(self) -> Head:
        last = select(func.max(_event.id)).scalar_subquery()
        query = select(_head.events, _head.digest, last.label("last"))
        found = await self.access.row(self.access.locking(query))
        if found is None or not isinstance(found["events"], int):
            raise DatabaseDamaged(f"the history has lost its head: {_BROKEN}")
        if (found["last"] or 0) > found["events"]:
            raise DatabaseDamaged(f"somebody has put event {found['last']} into the history: {_BROKEN}")
        return Head(events=found["events"], digest=found["digest"])


@dataclass(frozen=True, slots=True)
class ChainTable:
    """``application.stores.Chain`` over tables: as it lies there, whatever that is.

    Args:
        access: the open transaction.
    """

    access: Access

    async def head(self) -> Head | None:
        """Give the head that is kept apart of the events; None where there is none."""
        query = select(_head.events, self._plain(_head.digest))
        found = (await self.access.connection.execute(query)).first()
        if found is None or not isinstance(found[0], int):
            return None
        return Head(events=found[0], digest=_text(found[1]))

    async def links(self, behind: int | None, limit: int) -> Sequence[Link]:
        """Give events by number.

        Args:
            behind: from which number on, without it; None for the first.
            limit: at most so many.
        """
        texts = [self._plain(_event[name]) for name in _TEXTS]
        query = select(_event.id, self._plain(_event.at), *texts).order_by(_event.id).limit(limit)
        chosen = query if behind is None else query.where(_event.id > behind)
        return [_link(*row) for row in await self.access.connection.execute(chosen)]

    def _plain(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Ask for a column as it is stored: in SQLite anything may lie anywhere."""
        if self.access.dialect.name == "sqlite":
            return cast(column, LargeBinary)
        return cast(column, Text) if column is _event.data else column


def _entry(named: RowMapping, event: Event) -> Entry:
    return Entry(
        duty=named["duty"],
        unit=named["unit"],
        period=named["period"],
        kind=event.kind.value,
        at=event.at,
        by=event.by,
        note=event.note,
        data=canonical(dict(event.data)),
    )


def _values(head: Head, event: Event, entry: Entry) -> dict[str, object]:
    return {
        "id": head.events,
        "duty": entry.duty,
        "unit": entry.unit,
        "period": entry.period,
        "kind": entry.kind,
        "at": entry.at,
        "by": entry.by,
        "note": entry.note,
        "data": dict(event.data),
        "digest": head.digest,
    }


def _link(number: int, at: bytes | datetime, *texts: bytes | str | None) -> Link:
    told = dict(zip(_TEXTS, map(_text, texts), strict=True))
    digest = told.pop("digest")
    try:
        told["data"] = canonical(json.loads(told["data"]))
        return Link(number=number, entry=Entry(at=_moment(at), **told), digest=digest)
    except (ValueError, RecursionError):
        return Link(number=number, entry=None, digest=digest)


def _text(stored: bytes | str | None) -> str:
    """What is no text is not what was written, and stays different from it."""
    return stored.decode(errors="surrogateescape") if isinstance(stored, bytes) else stored or ""


def _moment(stored: bytes | datetime) -> datetime:
    """Read a moment; SQLite keeps it as a text, in one form only.

    Raises:
        ValueError: it is none.
    """
    if isinstance(stored, datetime):
        return stored
    text = _text(stored)
    read = datetime.fromisoformat(text)
    if read.tzinfo is not None or read.isoformat(" ", "microseconds") != text:
        raise ValueError(f"{text} was not written by nhacviec")
    return read.replace(tzinfo=UTC)
