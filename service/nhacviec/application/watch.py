"""Watch: is everything that should have happened happening? (DESIGN §2, DELIVERY §2.15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from nhacviec.application.ports import Clock, Work

LAST_TICK = "last_tick"
HIGH_WATER = "high_water"
#: A tick later than this says that the rhythm has stopped.
STALE = timedelta(seconds=90)
#: An occurrence or a letter that waits longer than this after its moment is stuck.
STUCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How the service is.

    Args:
        at: the moment of looking.
        last_tick: when a tick ended last; None before the first.
        messages: letters by state.
        waiting_since: the oldest moment that nobody has attended to; None when there is none.
        alive: whether a tick ended lately.
        stuck: what has waited too long, in words; empty when all is well.
    """

    at: datetime
    last_tick: datetime | None
    messages: Mapping[str, int]
    waiting_since: datetime | None
    alive: bool
    stuck: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Looks; changes nothing."""

    work: Work
    clock: Clock

    async def __call__(self) -> Watched:
        """How it is now."""
        now = self.clock.now()
        async with self.work.read() as transaction:
            kept = await transaction.catalogue.value(LAST_TICK)
            messages = await transaction.outbox.counts()
            waiting = await transaction.occurrences.first_ripe(now)
        last = datetime.fromisoformat(kept) if kept else None
        stuck = []
        if waiting is not None and now - waiting > STUCK:
            stuck.append("occurrences wait to be gathered")
        if messages.get("dead") or messages.get("uncertain"):
            stuck.append("letters need a human: see nhacviec message list --state dead --state uncertain")
        return Watched(
            at=now,
            last_tick=last,
            messages=messages,
            waiting_since=waiting,
            alive=last is not None and now - last <= STALE,
            stuck=tuple(stuck),
        )


async def note_tick(work: Work, at: datetime) -> None:
    """Remember when a tick ended last."""
    async with work.write() as transaction:
        await transaction.catalogue.set_value(LAST_TICK, at.isoformat())


async def high_water(work: Work) -> datetime | None:
    """The latest moment at which a daemon ticked; None before the first (S-74)."""
    async with work.read() as transaction:
        kept = await transaction.catalogue.value(HIGH_WATER)
    return datetime.fromisoformat(kept) if kept else None


async def raise_high_water(work: Work, at: datetime) -> None:
    """Remember a daemon's tick; the mark only rises, and ``--at`` never raises it (S-75)."""
    async with work.write() as transaction:
        kept = await transaction.catalogue.value(HIGH_WATER)
        if not kept or datetime.fromisoformat(kept) < at:
            await transaction.catalogue.set_value(HIGH_WATER, at.isoformat())
