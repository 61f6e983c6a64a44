"""A worker that dies at the very moment it asks the disk or the line for something, each moment in turn."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from tests.chaos.conftest import Make
from tests.support.checkout import ROOT
from tests.support.postgresql import require

MISSING = "strace is not installed; on Debian or Ubuntu, run: sudo apt-get install -y strace"
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null")
#: More moments than a letter has.
MOST = 60

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.parametrize("engine", ["sqlite"])]


@pytest.mark.parametrize(("call", "step"), [("fdatasync", 1), ("pwrite64", 7), ("sendto,write,writev", 1)])
def test_a_kill_at_the_nth_call_of_the_system_keeps_every_promise(
    make_world: Make, call: str, step: int
) -> None:
    """F03: SIGKILL at the N-th fdatasync, pwrite and write to a line, N growing until a run comes through."""
    if shutil.which("strace") is None:
        require("strace", MISSING)
    world = make_world(2)
    world.load.happen()
    kept = {name: told for name, told in os.environ.items() if not name.startswith("NHACVIEC_")}
    durable = {name: told for name, told in world.zygote.settings.items() if "UNDURABLE" not in name}
    surroundings = {**kept, **durable, "PYTHONPATH": str(ROOT / "service"), "UV_THREADPOOL_SIZE": "1"}
    killed = 0
    for when in range(1, MOST, step):
        inject = f"--inject={call}:signal=SIGKILL:when={when}"
        done = subprocess.run(
            [*STRACE, f"-etrace={call}", inject, sys.executable, "-P", "-m", "nhacviec", "tick"],
            cwd=world.folder,
            env=surroundings,
            capture_output=True,
            check=False,
        )
        if done.returncode != -signal.SIGKILL:
            assert done.returncode in (0, 3), done.stderr.decode()
            break
        killed += 1
    world.drain()

    assert killed > 0
    world.kept()
