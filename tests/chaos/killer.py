"""Workers that are forked in milliseconds, and killed at moments that nobody foresees."""

import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.checkout import ROOT

RUN = ("run", "--role", "worker")


class Zygote:
    """Forks workers over one database, for the length of a ``with``; all of them end with it.

    Args:
        folder: where it runs, and where the workers' logs go.
        settings: the workers' environment.
        service: the folder that holds the package: the checkout's, or a copy with a fault in it.
    """

    def __init__(
        self, folder: Path, settings: Mapping[str, str], *, service: Path = ROOT / "service"
    ) -> None:
        self.folder, self.settings = folder, dict(settings)
        self._path = os.pathsep.join((str(service), str(ROOT)))
        self._process: subprocess.Popen[bytes] | None = None

    def over(self, folder: Path, settings: Mapping[str, str]) -> "Zygote":
        """The same process for another database: its workers get these settings, and log into this folder."""
        other = copy(self)
        other.folder, other.settings = folder, dict(settings)
        return other

    @property
    def log(self) -> str:
        """What the workers said."""
        file = self.folder / "workers.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def fork(self, *arguments: str, **told: Any) -> int:  # noqa: ANN401
        """Begin a command; gives its process id.

        Args:
            arguments: of the command line; ``run --role worker`` when left out.
            told: ``waits`` (seconds for which a letter rests that is tried again), ``silence`` (seconds after
                which a worker that is not heard of counts as dead), ``limits`` (of resources, by name), and
                settings of the environment by their names.
        """
        order: dict[str, Any] = {
            name: told.pop(name) for name in ("waits", "silence", "limits") if name in told
        }
        order["run"] = arguments or RUN
        order["environment"] = {**self.settings, **told}
        order["log"] = str(self.folder / "workers.log")
        return self._ask(order)["pid"]

    def wait(self, pid: int) -> int:
        """Wait until a process has ended; its exit code, or less than 0 for the signal that killed it."""
        return self._ask({"wait": pid})["code"]

    def run(self, *arguments: str, **told: Any) -> int:  # noqa: ANN401
        """Run a command to its end; its exit code."""
        return self.wait(self.fork(*arguments, **told))

    def kill(self, pid: int) -> int:
        """End a process as the kernel does when it has had enough."""
        os.kill(pid, signal.SIGKILL)
        return self.wait(pid)

    @property
    def size(self) -> int:
        """The memory that a worker begins with, in bytes of address space."""
        assert self._process is not None
        told = Path(f"/proc/{self._process.pid}/statm").read_text().split()[0]
        return int(told) * os.sysconf("SC_PAGESIZE")

    def end_all(self) -> None:
        """Kill every worker that still lives."""
        self._ask({"end": True})

    def _ask(self, order: Mapping[str, Any]) -> dict[str, int]:
        assert self._process and self._process.stdin and self._process.stdout  # noqa: PT018
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the zygote is gone:\n{self.log[-2000:]}")
        answer: dict[str, int] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NHACVIEC_")}
        with (self.folder / "workers.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tests.chaos.zygote"],
                cwd=self.folder,
                env={**kept, "PYTHONPATH": self._path},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.communicate()


class Killer:
    """Keeps so many workers alive, each for a moment only: the oldest dies, another is born.

    Args:
        zygote: forks them.
        moment: returns when the next one is to die.
        workers: at once.
    """

    def __init__(self, zygote: Zygote, moment: Callable[[], None], *, workers: int = 2) -> None:
        self._zygote, self._moment, self._workers = zygote, moment, workers
        self.kills = 0

    def run(self, kills: int, *, between: Iterable[object] = (), **told: Any) -> None:  # noqa: ANN401
        """Kill so many.

        Args:
            kills: how many.
            between: asked for its next thing after each kill: what happens meanwhile.
            told: as ``Zygote.fork`` takes it.
        """
        meanwhile = iter(between)
        alive = deque(self._zygote.fork(**told) for _ in range(self._workers))
        while self.kills < kills:
            self._moment()
            if self._zygote.kill(alive.popleft()) == -signal.SIGKILL:
                self.kills += 1
            alive.append(self._zygote.fork(**told))
            next(meanwhile, None)
        for pid in alive:
            self._zygote.kill(pid)
