"""Worker: one process that sends letters, and whether it is dead (DELIVERY §2.5); pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

#: Seconds from one sign of life to the next.
BEAT = 10.0
#: A worker whose beats stood still for so long before our own eyes is dead, in seconds.
SILENCE = 60.0
#: An observer that has not looked for longer than this, in seconds, has seen nothing, and begins anew.
BLINK = 2 * BEAT


class Presence(StrEnum):
    """Whether a worker may still come back to its letters, and how that is known."""

    ALIVE = "alive"  #: nothing says otherwise
    RETIRED = "retired"  #: it ended of its own will
    REBOOTED = "rebooted"  #: its machine has started again since
    GONE = "gone"  #: there is no such process any more
    REPLACED = "replaced"  #: its process number belongs to another by now
    SILENT = "silent"  #: it has given no sign of life while we watched

    @property
    def dead(self) -> bool:
        """Whether its letters are to be taken back."""
        return self is not Presence.ALIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process as it has entered itself.

    Args:
        id: its row, unique for each start of a process; 0 before it has one.
        machine: which machine, as a digest; empty where it has no name.
        boot: which start of that machine; empty where the process may not know.
        space: the space in which its number means something (a container has its own).
        pid: its number there.
        pid_start: when it began, in ticks since the machine's start; numbers come back, this does not.
        started_at: when it entered itself.
        beat: how often it has given a sign of life.
        beat_at: when it last did, by its own clock; for people, never compared.
        retired: whether it ended of its own will.
    """

    id: int = 0
    machine: str
    boot: str = ""
    space: str = ""
    pid: int
    pid_start: int = 0
    started_at: datetime
    beat: int = 0
    beat_at: datetime
    retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What the machine says of a process number.

    Args:
        exists: whether some process has it.
        start: when that one began, in ticks since the machine's start; None where it may not be known.
    """

    exists: bool
    start: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What an observer has seen of a worker with its own eyes, by a clock of its own that nobody sets.

    Args:
        beat: the count of beats last seen.
        since: from when on it has stood there, in seconds.
        at: when it was looked at last.
    """

    beat: int
    since: float
    at: float

    @property
    def still(self) -> float:
        """For how long the beats have stood still before our eyes, in seconds."""
        return self.at - self.since


def sighted(before: Sighting | None, beat: int, at: float) -> Sighting:
    """Look at a worker once more.

    Args:
        before: the last look; None at the first.
        beat: its count now.
        at: now, in seconds; the clock stops while the machine sleeps.
    """
    if before is None or beat != before.beat or at - before.at > BLINK:
        return Sighting(beat=beat, since=at, at=at)
    return replace(before, at=at)


def is_neighbour(worker: Worker, me: Worker) -> bool:
    """Whether its process number means the same to both, so that the machine can be asked about it."""
    if worker.space != me.space:
        return False
    # One boot is one machine, also where machines have no names.
    return worker.boot == me.boot if worker.boot and me.boot else _same_machine(worker, me)


def presence(worker: Worker, me: Worker, *, process: Process | None, still: float) -> Presence:
    """Whether a worker is dead, by the strongest evidence there is (DELIVERY §2.5).

    Args:
        worker: whom it is about.
        me: who asks.
        process: what the machine says of its process number; None unless it is a neighbour.
        still: for how long its beats have stood still before our own eyes, in seconds.
    """
    if worker.retired:
        return Presence.RETIRED
    if process is not None and is_neighbour(worker, me):
        if not process.exists:
            return Presence.GONE
        if process.start is not None and process.start != worker.pid_start:
            return Presence.REPLACED
    elif _same_machine(worker, me) and worker.space == me.space and _rebooted(worker, me):
        return Presence.REBOOTED
    return Presence.SILENT if still >= SILENCE else Presence.ALIVE


def _same_machine(worker: Worker, me: Worker) -> bool:
    return bool(me.machine) and worker.machine == me.machine


def _rebooted(worker: Worker, me: Worker) -> bool:
    """Whether both know which start of the machine is theirs, and they differ."""
    return bool(worker.boot and me.boot) and worker.boot != me.boot
