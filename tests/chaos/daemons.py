"""Daemons that send many letters, what may be done to them meanwhile, and how they end."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.conftest import World
from tests.chaos.nemesis import WAITS
from tests.support.postgresql import require

#: How many letters.
UNITS = 60
#: How long to listen for a letter that must not come, in seconds.
QUIET = 1.0
NO_STRACE = "strace is not installed; on Debian or Ubuntu, run: sudo apt-get install -y strace"


def sending(world: World, letters: int = 3) -> int:
    """A daemon that has sent so many letters, and is about to send the others."""
    world.sink.mode(delay=0.03)
    pid = world.zygote.fork(waits=WAITS, NHACVIEC_SMTP_CONNECTIONS="2")
    world.sink.wait(accepted=letters)
    return pid


def nothing_comes(world: World) -> bool:
    """Whether no letter comes for a while."""
    before = len(world.sink.accepted)
    world.sink.wait_at_most(QUIET, accepted=before + 1)
    return len(world.sink.accepted) == before


def all_sent(world: World) -> bool:
    """Whether every letter has gone."""
    return world.states == {"sent": UNITS}


def ends_well(world: World, pid: int) -> bool:
    """Whether a daemon ends with 0 when it is told to."""
    os.kill(pid, signal.SIGTERM)
    return world.zygote.wait(pid) == 0


def gave_up(world: World, pid: int) -> bool:
    """Whether the daemon ended so that a new one is started, and has said why in one line."""
    code, log = world.zygote.wait(pid), world.zygote.log
    assert "Traceback" not in log, log
    return (code, log.count("<2>"), log.count('"action": "database_damaged"')) == (69, 1, 1)


@contextmanager
def failing(pid: int, call: str, error: str, when: str) -> Iterator[None]:
    """Let a system call of a process fail from now on, as a bad disk does."""
    if shutil.which("strace") is None:
        require("strace", NO_STRACE)
    inject = [f"-etrace={call}", f"--inject={call}:error={error}:when={when}"]
    words = ["strace", "-f", "-o", "/dev/null", *inject, "-p", str(pid)]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as tracer:
        assert tracer.stderr
        told = tracer.stderr.readline()
        assert b"attached" in told, told
        yield


def stopped(pid: int) -> bool:
    """Whether a process has been stopped by a signal."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
