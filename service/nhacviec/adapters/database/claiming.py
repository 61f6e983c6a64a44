"""Letters change hands: claimed by a worker, frozen, passed through the fence (DELIVERY §2.5)."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Text,
    bindparam,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql import Executable
from sqlalchemy.sql.dml import ReturningUpdate, Update

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access
from nhacviec.adapters.database.batches import Columns, carried, given, plain
from nhacviec.adapters.database.types import UtcDateTime
from nhacviec.adapters.database.values import message_columns, message_of
from nhacviec.application.records import Claim, Frozen
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.message import Line

_letter = rows.message.c


def _written_out(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """Compare without a parameter: both engines match a partial index only by its very words."""
    return column == literal(value, literal_execute=True)


_CLAIMABLE = (_written_out(_letter.state, MessageState.PENDING.value), _written_out(_letter.held, ""))
_ESCALATION = _written_out(_letter.line, Line.ESCALATION.value)
UNDER_WAY = text("state IN ('claimed', 'transmitting')")
#: What proves a claim.
PROOF: Columns = {"id": Integer(), "token": Text()}


async def claim(
    access: Access, now: datetime, *, before: datetime | None, worker: int, limit: int
) -> Sequence[Claim]:
    """Take letters for a worker; see ``ports.Outbox.claim``."""
    ready = [*_CLAIMABLE, _letter.due_at <= now]
    if before is not None:
        ready.append(_letter.slot_at < before)
    token = secrets.token_hex()
    # Three places in four go to escalations first; the rest to whoever waits longest, so that nobody starves.
    taken = await _take(access, [_ESCALATION, *ready], worker, token, max(1, limit * 3 // 4))
    if len(taken) < limit:
        taken += await _take(access, ready, worker, token, limit - len(taken))
    return taken


async def freeze(access: Access, letters: Sequence[Frozen]) -> None:
    """Keep words and bytes under their claims; see ``ports.Outbox.freeze``."""
    values = [
        {
            "of": each.claim.message.id,
            "under": each.claim.token,
            "said": plain(each.words.subject),
            "bytes": each.mime,
            "becomes": each.kind,
        }
        for each in sorted(letters, key=lambda each: each.claim.message.id)
    ]
    if values:
        await access.count(_freezing(), values)


async def intend(access: Access, claims: Sequence[Claim]) -> frozenset[int]:
    """Pass the fence with those whose claims hold; see ``ports.Outbox.intend``."""
    return await under_claim(access, _intending, PROOF, [proof(each) for each in claims])


def proof(claim: Claim) -> dict[str, object]:
    """Give what ``PROOF`` names."""
    return {"id": claim.message.id, "token": claim.token}


def held(dialect: str, columns: Columns, *states: MessageState) -> CTE:
    """Give the rows of ``given`` whose claims hold, locked.

    Always in the order of their ids, so that two workers never wait for each other.

    Args:
        dialect: the name of the database's.
        columns: of ``given``, those of ``PROOF`` among them.
        states: in which a claim may hold.
    """
    table = given(dialect, columns)
    mine = (_letter.id == table.c.id, _letter.token == table.c.token, _letter.state.in_(states))
    query = select(*table.c).where(*mine).order_by(_letter.id)
    return query.with_for_update(key_share=True, of=rows.message).cte("held")


async def under_claim(
    access: Access,
    statement: Callable[[str], Executable],
    columns: Columns,
    values: Sequence[dict[str, object]],
) -> frozenset[int]:
    """Run a statement over the rows whose claims hold; returns which those were.

    Args:
        access: the open transaction.
        statement: made for a dialect by its name, once; over ``held``, returning ids.
        columns: of ``given``.
        values: its rows.
    """
    if not values:
        return frozenset()
    dialect = access.connection.dialect
    found = await access.connection.execute(statement(dialect.name), carried(dialect, columns, values))
    return frozenset(found.scalars())


async def _take(
    access: Access, ready: Sequence[ColumnElement[bool]], worker: int, token: str, limit: int
) -> list[Claim]:
    first = select(_letter.id).where(*ready).order_by(_letter.due_at, _letter.id).limit(limit)
    # In a CTE: PostgreSQL may evaluate a subquery more than once, and claim too many.
    chosen = access.locking(first, skip_locked=True).cte("chosen")
    taken = (
        update(rows.message)
        .where(_letter.id == chosen.c.id)
        .values(state=MessageState.CLAIMED, token=token, worker=worker)
        .returning(*message_columns())
    )
    found = sorted((message_of(row) for row in await access.rows(taken)), key=lambda m: (m.due_at, m.id))
    return [Claim(message=message, token=token) for message in found]


@cache
def _freezing() -> Update:
    mine = (
        _letter.id == bindparam("of"),
        _letter.token == bindparam("under"),
        _letter.state == MessageState.CLAIMED,
    )
    # Bytes that a server may have taken never change (P3).
    unseen = or_(_letter.ambiguous == 0, _letter.mime.is_(None))
    words: dict[str, Any] = {
        "subject": bindparam("said"),
        "mime": bindparam("bytes"),
        "kind": bindparam("becomes"),
    }
    return update(rows.message).where(*mine, unseen).values(words)


@cache
def _intending(dialect: str) -> ReturningUpdate[tuple[int]]:
    mine = held(dialect, PROOF, MessageState.CLAIMED)
    meant = {
        "state": MessageState.TRANSMITTING,
        "attempts": _letter.attempts + 1,
        "intended_at": database_time(dialect),
    }
    return update(rows.message).where(_letter.id == mine.c.id).values(meant).returning(_letter.id)


def database_time(dialect: str) -> ColumnElement[datetime]:
    """Give the moment by the database's own clock; it is for people, and never compared."""
    if dialect == "postgresql":
        return func.clock_timestamp(type_=UtcDateTime())
    return func.strftime("%Y-%m-%d %H:%M:%f000", "now", type_=UtcDateTime())
