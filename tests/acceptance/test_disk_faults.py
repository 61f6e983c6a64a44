"""F39, F42, F44, F45: what commands say of a bad disk; what a daemon does is told in tests/chaos."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.program import PostOffice, Program, environment
from tests.support.postgresql import require

MORNING = "2017-05-22T07:30+07:00"
OWED = 11
NO_MOUNT = "a small file system cannot be mounted here: run the tests as root, outside of a container"

pytestmark = pytest.mark.timeout(300)


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


def ended(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Wait for a process; whether it ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_on_a_read_only_file_system_a_command_says_so_in_one_line(
    sample: Program, small_disk: Path, office: PostOffice
) -> None:
    """F39: and sends nothing."""
    program = sample.copied(small_disk)
    program.settings["NHACVIEC_SMTP_URL"] = office.url
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused = program.run("tick", "--at", MORNING)

    assert (refused.code, refused.err.count("\n"), office.accepted) == (69, 1, [])
    assert "does not answer" in refused.err


def spoiled(file: Path) -> None:
    """Overwrite a page in the middle, where tables are."""
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2 // 4096 * 4096)
        opened.write(b"\xa5" * 4096)


def test_a_damaged_database_is_refused_at_the_start_with_the_way_out(
    sample: Program, office: PostOffice
) -> None:
    """F42: systemd does not start it again (78): a person has to restore a backup, and then letters go."""
    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    sample.ok("db", "backup", "a.backup")
    spoiled(sample.file)
    daemon = sample.start("run")
    stopped = ended(daemon, 30)
    daemon.kill()
    _, told = daemon.communicate()
    doctor = sample.run("doctor", "--json")
    backup = sample.run("db", "backup", "b.backup")
    sample.ok("db", "restore", "a.backup", "--at", MORNING)
    sample.run("db", "adopt", "--resend", "--at", MORNING)
    sample.tick(MORNING)

    assert (stopped, daemon.returncode, len(office.accepted)) == (True, 78, OWED)
    assert b"is damaged" in told
    assert b"nhacviec db restore" in told
    (integrity,) = [check for check in doctor.document["checks"] if check["name"] == "integrity"]
    assert (doctor.code, integrity["ok"]) == (78, False)
    assert (backup.code in (1, 69), backup.err.count("\n")) == (True, 1)  # by which page it is
    assert not (sample.folder / "b.backup").exists()


def test_a_long_reader_makes_the_log_grow_and_the_doctor_sees_it(sample: Program) -> None:
    """F44: what grows beside the database is told."""
    with closing(sqlite3.connect(sample.file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM occurrence").fetchone()
        with closing(sqlite3.connect(sample.file)) as writer, writer:
            writer.execute("CREATE TABLE ballast (page BLOB)")
            for _ in range(70):
                writer.execute("INSERT INTO ballast VALUES (zeroblob(1048576))")
        doctor = sample.run("doctor", "--json")

    (log,) = [check for check in doctor.document["checks"] if check["name"] == "log"]
    assert log["ok"] is False
    assert "MiB beside the database" in log["said"]


#: Counts up by the product's own engine for some seconds, and folds the log in again and again.
WRITER = """
import asyncio, sqlite3, sys, time
from nhacviec.adapters.database.engine import open_database

async def count(url, file, seconds):
    database, counted, end = open_database(url), 0, time.monotonic() + seconds
    folding = sqlite3.connect(file, isolation_level=None, timeout=30)
    while time.monotonic() < end:
        async with database.write() as transaction:
            value = int(await transaction.catalogue.value("counted") or 0)
            await transaction.catalogue.set_value("counted", str(value + 1))
        counted += 1
        folding.execute("PRAGMA wal_checkpoint(%s)" % ("TRUNCATE" if counted % 7 == 0 else "PASSIVE"))
    folding.close()
    await database.close()
    print(counted)

asyncio.run(count(sys.argv[1], sys.argv[2], float(sys.argv[3])))
"""


def test_many_processes_write_and_fold_the_log_in_at_once(sample: Program) -> None:
    """F45: the pattern in which older versions of SQLite could lose a fold; every commit is there."""
    words = [sys.executable, "-c", WRITER, f"sqlite:///{sample.file}", str(sample.file), "5"]
    processes = [subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE) for _ in range(4)]
    counted = [int(process.communicate(timeout=120)[0]) for process in processes]

    assert min(counted) > 0
    assert sample.rows("SELECT value FROM setting WHERE key = 'counted'") == [(str(sum(counted)),)]
    assert sample.rows("PRAGMA integrity_check") == [("ok",)]
