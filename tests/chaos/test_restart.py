"""PostgreSQL ends under the worker's hands, politely or like a crash, and comes back."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.chaos import dump
from tests.chaos.conftest import World, settings
from tests.chaos.killer import Zygote
from tests.chaos.load import Load
from tests.chaos.nemesis import WAITS, until
from tests.chaos.post import Sink
from tests.support.postgresql import PostgreSQL, bindir, obstacle, require, running, servant


def answers(url: str) -> bool:
    """Whether the server takes connections."""
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


class Restarting:
    """A server of one's own, which may be ended and begun again over the same data."""

    def __init__(self, server: PostgreSQL) -> None:
        self._server = server

    def end(self, how: signal.Signals) -> None:
        """SIGINT ends it fast, SIGQUIT at once, as a crash does."""
        process = self._server._server
        assert process is not None
        process.send_signal(how)
        process.wait(10)

    def begin(self) -> None:
        """Start it over what it left."""
        folder, tools = self._server._folder, bindir()
        assert tools
        options = ("-c", "listen_addresses=", "-c", "max_connections=60")
        guard = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
        with (folder / "log").open("ab") as log:
            self._server._server = subprocess.Popen(
                [*guard, tools / "postgres", "-D", folder / "data", "-k", folder, *options],
                user=servant(),
                cwd=folder,
                stdout=log,
                stderr=log,
            )


@pytest.fixture
def own_server() -> Iterator[PostgreSQL]:
    """One for this test alone, which keeps what it has confirmed: the others share theirs, which forgets."""
    if reason := obstacle():
        require("postgresql", reason)
    with running(options=()) as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_a_server_that_restarts_is_waited_for(
    own_server: PostgreSQL, zygote: Zygote, sink: Sink, tmp_path: Path, how: signal.Signals
) -> None:
    """F46: the server ends while letters are on their way; nothing is lost, the worker goes on by itself."""
    url = own_server.url("postgres")
    view = zygote.over(tmp_path, settings(url, sink.url))
    world = World(url=url, folder=tmp_path, sink=sink, zygote=view, load=Load(view, 60))
    world.load.begin(tmp_path)
    world.load.happen()
    sink.mode(delay=0.02)
    pid = view.fork(waits=WAITS)
    sink.wait(accepted=20)
    server = Restarting(own_server)
    server.end(how)
    until(lambda: "database_unreachable" in view.log, view)
    server.begin()
    until(lambda: answers(url), view)
    until(lambda: set(dump.states(url)) == {"sent"}, view)
    os.kill(pid, signal.SIGTERM)

    assert view.wait(pid) == 0
    world.kept()
