"""Told to stop, a worker finishes the letter in hand; told twice, it leaves it to whoever comes next."""

import os
import signal

from tests.chaos.conftest import World
from tests.chaos.nemesis import WAITS, until


def waiting_for_the_dot(world: World) -> int:
    """A worker whose one letter the server has taken, without saying so yet."""
    world.load.happen()
    world.sink.mode(script=["hold"])
    pid = world.zygote.fork(waits=WAITS)
    world.sink.wait(holding=1)
    return pid


def test_the_reply_to_the_dot_is_waited_for_and_recorded(world: World) -> None:
    """F04: SIGTERM while the server thinks: no new claim, the reply is written down, the exit code is 0."""
    pid = waiting_for_the_dot(world)
    os.kill(pid, signal.SIGTERM)
    until(lambda: "told to stop" in world.zygote.log, world.zygote)
    world.load.happen()
    world.sink.free()

    assert world.zygote.wait(pid) == 0
    assert world.states.pop("sent") == 1
    assert len(world.sink.accepted) == 1
    world.drain()
    world.kept()


def test_whoever_is_told_twice_leaves_the_letter_ambiguous_and_not_lost(world: World) -> None:
    """F05: a second SIGTERM does not wait; the next worker counts the attempt, and sends once more."""
    pid = waiting_for_the_dot(world)
    os.kill(pid, signal.SIGTERM)
    until(lambda: "told to stop" in world.zygote.log, world.zygote)
    os.kill(pid, signal.SIGTERM)

    assert world.zygote.wait(pid) == 130
    assert "sent" not in world.states
    world.drain()
    assert world.states == {"sent": 1}
    assert world.outcomes() == ["ambiguous", "accepted"]
    assert len(world.sink.accepted) == 2
    world.kept()
