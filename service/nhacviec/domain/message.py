"""A message: one letter to one address, gathered from one reminder or several (S-47)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nhacviec.domain.delivery import MessageState
from nhacviec.domain.letter import LetterItem, LetterKind
from nhacviec.domain.reminder import Reason, Verdict


class Line(StrEnum):
    """Which readers a letter is for; letters of different lines are never gathered into one."""

    MAIN = "main"
    ESCALATION = "escalation"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One reader of one letter, as resolved when it was gathered (S-57)."""

    email: str
    name: str
    unit: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """At most one main-line letter and one escalation letter each (S-47).

    Args:
        line: main, escalation or notice.
        email: the recipient's address, in lower case.
        at: the planned instant, UTC.
        about: sets notices of different decisions apart; empty otherwise.
    """

    line: Line
    email: str
    at: datetime
    about: str = ""

    @property
    def key(self) -> str:
        """The identity of its letter, unique in the outbox; the Message-ID is derived from it."""
        return f"v1|{self.line}|{self.email}|{self.at:%Y-%m-%dT%H:%M:%SZ}|{self.about}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One stage of one occurrence for one recipient, with its verdict and reason.

    Args:
        occurrence: its row.
        revision: of the due date.
        stage: the stage's key in the plan.
        name: what the letter calls it; empty when nothing goes.
        verdict: what was done.
        reason: why.
        decided_at: when, UTC.
        recipient: None where nothing is addressed to anybody.
        slot: where its letter belongs; None when nothing goes.
        kind: the kind of letter it would be on its own.
        late: whether it goes more than an hour late.
        merged: stages the letter says as well.
    """

    occurrence: int
    revision: int
    stage: str
    name: str = ""
    verdict: Verdict
    reason: Reason
    decided_at: datetime
    recipient: Recipient | None = None
    slot: Slot | None = None
    kind: LetterKind | None = None
    late: bool = False
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One letter in the outbox.

    Args:
        id: its row; 0 before it has one.
        key: its slot's key.
        message_id: the Message-ID header, the same on every copy.
        recipient: to whom.
        line: main, escalation or notice.
        kind: which letter it is.
        slot_at: the planned instant.
        due_at: when it may be tried next.
        state: where it stands.
        held: why it waits for a human; empty when it does not.
        attempts: conversations begun.
        ambiguous: of those, how many ended without a reply after the dot.
        subject: as composed; empty before.
        mime: the bytes as sent; None before the first composition.
        last_code: of the last reply; 0 without one.
        last_reply: its text, or what broke.
        note: free words of a notice.
    """

    id: int = 0
    key: str
    message_id: str
    recipient: Recipient
    line: Line
    kind: LetterKind
    slot_at: datetime
    due_at: datetime
    state: MessageState = MessageState.PENDING
    held: str = ""
    attempts: int = 0
    ambiguous: int = 0
    subject: str = ""
    mime: bytes | None = None
    last_code: int = 0
    last_reply: str = ""
    note: str = ""
    sent_at: datetime | None = None


def kind_of(line: Line, kinds: Sequence[LetterKind]) -> LetterKind:
    """Which letter several reminders make together: one speaks for itself, more are a digest."""
    if line is Line.ESCALATION:
        return LetterKind.ESCALATION
    return kinds[0] if len(kinds) == 1 else LetterKind.DIGEST


def most_urgent_first(items: Iterable[LetterItem]) -> tuple[LetterItem, ...]:
    """The longest overdue first, then what is due today, then the nearest to come."""
    return tuple(sorted(items, key=lambda item: (item.days_left - item.days_late, item.duty, item.unit_name)))
