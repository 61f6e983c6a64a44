"""Disks that are full, fail, are read-only or lose the file, under a daemon that sends (DELIVERY §2.13)."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.chaos.conftest import Templates, World, settings
from tests.chaos.daemons import UNITS, all_sent, ends_well, failing, gave_up, nothing_comes, sending, stopped
from tests.chaos.killer import Zygote
from tests.chaos.load import Load
from tests.chaos.nemesis import WAITS, until
from tests.chaos.post import Sink
from tests.support.checkout import ROOT
from tests.support.postgresql import require

NO_MOUNT = "a small file system cannot be mounted here: run the tests as root, outside of a container"

Place = Callable[[Path], World]


@pytest.fixture
def place(zygote: Zygote, templates: Templates, sink: Sink, tmp_path: Path) -> Iterator[Place]:
    """Puts a database with letters to send into a folder; the log of its daemons lies elsewhere."""

    def put(folder: Path) -> World:
        url = templates.sqlite(UNITS, folder)
        alone = {name: told for name, told in settings(url, sink.url).items() if "MULTI" not in name}
        view = zygote.over(tmp_path, alone)
        world = World(url=url, folder=folder, sink=sink, zygote=view, load=Load(view, UNITS))
        world.load.happen()
        world.load.gather()
        return world

    yield put
    zygote.end_all()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "nhacviec", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        require("mount", NO_MOUNT)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize(
    ("call", "error", "when"),
    [
        pytest.param("fdatasync", "EIO", "1", id="once"),
        pytest.param("fdatasync", "EIO", "1+", id="for ever", marks=pytest.mark.slow),
        pytest.param("pwrite64", "EROFS", "1+", id="read-only", marks=pytest.mark.slow),
    ],
)
def test_a_disk_that_fails_ends_the_daemon_and_loses_nothing(
    place: Place, tmp_path: Path, call: str, error: str, when: str
) -> None:
    """F38, F39: what is not kept is not sent; even if the disk says the next time that all is well."""
    world = place(tmp_path)
    pid = sending(world)
    with failing(pid, call, error, when):
        assert gave_up(world, pid), world.zygote.log
    at_the_end = len(world.sink.accepted)

    assert at_the_end < UNITS
    world.drain()
    assert all_sent(world)
    world.kept()


def test_on_a_full_disk_the_daemon_waits_and_goes_on_when_there_is_room(
    place: Place, small_disk: Path
) -> None:
    """F37: no dot without an intent; what a server has said is written down when it can be."""
    world = place(small_disk)
    pid = sending(world)
    filler = filled(small_disk)
    until(lambda: '"database_unreachable"' in world.zygote.log, world.zygote)
    quiet = nothing_comes(world)
    intended = world.rows("SELECT count(*) FROM message WHERE state IN ('transmitting', 'sent')")
    accepted = len(world.sink.accepted)
    filler.unlink()
    until(lambda: all_sent(world), world.zygote)

    assert quiet
    assert accepted <= intended[0][0]
    assert accepted < UNITS
    assert ends_well(world, pid)
    assert len(world.sink.accepted) == UNITS
    world.kept()


def filled(disk: Path) -> Path:
    """A file that takes what room there is, however much the daemon takes beside it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return filler


def test_a_daemon_on_a_read_only_disk_waits_until_it_can_be_written(place: Place, small_disk: Path) -> None:
    """F39: the lock of the daemon cannot be made either; both are waited for."""
    world = place(small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    pid = world.zygote.fork(waits=WAITS)
    until(lambda: '"database_unreachable"' in world.zygote.log, world.zygote)
    quiet = nothing_comes(world)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    until(lambda: all_sent(world), world.zygote)

    assert quiet
    assert ends_well(world, pid)
    assert len(world.sink.accepted) == UNITS
    world.kept()


@pytest.mark.parametrize(
    "replaced",
    [pytest.param(False, id="gone"), pytest.param(True, id="replaced", marks=pytest.mark.slow)],
)
def test_a_file_that_is_taken_away_ends_the_daemon(place: Place, tmp_path: Path, replaced: bool) -> None:
    """F41: what would be written into a file that nobody sees is not sent."""
    world = place(tmp_path)
    pid = sending(world)
    file, elsewhere = tmp_path / "nhacviec.db", tmp_path / "elsewhere.db"
    file.rename(elsewhere)
    if replaced:
        shutil.copyfile(elsewhere, file)
    assert gave_up(world, pid), world.zygote.log
    elsewhere.replace(file)

    assert len(world.sink.accepted) < UNITS
    world.drain()
    assert all_sent(world)
    world.kept()


@pytest.mark.slow
def test_a_lock_kept_for_longer_than_is_borne_while_letters_are_at_their_fence(
    place: Place, tmp_path: Path
) -> None:
    """F43: no dot; the letters are kept, and go later, once."""
    world = place(tmp_path)
    pid = world.zygote.fork(waits=WAITS, NHACVIEC_TEST_FAILPOINT="W5:stop")
    until(lambda: stopped(pid), world.zygote)
    with closing(sqlite3.connect(tmp_path / "nhacviec.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        closed = world.sink.counts().get("closed", 0)
        os.kill(pid, signal.SIGCONT)
        world.sink.wait(closed=closed + 2)  # a line without a dot, and the one that asks
        quiet = nothing_comes(world)
        dots = world.sink.counts().get("dots", 0)
        other.execute("COMMIT")
    until(lambda: all_sent(world), world.zygote)

    assert (quiet, dots) == (True, 0)
    assert ends_well(world, pid)
    assert len(world.sink.accepted) == UNITS
    assert set(world.outcomes()) == {"accepted"}
    world.kept()


@pytest.mark.parametrize("how", ["full", "closed"])
def test_nobody_who_reads_the_log_and_no_room_for_it_do_not_keep_letters_back(
    place: Place, tmp_path: Path, how: str
) -> None:
    """F68: the disk of the log is full; whoever read it has gone."""
    world = place(tmp_path)
    kept = {name: told for name, told in os.environ.items() if not name.startswith("NHACVIEC_")}
    with Path("/dev/full").open("wb") as full:
        daemon = subprocess.Popen(
            [sys.executable, "-P", "-m", "nhacviec", "run"],
            env={**kept, **world.zygote.settings, "PYTHONPATH": str(ROOT / "service")},
            stderr=full if how == "full" else subprocess.PIPE,
        )
    if daemon.stderr:
        daemon.stderr.readline()
        daemon.stderr.close()
    until(lambda: all_sent(world), world.zygote)
    daemon.terminate()

    assert daemon.wait(30) == 0
    world.kept()
