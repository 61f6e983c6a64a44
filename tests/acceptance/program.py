"""The program as an outsider meets it: a process with arguments, an environment and two streams."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, Self

from tests.support.checkout import ROOT
from tests.support.mail_protocol import Envelope
from tests.support.mailserver import MailServer

CATALOGUE = (str(ROOT / "config" / "catalogue"), str(ROOT / "config" / "catalogue" / "presets" / "2017.yaml"))
COMMAND = (sys.executable, "-m", "nhacviec")
#: A loopback port on which nobody listens: reserved for "discard", never served on a machine of ours.
NOBODY = "smtp://127.0.0.1:9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How one command ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def document(self) -> Any:  # noqa: ANN401 -- whatever JSON holds
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.text.splitlines()]


def environment(**settings: str) -> dict[str, str]:
    """Nothing of whoever runs the tests but what finding Python takes."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
    return {**kept, "PYTHONPATH": str(ROOT / "service"), **settings}


@dataclass(kw_only=True)
class Program:
    """The program over one database, run from a folder of its own.

    Args:
        folder: where it runs; its own.
        settings: its environment beside what every process needs.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "nhacviec.db"

    def start(self, *arguments: str, **settings: str) -> "subprocess.Popen[bytes]":
        """Begin a command and leave it running."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=environment(**{**self.settings, **settings}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, **settings: str) -> Done:
        """Run one command to its end."""
        return self.fed(b"", *arguments, **settings)

    def fed(self, given: bytes, *arguments: str, **settings: str) -> Done:
        """Run one command over a standard input; a traceback is a fault whatever else is asserted."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=environment(**{**self.settings, **settings}),
            input=given,
            capture_output=True,
            check=False,
        )
        err = done.stderr.decode()
        assert "Traceback" not in err, err
        return Done(code=done.returncode, out=done.stdout, err=err)

    def ok(self, *arguments: str, **settings: str) -> Done:
        """Run a command that has to end with 0."""
        done = self.run(*arguments, **settings)
        assert done.code == 0, f"{arguments}: {done.code}\n{done.err}"
        return done

    def json(self, *arguments: str, **settings: str) -> Any:  # noqa: ANN401 -- whatever JSON holds
        """Run a command that has to end with 0, and read its document."""
        return self.ok(*arguments, "--json", **settings).document

    def ask(self, *questions: object, code: int = 0) -> list[Any]:
        """Put questions to one ``rule -``, each on its line; a text goes as it stands."""
        lines = [q if isinstance(q, str) else json.dumps(q, ensure_ascii=False) for q in questions]
        done = self.fed("\n".join(lines).encode(), "rule", "-")
        assert (done.code, done.err) == (code, ""), done.text
        return done.lines

    def tick(self, at: str, code: int = 0) -> Any:  # noqa: ANN401 -- whatever JSON holds
        """Tick as of a moment; the document."""
        done = self.run("tick", "--at", at, "--json")
        assert done.code == code, f"tick {at}: {done.code}\n{done.err}"
        return done.document

    def rows(self, query: str, **given: str) -> list[tuple[Any, ...]]:
        """Look into the SQLite file itself."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            return connection.execute(query, given).fetchall()

    def copied(self, folder: Path) -> "Program":
        """The same installation once more, free to go its own way."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.folder.glob("nhacviec.db*"):
            shutil.copyfile(file, folder / file.name)
        return installed(folder, self.settings)


def installed(folder: Path, settings: Mapping[str, str]) -> Program:
    """A program whose database is a SQLite file in its folder.

    The power of this machine does not fail during a test, so that nothing waits for the disk.
    """
    here = {
        **settings,
        "NHACVIEC_DATABASE_URL": f"sqlite:///{folder / 'nhacviec.db'}",
        "NHACVIEC_TEST_UNDURABLE": "1",
    }
    return Program(folder=folder, settings=here)


class PostOffice:
    """The tests' mail server on a thread of its own, so that a test may wait for a process meanwhile."""

    def __init__(self) -> None:
        self.server = MailServer()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def accepted(self) -> list[Envelope]:
        return self.server.accepted

    def do(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the server's own loop."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def __enter__(self) -> Self:
        self._thread.start()
        self.do(self.server.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self.server.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A mail server that takes everything until it is told otherwise."""
    with PostOffice() as office:
        yield office
