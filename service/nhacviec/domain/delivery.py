"""Delivery: the states of a message, what a mail server's reply means, and when to try again.

The promise and its states are DELIVERY §2; a reply is judged by its first digit (RFC 5321 §4.2.1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b


class MessageState(StrEnum):
    """Where a message stands in the outbox."""

    PENDING = "pending"  #: promised, not yet claimed
    CLAIMED = "claimed"  #: taken with a lease; nothing has reached the server
    TRANSMITTING = "transmitting"  #: the server may have it from here on
    SENT = "sent"  #: the server took it
    DEAD = "dead"  #: refused for good, or given up; visible with its reason
    SUPERSEDED = "superseded"  #: facts changed before it went
    UNCERTAIN = "uncertain"  #: too many attempts ended without a reply; a human decides


class Outcome(StrEnum):
    """How one attempt ended."""

    ACCEPTED = "accepted"  #: any 2yz to the final dot
    DEFERRED = "deferred"  #: 4yz, or the line broke before the dot
    REFUSED = "refused"  #: 5yz
    AMBIGUOUS = "ambiguous"  #: no reply after the dot
    UNREACHABLE = "unreachable"  #: no conversation could be begun


#: First waits of a message the server put off; then every 4,000 s (DELIVERY §2.8).
WAITS = (timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40))
LONGEST_WAIT = timedelta(seconds=4000)
#: A letter put off so often, about five days of trying, is given up, visibly. Conversations are counted and
#: not days, so that an outage of the server itself costs no letter its life (RFC 5321 §4.5.4.1).
MOST_ATTEMPTS = 112
#: How long an ambiguous attempt rests before it is repeated.
AMBIGUOUS_WAIT = timedelta(minutes=5)
#: So many attempts may end without a reply; then a human decides (P2).
MAX_AMBIGUOUS = 2
#: To RCPT, 552 is a 4yz in disguise (RFC 5321 §4.5.3.1.10); to MAIL it speaks of the letter's size.
STORAGE = 552


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What an attempt leads to: the next state and, while it is pending, when to try again."""

    state: MessageState
    due_at: datetime | None = None


def judge(code: int, stage: str) -> Outcome:
    """What a reply means.

    Args:
        code: three digits; 0 when none came.
        stage: ``mail``, ``rcpt``, ``data`` or ``dot``; anything else lies before the conversation.
    """
    if stage not in ("mail", "rcpt", "data", "dot"):
        return Outcome.UNREACHABLE
    match code // 100:
        case 2 if stage == "dot":
            return Outcome.ACCEPTED
        case 4:
            return Outcome.DEFERRED
        case 5 if (stage == "rcpt") == (code == STORAGE) and stage in ("mail", "rcpt"):
            return Outcome.DEFERRED  # a refused sender is a setting's fault, not the letter's
        case 5:
            return Outcome.REFUSED
        case _:
            return Outcome.AMBIGUOUS if stage == "dot" else Outcome.DEFERRED


def settle(outcome: Outcome, *, now: datetime, attempts: int, key: str) -> Settlement:
    """Where a message goes after an attempt.

    Args:
        outcome: how the attempt ended.
        now: aware.
        attempts: conversations so far, this one included; ambiguous ones count by themselves.
        key: spreads the retries of many messages, by a hash and not by chance.

    Returns:
        The next state; ``PENDING`` always with an instant.
    """
    match outcome:
        case Outcome.ACCEPTED:
            return Settlement(state=MessageState.SENT)
        case Outcome.REFUSED:
            return Settlement(state=MessageState.DEAD)
        case Outcome.AMBIGUOUS:
            if attempts >= MAX_AMBIGUOUS:
                return Settlement(state=MessageState.UNCERTAIN)
            return Settlement(state=MessageState.PENDING, due_at=now + AMBIGUOUS_WAIT)
        case Outcome.UNREACHABLE:
            return Settlement(state=MessageState.PENDING, due_at=now)
        case _:
            if attempts >= MOST_ATTEMPTS:
                return Settlement(state=MessageState.DEAD)
            return Settlement(state=MessageState.PENDING, due_at=now + wait(attempts, key))


def wait(attempts: int, key: str) -> timedelta:
    """How long to wait after so many attempts: 5, 10, 20, 40 minutes, then 4,000 s ± 20 %."""
    if attempts <= len(WAITS):
        return WAITS[max(attempts, 1) - 1]
    share = int.from_bytes(blake2b(f"{key}|{attempts}".encode(), digest_size=4).digest()) / 0xFFFFFFFF
    return LONGEST_WAIT * (0.8 + 0.4 * share)
