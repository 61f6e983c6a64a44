"""Delivery: the states of a message, what a mail server's reply means, and when to try again.

The promise and its states are DELIVERY §2; a reply is judged by its first digit (RFC 5321 §4.2.1).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from nhacviec.domain.relay.enhanced import enhanced
from nhacviec.domain.relay.hint import after, hint


class MessageState(StrEnum):
    """Where a message stands in the outbox."""

    PENDING = "pending"  #: promised, not yet claimed
    CLAIMED = "claimed"  #: taken by a worker; nothing has reached the server
    TRANSMITTING = "transmitting"  #: the server may have it from here on
    SENT = "sent"  #: the server took it
    DEAD = "dead"  #: refused for good, or given up; visible with its reason
    SUPERSEDED = "superseded"  #: facts changed before it went
    UNCERTAIN = "uncertain"  #: too many attempts ended without a reply; a human decides


class Outcome(StrEnum):
    """How one attempt ended."""

    ACCEPTED = "accepted"  #: any 2yz to the final dot
    DEFERRED = "deferred"  #: 4yz, or the line broke over this letter before the dot
    REFUSED = "refused"  #: 5yz
    AMBIGUOUS = "ambiguous"  #: no reply after the dot
    UNREACHABLE = "unreachable"  #: none that concerns the letter: it costs it no attempt
    LATE = "late"  #: accepted after its claim had been taken over


class Meaning(StrEnum):
    """What a reply means; goes unchanged into the log (DELIVERY §2.9)."""

    TAKEN = "taken"  #: 2yz to the dot
    LATER = "later"  #: 4yz, and 552 to RCPT
    LETTER_TOO_LARGE = "letter-too-large"  #: 552 or 5.3.4 to MAIL
    SENDER_REFUSED = "sender-refused"  #: any other 5yz to MAIL: a setting's fault, no letter dies of it
    RECIPIENT_REFUSED = "recipient-refused"  #: 5yz to RCPT: there is no such address, or it takes nothing
    POLICY = "policy"  #: 5.7.x to RCPT: the server does not want us
    NO_MAIL = "no-mail"  #: 556 to RCPT: the domain says that it takes no mail (RFC 7504, RFC 7505)
    LETTER_REFUSED = "letter-refused"  #: 5yz to DATA or the dot
    REFUSED_LIKE_MANY = "refused-like-many"  #: 5yz under the brake: the server's fault, not the letter's
    CLOSING = "closing"  #: 421 before the dot: the server ends the conversation
    LINE_BROKE = "line-broke"  #: no reply before the dot
    PROTOCOL = "protocol"  #: a reply before the dot that fits no rule, as 250 to DATA
    NO_REPLY = "no-reply"  #: none to the dot, or none that can be read
    CLAIM_LOST = "claim-lost"  #: the fence held it back: somebody else has the letter now
    NO_CONVERSATION = "no-conversation"  #: none could be begun

    @property
    def ends_line(self) -> bool:
        """Whether nothing more can be said on that line."""
        return self in _ENDS


_ENDS = frozenset(
    (
        Meaning.CLOSING,
        Meaning.LINE_BROKE,
        Meaning.PROTOCOL,
        Meaning.NO_REPLY,
        Meaning.CLAIM_LOST,
        Meaning.NO_CONVERSATION,
    )
)

#: First waits of a message the server put off; then every 4,000 s (DELIVERY §2.8).
WAITS = (timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40))
LONGEST_WAIT = timedelta(seconds=4000)
#: A letter put off so often, five days of trying at least, is given up, visibly. Conversations are counted,
#: not days, so that an outage of the server itself costs no letter its life (RFC 5321 §4.5.4.1).
MOST_ATTEMPTS = 116
#: How long an ambiguous attempt rests before it is repeated.
AMBIGUOUS_WAIT = timedelta(minutes=5)
#: So many attempts may end without a reply; then a human decides (P2).
MAX_AMBIGUOUS = 2
#: To RCPT, 552 is a 4yz in disguise (RFC 5321 §4.5.3.1.10); to MAIL it speaks of the letter's size.
STORAGE = 552
TOO_LARGE = "5.3.4"
#: The domain takes no mail at all (RFC 7504 §2).
NO_MAIL = 556
#: The server ends the conversation (RFC 5321 §3.8).
CLOSING = 421
#: A letter over which the server ended the conversation lets others go first: it may do so every time.
CLOSING_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What an attempt leads to: the next state and, while it is pending, when to try again."""

    state: MessageState
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a reply means, and how the attempt ended by it."""

    meaning: Meaning
    outcome: Outcome


def judge(code: int, stage: str, text: str = "") -> Judgement:
    """What a reply means (DELIVERY §2.9).

    Args:
        code: three digits; 0 when none came.
        stage: ``mail``, ``rcpt``, ``data`` or ``dot``; ``fence`` where the claim was lost; anything else lies
            before the conversation.
        text: what was said; the enhanced code in it tells size and policy.
    """
    meaning = _meaning(code, stage, text)
    return Judgement(meaning=meaning, outcome=_outcome(meaning, stage))


def _meaning(code: int, stage: str, text: str) -> Meaning:
    match stage, code // 100:
        case "fence", _:
            return Meaning.CLAIM_LOST
        case "dot", digit:
            return _AT_THE_DOT.get(digit, Meaning.NO_REPLY)
        case "mail" | "rcpt" | "data", 4:
            return Meaning.CLOSING if code == CLOSING else Meaning.LATER
        case "mail", 5:
            large = code == STORAGE or enhanced(code, text) == TOO_LARGE
            return Meaning.LETTER_TOO_LARGE if large else Meaning.SENDER_REFUSED
        case "rcpt", 5:
            return _to_rcpt(code, text)
        case "data", 5:
            return Meaning.LETTER_REFUSED
        case "mail" | "rcpt" | "data", _:
            return Meaning.PROTOCOL if code else Meaning.LINE_BROKE
        case _:
            return Meaning.NO_CONVERSATION


_AT_THE_DOT = {2: Meaning.TAKEN, 4: Meaning.LATER, 5: Meaning.LETTER_REFUSED}


def _to_rcpt(code: int, text: str) -> Meaning:
    """What a 5yz to RCPT means."""
    if code == STORAGE:
        return Meaning.LATER
    if code == NO_MAIL:
        return Meaning.NO_MAIL
    return Meaning.POLICY if enhanced(code, text).startswith("5.7.") else Meaning.RECIPIENT_REFUSED


def _outcome(meaning: Meaning, stage: str) -> Outcome:
    match meaning:
        case Meaning.TAKEN:
            return Outcome.ACCEPTED
        case Meaning.NO_REPLY:
            return Outcome.AMBIGUOUS
        case Meaning.LATER | Meaning.REFUSED_LIKE_MANY:
            return Outcome.DEFERRED
        case Meaning.LINE_BROKE | Meaning.PROTOCOL if stage != "mail":
            return Outcome.DEFERRED
        case (
            Meaning.LETTER_TOO_LARGE
            | Meaning.RECIPIENT_REFUSED
            | Meaning.POLICY
            | Meaning.NO_MAIL
            | Meaning.LETTER_REFUSED
        ):
            return Outcome.REFUSED
        case _:
            return Outcome.UNREACHABLE


def settle(outcome: Outcome, *, now: datetime, attempts: int, key: str, text: str = "") -> Settlement:
    """Where a message goes after an attempt.

    Args:
        outcome: how the attempt ended.
        now: aware.
        attempts: conversations so far, this one included; ambiguous ones count by themselves.
        key: spreads the retries of many messages, by a hash and not by chance.
        text: what the server said when it put the message off; it may say for how long.

    Returns:
        The next state; ``PENDING`` always with an instant.
    """
    match outcome:
        case Outcome.ACCEPTED | Outcome.LATE:
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
            return Settlement(state=MessageState.PENDING, due_at=now + wait(attempts, key, text))


def broken_off(attempts: int, now: datetime) -> Settlement:
    """Where a message goes whose sender died after the fence: the server is well, so waiting teaches nothing.

    Args:
        attempts: ambiguous ones so far, this one included.
        now: aware.
    """
    end = settle(Outcome.AMBIGUOUS, now=now, attempts=attempts, key="")
    return end if end.due_at is None else replace(end, due_at=now)


def wait(attempts: int, key: str, text: str = "") -> timedelta:
    """How long to wait after so many attempts: 5, 10, 20, 40 minutes, then 4,000 s ± 20 %.

    What the server asks for goes before the first waits.  Later ones are never shortened by it: attempts are
    counted, and a server that says "in a minute" every time must not end a letter in an afternoon.

    Args:
        attempts: conversations so far.
        key: spreads the waits of many messages.
        text: what the server said.
    """
    share = int.from_bytes(blake2b(f"{key}|{attempts}".encode(), digest_size=4).digest()) / 0xFFFFFFFF
    early = attempts <= len(WAITS)
    own = WAITS[max(attempts, 1) - 1] if early else LONGEST_WAIT * (0.8 + 0.4 * share)
    asked = hint(text)
    if asked is None:
        return own
    return after(asked, share) if early else max(after(asked, share), own)
