"""The history as a chain: each event carries a digest over itself and the digest before it.

Whoever changes, takes away or puts in an event would have to write every digest behind it anew, and the one
that is kept of the last; a digest that was noted somewhere else finds even that.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from nhacviec.domain.errors import RuleError

#: What stands where the first event looks for the digest before it.
NO_DIGEST = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an event tells; all of it goes into its digest.

    Args:
        duty: with unit and period the occurrence it belongs to (S-30), which it may outlive.
        unit: its code.
        period: its code.
        kind: what happened.
        at: when, aware.
        by: who said so.
        note: free words.
        data: what else is known, as ``canonical`` writes it.
    """

    duty: str
    unit: str
    period: str
    kind: str
    at: datetime
    by: str
    note: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a chain goes.

    Args:
        events: how many it holds; the number of the last one.
        digest: of the last one, 64 hexadecimal digits.
    """

    events: int = 0
    digest: str = NO_DIGEST

    def __str__(self) -> str:
        """As people note it down, and ``noted`` reads it."""
        return f"{self.events}:{self.digest}"


_LOOSE = json.JSONEncoder(allow_nan=False)
_STRICT = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)

#: A chain without an event.
BEGINNING = Head()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An event as it lies in the database.

    Args:
        number: its place in the chain, from 1.
        entry: what it tells; None where that cannot be read.
        digest: as it is kept.
    """

    number: int
    entry: Entry | None
    digest: str


class Break(StrEnum):
    """Why a chain does not hold."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    HEAD_CHANGED = "head-changed"
    HEAD_MISSING = "head-missing"
    NOT_AS_NOTED = "not-as-noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a chain breaks first.

    Args:
        event: the number of the first event that does not hold.
        why: in which way.
    """

    event: int
    why: Break


def canonical(data: object) -> str:
    r"""Write a JSON value in the one way in which it is hashed: keys sorted, no spaces, ASCII.

    What is written before it is stored and after it was read again is the same.

    Raises:
        ValueError: it holds a number that JSON does not know.
        TypeError: it holds something that JSON does not know.

    >>> canonical({"số": (1, 2.50), "n": None})
    '{"n":null,"s\\u1ed1":[1,2.5]}'
    """
    return _STRICT.encode(json.loads(_LOOSE.encode(data)))


def after(head: Head, entry: Entry) -> Head:
    """Give the head of a chain after one more event; form 0005 of the tables, never to be changed."""
    moment = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = [entry.duty, entry.unit, entry.period, entry.kind, moment, entry.by, entry.note, entry.data]
    text = _STRICT.encode([head.digest, head.events + 1, *told])
    return Head(events=head.events + 1, digest=sha256(text.encode("ascii")).hexdigest())


def noted(text: str) -> Head:
    """Read a head that somebody noted down: ``events:digest``.

    Raises:
        RuleError: it is none.
    """
    events, _, digest = text.strip().partition(":")
    fits = len(digest) == len(NO_DIGEST) and all(c in "0123456789abcdef" for c in digest.lower())
    if not (events.isascii() and events.isdigit() and fits):
        raise RuleError(f"{text!r} is no EVENTS:DIGEST", mend="copy it as audit verify printed it")
    return Head(events=int(events), digest=digest.lower())


@dataclass(slots=True, kw_only=True)
class Walk:
    """Goes along a chain, link by link, and stops at the first break.

    Args:
        kept: the head that is kept apart of the events; None where there is none.
        note: a head that was noted elsewhere; None without one.
        reached: as far as all holds.
    """

    kept: Head | None
    note: Head | None = None
    reached: Head = BEGINNING

    def step(self, link: Link) -> Found | None:
        """Take the next link, by number; where it breaks, ``reached`` stays in front of it."""
        number = self.reached.events + 1
        if link.number < number or (self.kept is not None and number > self.kept.events):
            return Found(event=link.number, why=Break.ADDED)
        if link.number > number:
            return Found(event=number, why=Break.MISSING)
        head = after(self.reached, link.entry) if link.entry is not None else None
        if head is None or head.digest != link.digest:
            return Found(event=number, why=Break.CHANGED)
        if self.note is not None and self.note.events == number and self.note != head:
            return Found(event=number, why=Break.NOT_AS_NOTED)
        self.reached = head
        return None

    def end(self) -> Found | None:
        """Say whether the chain ends where it should, once there is no link left."""
        last, kept = self.reached.events, self.kept
        if kept is None:
            return Found(event=last, why=Break.HEAD_MISSING)
        if last < max(kept.events, self.note.events if self.note else 0):
            return Found(event=last + 1, why=Break.MISSING)
        if kept != self.reached:
            return Found(event=last, why=Break.HEAD_CHANGED)
        return None
