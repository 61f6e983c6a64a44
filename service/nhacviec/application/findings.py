"""Findings: what an auditor makes of what it has seen, and how much that weighs (DELIVERY §2.15); pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from nhacviec.application.audit import NOTHING, Count, Owner
from nhacviec.application.holds import Hold
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.worker import SILENCE, Worker

#: A tick later than this says that the rhythm has stopped.
STALE = timedelta(seconds=90)
#: An occurrence or a letter that waits longer than this after its moment is stuck.
STUCK = timedelta(minutes=15)
#: A worker that was silent for longer, by its own clock, is dead: others should have taken its letters.
DEAD_AFTER = timedelta(seconds=2 * SILENCE)
#: A letter that is still owed so long after its moment is worth a look.
OLD = timedelta(hours=24)
#: A clock that lies further behind the last tick has gone back (S-74).
BACK = timedelta(minutes=5)
#: Nothing planned beyond this is too little.
AHEAD = timedelta(days=30)
#: A log of SQLite longer than this is kept from folding itself in, in bytes (F44).
LONG_LOG = 64 * 1024 * 1024


class FindingKind(StrEnum):
    """What is not as it should be; goes unchanged into the log, JSON and the console."""

    NO_TICK = "no-tick"
    CLOCK = "clock"
    NOT_PLANNED = "not-planned"
    NOT_GATHERED = "not-gathered"
    UNADDRESSED = "unaddressed"
    STRANDED = "stranded"
    NOT_SENT = "not-sent"
    SLOW = "slow"
    SERVER_AWAY = "server-away"
    STOPPED = "stopped"
    NOT_ADOPTED = "not-adopted"
    QUEUE_HELD = "queue-held"
    DEAD = "dead"
    UNCERTAIN = "uncertain"
    LETTERS_HELD = "letters-held"
    OLD = "old"
    TOO_MANY_COPIES = "too-many-copies"
    TOO_AMBIGUOUS = "too-ambiguous"
    LONG_LOG = "long-log"


class Gravity(StrEnum):
    """How much a finding weighs."""

    RED = "red"  #: the promise is in danger: the heart stops, and ``healthcheck`` fails
    ASK = "ask"  #: a human has to decide: ``healthcheck`` fails until one has, the heart beats
    TELL = "tell"  #: worth knowing


@dataclass(frozen=True, slots=True)
class Weight:
    """What a kind weighs, and why.

    Args:
        gravity: once it has lasted long enough; before that it is only told.
        why: the reason.
        after: how long that is.
    """

    gravity: Gravity
    why: str
    after: timedelta = timedelta(0)


WEIGHTS: Mapping[FindingKind, Weight] = {
    FindingKind.NO_TICK: Weight(Gravity.RED, "nothing falls due any more (P1)"),
    FindingKind.CLOCK: Weight(Gravity.RED, "no tick works before the clock can be believed (S-74, S-75)"),
    FindingKind.NOT_PLANNED: Weight(Gravity.TELL, "the next tick plans; that ticks end is watched by itself"),
    FindingKind.NOT_GATHERED: Weight(Gravity.RED, "a letter is owed that is not promised yet (P1)"),
    FindingKind.UNADDRESSED: Weight(Gravity.RED, "a reminder is lost (P1)"),
    FindingKind.STRANDED: Weight(Gravity.RED, "nobody takes these letters up (P1)"),
    FindingKind.NOT_SENT: Weight(Gravity.RED, "letters are owed and nobody sends (P1)"),
    FindingKind.SLOW: Weight(Gravity.TELL, "every letter goes, though late; rate and server decide (F36)"),
    FindingKind.SERVER_AWAY: Weight(
        Gravity.RED,
        "no letter can tell that no letter goes, so silence has to (P7); a short outage mends itself",
        after=timedelta(hours=1),
    ),
    FindingKind.STOPPED: Weight(Gravity.RED, "letters are owed and wait until somebody acts (P7)"),
    FindingKind.NOT_ADOPTED: Weight(Gravity.RED, "letters are owed and wait until somebody acts (P7)"),
    FindingKind.QUEUE_HELD: Weight(Gravity.TELL, "a human wanted it so"),
    FindingKind.DEAD: Weight(Gravity.ASK, "one address; the others get their letters"),
    FindingKind.UNCERTAIN: Weight(Gravity.ASK, "only a human can find out whether it came (P2)"),
    FindingKind.LETTERS_HELD: Weight(Gravity.TELL, "a human wanted it so"),
    FindingKind.OLD: Weight(Gravity.TELL, "it is still being tried (DELIVERY §2.8)"),
    FindingKind.TOO_MANY_COPIES: Weight(Gravity.TELL, "a fault of this program, which nobody can take back"),
    FindingKind.TOO_AMBIGUOUS: Weight(Gravity.TELL, "a human let it go again, or it is a fault (P2)"),
    FindingKind.LONG_LOG: Weight(Gravity.TELL, "everything works on while there is room (F44)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be.

    Args:
        kind: what.
        gravity: how much it weighs now.
        count: how many of them; 1 where there is nothing to count.
        oldest: since when, or the oldest moment among them; None where nobody knows.
        said: one line for people.
        mend: how to mend it; empty where ``said`` tells.
    """

    kind: FindingKind
    gravity: Gravity
    count: int
    oldest: datetime | None
    said: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTrouble:
    """Why the mail server could not be reached, and since when."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an auditor has seen in one transaction.

    Args:
        at: the moment of looking.
        last_tick: when a tick ended last; None before the first.
        high_water: the latest moment at which a daemon ticked; None before the first.
        clock: why the daemon does not believe its clock; empty when it does, or nobody can say.
        planned_until: up to which day the duty planned furthest is planned; None when none is.
        ungathered: occurrences whose instant came more than ``STUCK`` ago.
        unaddressed: reminders that are to be sent and have no message.
        owners: workers with letters under way.
        workers: those that live.
        owed: letters that may be tried.
        overdue: of those, the ones that could have been tried more than ``STUCK`` ago.
        old: of those, the ones whose moment was more than ``OLD`` ago.
        held: letters that a human holds back.
        undecided: dead and uncertain letters.
        too_many_copies: letters taken more often than P2 allows.
        too_ambiguous: letters with more ambiguous attempts than P2 allows.
        holds: why the queue stands still.
        server: why the mail server could not be reached; None when it could.
        last_sent: when a letter went last; None when nobody knows.
        log_bytes: the log beside a SQLite file.
    """

    at: datetime
    last_tick: datetime | None = None
    high_water: datetime | None = None
    clock: str = ""
    planned_until: date | None = None
    ungathered: Count = NOTHING
    unaddressed: Count = NOTHING
    owners: Sequence[Owner] = ()
    workers: Sequence[Worker] = ()
    owed: Count = NOTHING
    overdue: Count = NOTHING
    old: Count = NOTHING
    held: Count = NOTHING
    undecided: Mapping[MessageState, Count] = field(default_factory=dict)
    too_many_copies: Count = NOTHING
    too_ambiguous: Count = NOTHING
    holds: Sequence[Hold] = ()
    server: ServerTrouble | None = None
    last_sent: datetime | None = None
    log_bytes: int = 0
