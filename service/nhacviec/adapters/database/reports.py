"""What was reported last of many occurrences at once, out of their history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access, chunks
from nhacviec.domain.occurrence import EventKind


@dataclass(frozen=True, slots=True)
class ReportTable:
    """``application.ports.Reports`` over the table of events.

    Args:
        access: the open transaction.
    """

    access: Access

    async def last(self, occurrences: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        """Give what the last report of each says; those that were never reported are not in it."""
        event = rows.event.c
        found: dict[int, Mapping[str, Any]] = {}
        for piece in chunks(sorted(set(occurrences))):
            query = select(event.occurrence, event.data).where(event.occurrence.in_(piece))
            reported = query.where(event.kind == EventKind.REPORTED).order_by(event.id)
            found |= {row["occurrence"]: row["data"] for row in await self.access.rows(reported)}
        return found
