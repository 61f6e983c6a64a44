"""What the daemon keeps running: real letters, a real database, a real server, and signals (F04, F05)."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from nhacviec.adapters.clock import FixedClock
from nhacviec.adapters.database import connecting
from nhacviec.daemon.lifecycle import INTERRUPTED, Daemon
from nhacviec.daemon.pulse import Pulse
from nhacviec.daemon.running import Running
from nhacviec.domain.errors import DatabaseUnreachable
from nhacviec.settings import settings_for
from tests.application.outages import change, look, shut
from tests.application.sending import Desk, Waiting, emails, promised, reached
from tests.benchmarks.load import NOW
from tests.daemon.conftest import Manager
from tests.daemon.works import tell

STATES = "SELECT state, count(*) FROM message GROUP BY state"


@pytest.fixture
async def url(tmp_path: Path) -> str:
    """Six letters that are due."""
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(6))
    return url


def running_of(url: str, desk: Desk, pulse: Pulse | None = None) -> Running:
    """The service on a morning on which no time passes."""
    settings = settings_for(url, desk.url).model_copy(update={"smtp_connections": 1})
    return Running(settings=settings, pulse=pulse or Pulse(), clock=FixedClock(NOW), monotonic=lambda: 0.0)


@asynccontextmanager
async def life(url: str, desk: Desk, manager: Manager, grace: float = 20) -> AsyncIterator[asyncio.Task[int]]:
    """A daemon; a test that leaves it alive has it told twice."""
    pulse = Pulse()
    daemon = Daemon(
        service=running_of(url, desk, pulse),
        clock=FixedClock(NOW),
        notifier=manager.notifier(),
        tick_seconds=3600,
        pulse=pulse,
        uptime=lambda: 0,
        grace=grace,
    )
    task = asyncio.create_task(daemon.serve())
    try:
        yield task
    finally:
        while not task.done():
            tell(signal.SIGTERM)
            await asyncio.wait([task], timeout=1)


def states(url: str) -> dict[str, int]:
    return dict(look(url, STATES))


async def test_the_reply_to_the_dot_is_waited_for_and_recorded_and_nothing_new_is_begun(
    url: str, manager: Manager
) -> None:
    """F04: SIGTERM while the server thinks: what is in hand goes to its end, the exit code is 0."""
    waiting = Waiting()
    async with Desk(waiting) as desk, life(url, desk, manager) as daemon:
        await waiting.until(1)
        tell(signal.SIGTERM)
        await manager.hear("STOPPING=1")
        assert states(url)["transmitting"] == 1
        waiting.open.set()

        assert await daemon == 0
        sent = len(desk.accepted)
        assert 1 <= sent <= 2  # one on the line, one that waited for it
        assert states(url) == {"sent": sent, "pending": 6 - sent}
        assert look(url, "SELECT DISTINCT outcome FROM delivery") == [("accepted",)]


async def test_told_twice_it_ends_and_the_letter_is_ambiguous_and_not_lost(
    url: str, manager: Manager
) -> None:
    """F05: recorded before we end, so that nobody has to find us dead first; the next life sends it all."""
    waiting = Waiting()
    async with Desk(waiting) as desk:
        async with life(url, desk, manager) as daemon:
            await waiting.until(1)
            tell(signal.SIGTERM)
            await manager.hear("STOPPING=1")
            tell(signal.SIGTERM)
            assert await daemon == INTERRUPTED
        assert states(url) == {"pending": 6}
        assert look(url, "SELECT count(*) FROM message WHERE ambiguous = 1") == [(1,)]
        assert look(url, "SELECT stage, outcome FROM delivery") == [("dot", "ambiguous")]

        waiting.open.set()
        desk.accepted.clear()
        await change(url, "UPDATE message SET due_at = slot_at")
        async with life(url, desk, manager):
            await reached(lambda: states(url) == {"sent": 6})
        assert set(desk.to.values()) == {1}


async def test_when_the_grace_is_over_it_ends_as_if_told_twice(url: str, manager: Manager) -> None:
    """F05: the service manager would kill us soon; nothing stays claimed by whom nobody knows to be dead."""
    waiting = Waiting()
    async with Desk(waiting) as desk:
        async with life(url, desk, manager, grace=0.05) as daemon:
            await waiting.until(1)
            tell(signal.SIGTERM)
            assert await daemon == 0
        waiting.open.set()

        assert states(url) == {"pending": 6}
        assert look(url, "SELECT count(*) FROM message WHERE worker IS NOT NULL") == [(0,)]


async def test_nothing_is_sent_before_a_tick_has_said_what_time_it_is(url: str) -> None:
    """S-75: no letter goes by a clock that nobody has looked at."""
    async with Desk() as desk:
        running = running_of(url, desk)
        running.wake()
        try:
            await running.open()
            assert await running.send() is None
            assert await running.tick(NOW) is not None
            dispatched = await running.send()

            assert dispatched is not None
            assert sum(dispatched.states.values()) == 6
            assert await running.send() is None
        finally:
            await running.stop()


async def test_one_works_and_another_stands_by_until_the_first_has_ended(url: str) -> None:
    """§2.12: two daemons on one SQLite file."""
    async with Desk() as desk:
        first, second = running_of(url, desk), running_of(url, desk)
        try:
            assert await first.tick(NOW) is not None
            assert await second.tick(NOW) is None
            assert await second.send() is None
            await first.stop()
            await reached(second._alone.is_set)
            assert await second.tick(NOW) is not None
            await second.send()
        finally:
            await second.stop()

        assert set(desk.to.values()) == {1}
        assert states(url) == {"sent": 6}


async def test_a_run_that_the_database_ends_is_made_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """F43: away when letters are to be claimed: the reason to look is not forgotten."""
    monkeypatch.setattr(connecting, "_SQLITE", ("busy_timeout=100", *connecting._SQLITE[1:]))
    async with Desk() as desk:
        running = running_of(url, desk)
        try:
            await running.tick(NOW)
            with shut(url), pytest.raises(DatabaseUnreachable):
                await running.send()
            await running.send()
        finally:
            await running.stop()

        assert states(url) == {"sent": 6}
        assert set(desk.to.values()) == {1}


async def test_without_a_database_it_still_ends_in_good_order(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """F37: it cannot say goodbye; whoever finds it gone takes up what it had."""
    monkeypatch.setattr(connecting, "_SQLITE", ("busy_timeout=100", *connecting._SQLITE[1:]))
    async with Desk() as desk:
        running = running_of(url, desk)
        await running.tick(NOW)
        await running.send()
        with shut(url):
            await running.stop()

    said = [record for record in caplog.records if record.levelname == "WARNING"]
    assert [vars(record)["action"] for record in said] == ["database_unreachable"]
