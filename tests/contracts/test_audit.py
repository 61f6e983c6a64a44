"""What every database answers to its auditor (DELIVERY §2.15)."""

import re
from datetime import timedelta

from sqlalchemy import event, insert, update

from nhacviec.adapters.clock import FixedClock
from nhacviec.adapters.database import rows
from nhacviec.adapters.database.engine import Database
from nhacviec.application.audit import NOTHING, Audit, Count
from nhacviec.application.watch import Watch
from nhacviec.domain.delivery import MAX_AMBIGUOUS, MessageState, Outcome
from nhacviec.domain.message import Message
from tests.contracts.samples import (
    MINUTE,
    NOW,
    a_reminder,
    a_slot,
    an_attempt,
    an_occurrence,
    claims_of,
    enlisted,
    intended,
    letters,
    must_claim,
    opened,
    promised,
    settled,
    stored,
)

HOUR = timedelta(hours=1)
#: An index of ours, one row by its number, the attempts at one letter, all letters by their keys.
CHEAP = re.compile(
    "INDEX ix_|INTEGER PRIMARY KEY|autoindex_delivery_1|COVERING INDEX sqlite_auto|^SEARCH delivery$"
)


async def changed(database: Database, message: Message, **given: object) -> None:
    """Another hand changes a message."""
    async with database.write() as transaction:
        statement = update(rows.message).where(rows.message.c.id == message.id).values(**given)
        await transaction.access.count(statement)


async def asked(database: Database, question: str, *given: object) -> object:
    """Put one question."""
    async with database.read() as transaction:
        audit: Audit = transaction.audit
        return await getattr(audit, question)(*given)


async def test_an_empty_database_has_nothing_to_tell(database: Database) -> None:
    counts = [await asked(database, "ungathered", NOW), await asked(database, "owed", NOW)]
    counts += [await asked(database, name) for name in ("unaddressed", "held", "too_many_copies")]

    assert counts == [NOTHING] * 5
    assert await asked(database, "too_ambiguous") == NOTHING
    assert await asked(database, "undecided") == {MessageState.DEAD: NOTHING, MessageState.UNCERTAIN: NOTHING}
    assert [await asked(database, "owners"), await asked(database, "workers", NOW)] == [[], []]
    assert await asked(database, "last_sent") is None


async def test_occurrences_are_behind_when_their_instant_has_gone_by(database: Database) -> None:
    await stored(
        database,
        an_occurrence(period="1", next_at=NOW - HOUR),
        an_occurrence(period="2", next_at=NOW - 2 * HOUR),
        an_occurrence(period="3", next_at=NOW),
        an_occurrence(period="4"),
    )

    assert await asked(database, "ungathered", NOW) == Count(many=2, oldest=NOW - 2 * HOUR)


async def test_a_reminder_that_lost_its_message_is_found(database: Database) -> None:
    """P1: there is no fourth outcome and no silent drop."""
    (one,) = await stored(database)
    await promised(database, a_reminder(one, a_slot()), a_reminder(one, None, stage="0d"))
    assert await asked(database, "unaddressed") == NOTHING
    async with database.write() as transaction:
        await transaction.access.count(update(rows.reminder).values(message=None))

    assert await asked(database, "unaddressed") == Count(many=1, oldest=NOW)


async def test_letters_are_owed_from_the_moment_they_may_be_tried(database: Database) -> None:
    await opened(database, MINUTE, HOUR, 2 * HOUR, -HOUR)
    async with database.write() as transaction:
        await transaction.outbox.hold(3, "chờ ý kiến")

    assert await asked(database, "owed", NOW) == Count(many=2, oldest=NOW - HOUR)
    assert await asked(database, "owed", NOW - 15 * MINUTE) == Count(many=1, oldest=NOW - HOUR)
    assert await asked(database, "owed", NOW, NOW - 30 * MINUTE) == Count(many=1, oldest=NOW - HOUR)
    assert await asked(database, "held") == Count(many=1, oldest=NOW - 2 * HOUR)


async def test_owners_are_told_with_how_many_letters_they_have_under_way(database: Database) -> None:
    await opened(database, *(n * MINUTE for n in range(4)))
    first, second, idle = [await enlisted(database, pid=pid) for pid in (1, 2, 3)]
    claims = await claims_of(database, first, limit=2)
    await intended(database, claims[0])
    await claims_of(database, second, limit=1)

    async with database.read() as transaction:
        owners = await transaction.audit.owners()

    assert [(owner.worker.id, owner.worker.pid, owner.letters) for owner in owners] == [
        (first, 1, 2),
        (second, 2, 1),
    ]
    assert idle not in {owner.worker.id for owner in owners}


async def test_workers_live_while_they_beat_and_have_not_ended(database: Database) -> None:
    living, ended = await enlisted(database), await enlisted(database)
    await enlisted(database, beat_at=NOW - HOUR)
    async with database.write() as transaction:
        await transaction.workers.retire(ended)
        found = await transaction.audit.workers(NOW - MINUTE)

    assert [worker.id for worker in found] == [living]


async def test_letters_are_counted_by_state_without_reading_those_that_went(database: Database) -> None:
    await opened(database, *(n * MINUTE for n in range(8)))
    states = (MessageState.SENT, MessageState.SENT, MessageState.DEAD, MessageState.UNCERTAIN)
    for state in (*states, MessageState.SUPERSEDED):
        claim = await must_claim(database)
        assert await settled(database, claim, state, Outcome.ACCEPTED)
    await must_claim(database)
    (waiting, *_) = [one for one in await letters(database) if one.state is MessageState.PENDING]
    await changed(database, waiting, held="chờ")

    async with database.read() as transaction:
        counts = await transaction.audit.counts()
        undecided = await transaction.audit.undecided()
        assert counts == await transaction.outbox.counts()

    assert counts == {
        "pending": 2,
        "claimed": 1,
        "transmitting": 0,
        "sent": 2,
        "dead": 1,
        "superseded": 1,
        "uncertain": 1,
    }
    assert undecided == {
        MessageState.DEAD: Count(many=1, oldest=NOW - 5 * MINUTE),
        MessageState.UNCERTAIN: Count(many=1, oldest=NOW - 4 * MINUTE),
    }


async def test_copies_that_ambiguous_attempts_explain_are_no_finding_and_one_more_is(
    database: Database,
) -> None:
    """P2: copies <= 1 + ambiguous attempts."""
    await opened(database)
    claim = await must_claim(database)
    attempts = [Outcome.DEFERRED, Outcome.AMBIGUOUS, Outcome.LATE, Outcome.ACCEPTED]
    for n, outcome in enumerate(attempts, start=1):
        await recorded(database, an_attempt(claim, outcome, n=n))
    await changed(database, claim.message, ambiguous=1)
    within = await asked(database, "too_many_copies")

    await recorded(database, an_attempt(claim, Outcome.ACCEPTED, n=5))

    assert (within, await asked(database, "too_many_copies")) == (NOTHING, Count(many=1, oldest=NOW))


async def recorded(database: Database, attempt: object) -> None:
    """Another hand appends an attempt."""
    names = [column.name for column in rows.delivery.c if column.name != "id"]
    async with database.write() as transaction:
        values = {name: getattr(attempt, name) for name in names}
        await transaction.access.count(insert(rows.delivery).values(values))


async def test_more_ambiguous_attempts_than_are_made_without_a_human_are_found(database: Database) -> None:
    await opened(database, MINUTE, HOUR)
    (first, second) = await letters(database)
    await changed(database, first, ambiguous=MAX_AMBIGUOUS + 1)
    await changed(database, second, ambiguous=MAX_AMBIGUOUS)

    assert await asked(database, "too_ambiguous") == Count(many=1, oldest=first.slot_at)


async def test_the_last_letter_that_went_is_told(database: Database) -> None:
    await opened(database, MINUTE, HOUR)
    assert await settled(database, await must_claim(database), MessageState.SENT, Outcome.ACCEPTED)
    assert await settled(database, await must_claim(database), MessageState.PENDING, Outcome.DEFERRED)

    assert await asked(database, "last_sent") == NOW + MINUTE


async def test_the_log_beside_a_file_is_measured_and_a_server_has_none(database: Database) -> None:
    """F44."""
    await opened(database, *(n * MINUTE for n in range(50)))

    size = await asked(database, "log_bytes")

    assert (size == 0) is (database.file is None)


async def test_an_audit_never_reads_the_letters_that_went(database: Database) -> None:
    """SQLite tells how it goes about each question: by an index of few rows, or by keys alone."""
    if database.file is None:
        return
    asked_for: list[str] = []

    def keep(*args: object) -> None:
        asked_for.append(str(args[2]))

    event.listen(database._writers.sync_engine, "before_cursor_execute", keep)
    await Watch(work=database, clock=FixedClock(NOW))(counting=True)
    event.remove(database._writers.sync_engine, "before_cursor_execute", keep)

    told = [line for sql in asked_for if sql.startswith("SELECT") for line in await plan(database, sql)]
    reads = [
        line for line in told if re.match(r"(SCAN|SEARCH) (message|delivery|reminder|occurrence)\b", line)
    ]
    assert len(reads) > 10
    assert [line for line in reads if not CHEAP.search(line)] == []


async def plan(database: Database, sql: str) -> list[str]:
    """Ask SQLite how it goes about a statement; the values do not matter to it."""
    async with database.read() as transaction:
        given = (str(NOW),) * sql.count("?")
        found = await transaction.access.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)
        return [row["detail"] for row in found.mappings()]
