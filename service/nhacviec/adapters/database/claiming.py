"""Letters change hands: claimed by a worker, frozen, passed through the fence (DELIVERY §2.5)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Text,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningUpdate, Update

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access, Insert
from nhacviec.adapters.database.batches import Columns, plain, run
from nhacviec.adapters.database.types import UtcDateTime
from nhacviec.adapters.database.values import message_columns, message_of
from nhacviec.application.records import Claim, Frozen
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.message import Line

_letter, _body = rows.message.c, rows.body.c


def _written_out(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """Compare without a parameter: both engines match a partial index only by its very words."""
    return column == literal(value, literal_execute=True)


_CLAIMABLE = (_written_out(_letter.state, MessageState.PENDING.value), _written_out(_letter.held, ""))
_ESCALATION = _written_out(_letter.line, Line.ESCALATION.value)
#: Both engines match this partial index, too, by its very words; whose letters are under way has a worker.
UNDER_WAY = text("worker IS NOT NULL")
#: What proves a claim.
PROOF: Columns = {"id": Integer(), "token": Text()}
_NAMED: Columns = {**PROOF, "kind": Text()}
_KEPT: Columns = {**PROOF, "subject": Text(), "mime": LargeBinary()}


async def claim(
    access: Access, now: datetime, *, before: datetime | None, worker: int, limit: int
) -> Sequence[Claim]:
    """Take letters for a worker; see ``ports.Outbox.claim``."""
    ready = [*_CLAIMABLE, _letter.due_at <= now]
    if before is not None:
        # What is tried again at that instant waits as well: a later stage may take its place (S-42).
        ready += [_letter.slot_at < before, _letter.due_at < before]
    token = secrets.token_hex()
    # Three places in four go to escalations first; the rest to whoever waits longest, so that nobody starves.
    taken = await _take(access, [_ESCALATION, *ready], worker, token, max(1, limit * 3 // 4))
    if len(taken) < limit:
        taken += await _take(access, ready, worker, token, limit - len(taken))
    return taken


async def freeze(access: Access, letters: Sequence[Frozen]) -> None:
    """Keep words and bytes under their claims; see ``ports.Outbox.freeze``."""
    in_order = sorted(letters, key=_number)
    renamed = [
        (each.claim.message.id, each.claim.token, each.kind.value)
        for each in in_order
        if each.kind is not each.claim.message.kind
    ]
    if renamed:
        await run(access, _naming, _NAMED, renamed)
    kept = [(each.claim.message.id, each.claim.token, plain(each.subject), each.mime) for each in in_order]
    if kept:
        await run(access, _freezing, _KEPT, kept)


async def intend(access: Access, claims: Sequence[Claim]) -> frozenset[int]:
    """Pass the fence with those whose claims hold; see ``ports.Outbox.intend``."""
    if not claims:
        return frozenset()
    return await run(access, _intending, PROOF, [proof(each) for each in claims])


def proof(claim: Claim) -> tuple[int, str]:
    """Give what ``PROOF`` names."""
    return claim.message.id, claim.token


def held(
    table: FromClause, dialect: str, *states: MessageState
) -> tuple[FromClause, tuple[ColumnElement[bool], ...]]:
    """Give the rows whose claims hold, locked.

    Always in the order of their ids, so that two workers never wait for each other.

    Args:
        table: the rows that are given, the columns of ``PROOF`` among them.
        dialect: the name of the database's.
        states: in which a claim may hold.

    Returns:
        Where to take them from, and what binds them to their messages.
    """
    mine = (_letter.id == table.c.id, _letter.token == table.c.token, _letter.state.in_(states))
    if dialect == "sqlite":
        return table, mine
    query = select(*table.c).where(*mine).order_by(_letter.id)
    found = query.with_for_update(key_share=True, of=rows.message).cte("held")
    return found, (_letter.id == found.c.id,)


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


def _unseen() -> ColumnElement[bool]:
    """Bytes that a server may have taken never change (P3)."""
    return or_(_letter.ambiguous == 0, ~exists().where(_body.message == _letter.id))


def _naming(table: FromClause, dialect: str) -> Update:
    named, mine = held(table, dialect, MessageState.CLAIMED)
    return update(rows.message).where(*mine, _unseen()).values(kind=named.c.kind)


def _freezing(table: FromClause, dialect: str) -> Insert:
    kept, mine = held(table, dialect, MessageState.CLAIMED)
    words = select(kept.c.id, kept.c.subject, kept.c.mime).where(*mine, _unseen())
    into = postgresql.insert(rows.body) if dialect == "postgresql" else sqlite.insert(rows.body)
    anew = into.from_select(["message", "subject", "mime"], words)
    changes = {"subject": anew.excluded.subject, "mime": anew.excluded.mime}
    return anew.on_conflict_do_update(index_elements=["message"], set_=changes)


def _intending(table: FromClause, dialect: str) -> ReturningUpdate[tuple[int]]:
    _, mine = held(table, dialect, MessageState.CLAIMED)
    meant = {
        "state": MessageState.TRANSMITTING,
        "attempts": _letter.attempts + 1,
        "intended_at": database_time(dialect),
    }
    return update(rows.message).where(*mine).values(meant).returning(_letter.id)


def _number(letter: Frozen) -> int:
    return letter.claim.message.id


def database_time(dialect: str) -> ColumnElement[datetime]:
    """Give the moment by the database's own clock; it is for people, and never compared."""
    if dialect == "postgresql":
        return func.clock_timestamp(type_=UtcDateTime())
    return func.strftime("%Y-%m-%d %H:%M:%f000", "now", type_=UtcDateTime())
