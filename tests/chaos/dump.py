"""What a database holds, read by the plain drivers: the checker must not believe the product's reading."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from typing import Any

import psycopg

from tests.chaos.checker import Attempt, Dump, Letter, Said

_LETTERS = """
    SELECT id, key, message_id, email, line, slot_at, state, ambiguous, mime
    FROM message LEFT JOIN message_body ON message = id ORDER BY id
"""
_ATTEMPTS = "SELECT message, n, outcome FROM delivery ORDER BY id"
_SAID = "SELECT occurrence, revision, stage, email, verdict, message FROM reminder ORDER BY id"
_OCCURRENCES = "SELECT id, duty, unit, period FROM occurrence ORDER BY id"


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """A connection by the driver itself; both kinds execute alike."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as connection:
            yield connection
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """Ask one question."""
    with connected(url) as connection:
        return [tuple(row) for row in connection.execute(query).fetchall()]


def read(url: str) -> Dump:
    """Everything the checker wants to know."""
    with connected(url) as connection:
        ask = connection.execute
        return Dump(
            letters=[_letter(row) for row in ask(_LETTERS).fetchall()],
            attempts=[Attempt(message=m, n=n, outcome=o) for m, n, o in ask(_ATTEMPTS).fetchall()],
            said=[
                Said(occurrence=o, revision=r, stage=s, email=e, verdict=v, message=m)
                for o, r, s, e, v, m in ask(_SAID).fetchall()
            ],
            occurrences=[(row, (duty, unit, period)) for row, duty, unit, period in ask(_OCCURRENCES)],
            integrity=_integrity(url, connection),
        )


def states(url: str) -> dict[str, int]:
    """How many letters are in each state."""
    return dict(rows(url, "SELECT state, count(*) FROM message GROUP BY state"))


def _letter(row: tuple[Any, ...]) -> Letter:
    number, key, message_id, email, line, slot_at, state, ambiguous, mime = row
    return Letter(
        id=number,
        key=key,
        message_id=message_id,
        email=email,
        line=line,
        slot_at=str(slot_at),
        state=state,
        ambiguous=ambiguous,
        sha256="" if mime is None else sha256(mime).hexdigest(),
    )


def _integrity(url: str, connection: Any) -> str:  # noqa: ANN401 -- of either driver
    """SQLite examines its own file; PostgreSQL's pages have checksums, its keys are asked by the checker."""
    if not url.startswith("sqlite:///"):
        return "ok"
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    told = [str(line) for (line,) in connection.execute("PRAGMA integrity_check")]
    return "ok" if told == ["ok"] and not broken else f"{told} {broken}"
