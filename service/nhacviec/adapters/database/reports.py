"""What was reported last of many occurrences at once, out of their history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access, chunks
from nhacviec.adapters.database.history import THEIRS
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
        event, of = rows.event.c, rows.occurrence.c
        told = select(of.id, event.data).join_from(rows.occurrence, rows.event, THEIRS)
        found: dict[int, Mapping[str, Any]] = {}
        for piece in chunks(sorted(set(occurrences))):
            reported = told.where(of.id.in_(piece), event.kind == EventKind.REPORTED).order_by(event.id)
            found |= {row["id"]: row["data"] for row in await self.access.rows(reported)}
        return found
