"""The proxy passes on, resets, swallows, and cuts the line exactly between a commit and its answer."""

import smtplib
import socket
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.chaos.post import Sink
from tests.chaos.proxy import COMMIT, Fault, Proxy


def socket_of(url: str) -> str:
    """The Unix socket that the tests' PostgreSQL listens on."""
    return f"{make_url(url).query['host']}/.s.PGSQL.5432"


def through(url: str, proxy: Proxy) -> str:
    """The same database, reached by way of the proxy."""
    return f"postgresql://postgres@127.0.0.1:{proxy.port}/{make_url(url).database}?sslmode=disable"


def test_what_is_said_comes_through_even_byte_by_byte(tmp_path: Path) -> None:
    with Sink(tmp_path) as sink, Proxy(sink.port) as proxy:
        proxy.behave(Fault(trickle=True))
        with smtplib.SMTP("127.0.0.1", proxy.port, local_hostname="c.example.vn", timeout=5) as client:
            client.sendmail("vp@example.vn", ["bt@example.vn"], b"Message-ID: <a@b>\r\n\r\nWords\r\n")

        assert [copy.message_id for copy in sink.accepted] == ["<a@b>"]


def test_a_cut_is_a_reset_and_the_next_connection_is_a_new_one(tmp_path: Path) -> None:
    with Sink(tmp_path) as sink, Proxy(sink.port) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as connection:
            assert connection.recv(100).startswith(b"220")
            proxy.cut()
            with pytest.raises(ConnectionResetError):
                connection.recv(100)
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as connection:
            assert connection.recv(100).startswith(b"220")


def test_a_black_hole_says_nothing(tmp_path: Path) -> None:
    with Sink(tmp_path) as sink, Proxy(sink.port) as proxy:
        proxy.behave(Fault(blackhole=True))
        connection = socket.create_connection(("127.0.0.1", proxy.port), timeout=0.05)
        with connection, pytest.raises(TimeoutError):
            connection.recv(100)


def test_the_answer_to_a_commit_can_be_lost_and_the_commit_stands(postgresql_url: str) -> None:
    with (
        psycopg.connect(postgresql_url, autocommit=True) as direct,
        Proxy(socket_of(postgresql_url)) as proxy,
    ):
        direct.execute("CREATE TABLE letter (id int)")
        connection = psycopg.connect(through(postgresql_url, proxy))
        proxy.cut_after(COMMIT)
        connection.execute("INSERT INTO letter VALUES (1)")
        with pytest.raises(psycopg.OperationalError):
            connection.commit()

        assert direct.execute("SELECT count(*) FROM letter").fetchone() == (1,)
        assert proxy.cuts == 1
