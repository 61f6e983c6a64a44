"""Which letters are owed: reminders go into messages, and leave them again when facts change (P1, P4)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, select, tuple_, update

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import Access, chunks
from nhacviec.adapters.database.values import message_values
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line, Message, Reminder, Slot, kind_of
from nhacviec.domain.reminder import Reason, Verdict

_letter, _said, _body = rows.message.c, rows.reminder.c, rows.body.c

#: What one occurrence says once in each revision to each address (DESIGN §2, Reminder).
_IDENTITY = ("occurrence", "revision", "stage", "email")
#: Nobody has such a message, though a server may have refused it for now; so its words may change.  One of
#: which nobody knows whether it came goes again as it was (P3).
_UNREAD = (_letter.state == MessageState.PENDING, _letter.ambiguous == 0)
#: Nothing of such a message has been written yet, so a reminder may join or leave it.  PostgreSQL looks again
#: at a row that it waited for, but not at other tables; what was written since is still unread at the worst.
_UNWRITTEN = (*_UNREAD, ~exists().where(_body.message == _letter.id))


async def promise(access: Access, messages: Mapping[Slot, Message], reminders: Sequence[Reminder]) -> int:
    """Record reminders, and open the messages they go into; see ``ports.Outbox.promise``.

    Returns:
        How many messages are new.
    """
    fresh = await _unsaid(access, reminders)
    await _overtake(access, fresh)
    owed = {reminder.slot for reminder in fresh}
    repeated = {reminder.slot for reminder in reminders} - owed
    wanted = {slot: message for slot, message in messages.items() if slot not in repeated}
    new, ids = await _open(access, wanted)
    values = [_reminder_values(reminder, ids) for reminder in fresh]
    once = access.insert(rows.reminder).on_conflict_do_nothing(index_elements=list(_IDENTITY))
    for piece in chunks(values):
        await access.count(once, piece)
    await _name_kinds(access, set(ids.values()))
    if new:
        await access.ring()
    return new


async def withdraw(access: Access, occurrence: int, reason: Reason) -> int:
    """Take an occurrence out of the messages that wait; see ``ports.Outbox.withdraw``.

    Returns:
        How many messages have nothing left to say and ended.
    """
    said = (_said.occurrence == occurrence, _said.verdict == Verdict.SEND)
    query = select(_said.id, _said.message).join(rows.message, _said.message == _letter.id)
    return await _take_back(access, query.where(*said, *_UNREAD), reason)


async def _overtake(access: Access, reminders: Sequence[Reminder]) -> None:
    """Take back what was to be said of an occurrence to the same reader and has not gone (DELIVERY §2.8).

    Escalations speak each for itself (S-70).
    """
    said = {
        (each.occurrence, _email(each)) for each in reminders if each.slot and each.slot.line is Line.MAIN
    }
    waiting = (*_UNREAD, _letter.line == Line.MAIN)
    query = select(_said.id, _said.message).join(rows.message, _said.message == _letter.id)
    for piece in chunks(sorted(said)):
        theirs = tuple_(_said.occurrence, _said.email).in_(piece)
        wanted = query.where(theirs, _said.verdict == Verdict.SEND, *waiting)
        await _take_back(access, wanted, Reason.MORE_URGENT)


async def _take_back(access: Access, wanted: Select[Any], reason: Reason) -> int:
    """Take reminders out of their messages, and end those that have nothing left to say.

    Args:
        access: the open transaction.
        wanted: the rows of the reminders, each with its message.
        reason: why they are taken back.
    """
    found = await access.rows(access.locking(wanted.order_by(_said.message, _said.id)))
    if not found:
        return 0
    waiting = {row["message"] for row in found}
    for piece in chunks(sorted(row["id"] for row in found)):
        taken_back = update(rows.reminder).where(_said.id.in_(piece))
        await access.connection.execute(
            taken_back.values(verdict=Verdict.SUPERSEDED, reason=reason, message=None)
        )
    alive: set[int] = set()
    for piece in chunks(sorted(waiting)):
        others = select(_said.message).where(_said.message.in_(piece), _said.verdict == Verdict.SEND)
        alive |= {row["message"] for row in await access.rows(others.distinct())}
        ended = update(rows.message).where(_letter.id.in_(piece), _letter.id.not_in(alive))
        await access.connection.execute(ended.values(state=MessageState.SUPERSEDED))
        # What is left is said in other words: those that were kept say too much.
        changed = sorted(alive.intersection(piece))
        await access.connection.execute(delete(rows.body).where(_body.message.in_(changed)))
    await _name_kinds(access, alive)
    return len(waiting - alive)


async def _unsaid(access: Access, reminders: Sequence[Reminder]) -> list[Reminder]:
    """Leave out what is recorded already: deciding twice promises nothing twice."""
    recorded: set[tuple[int, int, str, str]] = set()
    for piece in chunks(sorted({reminder.occurrence for reminder in reminders})):
        query = select(*(_said[name] for name in _IDENTITY)).where(_said.occurrence.in_(piece))
        found = await access.rows(query)
        recorded |= {(row["occurrence"], row["revision"], row["stage"], row["email"]) for row in found}
    return [
        each
        for each in reminders
        if (each.occurrence, each.revision, each.stage, _email(each)) not in recorded
    ]


async def _open(access: Access, messages: Mapping[Slot, Message]) -> tuple[int, dict[Slot, int]]:
    """Find or insert an unwritten message for each slot.

    A slot whose letter has been written already gets a follow-up, then another (S-47): nothing that has
    come up is lost, and nothing that went is changed.

    Returns:
        How many are new, and the row of each slot.
    """
    new, ids = 0, dict[Slot, int]()
    # Always in the same order, so that two transactions never wait for each other.
    waiting = dict(sorted(messages.items(), key=lambda item: item[1].key))
    n = 1
    while waiting:
        copies = {slot: _follow_up(message, n) for slot, message in waiting.items()}
        unless_there = access.insert(rows.message).on_conflict_do_nothing(index_elements=["key"])
        new += await access.count(unless_there, [message_values(copy) for copy in copies.values()])
        unwritten = await _unwritten(access, [copy.key for copy in copies.values()])
        ids |= {slot: unwritten[copy.key] for slot, copy in copies.items() if copy.key in unwritten}
        waiting = {slot: message for slot, message in waiting.items() if slot not in ids}
        n += 1
    return new, ids


async def _unwritten(access: Access, keys: Sequence[str]) -> dict[str, int]:
    """Lock those of these messages that may still be added to."""
    found: dict[str, int] = {}
    for piece in chunks(keys):
        query = (
            select(_letter.key, _letter.id).where(_letter.key.in_(piece), *_UNWRITTEN).order_by(_letter.key)
        )
        found.update((row["key"], row["id"]) for row in await access.rows(access.locking(query)))
    return found


def _follow_up(message: Message, n: int) -> Message:
    """Give the n-th letter of a slot: the first is the message itself."""
    if n == 1:
        return message
    local, at, domain = message.message_id.rpartition("@")
    return replace(message, key=f"{message.key}|{n}", message_id=f"{local}.{n}{at}{domain}")


def _email(reminder: Reminder) -> str:
    return "" if reminder.recipient is None else reminder.recipient.email


def _reminder_values(reminder: Reminder, ids: Mapping[Slot, int]) -> dict[str, object]:
    recipient = reminder.recipient
    return {
        "occurrence": reminder.occurrence,
        "revision": reminder.revision,
        "stage": reminder.stage,
        "name": reminder.name,
        "verdict": reminder.verdict,
        "reason": reminder.reason,
        "decided_at": reminder.decided_at,
        "email": _email(reminder),
        "recipient_name": recipient.name if recipient else "",
        "recipient_unit": recipient.unit if recipient else "",
        "recipient_language": recipient.language if recipient else "",
        "kind": reminder.kind,
        "late": reminder.late,
        "merged": list(reminder.merged),
        "message": None if reminder.slot is None else ids[reminder.slot],
    }


async def _name_kinds(access: Access, messages: Collection[int]) -> None:
    """Say of each message which letter it has become: one about two occurrences is a digest."""
    values: list[dict[str, object]] = []
    for piece in chunks(sorted(messages)):
        query = (
            select(_letter.id, _letter.line, _letter.kind, _said.occurrence, _said.kind.label("said"))
            .join(rows.reminder, _said.message == _letter.id)
            .where(_letter.id.in_(piece), _said.verdict == Verdict.SEND, _said.kind.is_not(None))
            .order_by(_said.id)
        )
        found = [tuple(row.values()) for row in await access.rows(query)]
        values += _renamed(found)
    if values:
        statement = (
            update(rows.message).where(_letter.id == bindparam("of")).values(kind=bindparam("becomes"))
        )
        await access.count(statement, values)


def _renamed(found: Iterable[tuple[object, ...]]) -> Iterable[dict[str, object]]:
    """Give the messages whose kind is no longer right."""
    kinds: dict[tuple[object, str, str], dict[object, LetterKind]] = {}
    for message, line, kind, occurrence, said in found:
        kinds.setdefault((message, str(line), str(kind)), {}).setdefault(occurrence, LetterKind(str(said)))
    for (message, line, kind), said_of in kinds.items():
        becomes = kind_of(Line(line), list(said_of.values()))
        if becomes != kind:
            yield {"of": message, "becomes": becomes}
