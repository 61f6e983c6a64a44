"""Holds: reasons why the whole queue stands still (DELIVERY §2.3); under one key, so that one look tells."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nhacviec.application.ports import Transaction

#: The setting that keeps them, as a JSON object by kind; empty while nothing stands.
HOLDS = "hold"


class HoldKind(StrEnum):
    """Who or what keeps letters from being claimed."""

    OPERATOR = "operator"  #: a human said so
    RESTORED = "restored"  #: the database is a backup put back: letters may have gone since it was made
    COPIED = "copied"  #: the database is not where it was bound: another copy may be sending
    REFUSALS = "refusals"  #: so many letters were refused alike that the server must be at fault
    SENDER = "sender"  #: the server takes no letter from our sender


#: What a human may lift by a word; the others are for ``nhacviec db adopt``.
BY_WORD = (HoldKind.OPERATOR, HoldKind.REFUSALS, HoldKind.SENDER)
BY_ADOPTION = (HoldKind.RESTORED, HoldKind.COPIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One reason to stand still.

    Args:
        kind: which.
        at: since when; None in a backup that nothing has opened yet.
        text: what is the matter and how to mend it, one line.
    """

    kind: HoldKind
    at: datetime | None
    text: str


async def holds(transaction: Transaction) -> Sequence[Hold]:
    """Give what stands, in the order of the kinds; empty when letters may go."""
    return read(await transaction.catalogue.peek(HOLDS))


async def put(transaction: Transaction, kind: HoldKind, text: str, at: datetime) -> bool:
    """Hold the queue for a reason; a reason that stands already keeps its words and its time.

    Args:
        transaction: that writes.
        kind: which reason.
        text: one line for people.
        at: since when, aware.

    Returns:
        Whether it is new.
    """
    standing = await _locked(transaction)
    if any(hold.kind is kind for hold in standing):
        return False
    await _write(transaction, [*standing, Hold(kind=kind, at=at, text=text)])
    return True


async def lift(transaction: Transaction, kinds: Collection[HoldKind]) -> Sequence[Hold]:
    """Let go of reasons.

    Args:
        transaction: that writes.
        kinds: which.

    Returns:
        Those that stood.
    """
    standing = await _locked(transaction)
    lifted = [hold for hold in standing if hold.kind in kinds]
    if lifted:
        await _write(transaction, [hold for hold in standing if hold.kind not in kinds])
    return lifted


async def stamp(transaction: Transaction, at: datetime) -> bool:
    """Give the holds that a backup was made with the moment at which it was first opened.

    Returns:
        Whether there were any.
    """
    standing = await _locked(transaction)
    if all(hold.at is not None for hold in standing):
        return False
    await _write(transaction, [Hold(kind=h.kind, at=h.at or at, text=h.text) for h in standing])
    return True


def written(standing: Sequence[Hold]) -> str:
    """Give holds as the database keeps them."""
    if not standing:
        return ""
    kept = {hold.kind: {"at": hold.at and hold.at.isoformat(), "text": hold.text} for hold in standing}
    return json.dumps(kept, ensure_ascii=False)


def read(kept: str) -> list[Hold]:
    """Take holds from what the database keeps."""
    if not kept:
        return []
    found = json.loads(kept)
    return [
        Hold(kind=kind, at=_moment(found[kind]["at"]), text=found[kind]["text"])
        for kind in HoldKind
        if kind in found
    ]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def _locked(transaction: Transaction) -> Sequence[Hold]:
    """What stands, kept from others until this transaction ends."""
    return read(await transaction.catalogue.value(HOLDS))


async def _write(transaction: Transaction, standing: Sequence[Hold]) -> None:
    await transaction.catalogue.set_value(HOLDS, written(standing))
