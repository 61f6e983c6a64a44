"""A private PostgreSQL for the tests: a folder, a Unix socket and no port, gone when the tests are over."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

MISSING = "no PostgreSQL server is installed; on Debian or Ubuntu, run: sudo apt-get install -y postgresql"
NO_SERVANT = "PostgreSQL refuses to run as root, and there is no user postgres to run it as"
FASTER = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SMALL = ("max_connections=60", "listen_addresses=")


def bindir() -> Path | None:
    """Find the newest PostgreSQL server: where Debian puts it, else on the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def servant() -> str | None:
    """Name the user that the server runs as: None for ourselves, ``postgres`` where we are root."""
    return "postgres" if os.geteuid() == 0 else None


def obstacle() -> str:
    """Say why no server can be started here; empty when one can."""
    if bindir() is None:
        return MISSING
    name = servant()
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "" if name is None or name in known else NO_SERVANT


def require(what: str, reason: str) -> None:
    """Skip the test for this reason, or fail it where nothing may be skipped.

    Args:
        what: the word by which ``NHACVIEC_TEST_REQUIRE`` (a list with commas) forbids the skip; CI=true
            forbids all.
        reason: what is missing and how to get it.
    """
    required = os.environ.get("NHACVIEC_TEST_REQUIRE", "").replace(" ", "").split(",")
    if what in required or os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


class PostgreSQL:
    """A running server, reached through a socket in its folder.

    Args:
        folder: holds the data, the socket and the log; owned by the servant.
        tools: where ``initdb`` and ``postgres`` are.
        options: of the server, besides those that keep it small.
    """

    def __init__(self, folder: Path, tools: Path, options: Sequence[str] = FASTER) -> None:
        self._folder, self._tools, self._options = folder, tools, options
        self._numbers = count(1)
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """Give the address of a database, as a setting names it."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def start(self) -> None:
        """Make the cluster and the server; return when it answers."""
        data = self._folder / "data"
        cluster = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run(
            [self._tools / "initdb", "-D", data, *cluster],
            user=servant(),
            cwd=self._folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        options = [word for option in (*SMALL, *self._options) for word in ("-c", option)]
        # Where it can be had: the server never outlives the tests, however they end.
        guard = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
        with (self._folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [*guard, self._tools / "postgres", "-D", data, "-k", self._folder, *options],
                user=servant(),
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        ready = (self._tools / "pg_isready", "-q", "-h", self._folder, "-U", "postgres", "-t", "10")
        for _ in range(2000):
            if self._server.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text())
            if subprocess.run(ready, check=False).returncode == 0:
                return
        raise RuntimeError("PostgreSQL does not answer")

    def stop(self) -> None:
        """End the server at once."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(10)

    def execute(self, statement: sql.Composed) -> None:
        """Run one statement beside the tests' databases."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Give the address of a new, empty database; it is dropped afterwards, whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        database = sql.Identifier(name)
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(database))
        try:
            yield self.url(name)
        finally:
            self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


@contextmanager
def running(options: Sequence[str] = FASTER) -> Iterator[PostgreSQL]:
    """Run a server in a folder of its own; without the usual options it keeps what it has confirmed."""
    tools = bindir()
    if tools is None:
        raise RuntimeError(MISSING)
    with tempfile.TemporaryDirectory(prefix="nhacviec-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if (owner := servant()) is not None:
            shutil.chown(folder, user=owner)
        server = PostgreSQL(folder, tools, options)
        try:
            server.start()
            yield server
        finally:
            server.stop()
