"""F37-F39, F42-F45: what becomes of letters when the disk under the database fails."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.program import COMMAND, PostOffice, Program, environment
from tests.support.postgresql import require

MORNING = "2017-05-22T07:30+07:00"
AFTER = "2017-05-22T09:00+07:00"
OWED = 11
NO_MOUNT = "a small file system cannot be mounted here: run the tests as root, outside of a container"
NO_STRACE = "strace is not installed; on Debian or Ubuntu, run: sudo apt-get install -y strace"

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


@pytest.fixture
def owing(sample: Program, small_disk: Path, office: PostOffice) -> Program:
    """The letters of a morning are promised, on the small disk; nobody took them yet."""
    program = sample.copied(small_disk)
    program.tick(MORNING, code=69)
    program.settings["NHACVIEC_SMTP_URL"] = office.url
    return program


def fill(folder: Path, leave: int) -> Path:
    """Leave so many bytes on a disk."""
    filler = folder / "filler"
    free = shutil.disk_usage(folder).free - leave
    filler.write_bytes(b"x" * max(free, 0))
    return filler


def ended(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Wait for a process; whether it ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def copies(office: PostOffice) -> int:
    """How often the letter that came most often came."""
    readers = [sent.rcpt_tos for sent in office.accepted]
    return max(readers.count(reader) for reader in readers)


def ambiguous(program: Program) -> int:
    ((most,),) = program.rows("SELECT max(ambiguous) FROM message")
    return int(most)


@pytest.mark.parametrize("leave", [0, 48, 96])
def test_what_a_full_disk_cannot_record_is_not_sent(owing: Program, office: PostOffice, leave: int) -> None:
    """F37: no room for the intent, no dot; no room for the reply, it is recorded when there is."""
    filler = fill(owing.folder, leave * 1024)
    process = owing.start("tick", "--at", AFTER, "--json")
    if not ended(process, 5):
        filler.unlink()  # it waits with what the server has said
    _, err = process.communicate(timeout=60)
    while_full = len(office.accepted)
    filler.unlink(missing_ok=True)
    owing.run("tick", "--at", AFTER)
    owing.tick("2017-05-22T10:00+07:00")

    assert process.returncode in (0, 69)
    assert b"Traceback" not in err
    assert while_full == 0 or leave > 0
    assert len({sent.rcpt_tos for sent in office.accepted}) == OWED
    assert copies(office) <= 1 + ambiguous(owing)
    assert owing.rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.slow
def test_a_disk_that_fails_to_write_stops_the_sender_and_loses_nothing(
    sample: Program, office: PostOffice
) -> None:
    """F38: EIO from the N-th fdatasync on, N growing until none is left to fail."""
    if shutil.which("strace") is None:
        require("strace", NO_STRACE)
    for number in range(1, 60, 3):
        program = sample.copied(sample.folder / str(number))
        program.settings["NHACVIEC_SMTP_URL"] = office.url
        office.accepted.clear()
        failing = [f"--inject=fdatasync:error=EIO:when={number}", "-etrace=fdatasync"]
        done = subprocess.run(
            ["strace", "-f", "-qq", "-o", "/dev/null", *failing, *COMMAND, "tick", "--at", MORNING],
            cwd=program.folder,
            env=environment(**program.settings),
            capture_output=True,
            check=False,
        )
        program.run("tick", "--at", MORNING)
        program.tick(AFTER)

        assert b"Traceback" not in done.stderr
        assert len({sent.rcpt_tos for sent in office.accepted}) == OWED, number
        assert copies(office) <= 1 + ambiguous(program), number
        assert program.rows("PRAGMA integrity_check") == [("ok",)]
        if done.returncode == 0 and number > 1:
            return
    pytest.fail("the disk is asked to write more often than this test knows")


def test_a_file_system_that_turned_read_only_sends_nothing(
    owing: Program, office: PostOffice, small_disk: Path
) -> None:
    """F39: one line says it, and the letters go when it can be written again."""
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused = owing.run("tick", "--at", AFTER)
    while_read_only = len(office.accepted)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    owing.tick(AFTER)

    assert (refused.code, while_read_only) == (69, 0)
    assert refused.err.count("\n") == 1
    assert "does not answer" in refused.err
    assert len(office.accepted) == OWED


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


def test_while_another_process_keeps_the_lock_nothing_is_sent(sample: Program, office: PostOffice) -> None:
    """F43: the sender waits; no letter goes whose intent cannot be recorded."""
    sample.tick(MORNING, code=69)
    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    with closing(sqlite3.connect(sample.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        process = sample.start("tick", "--at", AFTER, "--json")
        waited = not ended(process, 4)
        while_locked = len(office.accepted)
        other.execute("COMMIT")
    process.communicate(timeout=60)

    assert (waited, while_locked) == (True, 0)
    assert (process.returncode, len(office.accepted)) == (0, OWED)


@pytest.mark.slow
def test_a_lock_that_is_kept_for_too_long_is_said_in_one_line(sample: Program, office: PostOffice) -> None:
    """F43: it gives up after ten seconds, and nothing is lost."""
    sample.tick(MORNING, code=69)
    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    with closing(sqlite3.connect(sample.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused = sample.run("tick", "--at", AFTER)
    sample.tick(AFTER)

    assert (refused.code, refused.err.count("\n")) == (69, 1)
    assert "does not answer" in refused.err
    assert len(office.accepted) == OWED


def test_a_long_reader_makes_the_log_grow_and_the_doctor_sees_it(sample: Program) -> None:
    """F44: work goes on; what grows beside the database is told, and shrinks when the reader has ended."""
    with closing(sqlite3.connect(sample.file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM occurrence").fetchone()
        with closing(sqlite3.connect(sample.file)) as writer, writer:
            writer.execute("CREATE TABLE ballast (page BLOB)")
            for _ in range(90):
                writer.execute("INSERT INTO ballast VALUES (zeroblob(1048576))")
        sample.tick(MORNING, code=69)
        doctor = sample.run("doctor", "--json")

    (log,) = [check for check in doctor.document["checks"] if check["name"] == "log"]
    assert log["ok"] is False
    assert "MiB beside the database" in log["said"]


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("PRAGMA synchronous=FULL")
for number in range(int(sys.argv[3])):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE setting SET value = value + 1 WHERE key = ?", (sys.argv[2],))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(%s)" % ("TRUNCATE" if number % 7 == 0 else "PASSIVE"))
"""


def test_many_processes_write_and_fold_the_log_in_at_once(sample: Program) -> None:
    """F45: the pattern in which older versions of SQLite could lose a fold; every commit is there."""
    with closing(sqlite3.connect(sample.file)) as connection, connection:
        connection.executemany("INSERT INTO setting VALUES (?, '0')", [("a",), ("b",), ("a",)][:2])
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(sample.file), key, "150"], env=dict(os.environ))
        for key in ("a", "a", "b", "b")
    ]
    codes = [process.wait(120) for process in processes]

    assert codes == [0] * 4
    assert sample.rows("SELECT value FROM setting WHERE key IN ('a', 'b')") == [("300",), ("300",)]
    assert sample.rows("PRAGMA integrity_check") == [("ok",)]
