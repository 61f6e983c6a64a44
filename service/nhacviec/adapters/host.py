"""Which machine, which start of it, which process: what tells one worker from another (DELIVERY §2.5)."""

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from nhacviec.domain.worker import Process, Worker

#: ``machine|boot|space``, for tests: the machine that this process believes it runs on (F11, F50).
VARIABLE = "NHACVIEC_TEST_HOST"
_MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_SPACE = Path("/proc/self/ns/pid")
#: So many characters of the digest: two machines never share them, and the name itself stays here.
_DIGITS = 32
#: Places in /proc/<pid>/stat after the name, which may hold blanks and brackets (proc(5): state, starttime).
_STATE, _START = 0, 19
#: Ended, and not yet collected by its parent: nothing of it will run again.
_ENDED = ("Z", "X")


def machine() -> str:
    """Name this machine by a digest; empty where it has no name (a bare container)."""
    if told := _told(0):
        return told
    for file in _MACHINE:
        name = _read(file)
        if name and name != "uninitialized":
            return sha256(f"nhacviec|{name}".encode()).hexdigest()[:_DIGITS]
    return ""


def identity(now: datetime) -> Worker:
    """Say who this process is, with no number yet.

    Args:
        now: aware.
    """
    return Worker(
        machine=machine(),
        boot=_boot(),
        space=_told(2) or _inode(_SPACE),
        pid=os.getpid(),
        pid_start=process(os.getpid()).start or 0,
        started_at=now,
        beat_at=now,
    )


def process(pid: int) -> Process:
    """Ask this machine about a process number.

    One that has ended and waits to be collected is gone: nothing of it will run again.

    Args:
        pid: in the space that ``identity`` names.
    """
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass  # somebody else's, but there
    except (ProcessLookupError, OverflowError):
        return Process(exists=False)
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    if len(fields) <= _START:
        return Process(exists=True)
    return Process(exists=fields[_STATE] not in _ENDED, start=int(fields[_START]))


def _boot() -> str:
    """Name this start of the machine; empty where a unit hides it (ProcSubset=pid)."""
    # A machine that a test has made up has not been started, unless the test says so.
    return _told(1) if _told(0) else _read(_BOOT)


def _told(place: int) -> str:
    """Give what a test says of the host; empty where it says nothing."""
    parts = os.environ.get(VARIABLE, "").split("|")
    return parts[place] if place < len(parts) else ""


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _inode(file: Path) -> str:
    try:
        return str(file.stat().st_ino)
    except OSError:
        return ""
