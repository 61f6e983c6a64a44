"""The crash windows of DELIVERY §2.6: what is found right after the kill, and what comes of it."""

import os
import signal
import sqlite3
from contextlib import closing
from dataclasses import dataclass

import pytest

from nhacviec.failpoint import VARIABLE
from tests.chaos.conftest import World
from tests.chaos.dump import rows
from tests.chaos.nemesis import until

WAITS = 0.0
OPEN_TRANSACTIONS = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One line of the table.

    Args:
        found: states of letters right after the kill.
        copies: that the server has taken in the end.
        ambiguous: attempts that count as such.
        reply: to the first final dot; 250 when empty.
    """

    found: dict[str, int]
    copies: int = 1
    ambiguous: int = 0
    reply: str = ""


WINDOWS = {
    "W1": Window(found={}),
    "W2": Window(found={"pending": 1}),
    "W3": Window(found={"claimed": 1}),
    "W4": Window(found={"claimed": 1}),
    "W5": Window(found={"claimed": 1}),
    "W6": Window(found={"transmitting": 1}, ambiguous=1),
    "W7": Window(found={"transmitting": 1}, ambiguous=1, copies=2),
    "W8": Window(found={"transmitting": 1}, ambiguous=1, copies=2),
    "W9": Window(found={"sent": 1}),
    "W10": Window(found={"transmitting": 1}, ambiguous=1, reply="451 4.3.0 later"),
}


def resting(world: World) -> int:
    """A worker that has looked around and now stands still, holding no lock."""
    pid = world.zygote.fork(waits=WAITS)
    until(lambda: '"ready"' in world.zygote.log, world.zygote)
    while True:
        os.kill(pid, signal.SIGSTOP)
        if not locked(world.url):
            return pid
        os.kill(pid, signal.SIGCONT)


def locked(url: str) -> bool:
    """Whether somebody stands still in the middle of a transaction."""
    if not url.startswith("sqlite"):
        return bool(rows(url, OPEN_TRANSACTIONS))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0.05)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("place", WINDOWS)
def test_a_kill_in_each_window_ends_as_the_table_says(world: World, place: str, workers: int) -> None:
    """F02: SIGKILL in W1 … W10; a successor, or a neighbour that was there all the time, takes over."""
    window = WINDOWS[place]
    neighbour = resting(world) if workers == 2 else 0
    world.load.happen()
    if window.reply:
        world.sink.mode(script=[window.reply])

    died = world.zygote.run("tick", waits=WAITS, **{VARIABLE: f"{place}:kill"})

    assert died == -signal.SIGKILL, world.zygote.log
    assert world.states == window.found
    if neighbour:
        os.kill(neighbour, signal.SIGCONT)
        until(lambda: world.states == {"sent": 1}, world.zygote)
        world.zygote.kill(neighbour)
    else:
        assert world.zygote.run("tick", waits=WAITS) == 0, world.zygote.log
    assert world.states == {"sent": 1}
    assert len(world.sink.accepted) == window.copies
    assert world.outcomes().count("ambiguous") == window.ambiguous
    world.kept()
