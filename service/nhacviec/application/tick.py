"""Tick: plan, gather and dispatch until nothing is left as of a moment (DESIGN §5)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from nhacviec.application.dispatch import Dispatch, Dispatched
from nhacviec.application.gather import Gather, Gathered
from nhacviec.application.plan import Plan
from nhacviec.application.rescuers import Rescue
from nhacviec.application.watch import note_tick
from nhacviec.application.zone_rules import FollowZoneRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What planning and gathering did; lengths in seconds."""

    at: datetime
    planned: int
    planned_seconds: float
    gathered: Gathered
    gathered_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What one tick did; lengths in seconds."""

    prepared: Prepared
    dispatched: Dispatched
    dispatched_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The three use cases in their order; each is idempotent, so a tick cut short costs nothing.

    What processes have left that died before is taken back first.
    """

    follow: FollowZoneRules
    plan: Plan
    gather: Gather
    rescue: Rescue
    dispatch: Dispatch
    stopwatch: Callable[[], float] = time.monotonic

    async def __call__(self, at: datetime) -> Ticked:
        """One round.

        Args:
            at: the moment it believes in, aware.
        """
        prepared = await self.prepare(at)
        await self.rescue(at)
        started = self.stopwatch()
        dispatched = await self.dispatch(at)
        return Ticked(prepared=prepared, dispatched=dispatched, dispatched_seconds=self.stopwatch() - started)

    async def prepare(self, at: datetime) -> Prepared:
        """Plan and gather: what is due is promised, and whoever sends may begin."""
        started = self.stopwatch()
        await self.follow(at)
        planned = await self.plan(at)
        after_plan = self.stopwatch()
        gathered = await self.gather(at)
        after_gather = self.stopwatch()
        await note_tick(self.gather.work, at)
        return Prepared(
            at=at,
            planned=planned,
            planned_seconds=after_plan - started,
            gathered=gathered,
            gathered_seconds=after_gather - after_plan,
        )
