"""Rows of the outbox as values of the domain and of the ports."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

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
    return [rows.reminder.c[field.name] for field in fields(ReminderRecord)]


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
