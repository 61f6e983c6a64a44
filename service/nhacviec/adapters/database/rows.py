"""The tables of the work, a noun each; ``table=True`` validates nothing, so the database has to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from nhacviec.adapters.database.types import Row, UtcDateTime, one_of, table_of
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line
from nhacviec.domain.occurrence import EventKind, State
from nhacviec.domain.reminder import Verdict


def _only(name: str, columns: list[str], chosen: str) -> Index:
    """Keep an index of the rows for which some SQL is true; a query finds it by the very same words."""
    return Index(name, *columns, sqlite_where=text(chosen), postgresql_where=text(chosen))


class OccurrenceRow(Row, table=True):
    """One duty of one unit in one period (S-30)."""

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("duty", "unit", "period"),
        one_of("state", State),
        CheckConstraint("revision >= 0 AND done >= 0 AND reminded >= 0", name="counted"),
        CheckConstraint("period_first <= period_last", name="period"),
        # What has come is found by a probe of this index, whatever the size of the table.
        Index(
            "ix_occurrence_next_at_id",
            "next_at",
            "id",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index("ix_occurrence_unit_due", "unit", "due"),
    )
    id: int | None = Field(default=None, primary_key=True)
    duty: str
    unit: str
    period: str
    period_first: date
    period_last: date
    every: str
    nominal: date
    due: date
    revision: int
    state: str
    opened_at: datetime = Field(sa_type=UtcDateTime)
    speaks_from: datetime = Field(sa_type=UtcDateTime)
    catch_up: bool
    opens: date | None
    late_after: date | None
    extended: bool
    overridden: bool
    opened_late: bool
    target: int | None
    done: int
    reported_on: date | None
    last_spoken_on: date | None
    reminded: int
    next_at: datetime | None = Field(sa_type=UtcDateTime)


class EventRow(Row, table=True):
    """One line of an occurrence's history; append only, a link of the chain (``domain.chain``).

    It names its occurrence by what never changes, and stays when that is taken away. Its number is its place
    in the chain, so that nobody but the chain may give it.
    """

    __tablename__ = "event"
    __table_args__ = (
        one_of("kind", EventKind),
        Index("ix_event_duty_unit_period", "duty", "unit", "period"),
    )
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    duty: str
    unit: str
    period: str
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    by: str
    note: str = Field(sa_type=Text)
    data: dict[str, Any] = Field(sa_type=JSON)
    digest: str


class EventHeadRow(Row, table=True):
    """How far the history goes, apart of it: without it the last events could go unmissed."""

    __tablename__ = "event_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    events: int
    digest: str


class WorkerRow(Row, table=True):
    """One process that sends; kept for as long as an attempt names it (DELIVERY §2.5)."""

    __tablename__ = "worker"
    id: int | None = Field(default=None, primary_key=True)
    machine: str
    boot: str
    space: str
    pid: int
    pid_start: int = Field(sa_type=BigInteger)
    started_at: datetime = Field(sa_type=UtcDateTime)
    beat: int
    beat_at: datetime = Field(sa_type=UtcDateTime)
    retired: bool


class MessageRow(Row, table=True):
    """One letter to one address: the outbox (DELIVERY §2.2)."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("message_id"),
        one_of("state", MessageState),
        one_of("line", Line),
        one_of("kind", LetterKind),
        CheckConstraint("(token IS NULL) = (state NOT IN ('claimed', 'transmitting'))", name="token"),
        CheckConstraint("(token IS NULL) = (worker IS NULL)", name="worker"),
        # What may be claimed, in the order of claiming; letters held for a human do not lie in the way.
        Index(
            "ix_message_due_at_id",
            "due_at",
            "id",
            sqlite_where=text("state = 'pending' AND held = ''"),
            postgresql_where=text("state = 'pending' AND held = ''"),
        ),
        # Escalations go ahead, and are found among any number of other letters (F69).
        Index(
            "ix_message_escalation_due_at_id",
            "due_at",
            "id",
            sqlite_where=text("line = 'escalation' AND state = 'pending' AND held = ''"),
            postgresql_where=text("line = 'escalation' AND state = 'pending' AND held = ''"),
        ),
        # What is under way; an intent, which changes the state only, leaves it alone.
        _only("ix_message_worker", ["worker"], "worker IS NOT NULL"),
        # The auditor's: they hold the few rows it looks for, and none of a letter that simply goes.
        _only("ix_message_held_slot_at", ["slot_at"], "state = 'pending' AND held <> ''"),
        _only(
            "ix_message_state_slot_at", ["state", "slot_at"], "state IN ('dead', 'superseded', 'uncertain')"
        ),
        _only("ix_message_ambiguous", ["ambiguous"], "ambiguous > 2"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    message_id: str
    email: str
    name: str
    unit: str
    language: str
    line: str
    kind: str
    slot_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    state: str
    held: str = Field(sa_type=Text)
    attempts: int
    ambiguous: int
    last_code: int
    last_reply: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    sent_at: datetime | None = Field(sa_type=UtcDateTime)
    token: str | None
    worker: int | None = Field(foreign_key="worker.id")
    intended_at: datetime | None = Field(sa_type=UtcDateTime)


class MessageBodyRow(Row, table=True):
    """The words and bytes of a letter as composed, the same on every copy (P3).

    Apart from its message, whose row is written anew each time its state changes.
    """

    __tablename__ = "message_body"
    message: int = Field(
        foreign_key="message.id", primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    subject: str = Field(sa_type=Text)
    mime: bytes = Field(sa_type=LargeBinary)


class ReminderRow(Row, table=True):
    """One stage of one occurrence for one recipient, also when nothing went (DESIGN §2)."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("occurrence", "revision", "stage", "email"),
        one_of("verdict", Verdict),
        one_of("kind", LetterKind),  # NULL passes: what is not sent is no letter
        _only("ix_reminder_unaddressed", ["decided_at"], "verdict = 'send' AND coalesce(message, 0) = 0"),
    )
    id: int | None = Field(default=None, primary_key=True)
    occurrence: int = Field(foreign_key="occurrence.id")
    revision: int
    stage: str
    name: str
    verdict: str
    reason: str
    decided_at: datetime = Field(sa_type=UtcDateTime)
    email: str
    recipient_name: str
    recipient_unit: str
    recipient_language: str
    kind: str | None
    late: bool
    merged: list[str] = Field(sa_type=JSON)
    message: int | None = Field(foreign_key="message.id", index=True)


class DeliveryRow(Row, table=True):
    """One attempt to hand a message over, and its reply; append only."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message", "n"),
        one_of("outcome", Outcome),
        _only("ix_delivery_again_message", ["message"], "n > 1 AND outcome IN ('accepted', 'late')"),
    )
    id: int | None = Field(default=None, primary_key=True)
    message: int = Field(foreign_key="message.id")
    n: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime = Field(sa_type=UtcDateTime)
    stage: str
    code: int
    text: str = Field(sa_type=Text)
    outcome: str
    worker: int | None = Field(foreign_key="worker.id")
    intended_at: datetime | None = Field(sa_type=UtcDateTime)


occurrence = table_of(OccurrenceRow)
event = table_of(EventRow)
event_head = table_of(EventHeadRow)
worker = table_of(WorkerRow)
message = table_of(MessageRow)
body = table_of(MessageBodyRow)
reminder = table_of(ReminderRow)
delivery = table_of(DeliveryRow)
