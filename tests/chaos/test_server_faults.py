"""PostgreSQL forgets to answer, throws its clients out, has no room: the work goes on afterwards."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import make_url

from tests.chaos.conftest import Make, World
from tests.chaos.nemesis import WAITS, until
from tests.chaos.proxy import COMMIT, Proxy

pytestmark = pytest.mark.parametrize("engine", ["postgresql"])

THROW_OUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def crowd(make_world: Make) -> World:
    """Forty letters to write."""
    return make_world(40)


@pytest.fixture
def line(crowd: World) -> Iterator[Proxy]:
    """The way to the database, which may be cut."""
    address = make_url(crowd.url)
    with Proxy(f"{address.query['host']}/.s.PGSQL.5432") as proxy:
        through = f"postgresql://postgres@127.0.0.1:{proxy.port}/{address.database}?sslmode=disable"
        told = {**crowd.zygote.settings, "NHACVIEC_DATABASE_URL": through}
        crowd.zygote = crowd.zygote.over(crowd.folder, told)
        yield proxy


def test_a_commit_whose_answer_is_lost_is_not_made_twice(crowd: World, line: Proxy) -> None:
    """F47: the line is cut after COMMIT, before its answer: again and again, in whatever is going on."""
    crowd.load.happen()
    crowd.sink.mode(delay=0.01)
    pid = crowd.zygote.fork(waits=WAITS)
    for cuts in range(1, 9):
        line.cut_after(COMMIT)
        crowd.load.happen()
        until(lambda: line.cuts >= cuts, crowd.zygote)  # noqa: B023 -- called before the next turn
    crowd.zygote.kill(pid)
    crowd.drain()

    assert line.cuts == 8
    crowd.kept()


def test_whoever_is_thrown_out_comes_back(crowd: World) -> None:
    """F48: backends are terminated, and the table is locked by somebody else for a while."""
    crowd.load.happen()
    pid = crowd.zygote.fork(waits=WAITS)
    thrown = 0
    with psycopg.connect(crowd.url, autocommit=True) as other:
        while thrown < 10:
            thrown += len(other.execute(THROW_OUT).fetchall())
            with other.transaction():
                other.execute("LOCK TABLE message IN EXCLUSIVE MODE")
            crowd.load.happen()
    os.kill(pid, signal.SIGTERM)

    assert crowd.zygote.wait(pid) == 0
    crowd.drain()
    crowd.kept()


def take_all(url: str, taken: ExitStack) -> None:
    """Open connections until there is none left."""
    for _ in range(1000):
        try:
            taken.enter_context(psycopg.connect(url))
        except psycopg.OperationalError:
            return
    raise RuntimeError("the server gives connections without end")


def test_without_a_free_connection_a_worker_waits(crowd: World) -> None:
    """F49: somebody else has taken every connection."""
    crowd.load.happen()
    with ExitStack() as taken:
        take_all(crowd.url, taken)
        pid = crowd.zygote.fork(waits=WAITS)
        until(lambda: "database_unreachable" in crowd.zygote.log, crowd.zygote)
    until(lambda: crowd.states == {"sent": 40}, crowd.zygote)
    os.kill(pid, signal.SIGTERM)

    assert crowd.zygote.wait(pid) == 0
    crowd.kept()
