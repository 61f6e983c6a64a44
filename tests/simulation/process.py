"""Lives in a process of their own, and what they used."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.checkout import ROOT

NOBODY = "smtp://127.0.0.1:9"


MEASURED = ROOT / "tests" / "support" / "measured.py"


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
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        command = [sys.executable, "-m", "nhacviec", "tick", "--at", at, "--json"]
        done = subprocess.run(
            [sys.executable, "-S", MEASURED, report, *command],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT / "service"),
                "NHACVIEC_DATABASE_URL": database,
                "NHACVIEC_SMTP_URL": server,
                "NHACVIEC_SMTP_CONNECTIONS": str(connections),
                "NHACVIEC_TEST_UNDURABLE": "1",
            },
            stdout=subprocess.PIPE,
            check=False,
        )
        return Ran(code=done.returncode, said=json.loads(done.stdout), **json.loads(report.read_text()))


def grown_without_server(folder: Path) -> int:
    """How many bytes ``without_server`` grows by; here it would be what earlier tests have left, too."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tests.simulation.without_server", folder],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "service"))),
            "NHACVIEC_TEST_UNDURABLE": "1",
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    return int(done.stdout)
