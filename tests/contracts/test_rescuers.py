"""Whoever is dead loses its letters, and nobody else does, on both databases (DELIVERY §2.5)."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from nhacviec.adapters import host
from nhacviec.adapters.database.engine import Database
from nhacviec.application.attendance import Attendance
from nhacviec.application.rescuers import Rescue, Rescued
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.errors import NhacViecError
from nhacviec.domain.worker import SILENCE, Presence, Worker
from tests.contracts.samples import MINUTE, NOW, claims_of, enlisted, intended, letters, opened


class Clock:
    """A clock that nobody sets, in the hands of a test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_rescuer(database: Database, clock: Callable[[], float]) -> Rescue:
    attendance = Attendance(work=database, me=host.identity(NOW))
    return Rescue(work=database, attendance=attendance, process=host.process, monotonic=clock)


def a_child() -> subprocess.Popen[bytes]:
    """A process that waits until it is killed."""
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def like(worker: Worker, **given: object) -> dict[str, object]:
    """The fields that say who a worker is, some of them replaced."""
    names = ("machine", "boot", "space", "pid", "pid_start")
    return {name: getattr(worker, name) for name in names} | given


async def test_a_killed_neighbour_s_letters_wait_again_at_once(database: Database) -> None:
    """F01: restart recovery takes a look, not a lease."""
    await opened(database, MINUTE, timedelta())
    rescue = a_rescuer(database, Clock())
    child = a_child()
    start = host.process(child.pid).start
    dead = await enlisted(database, **like(rescue.attendance.me, pid=child.pid, pid_start=start))
    seen, unseen = await claims_of(database, dead, limit=2)
    await intended(database, seen)

    assert await rescue(NOW) == []
    child.kill()
    child.communicate()
    assert await rescue(NOW) == [Rescued(worker=dead, presence=Presence.GONE, letters=2)]
    assert await rescue(NOW) == []

    found = {message.id: message for message in await letters(database)}
    assert {message.state for message in found.values()} == {MessageState.PENDING}
    assert (found[seen.message.id].ambiguous, found[unseen.message.id].ambiguous) == (1, 0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"boot": "before"}, Presence.REBOOTED),
        ({"pid": os.getpid(), "pid_start": 1}, Presence.REPLACED),
        ({"retired": True}, Presence.RETIRED),
    ],
)
async def test_a_process_of_before_is_told_from_the_one_that_has_its_number(
    database: Database, given: dict[str, object], expected: Presence
) -> None:
    """F11, F12: after a reboot, and after a restart under the same number."""
    await opened(database)
    rescue = a_rescuer(database, Clock())
    rescue.attendance.me = replace(rescue.attendance.me, machine="m", boot="b")
    dead = await enlisted(database, **like(rescue.attendance.me, **given))
    await claims_of(database, dead, limit=1)

    assert await rescue(NOW) == [Rescued(worker=dead, presence=expected, letters=1)]


async def test_a_silent_stranger_is_dead_once_we_have_watched_it_long_enough(database: Database) -> None:
    """F50: by our own clock, which nobody sets; wall clocks an hour apart change nothing."""
    await opened(database)
    clock = Clock()
    rescue = a_rescuer(database, clock)
    hour = timedelta(hours=1)
    stranger = await enlisted(
        database, machine="another", boot="c", started_at=NOW - hour, beat_at=NOW - hour
    )
    await claims_of(database, stranger, limit=1)

    async def watch(seconds: float) -> int:
        rescued = 0
        end = clock.now + seconds
        while clock.now < end:
            clock.now += 10
            rescued += len(await rescue(NOW + hour))
        return rescued

    assert await rescue(NOW) == []
    assert await watch(SILENCE - 10) == 0
    async with database.write() as transaction:
        await transaction.workers.beat(stranger, NOW - hour)
    assert await watch(SILENCE) == 0
    assert await watch(10) == 1


async def test_an_observer_that_was_away_begins_anew(database: Database) -> None:
    """F46: while the database is away nobody can beat."""
    await opened(database)
    clock = Clock()
    rescue = a_rescuer(database, clock)
    await claims_of(database, await enlisted(database, machine="another", boot="c"), limit=1)

    assert await rescue(NOW) == []
    clock.now += 10 * SILENCE
    assert await rescue(NOW) == []


async def test_nobody_rescues_itself(database: Database) -> None:
    await opened(database)
    clock = Clock()
    rescue = a_rescuer(database, clock)
    async with database.write() as transaction:
        me = await rescue.attendance.enter(transaction)
    await claims_of(database, me, limit=1)

    for _ in range(20):
        clock.now += 10
        assert await rescue(NOW) == []


async def test_a_process_is_entered_once_and_beats(database: Database) -> None:
    attendance = Attendance(work=database, me=host.identity(NOW))
    assert attendance.number == 0

    await attendance.beat(NOW)
    await attendance.beat(NOW + MINUTE)
    async with database.write() as transaction:
        number = await attendance.enter(transaction)
    await attendance.retire(NOW)

    async with database.read() as transaction:
        (found,) = await transaction.workers.find(range(10))
    assert found == replace(attendance.me, beat=2, beat_at=NOW + MINUTE, retired=True)
    assert found.id == number == attendance.number


async def test_a_process_whose_first_transaction_failed_is_entered_anew(database: Database) -> None:
    """SQLite gives a number that was taken back to the next who asks."""
    attendance = Attendance(work=database, me=host.identity(NOW))

    async def stumble() -> None:
        async with database.write() as transaction:
            await attendance.enter(transaction)
            raise NhacViecError

    with pytest.raises(NhacViecError):
        await stumble()
    taken = await enlisted(database)

    async with database.write() as transaction:
        number = await attendance.enter(transaction)

    async with database.read() as transaction:
        (found,) = await transaction.workers.find([number])
    assert number != taken
    assert found.pid == os.getpid()


async def test_who_never_entered_has_nothing_to_retire_from(database: Database) -> None:
    await Attendance(work=database, me=host.identity(NOW)).retire(NOW)

    async with database.read() as transaction:
        assert await transaction.workers.find(range(10)) == []
