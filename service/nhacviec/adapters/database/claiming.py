"""Letters change hands: claimed by a worker, frozen, passed through the fence (DELIVERY §2.5)."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Select,
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
from sqlalchemy.sql.dml import Update

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access, Insert
from nhacviec.adapters.database.asking import Reading, given, run_step
from nhacviec.adapters.database.batches import Batch, Columns, plain
from nhacviec.adapters.database.driver import Step
from nhacviec.adapters.database.types import UtcDateTime
from nhacviec.adapters.database.values import MESSAGE_VALUES, letter_columns, letters_of
from nhacviec.application.records import Claim, Frozen
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.message import Line, Message

_letter, _body = rows.message.c, rows.body.c


def _written_out(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """Compare without a parameter: both engines match a partial index only by its very words."""
    return column == literal(value, literal_execute=True)


def _written(state: MessageState) -> ColumnElement[str]:
    return literal(state.value, literal_execute=True)


_CLAIMABLE = (_written_out(_letter.state, MessageState.PENDING.value), _written_out(_letter.held, ""))
_ESCALATION = _written_out(_letter.line, Line.ESCALATION.value)
#: Both engines match this partial index, too, by its very words; whose letters are under way has a worker.
UNDER_WAY = text("worker IS NOT NULL")
#: What proves a claim.
PROOF: Columns = {"id": Integer(), "token": Text()}
_NAMED: Columns = {**PROOF, "kind": Text()}
#: Who claims.
_OURS: Mapping[str, ColumnElement[Any]] = {
    "worker": given("claim_worker", Integer()),
    "token": given("claim_token", Text()),
}
_KEPT: Columns = {**PROOF, "subject": Text(), "mime": LargeBinary()}


async def claim(
    access: Access, now: datetime, *, before: datetime | None, worker: int, limit: int
) -> Sequence[Claim]:
    """Take letters for a worker; see ``ports.Outbox.claim``."""
    token = secrets.token_hex()
    mine = {"claim_worker": worker, "claim_token": token}
    asked: dict[str, object] = {**mine, "now": now}
    waits = False
    if before is not None:
        waits, asked["before"] = True, before
    # Three places in four go to escalations first; the rest to whoever waits longest, so that nobody starves.
    share = max(1, limit * 3 // 4)
    urgent = run_step(_TAKING[True, waits], access, **asked, places=share)
    oldest = run_step(_TAKING[False, waits], access, **asked, places=limit)
    told = (_TAKEN.step(access, **mine), run_step(_taken_bodies, access, **mine))
    *_, letters, bodies = await access.driver.run([urgent, oldest, *told])
    kept = {message: (subject, mime) for message, subject, mime in bodies}
    found = sorted(letters_of(_TAKEN.told(access, letters), kept), key=_longest_waiting)
    ahead = [message for message in found if message.line is Line.ESCALATION][:share]
    if ahead:
        first = {message.id for message in ahead}
        found = ahead + [message for message in found if message.id not in first]
    return [Claim(message=message, token=token) for message in found]


def freezing(access: Access, letters: Sequence[Frozen]) -> list[Step]:
    """Keep words and bytes under their claims; see ``ports.Outbox.freeze``."""
    in_order = sorted(letters, key=_number)
    renamed = [
        (*proof(each.claim), each.kind.value) for each in in_order if each.kind is not each.claim.message.kind
    ]
    kept = [(*proof(each.claim), plain(each.subject), each.mime) for each in in_order]
    return [*_NAMING.steps(access, renamed), *_FREEZING.steps(access, kept)]


def intending(access: Access, claims: Sequence[Claim]) -> list[Step]:
    """Pass the fence with those whose claims hold, and tell them; see ``ports.Outbox.intend``."""
    proofs = [proof(each) for each in claims]
    return [*_HOLDERS.steps(access, proofs), *_INTENDING.steps(access, proofs)]


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
    named = [_written(state) for state in states]
    mine = (_letter.id == table.c.id, _letter.token == table.c.token, _letter.state.in_(named))
    if dialect == "sqlite":
        return table, mine
    query = select(*table.c).where(*mine).order_by(_letter.id)
    found = query.with_for_update(key_share=True, of=rows.message).cte("held")
    return found, (_letter.id == found.c.id,)


def holders(table: FromClause, dialect: str, *states: MessageState) -> Select[Any]:
    """Find the messages whose claims hold, and lock them: a later statement sees all there is of them."""
    found, mine = held(table, dialect, *states)
    if dialect == "postgresql":
        return select(found.c.id)
    return select(func.json_group_array(_letter.id)).where(*mine)


def _taking(_dialect: str, *, escalations: bool, waits: bool) -> Update:
    ready = [*_CLAIMABLE, _letter.due_at <= given("now", UtcDateTime())]
    if escalations:
        ready = [_ESCALATION, *ready]
    if waits:
        # What is tried again at that instant waits as well: a later stage may take its place (S-42).
        instant = given("before", UtcDateTime())
        ready += [_letter.slot_at < instant, _letter.due_at < instant]
    limit: ColumnElement[int] = given("places", Integer())
    if not escalations:
        taken = rows.message.alias("taken")
        ours = (taken.c.worker == _OURS["worker"], taken.c.token == _OURS["token"])
        limit = limit - select(func.count()).select_from(taken).where(*ours).scalar_subquery()
    first = select(_letter.id).where(*ready).order_by(_letter.due_at, _letter.id).limit(limit)
    # In a CTE: PostgreSQL may evaluate a subquery more than once, and claim too many.
    chosen = first.with_for_update(key_share=True, skip_locked=True).cte("chosen")
    taking = update(rows.message).where(_letter.id == chosen.c.id)
    return taking.values(state=MessageState.CLAIMED, **_OURS)


def _taken(_dialect: str) -> Select[Any]:
    return select(*letter_columns()).where(_letter.worker == _OURS["worker"], _letter.token == _OURS["token"])


def _taken_bodies(_dialect: str) -> Select[Any]:
    taken = select(_letter.id).where(_letter.worker == _OURS["worker"], _letter.token == _OURS["token"])
    return select(_body.message, _body.subject, _body.mime).where(_body.message.in_(taken))


_TAKING = {
    (escalations, waits): partial(_taking, escalations=escalations, waits=waits)
    for escalations in (True, False)
    for waits in (True, False)
}
_TAKEN = Reading(_taken, MESSAGE_VALUES)


def _longest_waiting(message: Message) -> tuple[datetime, int]:
    return message.due_at, message.id


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


def _intending(table: FromClause, dialect: str) -> Update:
    _, mine = held(table, dialect, MessageState.CLAIMED)
    meant = {
        "state": MessageState.TRANSMITTING,
        "attempts": _letter.attempts + 1,
        "intended_at": database_time(dialect),
    }
    return update(rows.message).where(*mine).values(meant)


def _holders(table: FromClause, dialect: str) -> Select[Any]:
    return holders(table, dialect, MessageState.CLAIMED)


_NAMING = Batch(_naming, _NAMED)
_FREEZING = Batch(_freezing, _KEPT)
_HOLDERS = Batch(_holders, PROOF)
_INTENDING = Batch(_intending, PROOF)


def _number(letter: Frozen) -> int:
    return letter.claim.message.id


def database_time(dialect: str) -> ColumnElement[datetime]:
    """Give the moment by the database's own clock; it is for people, and never compared."""
    if dialect == "postgresql":
        return func.clock_timestamp(type_=UtcDateTime())
    return func.strftime("%Y-%m-%d %H:%M:%f000", "now", type_=UtcDateTime())
