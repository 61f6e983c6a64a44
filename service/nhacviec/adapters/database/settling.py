"""How claims end: what a reply makes of a letter, what a dead worker leaves, what comes too late."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.engine import RowMapping
from sqlalchemy.sql.dml import Insert, Update

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access
from nhacviec.adapters.database.batches import Batch, Columns, numbers, plain
from nhacviec.adapters.database.claiming import PROOF, UNDER_WAY, freezing, held, holders, intending, proof
from nhacviec.adapters.database.types import UtcDateTime
from nhacviec.adapters.database.values import (
    lost_attempt,
    message_columns,
    message_of,
)
from nhacviec.application.records import Claim, DeliveryRecord, Ending, Frozen
from nhacviec.domain.delivery import MessageState, Outcome, broken_off

_letter, _tried = rows.message.c, rows.delivery.c

#: What an ending changes in its message; without an attempt, the last four are empty.
_ENDING: Columns = {
    **PROOF,
    "state": Text(),
    "due_at": UtcDateTime(),
    "outcome": Text(),
    "code": Integer(),
    "text": Text(),
    "ended_at": UtcDateTime(),
}
#: Of an attempt: what is stored as it is, and then its words and what it came to.
_PLAIN = ("started_at", "ended_at", "stage", "code", "worker", "intended_at")
_plain_values = attrgetter(*_PLAIN)
_ATTEMPT: Columns = {name: _tried[name].type for name in (*_PLAIN, "text", "outcome")}
_FREE: Mapping[str, Any] = {"token": None, "worker": None, "intended_at": None}
#: Still to be sent as far as anybody knows, and nobody's: proof that it went ends it.
_WAITING = (MessageState.PENDING, MessageState.UNCERTAIN)
#: In which a claim holds.
_UNDER_WAY = (MessageState.CLAIMED, MessageState.TRANSMITTING)
_TAKEN = (Outcome.ACCEPTED, Outcome.LATE)


async def settle(access: Access, endings: Sequence[Ending]) -> frozenset[int]:
    """Record how claims ended; see ``ports.Outbox.settle``.

    Raises:
        ValueError: two endings are about one message.
    """
    return await record(access, [], endings, []) if endings else frozenset()


async def record(
    access: Access,
    letters: Sequence[Frozen],
    endings: Sequence[Ending],
    claims: Sequence[Claim],
    *,
    last: bool = False,
) -> frozenset[int]:
    """Freeze letters, settle endings, then pass the fence with claims, in one go; whose claims held.

    Args:
        access: the open transaction.
        letters: to be kept.
        endings: to be settled.
        claims: to pass the fence.
        last: whether the transaction ends with it. What was taken under claims that were lost is noted in
            one more: as after a crash between the two, at most such a note is missing.

    Raises:
        ValueError: two endings are about one message.
    """
    if len({ending.claim.message.id for ending in endings}) < len(endings):
        raise ValueError("a message ends once at a time")
    tried = [each for each in endings if each.delivery is not None]
    before = freezing(access, letters)
    between = [
        *_HOLDERS.steps(access, [proof(each.claim) for each in endings]),
        *_ATTEMPTING.steps(access, [_tried_values(each) for each in tried]),
        *_SETTLING.steps(access, [_ending_values(each) for each in endings]),
    ]
    after = intending(access, claims)
    found = await access.driver.run([*before, *between, *after], last=last)
    settled = numbers(access, found[len(before) : len(before) + len(between)])
    await _note_lost(access, [each.delivery for each in tried if each.claim.message.id not in settled])
    return settled | numbers(access, found[len(before) + len(between) :])


async def rescue(access: Access, worker: int, now: datetime) -> int:
    """Take back what a dead worker had under way; see ``ports.Outbox.rescue``."""
    columns = (*message_columns(), _letter.token, _letter.worker, _letter.intended_at)
    query = select(*columns).where(UNDER_WAY, _letter.worker == worker).order_by(_letter.id)
    found = await access.rows(access.locking(query))
    return len(await settle(access, [_left_behind(row, now) for row in found]))


def _left_behind(row: RowMapping, now: datetime) -> Ending:
    """What no server has seen waits again; what one may have seen was ambiguous (W3-W8, W10)."""
    message = message_of(row)
    claim = Claim(message=message, token=row["token"])
    if message.state is MessageState.CLAIMED:
        return Ending(claim=claim, state=MessageState.PENDING)
    end = broken_off(message.ambiguous + 1, now)
    attempt = lost_attempt(message.id, row["worker"], now, row["intended_at"])
    return Ending(claim=claim, state=end.state, due_at=end.due_at, delivery=attempt)


def _ending_values(ending: Ending) -> tuple[object, ...]:
    attempt = ending.delivery
    told: tuple[object, ...] = (None, None, None, None)
    if attempt is not None:
        told = (attempt.outcome.value, attempt.code, plain(attempt.text), attempt.ended_at)
    return (*proof(ending.claim), ending.state.value, ending.due_at, *told)


def _settling(table: FromClause, dialect: str) -> Update:
    ended, mine = held(table, dialect, *_UNDER_WAY)
    end = ended.c
    # The intent counts a conversation; one that ended before it is counted here.
    uncounted = and_(_letter.state == MessageState.CLAIMED, end.outcome != Outcome.UNREACHABLE)
    went = and_(end.state == MessageState.SENT, end.outcome.is_not(None))
    changes = {
        **_FREE,
        "state": end.state,
        "due_at": func.coalesce(end.due_at, _letter.due_at),
        "attempts": _letter.attempts + case((uncounted, 1), else_=0),
        "ambiguous": _letter.ambiguous + case((end.outcome == Outcome.AMBIGUOUS, 1), else_=0),
        "last_code": func.coalesce(end.code, _letter.last_code),
        "last_reply": func.coalesce(end.text, _letter.last_reply),
        "sent_at": case((went, end.ended_at), else_=_letter.sent_at),
    }
    return update(rows.message).where(*mine).values(changes)


def _holders(table: FromClause, dialect: str) -> Select[Any]:
    return holders(table, dialect, *_UNDER_WAY)


async def _append(access: Access, attempts: Sequence[DeliveryRecord]) -> None:
    """Append attempts, each under the next number; the rows of their messages are locked by now."""
    await _APPENDING.run(access, [(each.message, *_attempt_values(each)) for each in attempts])


def _tried_values(ending: Ending) -> tuple[object, ...]:
    return (*proof(ending.claim), *(_attempt_values(ending.delivery) if ending.delivery else ()))


def _attempt_values(attempt: DeliveryRecord) -> tuple[object, ...]:
    return (*_plain_values(attempt), plain(attempt.text), attempt.outcome.value)


def _attempting(table: FromClause, dialect: str) -> Insert:
    """Append attempts under claims that hold; so it goes before they end."""
    tried, mine = held(table, dialect, *_UNDER_WAY)
    return _numbered(tried.c.id, [tried.c[name] for name in _ATTEMPT], mine)


def _appending(table: FromClause, _dialect: str) -> Insert:
    return _numbered(table.c.message, [table.c[name] for name in _ATTEMPT], [table.c.message.is_not(None)])


def _numbered(
    message: ColumnElement[int], values: Sequence[ColumnElement[Any]], which: Sequence[ColumnElement[bool]]
) -> Insert:
    last = select(func.max(_tried.n)).where(_tried.message == message).scalar_subquery()
    new = select(message.label("message"), *values, (func.coalesce(last, 0) + 1).label("n")).where(*which)
    return insert(rows.delivery).from_select(["message", *_ATTEMPT, "n"], new)


_HOLDERS = Batch(_holders, PROOF)
_SETTLING = Batch(_settling, _ENDING)
_ATTEMPTING = Batch(_attempting, {**PROOF, **_ATTEMPT})
_APPENDING = Batch(_appending, {"message": Integer(), **_ATTEMPT})


async def _note_lost(access: Access, attempts: Sequence[DeliveryRecord | None]) -> None:
    """Of what was tried under claims that were lost, a server may have taken something."""
    too_late = [each for each in attempts if each is not None and each.outcome is Outcome.ACCEPTED]
    if too_late:
        await _note_late(access, too_late)


async def _note_late(access: Access, attempts: Sequence[DeliveryRecord]) -> None:
    """Record what a server took under claims that were lost, and do not send it again while it waits.

    An attempt that is recorded already was settled by a transaction whose answer got lost (W2, F47).
    """
    ids = [each.message for each in attempts]
    locked = select(_letter.id).where(_letter.id.in_(ids)).order_by(_letter.id)
    await access.rows(access.locking(locked))
    recorded = select(_tried.message, _tried.worker, _tried.started_at)
    found = await access.rows(recorded.where(_tried.message.in_(ids), _tried.outcome.in_(_TAKEN)))
    known = {(row["message"], row["worker"], row["started_at"]) for row in found}
    new = [each for each in attempts if (each.message, each.worker, each.started_at) not in known]
    await _append(access, [replace(each, outcome=Outcome.LATE) for each in new])
    values = [
        {"of": each.message, "code": each.code, "said": plain(each.text), "went": each.ended_at}
        for each in new
    ]
    if values:
        await access.count(_ending_late(), values)


@cache
def _ending_late() -> Update:
    said: dict[str, Any] = {
        "last_code": bindparam("code"),
        "last_reply": bindparam("said"),
        "sent_at": bindparam("went"),
    }
    waiting = or_(*(_letter.state == state for state in _WAITING))  # no IN: it cannot be run for many rows
    late = update(rows.message).where(_letter.id == bindparam("of"), waiting)
    return late.values(said | {"state": MessageState.SENT})
