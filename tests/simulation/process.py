"""One tick in a process of its own, and what it used."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.support.checkout import ROOT

NOBODY = "smtp://127.0.0.1:9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of it.

    Args:
        code: its exit code.
        said: its JSON.
        peak: the most memory it had, in bytes.
        seconds: of processor time.
    """

    code: int
    said: dict[str, Any]
    peak: int
    seconds: float


def tick(database: str, at: str, server: str = NOBODY, connections: int = 4) -> Ran:
    """Run ``nhacviec tick --at``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nhacviec", "tick", "--at", at, "--json"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "service"),
            "NHACVIEC_DATABASE_URL": database,
            "NHACVIEC_SMTP_URL": server,
            "NHACVIEC_SMTP_CONNECTIONS": str(connections),
            "NHACVIEC_TEST_UNDURABLE": "1",
        },
        stdout=subprocess.PIPE,
    )
    with process:
        output = process.stdout.read() if process.stdout else b""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Ran(
        code=process.returncode,
        said=json.loads(output),
        peak=used.ru_maxrss * 1024,
        seconds=used.ru_utime + used.ru_stime,
    )
