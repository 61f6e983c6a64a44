"""Letters a second from end to end, as ratios to a limit and to what people use today, taken in the same run.

Due reminders in the database → claimed → composed from templates → sent → settled, every guarantee on.  The
limit is ``smtp-source`` of Debian's postfix against the same ``smtp-sink``: as many letters of the same size,
16 sessions, a connection for each letter.  What people use is ``django-post_office`` in two processes.

Prints a JSON line for each figure; a reference that is not there is named as missing, never guessed.

./nhacviec bench delivery            20,000 letters; NHACVIEC_TEST_LETTERS sets another number
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "service")]

from tests.benchmarks import load, references  # noqa: E402
from tests.benchmarks.sinks import slow_server, smtp_sink  # noqa: E402
from tests.benchmarks.ticks import Sent, send_all  # noqa: E402
from tests.support import postgresql  # noqa: E402

LETTERS = int(os.environ.get("NHACVIEC_TEST_LETTERS", "20000"))
ROUNDS = int(os.environ.get("NHACVIEC_TEST_ROUNDS", "3"))
#: Conversations at once: as many as the sink takes; with the slow server, those of each worker; many with it.
CONNECTIONS, FEW, MANY = 240, 8, 64
#: Seconds until each reply of the slow server; and how often a letter waits for one: its MAIL, RCPT and DATA
#: go together with the dot of the one before it (RFC 2920).
DELAY, ROUND_TRIPS = 0.05, 1

#: Makes an empty database and gives its URL, for the length of a block.
Database = Callable[[], AbstractContextManager[str]]


def tell(figure: str, value: float, unit: str, **more: object) -> None:
    """One line of JSON."""
    line = {"figure": figure, "value": round(value, 3), "unit": unit, "cores": os.cpu_count(), **more}
    print(json.dumps(line), flush=True)


def once(database: Database, size: int, processes: int) -> tuple[Sent, float | None]:
    """Send everything, with a reference run before and after it; the ratio is None without a reference."""
    with database() as url, smtp_sink() as sink:
        asyncio.run(load.promise(url, LETTERS))
        before = references.smtp_source(sink.port, LETTERS, size)
        sent = send_all(url, sink.url, CONNECTIONS // processes, processes)
        after = references.smtp_source(sink.port, LETTERS, size)
    assert sent.letters == LETTERS, sent
    return sent, sent.rate / ((before + after) / 2) if before and after else None


def measure(database: Database, engine: str, size: int, processes: int) -> float:
    """Measure several rounds; the median of each figure counts, not the best.

    Returns:
        Letters a second.
    """
    rounds = [once(database, size, processes) for _ in range(ROUNDS)]
    about = {"database": engine, "letters": LETTERS, "processes": processes, "connections": CONNECTIONS}
    sent = [each for each, _ in rounds]
    ratios = [ratio for _, ratio in rounds if ratio is not None]
    used = {
        "rss_mb": round(max(each.peak_mb for each in sent)),
        "cpu_us_a_letter": round(median(each.cpu_us for each in sent)),
    }
    rate = median(each.rate for each in sent)
    tell("delivery", rate, "letters/s", **about, **used, bytes_a_letter=size)
    if ratios:
        tell("delivery to smtp-source", median(ratios), "ratio", **about, all=[round(r, 3) for r in ratios])
    return rate


def measure_slow(database: Database, engine: str, processes: int, connections: int) -> float:
    """A server that answers each time after 50 ms; the rate, and its share of what can be."""
    letters = 160 * processes * connections  # so many that opening the lines does not count
    with database() as url, slow_server(DELAY) as server:
        asyncio.run(load.promise(url, letters))
        sent = send_all(url, server.url, connections, processes)
    assert sent.letters == letters, sent
    share = sent.rate * ROUND_TRIPS * DELAY / connections / processes
    about = {"database": engine, "processes": processes, "connections": connections, "letters": letters}
    tell("delivery, each reply after 50 ms", sent.rate, "letters/s", **about, of_what_can_be=round(share, 3))
    return sent.rate


@contextmanager
def sqlite() -> Iterator[str]:
    """A new file."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/nhacviec.db"


@contextmanager
def databases() -> Iterator[dict[str, Database]]:
    """Each kind that this machine has; PostgreSQL keeps what it confirms."""
    if postgresql.obstacle():
        print(json.dumps({"missing": postgresql.obstacle()}), flush=True)
        yield {"sqlite": sqlite}
        return
    with postgresql.running(options=()) as server:
        yield {"sqlite": sqlite, "postgresql": server.fresh}


def main() -> None:
    """Measure the databases, the slow server, then what people use today."""
    with databases() as found:
        with sqlite() as url:
            size = asyncio.run(load.size_of_a_letter(url))
        rates = {engine: measure(database, engine, size, 1) for engine, database in found.items()}
        if "postgresql" in found:
            shared = found["postgresql"]
            measure(shared, "postgresql", size, 2)
            slow = partial(measure_slow, shared, "postgresql")
            tell("four workers to one", slow(4, FEW) / slow(1, FEW), "ratio", database="postgresql")
        measure_slow(sqlite, "sqlite", 1, MANY)
    theirs = references.post_office(size)
    if theirs:
        tell("django-post_office, two processes", theirs, "letters/s")
        for engine, rate in rates.items():
            tell("delivery to django-post_office", rate / theirs, "ratio", database=engine)


if __name__ == "__main__":
    main()
