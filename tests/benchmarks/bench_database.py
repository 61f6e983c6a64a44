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
from nhacviec.application.records import DeliveryRecord  # noqa: E402
from nhacviec.domain.delivery import MessageState, Outcome  # noqa: E402
from nhacviec.domain.letter import LetterKind, Words  # noqa: E402
from nhacviec.domain.message import Line, Message, Recipient, Slot  # noqa: E402
from nhacviec.domain.occurrence import Occurrence  # noqa: E402
from tests.support import postgresql  # noqa: E402

MANY, FEW = 520_000, 52_000
LETTERS = 500
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = NOW + timedelta(minutes=11)
WORDS = Words(subject="Nhắc việc", text="", html="")


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


def letters() -> dict[Slot, Message]:
    """Messages that are due, each to somebody else."""
    found: dict[Slot, Message] = {}
    for n in range(LETTERS):
        email = f"bithu{n}@example.vn"
        slot = Slot(line=Line.MAIN, email=email, at=NOW)
        found[slot] = Message(
            key=slot.key,
            message_id=f"<{n}@example.vn>",
            recipient=Recipient(email=email, name="Bí thư", unit="Chi bộ", language="vi"),
            line=Line.MAIN,
            kind=LetterKind.REMINDER,
            slot_at=NOW,
            due_at=NOW,
        )
    return found


async def send(database: Database, engine: str) -> None:
    """Claim, freeze, intend and settle every message, each step its own transaction, as dispatch does."""
    async with database.write() as transaction:
        await transaction.outbox.promise(letters(), [])
    began = time.perf_counter()
    for _ in range(LETTERS):
        async with database.write() as transaction:
            claim = await transaction.outbox.claim(NOW, before=None, lease_until=LEASE)
        assert claim
        async with database.write() as transaction:
            assert await transaction.outbox.freeze(claim, WORDS, b"x" * 8000, LetterKind.REMINDER)
        async with database.write() as transaction:
            assert await transaction.outbox.intend(claim, now=NOW, lease_until=LEASE)
        done = DeliveryRecord(
            message=claim.message.id,
            n=0,
            started_at=NOW,
            ended_at=NOW,
            stage="dot",
            code=250,
            text="OK",
            outcome=Outcome.ACCEPTED,
        )
        async with database.write() as transaction:
            assert await transaction.outbox.settle(claim, MessageState.SENT, None, done)
    say(
        engine,
        "claim, freeze, intend, settle: a message",
        (time.perf_counter() - began) / LETTERS * 1000,
        "ms",
    )


async def measure(url: str, engine: str) -> None:
    """Measure one database."""
    database = open_database(url, durable=False)
    await database.upgrade()
    rows = list(occurrences(MANY))
    await add(database, engine, rows[:FEW])
    await look(database, engine, FEW)
    await add(database, engine, rows[FEW:])
    await look(database, engine, MANY)
    await send(database, engine)
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
