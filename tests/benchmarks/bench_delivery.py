"""Letters a second from end to end, as ratios to a limit and to what people use today, taken in the same run.

Due reminders in the database → claimed → composed from templates → sent → settled, every guarantee on.  The
limit is ``smtp-source`` of Debian's postfix against the same ``smtp-sink``: as many letters of the same size,
16 sessions, a connection for each letter.  What people use is ``django-post_office`` in two processes.  Prints
a JSON line for each figure; a reference that is not there is named as missing, never guessed.

./nhacviec bench delivery            20,000 letters; NHACVIEC_BENCH_LETTERS sets another number
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "service")]

from tests.benchmarks import load, references  # noqa: E402
from tests.benchmarks.sinks import slow_server, smtp_sink  # noqa: E402
from tests.benchmarks.tick import Sent, send_all  # noqa: E402
from tests.support import postgresql  # noqa: E402

LETTERS = int(os.environ.get("NHACVIEC_BENCH_LETTERS", "20000"))
#: Conversations at once: as many as keep two cores busy; and those of the slow server.
CONNECTIONS, FEW = 128, 16
DELAY = 0.05
ROUNDS = 3


def tell(figure: str, value: float, unit: str, **more: object) -> None:
    """One line of JSON."""
    print(
        json.dumps({"figure": figure, "value": round(value, 3), "unit": unit, "cores": os.cpu_count(), **more}),
        flush=True,
    )


def measure(database: str, engine: str, size: int, processes: int) -> float:
    """Send everything, a reference run before and after each; the best pair's ratio is not chosen, the median is.

    Returns:
        Letters a second, median.
    """
    rates, ratios, sent = [], [], Sent()
    for _ in range(ROUNDS):
        with smtp_sink() as sink:
            before = references.smtp_source(sink.port, LETTERS, size)
            asyncio.run(load.promise(database, LETTERS))
            sent = send_all(database, sink.url, CONNECTIONS, processes)
            after = references.smtp_source(sink.port, LETTERS, size)
        assert sent.letters == LETTERS, sent
        rates.append(sent.letters / sent.seconds)
        if before and after:
            ratios.append(rates[-1] / ((before + after) / 2))
    about = {"database": engine, "letters": LETTERS, "processes": processes, "connections": CONNECTIONS}
    tell("delivery", median(rates), "letters/s", **about, rss_mb=round(sent.peak_mb), cpu_us=round(sent.cpu_us))
    if ratios:
        tell("delivery to smtp-source", median(ratios), "ratio", **about, all=[round(r, 3) for r in ratios])
    return median(rates)


def measure_slow(database: str, engine: str) -> None:
    """A server that answers each time after 50 ms: four workers to one, and one with 64 connections to what can be."""
    rates = {}
    for processes, connections in ((1, FEW), (4, FEW), (1, 64)):
        letters = 20 * processes * connections
        with slow_server(DELAY) as server:
            asyncio.run(load.promise(database, letters))
            sent = send_all(database, server.url, connections, processes)
        rates[processes, connections] = sent.letters / sent.seconds
        tell(
            "delivery, each reply after 50 ms",
            rates[processes, connections],
            "letters/s",
            database=engine,
            processes=processes,
            connections=connections,
            round_trips=sent.round_trips,
            of_what_can_be=round(rates[processes, connections] * sent.round_trips * DELAY / connections / processes, 3),
        )
    tell("four workers to one", rates[4, FEW] / rates[1, FEW], "ratio", database=engine)


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """An empty database of each kind that this machine has."""
    with tempfile.TemporaryDirectory() as folder:
        urls = {"sqlite": f"sqlite:///{folder}/nhacviec.db"}
        if postgresql.binaries() is None:
            print('{"missing": "PostgreSQL"}', flush=True)
            yield urls
            return
        with postgresql.server(durable=True) as server, server.database() as url:
            yield urls | {"postgresql": url}


def main() -> None:
    """Measure both databases, then the slow server, then what people use today."""
    with databases() as urls:
        size = asyncio.run(load.size_of_a_letter(urls["sqlite"]))
        rates = {engine: measure(url, engine, size, 1) for engine, url in urls.items()}
        if "postgresql" in urls:
            measure(urls["postgresql"], "postgresql", size, 2)
            measure_slow(urls["postgresql"], "postgresql")
    theirs = references.post_office(size)
    if theirs:
        tell("django-post_office, two processes", theirs, "letters/s")
        for engine, rate in rates.items():
            tell("delivery to django-post_office", rate / theirs, "ratio", database=engine)


if __name__ == "__main__":
    main()
