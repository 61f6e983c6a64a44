"""A worker that stands still longer than anybody waits for it, and then goes on as if nothing had been."""

import os
import select
import signal
import socket
from pathlib import Path

import pytest

from nhacviec.failpoint import VARIABLE
from tests.chaos.conftest import World
from tests.chaos.nemesis import WAITS, until

#: After how many seconds without a sign a neighbour counts as dead; a minute in earnest.
SILENCE = 1.0


def standing(pid: int) -> bool:
    """Whether a process is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def stopped_at(world: World, place: str) -> int:
    """A worker that has stopped at a place with the one letter in its hand."""
    world.load.happen()
    pid = world.zygote.fork(waits=WAITS, silence=SILENCE, **{VARIABLE: f"{place}:stop"})
    until(lambda: standing(pid), world.zygote)
    return pid


def test_a_zombie_writes_no_dot_when_another_has_its_letter(world: World) -> None:
    """F06: stopped before the intent, taken for dead, continued: the fence does not let it through."""
    zombie = stopped_at(world, "W5")
    world.drain(silence=SILENCE)
    assert (world.states, len(world.sink.accepted)) == ({"sent": 1}, 1)

    closed = world.sink.counts()["closed"]
    os.kill(zombie, signal.SIGCONT)
    world.sink.wait(closed=closed + 2)  # the line of the zombie, and the one that asks
    os.kill(zombie, signal.SIGTERM)

    assert world.zygote.wait(zombie) == 0
    assert world.outcomes() == ["accepted"]
    assert len(world.sink.accepted) == 1
    world.kept()


def test_a_zombie_past_the_fence_makes_one_more_copy_and_says_so(world: World) -> None:
    """F07: stopped after the intent: the letter counts as ambiguous; what the zombie then sends is late."""
    zombie = stopped_at(world, "W6")
    world.drain(silence=SILENCE)
    assert (world.states, len(world.sink.accepted)) == ({"sent": 1}, 1)

    os.kill(zombie, signal.SIGCONT)
    until(lambda: "late" in world.outcomes(), world.zygote)
    os.kill(zombie, signal.SIGTERM)

    assert world.zygote.wait(zombie) == 0
    assert world.outcomes() == ["ambiguous", "accepted", "late"]
    assert len(world.sink.accepted) == 2
    world.kept()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_blocked_loop_feeds_no_watchdog_and_another_takes_over(world: World, tmp_path: Path) -> None:
    """F08: the event loop hangs with a letter in hand."""
    world.load.happen()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        hung = world.zygote.fork(waits=WAITS, **told, **{VARIABLE: "W5:hang"})
        while b"READY=1" not in manager.recv(4096):
            pass
        until(lambda: world.states == {"claimed": 1}, world.zygote)
        world.drain(silence=SILENCE)
        while select.select([manager], [], [], 0)[0]:
            manager.recv(4096)
        manager.settimeout(1)
        with pytest.raises(TimeoutError):
            manager.recv(4096)

    assert (world.states, len(world.sink.accepted)) == ({"sent": 1}, 1)
    world.zygote.kill(hung)
    world.kept()
