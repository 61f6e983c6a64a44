"""The sink as a test holds it: started, steered, asked what it took, stopped."""

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.chaos.checker import Copy
from tests.support.checkout import ROOT

#: How long a wish may take to come true, in seconds.
PATIENCE = 30.0


class Sink:
    """A mail server in a process of its own, for the length of a ``with``.

    Args:
        folder: where its acceptance log lies.
    """

    def __init__(self, folder: Path) -> None:
        self.log = folder / "accepted.jsonl"
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The server as a setting names it."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def accepted(self) -> list[Copy]:
        """What was taken, in order."""
        if not self.log.exists():
            return []
        entries = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [Copy(**{name: told for name, told in entry.items() if name != "at"}) for entry in entries]

    def mode(self, **told: Any) -> None:  # noqa: ANN401 -- the fields of sink.Mode
        """Answer so from now on; what is not named is as at the start."""
        self._order(f"XMODE {json.dumps(told)}")

    def free(self) -> None:
        """Give the replies that were held back."""
        self._order("XFREE")

    def wait(self, **least: int) -> None:
        """Return when these were counted: accepted, dots, holding, connections, closed, MAIL, DATA …

        Raises:
            TimeoutError: they never were.
        """
        self._order(f"XWAIT {json.dumps(least)}")

    def wait_at_most(self, seconds: float, **least: int) -> None:
        """As ``wait``, but no longer than this; whether it came true is not told."""
        with suppress(TimeoutError):
            self._order(f"XWAIT {json.dumps(least)}", seconds)

    def counts(self) -> dict[str, int]:
        """Everything that was counted."""
        counted: dict[str, int] = json.loads(self._order("XSTAT").partition(" ")[2])
        return counted

    def _order(self, line: str, patience: float = PATIENCE) -> str:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=patience)
        with connection, connection.makefile("r") as answers:
            answers.readline()  # the greeting
            connection.sendall(f"{line}\r\n".encode())
            answer = answers.readline().strip()
        if not answer.startswith("250"):
            raise RuntimeError(f"the sink answers {line!r} with {answer!r}")
        return answer

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.chaos.sink", str(self.log)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
