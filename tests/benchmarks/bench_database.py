"""What the database costs: adding half a million occurrences, looking for work where there is none, sending.

Prints a JSON line for each figure. Runs on SQLite, and on PostgreSQL where a server is installed.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "service")]

from nhacviec.adapters.database.engine import Database, open_database  # noqa: E402
from nhacviec.application.records import Claim, DeliveryRecord, Ending, Frozen  # noqa: E402
from nhacviec.domain.delivery import MessageState, Outcome  # noqa: E402
from nhacviec.domain.letter import LetterKind  # noqa: E402
from nhacviec.domain.message import Line, Message, Recipient, Slot  # noqa: E402
from nhacviec.domain.occurrence import Occurrence  # noqa: E402
from nhacviec.domain.worker import Worker  # noqa: E402
from tests.support import postgresql  # noqa: E402

MANY, FEW = 520_000, 52_000
LETTERS = 3200
BATCHES = (1, 64)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SUBJECT = "Nhắc việc"


def occurrences(count: int) -> Iterator[Occurrence]:
    """Open occurrences whose next instant lies in the future: 100 units, weekly, some duties."""
    plain = Occurrence(
        duty="",
        unit="",
        period="",
        period_first=date(2026, 1, 5),
        period_last=date(2026, 1, 11),
        every="week",
        nominal=date(2026, 1, 9),
        due=date(2026, 1, 9),
        opened_at=NOW,
        speaks_from=NOW,
    )
    for n in range(count):
        week, rest = divmod(n, 5200)
        duty, unit = divmod(rest, 100)
        next_at = NOW + timedelta(days=1 + week, seconds=rest)
        yield replace(
            plain, duty=f"BC-{duty:03}", unit=f"CB-{unit:03}", period=f"2026-W{week:03}", next_at=next_at
        )


def say(engine: str, what: str, figure: float, unit: str) -> None:
    """Print one figure."""
    print(json.dumps({"database": engine, "what": what, unit: round(figure, 3)}), flush=True)


async def add(database: Database, engine: str, rows: list[Occurrence]) -> None:
    """Add occurrences, 10,000 a transaction, as planning does."""
    began = time.perf_counter()
    added = 0
    for start in range(0, len(rows), 10_000):
        async with database.write() as transaction:
            added += await transaction.occurrences.add(rows[start : start + 10_000])
    say(engine, f"add {added} occurrences", time.perf_counter() - began, "seconds")


async def look(database: Database, engine: str, count: int) -> None:
    """Look for ripe occurrences where there are none: a whole transaction, and the question alone."""
    whole, alone = [], []
    for _ in range(200):
        began = time.perf_counter()
        async with database.write() as transaction:
            asked = time.perf_counter()
            assert not await transaction.occurrences.ripe(NOW, 500)
            alone.append(time.perf_counter() - asked)
        whole.append(time.perf_counter() - began)
    say(engine, f"ripe() with nothing due among {count}", median(alone) * 1000, "ms")
    say(engine, f"the transaction around it, among {count}", median(whole) * 1000, "ms")


def letters(line: Line) -> dict[Slot, Message]:
    """Messages that are due, each to somebody else."""
    found: dict[Slot, Message] = {}
    for n in range(LETTERS):
        slot = Slot(line=line, email=f"bithu{n}@example.vn", at=NOW)
        found[slot] = Message(
            key=slot.key,
            message_id=f"<{line}{n}@example.vn>",
            recipient=Recipient(email=slot.email, name="Bí thư", unit="Chi bộ", language="vi"),
            line=line,
            kind=LetterKind.REMINDER,
            slot_at=NOW,
            due_at=NOW,
        )
    return found


def ending(claim: Claim, worker: int) -> Ending:
    """How an attempt that went well is told."""
    done = DeliveryRecord(
        message=claim.message.id,
        n=0,
        started_at=NOW,
        ended_at=NOW,
        stage="dot",
        code=250,
        text="OK",
        outcome=Outcome.ACCEPTED,
        worker=worker,
    )
    return Ending(claim=claim, state=MessageState.SENT, delivery=done)


async def send(database: Database, engine: str, line: Line, batch: int) -> None:
    """Claim, freeze, intend and settle every message in batches: three transactions a batch, as dispatch."""
    many = LETTERS if batch > 1 else LETTERS // 8
    async with database.write() as transaction:
        await transaction.outbox.promise(letters(line), [])
        me = Worker(machine="m", pid=1, started_at=NOW, beat_at=NOW)
        worker = await transaction.workers.enlist(me)
    began = time.perf_counter()
    for _ in range(many // batch):
        async with database.write() as transaction:
            claims = await transaction.outbox.claim(NOW, before=None, worker=worker, limit=batch)
        assert len(claims) == batch
        async with database.write() as transaction:
            composed = [
                Frozen(claim=claim, subject=SUBJECT, mime=b"x" * 8000, kind=LetterKind.REMINDER)
                for claim in claims
            ]
            await transaction.outbox.freeze(composed)
            assert len(await transaction.outbox.intend(claims)) == batch
        async with database.write() as transaction:
            assert len(await transaction.outbox.settle([ending(claim, worker) for claim in claims])) == batch
    taken = (time.perf_counter() - began) / many * 1000
    say(engine, f"claim, freeze, intend, settle {batch} at once: a message", taken, "ms")


async def watch(database: Database, engine: str) -> None:
    """Look for workers that died, where there is none: what a daemon does every second."""
    spent = []
    for _ in range(200):
        began = time.perf_counter()
        async with database.read() as transaction:
            assert not await transaction.outbox.owners()
        spent.append(time.perf_counter() - began)
    say(engine, "looking for dead workers where nothing is under way", median(spent) * 1000, "ms")


async def measure(url: str, engine: str) -> None:
    """Measure one database."""
    database = open_database(url, durable=False)
    await database.upgrade()
    rows = list(occurrences(MANY))
    await add(database, engine, rows[:FEW])
    await look(database, engine, FEW)
    await add(database, engine, rows[FEW:])
    await look(database, engine, MANY)
    await send(database, engine, Line.MAIN, BATCHES[1])
    await watch(database, engine)
    await send(database, engine, Line.NOTICE, BATCHES[0])
    await database.close()


def main() -> None:
    """Measure SQLite, then PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="nhacviec-bench-") as folder:
        asyncio.run(measure(f"sqlite:///{folder}/bench.db", "sqlite"))
    if reason := postgresql.obstacle():
        print(f"no figures for PostgreSQL: {reason}", file=sys.stderr)
        return
    with postgresql.running() as server, server.fresh() as url:
        asyncio.run(measure(url, "postgresql (fsync off)"))


if __name__ == "__main__":
    main()
