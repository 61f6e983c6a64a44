"""A database with work in it, a server that notes what it takes, and workers that may be killed."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.chaos import dump
from tests.chaos.checker import check
from tests.chaos.killer import Zygote
from tests.chaos.load import Load
from tests.chaos.nemesis import drain
from tests.chaos.post import Sink
from tests.support.postgresql import PostgreSQL

NOBODY = "smtp://127.0.0.1:9"
Engine = str
_numbers = count(1)


@dataclass(slots=True, kw_only=True)
class World:
    """One database, and everything that touches it."""

    url: str
    folder: Path
    sink: Sink
    zygote: Zygote
    load: Load

    @property
    def states(self) -> dict[str, int]:
        return dump.states(self.url)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return dump.rows(self.url, query)

    def outcomes(self) -> list[str]:
        """How the attempts ended, in their order."""
        return [outcome for (outcome,) in self.rows("SELECT outcome FROM delivery ORDER BY id")]

    def drain(self, workers: int = 1, **told: Any) -> float:  # noqa: ANN401 -- as Zygote.fork takes it
        return drain(self.zygote, self.url, workers, **told)

    def kept(self) -> None:
        """Every promise was kept."""
        assert check(dump.read(self.url), self.sink.accepted, owed=self.load.owed) == [], self.zygote.log


Make = Callable[..., World]


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    with Zygote(tmp_path_factory.mktemp("zygote"), {}) as running:
        yield running


def settings(url: str, smtp_url: str) -> dict[str, str]:
    return {
        "NHACVIEC_DATABASE_URL": url,
        "NHACVIEC_SMTP_URL": smtp_url,
        "NHACVIEC_TICK_SECONDS": "1",
        "NHACVIEC_LOG_FORMAT": "json",
        "NHACVIEC_TEST_UNDURABLE": "1",
        "NHACVIEC_TEST_ALLOW_MULTI": "1",
    }


class Templates:
    """Databases with a catalogue in them, made once for each number of units."""

    def __init__(self, folder: Path, zygote: Zygote) -> None:
        self._folder, self._zygote = folder, zygote
        self._made: set[str] = set()

    def sqlite(self, units: int, to: Path) -> str:
        name = f"template{units}.db"
        if name not in self._made:
            self._begin(f"sqlite:///{self._folder / name}", units)
            self._made.add(name)
        for file in self._folder.glob(f"{name}*"):
            shutil.copyfile(file, to / file.name.replace(name, "nhacviec.db"))
        return f"sqlite:///{to / 'nhacviec.db'}"

    def postgresql(self, units: int, server: PostgreSQL) -> str:
        template = f"template_{units}"
        if template not in self._made:
            self._create(server, template, "template0")
            self._begin(server.url(template), units)
            self._made.add(template)
        name = f"chaos_{next(_numbers)}"
        self._create(server, name, template)
        return server.url(name)

    def _begin(self, url: str, units: int) -> None:
        view = self._zygote.over(self._folder, settings(url, NOBODY))
        Load(view, units).begin(self._folder)
        # A copy lies elsewhere, and would be held: that is another test's matter (F61).
        with dump.connected(url) as connection:
            connection.execute("DELETE FROM setting WHERE key IN ('bound_to', 'hold')")
            connection.commit()

    def _create(self, server: PostgreSQL, name: str, template: str) -> None:
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(words.format(sql.Identifier(name), sql.Identifier(template)))


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"), zygote)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return str(request.param)


@pytest.fixture
def make_world(
    request: pytest.FixtureRequest,
    engine: Engine,
    zygote: Zygote,
    templates: Templates,
    tmp_path: Path,
    sink: Sink,
) -> Iterator[Make]:
    """Makes a world of so many units; nothing has happened in it yet."""
    made: list[str] = []

    def make(units: int = 1, *, smtp_url: str = "") -> World:
        if engine == "postgresql":
            url = templates.postgresql(units, request.getfixturevalue("postgresql_server"))
            made.append(str(make_url(url).database))
        else:
            url = templates.sqlite(units, tmp_path)
        view = zygote.over(tmp_path, settings(url, smtp_url or sink.url))
        return World(url=url, folder=tmp_path, sink=sink, zygote=view, load=Load(view, units))

    yield make
    zygote.end_all()
    for name in made:
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        request.getfixturevalue("postgresql_server").execute(drop)


@pytest.fixture
def world(make_world: Make) -> World:
    """One unit; nothing has happened yet."""
    return make_world()
