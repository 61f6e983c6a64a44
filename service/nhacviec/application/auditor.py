"""The auditor's judgement: from what was seen to what is not as it should be (DELIVERY §2.15); pure."""

from collections.abc import Iterator

from nhacviec.application.audit import Count
from nhacviec.application.findings import (
    AHEAD,
    BACK,
    DEAD_AFTER,
    LONG_LOG,
    STALE,
    STUCK,
    WEIGHTS,
    Finding,
    FindingKind,
    Gravity,
    Seen,
)
from nhacviec.application.holds import BY_ADOPTION, HoldKind
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.worker import Worker

_ORDER = {gravity: n for n, gravity in enumerate(Gravity)}
_MIB = 1024 * 1024


def findings(seen: Seen) -> tuple[Finding, ...]:
    """Judge what was seen.

    Args:
        seen: in one transaction.

    Returns:
        What is not as it should be, the gravest first.
    """
    judges = (_rhythm, _promises, _strays, _queue, _stops, _letters, _disk)
    found = [finding for judge in judges for finding in judge(seen)]
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.gravity]))


def lives(worker: Worker, seen: Seen) -> bool:
    """Whether a worker lives, as far as its own beats tell."""
    return not worker.retired and seen.at - worker.beat_at <= DEAD_AFTER


def ticks(seen: Seen) -> bool:
    """Whether a tick ended lately."""
    return seen.last_tick is not None and seen.at - seen.last_tick <= STALE


def _rhythm(seen: Seen) -> Iterator[Finding]:
    """Is time believed, and does it bring ticks and plans?"""
    back = seen.high_water is not None and seen.high_water - seen.at > BACK
    if seen.clock or back:
        said = seen.clock or "the clock stands before a tick that has ended"
        yield _finding(seen, FindingKind.CLOCK, said, "set the machine's clock right", Count(many=1))
    if not ticks(seen):
        since = Count(many=1, oldest=seen.last_tick)
        mend = "see whether nhacviec run is alive, and what it logs"
        yield _finding(seen, FindingKind.NO_TICK, "no tick lately", mend, since)
    if seen.planned_until is not None and seen.planned_until < (seen.at + AHEAD).date():
        said = f"duties are planned no further than {seen.planned_until}"
        yield _finding(seen, FindingKind.NOT_PLANNED, said, "let a tick end: nhacviec tick", Count(many=1))


def _promises(seen: Seen) -> Iterator[Finding]:
    """Has everything that came up been promised? (a)."""
    if behind := seen.ungathered:
        said = f"{behind.many} occurrences wait to be gathered"
        yield _finding(seen, FindingKind.NOT_GATHERED, said, "see what the last ticks logged", behind)
    if lost := seen.unaddressed:
        said = f"{lost.many} reminders are to be sent and belong to no message"
        mend = "report it with the log: the database was changed by another hand, or this is a fault"
        yield _finding(seen, FindingKind.UNADDRESSED, said, mend, lost)


def _strays(seen: Seen) -> Iterator[Finding]:
    """Is what is under way in living hands? (b)."""
    dead = [owner for owner in seen.owners if not lives(owner.worker, seen)]
    if dead:
        count = Count(
            many=sum(owner.letters for owner in dead), oldest=min(owner.worker.beat_at for owner in dead)
        )
        said = f"{count.many} letters are in the hands of {len(dead)} workers that no longer live"
        yield _finding(seen, FindingKind.STRANDED, said, "start nhacviec run: it takes them up", count)


def _queue(seen: Seen) -> Iterator[Finding]:
    """Is what is owed being sent, and if not, who is at fault? (c)."""
    away = seen.server
    if away is not None and seen.owed and seen.at - away.at > STUCK:
        said = f"{seen.owed.many} letters wait for the mail server: {away.text}"
        mend = "check smtp_url and the server: nhacviec doctor"
        count = Count(many=seen.owed.many, oldest=away.at)
        yield _finding(seen, FindingKind.SERVER_AWAY, said, mend, count)
    elif away is None and seen.overdue and not seen.holds:
        yield _overdue(seen)
    if seen.old:
        said = f"{seen.old.many} letters have been owed for more than a day"
        mend = "see why: nhacviec message list --state pending"
        yield _finding(seen, FindingKind.OLD, said, mend, seen.old)


def _overdue(seen: Seen) -> Finding:
    count = seen.overdue
    if seen.last_sent is not None and seen.at - seen.last_sent <= STUCK:
        said = f"{count.many} letters wait their turn, others go"
        mend = "raise smtp_connections or smtp_rate, if the server allows it"
        return _finding(seen, FindingKind.SLOW, said, mend, count)
    said = f"{count.many} letters are due and nobody sends them"
    return _finding(seen, FindingKind.NOT_SENT, said, "see whether nhacviec run is alive", count)


def _stops(seen: Seen) -> Iterator[Finding]:
    """Why does the queue stand still? (e)."""
    for hold in seen.holds:
        since = Count(many=1, oldest=hold.at)
        if hold.kind in BY_ADOPTION:
            yield _finding(seen, FindingKind.NOT_ADOPTED, hold.text, "", since)
        elif hold.kind is HoldKind.OPERATOR:
            said = f"the queue is held: {hold.text}"
            yield _finding(seen, FindingKind.QUEUE_HELD, said, "nhacviec message release", since)
        else:
            said = f"the queue is stopped: {hold.text}"
            mend = "mend it, then nhacviec message release"
            yield _finding(seen, FindingKind.STOPPED, said, mend, since)


def _letters(seen: Seen) -> Iterator[Finding]:
    """Which letters need a human, and which broke a promise? (d, e)."""
    if dead := seen.undecided.get(MessageState.DEAD):
        said = f"{dead.many} letters were given up: see nhacviec message list --state dead"
        yield _finding(seen, FindingKind.DEAD, said, "nhacviec message retry N", dead)
    if unsure := seen.undecided.get(MessageState.UNCERTAIN):
        said = f"{unsure.many} letters may have come: see nhacviec message list --state uncertain"
        yield _finding(seen, FindingKind.UNCERTAIN, said, "ask the reader, then decide about it", unsure)
    if held := seen.held:
        said = f"{held.many} letters are held by hand"
        yield _finding(seen, FindingKind.LETTERS_HELD, said, "nhacviec message release N", held)
    if copies := seen.too_many_copies:
        said = f"{copies.many} letters were taken more often than their attempts explain"
        yield _finding(seen, FindingKind.TOO_MANY_COPIES, said, "report it with the log", copies)
    if tried := seen.too_ambiguous:
        said = f"{tried.many} letters ended without a reply more often than is tried without a human"
        yield _finding(
            seen, FindingKind.TOO_AMBIGUOUS, said, "report it, unless somebody released them", tried
        )


def _disk(seen: Seen) -> Iterator[Finding]:
    """Does a reader keep the log of the database from being folded in? (h)."""
    if seen.log_bytes > LONG_LOG:
        said = f"the log beside the database has {seen.log_bytes // _MIB} MiB"
        mend = "end what keeps reading the database, a backup or a shell, then restart nhacviec run"
        yield _finding(seen, FindingKind.LONG_LOG, said, mend, Count(many=1))


def _finding(seen: Seen, kind: FindingKind, said: str, mend: str, count: Count) -> Finding:
    weight = WEIGHTS[kind]
    lasted = not weight.after or count.oldest is None or seen.at - count.oldest >= weight.after
    return Finding(
        kind=kind,
        gravity=weight.gravity if lasted else Gravity.TELL,
        count=count.many,
        oldest=count.oldest,
        said=said,
        mend=mend,
    )
