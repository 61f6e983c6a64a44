"""Little memory, few files, a slow server, very many letters: everything slows down, nothing breaks."""

import re
from pathlib import Path

import pytest

from tests.chaos import dump
from tests.chaos.conftest import Make
from tests.chaos.nemesis import WAITS, until

MEGABYTE = 1 << 20
MAKE_URGENT = (
    "UPDATE message SET line = 'escalation' WHERE id IN (SELECT id FROM message ORDER BY id DESC LIMIT 60)"
)


def memory(pid: int, what: str) -> int:
    """How much memory a process has, or had at most; bytes."""
    told = re.search(rf"^{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert told
    return int(told[1]) * 1024


@pytest.mark.slow
def test_a_worker_that_gets_no_more_memory_loses_nothing(make_world: Make) -> None:
    """F09: memory ends, a little later each time; whether it copes or dies, the next one goes on."""
    world = make_world(40)
    world.load.happen()
    world.load.gather()
    size = world.zygote.size
    codes = [
        world.zygote.run("tick", waits=0.0, limits={"AS": size + more * MEGABYTE})
        for more in (0, 4, 8, 12, 24)
    ]

    assert any(codes), codes
    world.drain()
    world.kept()


def test_few_files_slow_a_worker_down_and_do_not_end_it(make_world: Make) -> None:
    """F10: 64 files and 100 conversations wanted: those that can be had do the work."""
    world = make_world(120)
    world.load.happen()
    world.drain(limits={"NOFILE": 64}, NHACVIEC_SMTP_CONNECTIONS="100")

    assert len(world.sink.accepted) == 120
    world.kept()


def test_no_more_is_claimed_than_a_slow_server_is_about_to_take(make_world: Make) -> None:
    """F36: each letter takes the server its time: at most twice what is on the lines is claimed."""
    world = make_world(24)
    world.load.happen()
    world.load.gather()
    world.sink.mode(delay=0.1)
    pid = world.zygote.fork(waits=WAITS, NHACVIEC_SMTP_CONNECTIONS="2")
    most = 0

    def finished() -> bool:
        nonlocal most
        states = world.states
        most = max(most, states.get("claimed", 0) + states.get("transmitting", 0))
        return states == {"sent": 24}

    until(finished, world.zygote)
    world.zygote.kill(pid)

    assert 1 <= most <= 4
    assert world.outcomes() == ["accepted"] * 24
    world.kept()


@pytest.mark.slow
def test_a_heap_of_letters_goes_in_bounded_memory_and_escalations_first(make_world: Make) -> None:
    """F69: thousands due at one moment, the urgent ones entered last."""
    world = make_world(500)
    for _ in range(2):
        world.load.happen()
        world.load.gather()
    with dump.connected(world.url) as connection:
        connection.execute(MAKE_URGENT)
        connection.commit()
    first = {
        message_id for (message_id,) in world.rows("SELECT message_id FROM message WHERE line = 'escalation'")
    }

    pid = world.zygote.fork(waits=WAITS, NHACVIEC_SMTP_CONNECTIONS="16")
    world.sink.wait(accepted=len(dump.read(world.url).letters))
    peak = memory(pid, "VmHWM")
    until(lambda: set(world.states) == {"sent"}, world.zygote)
    world.zygote.kill(pid)

    order = [copy.message_id for copy in world.sink.accepted]
    assert first <= set(
        order[: len(first) * 2]
    )  # three in four of what is claimed, and what was on the lines
    assert peak < 200 * MEGABYTE
    world.kept()
