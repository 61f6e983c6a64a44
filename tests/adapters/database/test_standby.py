"""One daemon a SQLite file, and another that takes over (DELIVERY §2.12)."""

import asyncio
import logging
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nhacviec.adapters.database.standby import TOGETHER, lock_of, sole_daemon
from nhacviec.domain.errors import DatabaseUnreachable

DAEMON = """
import asyncio, sys
from pathlib import Path
from nhacviec.adapters.database.standby import sole_daemon

async def work():
    async with sole_daemon(Path(sys.argv[1])):
        print("works", flush=True)
        await asyncio.Event().wait()

asyncio.run(work())
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "nhacviec.db"


def a_daemon(file: Path) -> subprocess.Popen[str]:
    """A process that works on the file by now."""
    path = ":".join(sys.path)
    daemon = subprocess.Popen(
        [sys.executable, "-c", DAEMON, file], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": path}
    )
    assert daemon.stdout
    assert daemon.stdout.readline() == "works\n"
    return daemon


def actions(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was said so far."""
    return [record.__dict__["action"] for record in caplog.records]


async def said(caplog: pytest.LogCaptureFixture) -> None:
    """Return with the next word."""
    spoken = asyncio.Event()

    def hear(_record: logging.LogRecord) -> bool:
        spoken.set()
        return True

    caplog.handler.addFilter(hear)
    await spoken.wait()
    caplog.handler.removeFilter(hear)


def kill(daemon: subprocess.Popen[str]) -> None:
    daemon.send_signal(signal.SIGKILL)
    daemon.communicate()


async def test_a_second_daemon_stands_by_and_takes_over_when_the_first_is_killed(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """F01, F52: it says so once."""
    caplog.set_level("INFO", "nhacviec")
    first = await asyncio.to_thread(a_daemon, file)
    working = asyncio.Event()

    async def second() -> None:
        async with sole_daemon(file):
            working.set()

    task = asyncio.create_task(second())
    async with asyncio.timeout(20):
        await said(caplog)
    assert not working.is_set()
    await asyncio.to_thread(kill, first)
    async with asyncio.timeout(20):
        await task

    assert actions(caplog) == ["standing_by", "taking_over"]


async def test_the_lock_goes_with_the_block_and_its_file_stays_for_its_owner_alone(file: Path) -> None:
    for _ in range(2):
        async with asyncio.timeout(5), sole_daemon(file):
            assert stat.S_IMODE(lock_of(file).stat().st_mode) == 0o600
    assert lock_of(file).exists()


async def test_who_gives_up_waiting_leaves_no_lock(file: Path) -> None:
    async with sole_daemon(file):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), sole_daemon(file):
                pass
    async with asyncio.timeout(5), sole_daemon(file):
        pass


def test_a_file_has_one_lock_by_whatever_name_it_is_reached(file: Path, tmp_path: Path) -> None:
    file.touch()
    (tmp_path / "other").symlink_to(file)

    assert lock_of(tmp_path / "other") == lock_of(file) == Path(f"{file.resolve()}.lock")


async def test_a_server_serves_any_number(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    async with sole_daemon(None), sole_daemon(None):
        pass
    monkeypatch.setenv(TOGETHER, "1")
    async with sole_daemon(file), sole_daemon(file):
        pass


async def test_a_lock_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable, match=r"nhacviec\.db\.lock cannot be made: No such file"):
        async with sole_daemon(tmp_path / "nowhere" / "nhacviec.db"):
            pass
