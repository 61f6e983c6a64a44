"""Rows of the outbox as values of the domain and of the ports."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, func, literal, select
from sqlalchemy.engine import RowMapping

from nhacviec.adapters.database import rows
from nhacviec.application.records import DeliveryRecord, ReminderRecord
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line, Message, Recipient
from nhacviec.domain.reminder import Reason, Verdict

#: What is recorded of an attempt whose sender vanished.
LOST = "the sender stopped before it recorded a reply"
#: The four columns that hold a message's recipient.
_RECIPIENT = tuple(field.name for field in fields(Recipient))
#: What is kept apart of it, from its first composition on.
_BODY = ("subject", "mime")
_MESSAGE = tuple(field.name for field in fields(Message) if field.name not in ("recipient", *_BODY))
_REMINDER = tuple(field.name for field in fields(ReminderRecord))
_READER = slice(len(_MESSAGE), len(_MESSAGE) + len(_RECIPIENT))
#: How many lists of merged stages are remembered: nearly all are alike.
_REMEMBERED = 1024

Kind = TypeVar("Kind", bound=StrEnum)


def by_value(kind: type[Kind]) -> Mapping[str, Kind]:
    """Give the members of an enumeration by what stands in a column; faster than the enumeration itself."""
    return {member.value: member for member in kind}


@lru_cache(_REMEMBERED)
def _merged(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


#: What makes the values of the domain of a message's columns, and of a reminder's, whose list is a text.
MESSAGE_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "line": by_value(Line).__getitem__,
    "kind": by_value(LetterKind).__getitem__,
    "state": by_value(MessageState).__getitem__,
}
REMINDER_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "verdict": by_value(Verdict).__getitem__,
    "reason": by_value(Reason).__getitem__,
    "kind": by_value(LetterKind).get,  # NULL passes: what is not sent is no letter
    "merged": _merged,
}


def letter_columns() -> Sequence[Column[Any]]:
    """Give the columns that make a message, but for what is kept apart of it."""
    return [rows.message.c[name] for name in (*_MESSAGE, *_RECIPIENT)]


def letters_of(
    found: Iterable[tuple[Any, ...]], bodies: Mapping[int, tuple[str, bytes]]
) -> Iterable[Message]:
    """Make messages of ``letter_columns``, their values turned by ``MESSAGE_VALUES``.

    Args:
        found: a row each.
        bodies: subjects and bytes by message, of those that have them.
    """
    for row in found:
        email, name, unit, language = row[_READER]
        subject, mime = bodies.get(row[0], ("", None))
        yield Message(
            recipient=Recipient(email=email, name=name, unit=unit, language=language),
            subject=subject,
            mime=mime,
            **dict(zip(_MESSAGE, row, strict=False)),
        )


def record_of(row: tuple[Any, ...]) -> ReminderRecord:
    """Make a reminder's record of its columns, turned by ``REMINDER_VALUES``."""
    return ReminderRecord(**dict(zip(_REMINDER, row, strict=True)))


def message_columns() -> Sequence[ColumnElement[Any]]:
    """Give the columns that make a message."""
    of = rows.body.c.message == rows.message.c.id
    subject, mime = (
        select(rows.body.c[name]).where(of).correlate(rows.message).scalar_subquery() for name in _BODY
    )
    kept = (func.coalesce(subject, literal("", literal_execute=True)).label("subject"), mime.label("mime"))
    return [*(rows.message.c[name] for name in (*_MESSAGE, *_RECIPIENT)), *kept]


def message_of(row: RowMapping) -> Message:
    """Make a message of its columns."""
    plain = {name: row[name] for name in (*_MESSAGE, *_BODY)}
    return Message(
        **{
            **plain,
            "recipient": Recipient(**{name: row[name] for name in _RECIPIENT}),
            "line": Line(row["line"]),
            "kind": LetterKind(row["kind"]),
            "state": MessageState(row["state"]),
        }
    )


def message_values(message: Message) -> dict[str, object]:
    """Give the columns of a message that is new."""
    values: dict[str, object] = {name: getattr(message, name) for name in _MESSAGE if name != "id"}
    return values | {name: getattr(message.recipient, name) for name in _RECIPIENT}


def reminder_columns() -> Sequence[Column[object]]:
    """Give the columns that make a reminder's record."""
    return [rows.reminder.c[name] for name in _REMINDER]


def reminder_of(row: RowMapping) -> ReminderRecord:
    """Make a reminder's record of its columns."""
    return ReminderRecord(
        **{
            **row,
            "verdict": Verdict(row["verdict"]),
            "reason": Reason(row["reason"]),
            "kind": None if row["kind"] is None else LetterKind(row["kind"]),
            "merged": tuple(row["merged"]),
        }
    )


def delivery_columns() -> Sequence[Column[object]]:
    """Give the columns that make a delivery's record."""
    return [rows.delivery.c[field.name] for field in fields(DeliveryRecord)]


def delivery_of(row: RowMapping) -> DeliveryRecord:
    """Make a delivery's record of its columns."""
    return DeliveryRecord(**{**row, "outcome": Outcome(row["outcome"])})


def lost_attempt(message: int, worker: int, now: datetime, intended_at: datetime | None) -> DeliveryRecord:
    """Give the record of an attempt whose worker died after its intent: ambiguous (DELIVERY §2.6)."""
    return DeliveryRecord(
        message=message,
        n=0,
        started_at=now,
        ended_at=now,
        stage="dot",
        code=0,
        text=LOST,
        outcome=Outcome.AMBIGUOUS,
        worker=worker,
        intended_at=intended_at,
    )
