"""A hundred thousand letters are due in one second (F69)."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.adapters.database.values import message_values
from nhacviec.application.records import Claim, Ending
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line
from tests.benchmarks import load
from tests.benchmarks.sinks import smtp_sink
from tests.contracts.samples import NOW, a_message, a_slot, claims_of, enlisted
from tests.simulation import process

MANY, URGENT = 100_000, 2_000
#: As many as are claimed in one transaction (application.take).
LIMIT = 64
MEGABYTE = 1 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    """Memory of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def heap(first: int, many: int, line: Line) -> Iterator[dict[str, object]]:
    """So many letters of a line, all due within the second before now, entered in no order of theirs."""
    for n in range(first, first + many):
        at = NOW - timedelta(microseconds=(n * 7919) % 1_000_000)
        kind = LetterKind.ESCALATION if line is Line.ESCALATION else LetterKind.REMINDER
        slot = a_slot(f"nguoi{n}@example.vn", line=line, at=at, about=str(n))
        yield message_values(a_message(slot, kind=kind))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """The heap, its escalations entered last."""
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db", durable=False)
    await database.upgrade()
    letters = [*heap(0, MANY - URGENT, Line.MAIN), *heap(MANY, URGENT, Line.ESCALATION)]
    async with database.write() as transaction:
        await transaction.outbox.access.connection.execute(insert(rows.message), letters)
    yield database
    await database.close()


async def ended(database: Database, claims: Sequence[Claim]) -> None:
    """The server took them all."""
    async with database.write() as transaction:
        endings = [Ending(claim=claim, state=MessageState.SENT) for claim in claims]
        assert len(await transaction.outbox.settle(endings)) == len(claims)


@pytest.mark.slow
async def test_a_hundred_thousand_letters_are_claimed_in_order_and_in_little_memory(
    database: Database,
) -> None:
    """F69: escalations three in four until there are none, the others by age; nobody is forgotten."""
    worker = await enlisted(database)
    urgent, others, sizes = [], [], []
    await ended(database, await claims_of(database, worker, limit=LIMIT))
    before = resident()
    while claims := await claims_of(database, worker, limit=LIMIT):
        sizes.append(len(claims))
        lines = [claim.message.line for claim in claims]
        urgent.append(lines.count(Line.ESCALATION))
        others += [
            (claim.message.due_at, claim.message.id) for claim in claims if claim.message.line is Line.MAIN
        ]
        await ended(database, claims)
    grown = resident() - before

    assert sum(sizes) == MANY - LIMIT
    assert set(sizes[:-1]) == {LIMIT}
    # three places in four while escalations last: they are through after 42 of 1,563 claims
    share = LIMIT * 3 // 4
    rounds = -(-URGENT // share) - 1
    assert urgent[: rounds - 1] == [share] * (rounds - 1)
    assert sum(urgent[rounds:]) == 0
    # the others never stand still, and go in the order in which they came due
    assert others == sorted(others)
    async with database.read() as transaction:
        counts = await transaction.outbox.counts()
    assert counts[MessageState.SENT] == MANY
    assert grown < 64 * MEGABYTE


@pytest.mark.slow
async def test_letters_that_keep_coming_up_first_starve_nobody(database: Database) -> None:
    """F69: escalations come up as fast as letters are claimed; a quarter goes to who waits longest."""
    worker = await enlisted(database)
    waited = []
    for turn in range(40):
        fresh = list(heap(MANY + URGENT + turn * LIMIT, LIMIT, Line.ESCALATION))
        async with database.write() as transaction:
            await transaction.outbox.access.connection.execute(insert(rows.message), fresh)
        claims = await claims_of(database, worker, limit=LIMIT)
        waited.append(sum(claim.message.line is Line.MAIN for claim in claims))
        await ended(database, claims)

    assert min(waited) > 0
    assert sum(waited) >= 40 * LIMIT // 8


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_heap_is_sent_to_a_real_server_in_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F69: thousands of letters, promised by the product itself, through 16 lines."""
    monkeypatch.setenv("NHACVIEC_TEST_UNDURABLE", "1")
    url, letters = f"sqlite:///{tmp_path}/heap.db", 5_000
    await load.promise(url, letters)

    def tick() -> process.Ran:
        with smtp_sink() as sink:
            return process.tick(url, load.NOW.isoformat(), sink.url, connections=16)

    ran, idle = await asyncio.to_thread(tick), await asyncio.to_thread(tick)

    assert (ran.code, ran.said["dispatched"].get("sent")) == (0, letters)
    assert "sent" not in idle.said["dispatched"]
    # five thousand units have their own weight; the letters add little to it
    assert ran.peak - idle.peak < 64 * MEGABYTE
