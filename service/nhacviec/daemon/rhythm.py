"""The rhythm: what is done again and again, how often, and how it is brought to an end.

The only home of APScheduler, which owns the rhythm and nothing else; the database owns the truth (DESIGN §2).
Three habits of that library are kept away from the jobs: it would drop a run that comes late, cancel running
coroutines when it is shut down, and count out every missed run one by one after the clock has leapt.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

log = logging.getLogger(__name__)
# It warns of every run that a long one makes superfluous; its other troubles are still heard.
logging.getLogger("apscheduler").setLevel(logging.ERROR)

#: How long a cancelled job may take to put its things away, in seconds.
_FAREWELL = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something done at once and then again and again, never twice at the same time.

    Args:
        name: unique in its rhythm; for the log.
        seconds: from one start to the next; a run that takes longer swallows those it overlaps.
        work: what is done; an exception is logged and ends this run only.
    """

    name: str
    seconds: float
    work: Callable[[], Awaitable[None]]


class _Every(BaseTrigger):  # type: ignore[misc]  # the library ships no types
    """At once, then an interval after now: however far the wall clock leaps, one run is due, not millions."""

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """What the scheduler asks of a trigger."""
        return now if previous is None else now + self._interval


class Rhythm:
    """Runs jobs in the running event loop until it is told to stop.

    Args:
        jobs: at least one.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._running: dict[str, asyncio.Task[None]] = {}
        self._began: dict[str, float] = {}
        self._ending = False
        self._revival: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin; every job runs for the first time at once."""
        for job in self._jobs.values():
            self._scheduler.add_job(self._run, _Every(job.seconds), args=(job,), id=job.name)
        self._scheduler.start()
        self._revive_later()

    async def stop(self, *, grace: float, at_once: asyncio.Event) -> bool:
        """Begin no more runs, wait for those in hand, then end.

        Args:
            grace: how long to wait, in seconds; after that they are cancelled.
            at_once: set by whoever does not want to wait so long.

        Returns:
            Whether all ended by themselves.
        """
        self._ending = True
        if self._revival is not None:
            self._revival.cancel()
        self._scheduler.pause()
        left = await _finished(set(self._running.values()), grace, at_once)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_FAREWELL)
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # the library puts its end off to the next round of the loop
        return not left

    async def _run(self, job: Job) -> None:
        """One run.  The scheduler's own task is kept, so that it can be waited for before the end."""
        task = asyncio.current_task()
        if self._ending or task is None:
            return
        self._began[job.name] = task.get_loop().time()
        self._running[job.name] = task
        try:
            await job.work()
        except asyncio.CancelledError:
            if not self._ending:  # then it was not we who cancelled it
                raise
        except Exception:
            log.exception("job failed", extra={"action": "job_failed", "job": job.name})
        finally:
            del self._running[job.name]

    def _revive(self) -> None:
        """Wake jobs that are late by the loop's own clock.

        The scheduler waits for a wall time: were the wall clock set back by a day, it would wait for a day.
        """
        now = asyncio.get_running_loop().time()
        for job in self._jobs.values():
            late = now - self._began.get(job.name, now) >= 2 * job.seconds
            if late and job.name not in self._running:
                self._scheduler.reschedule_job(job.name, trigger=_Every(job.seconds))
        self._revive_later()

    def _revive_later(self) -> None:
        soon = min(job.seconds for job in self._jobs.values())
        self._revival = asyncio.get_running_loop().call_later(soon, self._revive)


async def _finished(
    running: set[asyncio.Task[None]], grace: float, at_once: asyncio.Event
) -> set[asyncio.Task[None]]:
    """Wait for tasks, but not longer than ``grace`` or ``at_once``; give those that are left."""
    if not running:
        return set()
    hurry = asyncio.ensure_future(at_once.wait())
    drained = asyncio.ensure_future(asyncio.wait(running))
    await asyncio.wait({hurry, drained}, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
    hurry.cancel()
    drained.cancel()
    return {task for task in running if not task.done()}
