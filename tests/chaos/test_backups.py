"""Backups of a daemon that sends (DELIVERY §2.12, §2.13)."""

from pathlib import Path

import pytest

from tests.chaos import dump
from tests.chaos.conftest import Make, settings
from tests.chaos.daemons import UNITS, all_sent, ends_well, sending
from tests.chaos.nemesis import drain


def restored_place(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> str:
    """Where there is nothing yet."""
    if engine == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    folder = tmp_path / "restored"
    folder.mkdir()
    return f"sqlite:///{folder / 'nhacviec.db'}"


def test_backups_of_a_daemon_that_sends_can_be_put_back_elsewhere(
    request: pytest.FixtureRequest, make_world: Make, engine: str, tmp_path: Path
) -> None:
    """F62: whole, held, with the letters in doubt named; adopted, nobody gets what he has got."""
    world = make_world(UNITS)
    world.load.happen()
    pid = sending(world)
    made: list[int] = []
    while not all_sent(world):
        file = tmp_path / f"{len(made)}.backup"
        made.append(world.zygote.run("db", "backup", str(file)))
    assert ends_well(world, pid)
    url = restored_place(request, engine, tmp_path)
    other = world.zygote.over(tmp_path, settings(url, world.sink.url))
    codes = [
        other.run(*words)
        for words in (
            ("db", "restore", str(tmp_path / "0.backup")),
            ("tick",),
            ("db", "adopt"),
        )
    ]
    held = len(world.sink.accepted)
    (in_doubt,) = dump.rows(url, "SELECT count(*) FROM message WHERE state = 'pending'")
    adopted = other.run("db", "adopt", "--mark-sent")
    drain(other, url)

    assert set(made) == {0}
    assert (codes, adopted, held) == ([0, 0, 2], 0, UNITS), other.log
    assert in_doubt[0] > 0
    assert f"{in_doubt[0]} letters may have been sent" in other.log
    assert len(world.sink.accepted) == UNITS
    assert dump.states(url) == {"sent": UNITS}
    assert dump.read(url).integrity == "ok"
    world.kept()
