"""Tick: plan, gather and dispatch until nothing is left as of a moment (DESIGN §5)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from nhacviec.application.dispatch import Dispatch, Dispatched
from nhacviec.application.gather import Gather, Gathered
from nhacviec.application.plan import Plan
from nhacviec.application.watch import note_tick


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What one tick did; lengths in seconds."""

    at: datetime
    planned: int
    planned_seconds: float
    gathered: Gathered
    gathered_seconds: float
    dispatched: Dispatched
    dispatched_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The three use cases in their order; each is idempotent, so a tick cut short costs nothing."""

    plan: Plan
    gather: Gather
    dispatch: Dispatch
    stopwatch: Callable[[], float] = time.monotonic

    async def __call__(self, at: datetime) -> Ticked:
        """One round.

        Args:
            at: the moment it believes in, aware.
        """
        started = self.stopwatch()
        planned = await self.plan(at)
        after_plan = self.stopwatch()
        gathered = await self.gather(at)
        after_gather = self.stopwatch()
        dispatched = await self.dispatch(at)
        await note_tick(self.dispatch.work, at)
        return Ticked(
            at=at,
            planned=planned,
            planned_seconds=after_plan - started,
            gathered=gathered,
            gathered_seconds=after_gather - after_plan,
            dispatched=dispatched,
            dispatched_seconds=self.stopwatch() - after_gather,
        )
