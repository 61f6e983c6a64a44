"""Mail servers that take everything: Debian's ``smtp-sink``, and a slow one of our own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Connections that wait to be accepted by the sink.
BACKLOG = "1000"
SLOW = Path(__file__).with_name("slow_server.py")


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mail server listens on this machine."""

    port: int

    @property
    def url(self) -> str:
        """As a setting names it."""
        return f"smtp://127.0.0.1:{self.port}"


def tool(name: str) -> str | None:
    """Find one of postfix's test programs; Debian keeps them beside the daemons."""
    return shutil.which(
        name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/postfix/sbin"])
    )


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def smtp_sink() -> Iterator[Server]:
    """Run ``smtp-sink``; where it is not installed, our own server without any delay, which is slower."""
    sink = tool("smtp-sink")
    if sink is None:
        print('{"missing": "smtp-sink of Debian\'s postfix: our own server stands in"}', flush=True)
        with slow_server(0) as server:
            yield server
        return
    server = Server(free_port())
    servant = ["-u", "nobody"] if os.geteuid() == 0 else []
    with _running([sink, *servant, f"127.0.0.1:{server.port}", BACKLOG], server):
        yield server


@contextmanager
def slow_server(delay: float) -> Iterator[Server]:
    """Run a server that answers each command, and each group of pipelined ones, after so many seconds."""
    server = Server(free_port())
    with _running([sys.executable, str(SLOW), str(server.port), str(delay)], server):
        yield server


@contextmanager
def _running(command: list[str], server: Server) -> Iterator[None]:
    with subprocess.Popen(command) as process:
        try:
            _wait(server)
            yield
        finally:
            process.terminate()


def _wait(server: Server) -> None:
    """Return when it listens."""
    while True:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", server.port)) == 0:
                return
