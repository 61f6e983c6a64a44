"""The rhythm goes on whatever a run does, and ends with the run in hand."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from nhacviec.daemon.rhythm import Job, Rhythm, _Every

SOON, NEVER = 0.01, 3600.0


class Runs:
    """Work that a test can hold up, count and break."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.begun = 0
        self.ended = 0
        self.began = asyncio.Semaphore(0)
        self.free = asyncio.Event()

    async def __call__(self) -> None:
        """One run, which ends when the test says so."""
        self.begun += 1
        self.began.release()
        if self.broken:
            raise RuntimeError("broken")
        await self.free.wait()
        self.ended += 1


async def times(runs: Runs, count: int) -> None:
    """Wait until so many more runs have begun."""
    async with asyncio.timeout(10):
        for _ in range(count):
            await runs.began.acquire()


async def test_every_job_runs_at_once_even_if_its_next_run_is_an_hour_away() -> None:
    one, other = Runs(), Runs()
    rhythm = Rhythm([Job(name="one", seconds=NEVER, work=one), Job(name="other", seconds=NEVER, work=other)])

    rhythm.start()
    await times(one, 1)
    await times(other, 1)

    assert not await rhythm.stop(grace=0, at_once=asyncio.Event())


async def test_a_run_that_fails_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    runs = Runs(broken=True)
    rhythm = Rhythm([Job(name="tick", seconds=SOON, work=runs)])

    rhythm.start()
    await times(runs, 3)

    assert await rhythm.stop(grace=10, at_once=asyncio.Event())
    assert {(record.levelno, record.__dict__["action"]) for record in caplog.records} == {
        (logging.ERROR, "job_failed")
    }


async def test_a_run_that_takes_long_is_not_joined_by_a_second_one() -> None:
    slow, quick = Runs(), Runs()
    quick.free.set()
    rhythm = Rhythm([Job(name="slow", seconds=SOON, work=slow), Job(name="quick", seconds=SOON, work=quick)])

    rhythm.start()
    await times(slow, 1)
    await times(quick, 5)

    assert slow.begun == 1
    slow.free.set()
    await times(slow, 1)
    assert await rhythm.stop(grace=10, at_once=asyncio.Event())


async def test_the_end_waits_for_the_run_in_hand_which_the_library_would_have_cancelled() -> None:
    runs = Runs()
    rhythm = Rhythm([Job(name="tick", seconds=SOON, work=runs)])
    rhythm.start()
    await times(runs, 1)

    ending = asyncio.create_task(rhythm.stop(grace=10, at_once=asyncio.Event()))
    await asyncio.wait({ending}, timeout=0)
    assert not ending.done()
    runs.free.set()

    assert await ending
    assert (runs.begun, runs.ended) == (1, 1)


@pytest.mark.parametrize("hurry", [True, False])
async def test_who_cannot_wait_longer_cuts_the_run_short_and_is_told_so(
    hurry: bool, caplog: pytest.LogCaptureFixture
) -> None:
    runs = Runs()
    rhythm = Rhythm([Job(name="tick", seconds=SOON, work=runs)])
    rhythm.start()
    await times(runs, 1)
    at_once = asyncio.Event()
    if hurry:
        at_once.set()

    ended = await rhythm.stop(grace=3600 if hurry else 0, at_once=at_once)

    assert not ended
    assert (runs.begun, runs.ended) == (1, 0)
    assert caplog.records == []


async def test_a_wall_clock_set_back_by_a_day_does_not_silence_the_rhythm_for_a_day() -> None:
    runs = Runs()
    runs.free.set()
    rhythm = Rhythm([Job(name="tick", seconds=SOON, work=runs)])
    rhythm.start()
    await times(runs, 1)

    tomorrow = datetime(9999, 1, 1, tzinfo=UTC)  # what "in a hundredth of a second" has become
    scheduler: AsyncIOScheduler = rhythm._scheduler
    scheduler.modify_job("tick", next_run_time=tomorrow)

    await times(runs, 3)
    assert await rhythm.stop(grace=10, at_once=asyncio.Event())


def test_after_a_leap_of_a_century_one_run_is_due_and_not_millions() -> None:
    """The library asks for the run after each missed one until it has arrived at now."""
    long_ago, now = datetime(1970, 1, 1, tzinfo=UTC), datetime(2070, 1, 1, tzinfo=UTC)

    assert _Every(20).get_next_fire_time(long_ago, now) > now
