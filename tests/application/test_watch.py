"""What an auditor makes of what it sees: which findings stop the heart, and which are only told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nhacviec.adapters.clock import FixedClock
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.application.audit import Count, Owner
from nhacviec.application.auditor import findings
from nhacviec.application.findings import LONG_LOG, WEIGHTS, FindingKind, Seen, ServerTrouble
from nhacviec.application.holds import Hold, HoldKind, put
from nhacviec.application.watch import (
    Watch,
    Watched,
    high_water,
    note_server,
    note_tick,
    raise_high_water,
)
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.worker import Worker

NOW = datetime(2026, 6, 18, 1, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WELL = Seen(at=NOW, last_tick=NOW - timedelta(seconds=20), high_water=NOW, planned_until=date(2027, 6, 1))
AWAY = ServerTrouble(at=NOW - 20 * MINUTE, text="connection refused")


def some(many: int = 2, age: timedelta = HOUR) -> Count:
    """So many, the oldest of them so old."""
    return Count(many=many, oldest=NOW - age)


def a_worker(silent: timedelta, *, retired: bool = False) -> Worker:
    """One that was heard of last so long ago."""
    return Worker(id=7, machine="m", pid=1, started_at=NOW - HOUR, beat_at=NOW - silent, retired=retired)


def a_hold(kind: HoldKind) -> Hold:
    return Hold(kind=kind, at=NOW - HOUR, text="vì sao")


def judged(**seen: Any) -> dict[str, str]:  # noqa: ANN401 -- any of its fields
    """Give the gravity of each finding, by its kind."""
    return {str(found.kind): str(found.gravity) for found in findings(replace(WELL, **seen))}


def test_where_all_is_well_nothing_is_found() -> None:
    assert judged() == {}
    assert judged(owed=some(age=timedelta(minutes=1)), last_sent=NOW, planned_until=None) == {}


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        ({"last_tick": None}, "no-tick"),
        ({"last_tick": NOW - timedelta(seconds=91)}, "no-tick"),
        ({"clock": "clock_jump"}, "clock"),
        ({"high_water": NOW + 6 * MINUTE}, "clock"),
        ({"ungathered": some()}, "not-gathered"),
        ({"unaddressed": some()}, "unaddressed"),
        ({"owners": [Owner(worker=a_worker(3 * MINUTE), letters=3)]}, "stranded"),
        ({"owners": [Owner(worker=a_worker(MINUTE, retired=True), letters=1)]}, "stranded"),
        ({"overdue": some()}, "not-sent"),
        ({"overdue": some(), "last_sent": NOW - HOUR}, "not-sent"),
        ({"holds": [a_hold(HoldKind.REFUSALS)]}, "stopped"),
        ({"holds": [a_hold(HoldKind.SENDER)]}, "stopped"),
        ({"holds": [a_hold(HoldKind.RESTORED)]}, "not-adopted"),
        ({"holds": [a_hold(HoldKind.COPIED)]}, "not-adopted"),
        ({"server": replace(AWAY, at=NOW - HOUR), "owed": some()}, "server-away"),
    ],
)
def test_what_endangers_the_promise_stops_the_heart(seen: dict[str, object], kind: str) -> None:
    """P1, P7."""
    assert judged(**seen) == {kind: "red"}


@pytest.mark.parametrize("state", [MessageState.DEAD, MessageState.UNCERTAIN])
def test_letters_that_only_a_human_can_decide_about_fail_the_check_and_not_the_heart(
    state: MessageState,
) -> None:
    assert judged(undecided={state: some()}) == {str(state): "ask"}


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        ({"planned_until": date(2026, 7, 17)}, "not-planned"),
        ({"overdue": some(), "last_sent": NOW - MINUTE}, "slow"),
        ({"server": AWAY, "owed": some()}, "server-away"),
        ({"holds": [a_hold(HoldKind.OPERATOR)]}, "queue-held"),
        ({"held": some()}, "letters-held"),
        ({"old": some()}, "old"),
        ({"too_many_copies": some()}, "too-many-copies"),
        ({"too_ambiguous": some()}, "too-ambiguous"),
        ({"log_bytes": LONG_LOG + 1}, "long-log"),
    ],
)
def test_what_mends_itself_or_was_wanted_is_told(seen: dict[str, object], kind: str) -> None:
    """F36: a queue that grows while letters go; F44: a log that grows while everything works."""
    assert judged(**seen) == {kind: "tell"}


@pytest.mark.parametrize(
    "seen",
    [
        {"owners": [Owner(worker=a_worker(MINUTE), letters=3)]},
        {"server": AWAY},
        {"server": replace(AWAY, at=NOW - MINUTE), "owed": some()},
        {"high_water": NOW + MINUTE},
        {"log_bytes": LONG_LOG},
    ],
)
def test_what_is_short_or_hurts_nobody_is_no_finding(seen: dict[str, object]) -> None:
    assert judged(**seen) == {}


def test_a_queue_that_stands_still_is_explained_once() -> None:
    """While it is held, or while its server is away, nobody is blamed for not sending."""
    stopped = judged(holds=[a_hold(HoldKind.OPERATOR)], overdue=some(), owed=some())
    away = judged(server=AWAY, overdue=some(), owed=some())

    assert (stopped, away) == ({"queue-held": "tell"}, {"server-away": "tell"})


def test_the_gravest_comes_first() -> None:
    found = judged(held=some(), undecided={MessageState.DEAD: some()}, last_tick=None)

    assert list(found.values()) == ["red", "ask", "tell"]


def test_every_kind_has_a_weight_and_its_reason() -> None:
    assert set(WEIGHTS) == set(FindingKind)
    assert all(weight.why for weight in WEIGHTS.values())


def test_a_finding_says_in_one_line_what_and_how_many_and_since_when() -> None:
    (found,) = findings(replace(WELL, owners=[Owner(worker=a_worker(HOUR), letters=3)]))

    assert (found.count, found.oldest) == (3, NOW - HOUR)
    assert found.said == "3 letters are in the hands of 1 workers that no longer live"
    assert found.mend == "start nhacviec run: it takes them up"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db", durable=False)
    await database.upgrade()
    yield database
    await database.close()


async def watched(database: Database, **asked: Any) -> Watched:  # noqa: ANN401 -- as Watch takes them
    return await Watch(work=database, clock=FixedClock(NOW))(**asked)


async def test_a_service_that_never_ticked_is_not_alive_and_nothing_is_stuck(database: Database) -> None:
    seen = await watched(database, counting=True)

    assert (seen.alive, seen.red, seen.well, seen.stuck) == (False, True, False, ())
    assert [found.said for found in seen.grave] == ["no tick lately"]
    assert seen.messages == dict.fromkeys(map(str, MessageState), 0)


async def test_a_service_that_ticked_lately_is_well(database: Database) -> None:
    await note_tick(database, NOW - MINUTE)

    seen = await watched(database)

    assert (seen.alive, seen.red, seen.well, seen.findings) == (True, False, True, ())
    assert (seen.at, seen.last_tick, seen.messages) == (NOW, NOW - MINUTE, {})


async def test_what_the_daemon_knows_of_its_clock_is_found_too(database: Database) -> None:
    await note_tick(database, NOW)

    seen = await watched(database, clock_trouble="clock_jump")

    assert [(found.kind, found.said) for found in seen.findings] == [(FindingKind.CLOCK, "clock_jump")]


async def test_the_mark_of_the_clock_only_rises(database: Database) -> None:
    for moment in (NOW, NOW - HOUR):
        await raise_high_water(database, moment)

    assert await high_water(database) == NOW


async def test_a_trouble_with_the_server_is_remembered_from_its_beginning_until_its_end(
    database: Database,
) -> None:
    await note_server(database, "connection refused", NOW - HOUR)
    await note_server(database, "no route", NOW)
    during = await watched(database)
    await note_server(database, "", NOW)
    after = await watched(database)

    assert during.seen.server == ServerTrouble(at=NOW - HOUR, text="connection refused")
    assert after.seen.server is None


async def test_workers_are_told_with_what_they_have_under_way(database: Database) -> None:
    async with database.write() as transaction:
        living = await transaction.workers.enlist(a_worker(MINUTE))
        silent = await transaction.workers.enlist(a_worker(HOUR))
        await put(transaction, HoldKind.OPERATOR, "nghỉ lễ", NOW)

    seen = await watched(database)
    told = [(each.worker.id, each.alive, each.letters) for each in seen.workers]

    assert told == [(living, True, 0)]
    assert silent not in {each.worker.id for each in seen.workers}
    assert [hold.text for hold in seen.holds] == ["nghỉ lễ"]
