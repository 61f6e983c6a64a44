"""The processes that send, in a table: who is alive is told by it and by nothing else (DELIVERY §2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select, update

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access, chunks
from nhacviec.domain.worker import Worker

_process = rows.worker.c
_COLUMNS = tuple(field.name for field in fields(Worker))


@dataclass(frozen=True, slots=True)
class WorkerTable:
    """``application.ports.Workers`` over a table; no row of it is ever taken away.

    Args:
        access: the open transaction.
    """

    access: Access

    async def enlist(self, worker: Worker) -> int:
        """Enter a process; returns its number, which nobody had before."""
        values = {name: getattr(worker, name) for name in _COLUMNS if name != "id"}
        entered = self.access.insert(rows.worker).values(values).returning(_process.id)
        return int(await self.access.value(entered))

    async def beat(self, worker: int, at: datetime) -> None:
        """Record a sign of life; ``at`` is for people, the count is what others watch."""
        alive = update(rows.worker).where(_process.id == worker)
        await self.access.count(alive.values(beat=_process.beat + 1, beat_at=at))

    async def retire(self, worker: int) -> None:
        """Record that a process ended of its own will."""
        await self.access.count(update(rows.worker).where(_process.id == worker).values(retired=True))

    async def find(self, workers: Sequence[int]) -> Sequence[Worker]:
        """Give those with these numbers, by number; unknown ones are passed over."""
        found: list[Worker] = []
        for piece in chunks(sorted(set(workers))):
            query = select(*(_process[name] for name in _COLUMNS)).where(_process.id.in_(piece))
            found += [Worker(**row) for row in await self.access.rows(query.order_by(_process.id))]
        return found
