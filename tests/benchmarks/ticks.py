"""``nhacviec tick`` in processes of its own: how long its dispatching took, and what it used."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.load import NOW

ROOT = Path(__file__).resolve().parent.parent.parent
MEASURED = ROOT / "tests" / "support" / "measured.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the processes did together.

    Args:
        letters: how many were sent.
        seconds: of the process that dispatched for longest.
        peak_mb: resident memory of the largest, in MiB.
        cpu_us: processor time of all, start included, a letter, in microseconds.
    """

    letters: int
    seconds: float
    peak_mb: float
    cpu_us: float

    @property
    def rate(self) -> float:
        """Letters a second."""
        return self.letters / self.seconds


def send_all(database: str, server: str, connections: int, processes: int) -> Sent:
    """Run so many ticks at once, until nothing is left."""
    told = {
        "NHACVIEC_DATABASE_URL": database,
        "NHACVIEC_SMTP_URL": server,
        "NHACVIEC_SMTP_CONNECTIONS": str(connections),
        "PYTHONPATH": str(ROOT / "service"),
    }
    command = [sys.executable, "-m", "nhacviec", "tick", "--at", NOW.isoformat(), "--json"]
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder) / str(n) for n in range(processes)]
        ticks = [_begin(command, told, output) for output in outputs]
        codes = [tick.wait() for tick in ticks]
        assert not any(codes), codes
        used = [json.loads(_report(output).read_text()) for output in outputs]
        documents = [json.loads(output.read_text())["dispatched"] for output in outputs]
    letters = sum(document.get("sent", 0) for document in documents)
    return Sent(
        letters=letters,
        seconds=max(document["seconds"] for document in documents),
        peak_mb=max(each["peak"] for each in used) / 2**20,
        cpu_us=sum(each["seconds"] for each in used) / max(letters, 1) * 1e6,
    )


def _begin(command: list[str], told: dict[str, str], output: Path) -> subprocess.Popen[bytes]:
    with output.open("wb") as stdout:
        measured = [sys.executable, "-S", str(MEASURED), str(_report(output)), *command]
        return subprocess.Popen(measured, env={**os.environ, **told}, stdout=stdout)


def _report(output: Path) -> Path:
    return output.with_suffix(".used")
