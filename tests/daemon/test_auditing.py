"""The daemon's audits: when, what is logged of them, and when the heart beats (P7)."""

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from nhacviec.application.findings import Finding, FindingKind, Gravity, Seen
from nhacviec.application.watch import Watched
from nhacviec.daemon.auditing import AUDIT, Auditing
from nhacviec.domain.errors import DatabaseUnreachable

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)


def a_finding(kind: FindingKind, gravity: Gravity, **given: object) -> Finding:
    found = Finding(kind=kind, gravity=gravity, count=2, oldest=NOON, said=f"{kind} it is", mend="mend it")
    return replace(found, **given)  # type: ignore[arg-type]


RED = a_finding(FindingKind.NOT_SENT, Gravity.RED)
ASK = a_finding(FindingKind.DEAD, Gravity.ASK)
TELL = a_finding(FindingKind.SERVER_AWAY, Gravity.TELL)


@dataclass
class World:
    """What the audits find, one after the other, and who hears the heart."""

    finds: list[tuple[Finding, ...] | Exception]
    unheard: list[str] = field(default_factory=list)
    ticked: bool = True
    now: float = 1000.0
    beats: int = 0
    looks: int = 0

    async def watch(self) -> Watched:
        self.looks += 1
        found = self.finds.pop(0) if self.finds else ()
        if isinstance(found, Exception):
            raise found
        return Watched(seen=Seen(at=NOON), messages={}, waiting_since=None, findings=found)

    async def beat(self) -> str:
        self.beats += 1
        return self.unheard.pop(0) if self.unheard else ""

    def auditing(self) -> Auditing:
        return Auditing(
            watch=self.watch, beat=self.beat, ticked=lambda: self.ticked, monotonic=lambda: self.now
        )


async def audits(world: World, times: int) -> None:
    """So many audits, each as soon as the next one is due."""
    auditing = world.auditing()
    for _ in range(times):
        await auditing.run()
        world.now += AUDIT


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """What people hear: levels and actions."""
    return [
        (record.levelname, record.__dict__["action"])
        for record in caplog.records
        if record.levelno >= logging.INFO
    ]


async def test_nothing_is_looked_at_before_the_first_tick_and_then_every_five_minutes() -> None:
    world = World([])
    auditing = world.auditing()
    looks = []
    world.ticked = False
    for moment, ticked in ((0, False), (5, True), (10, True), (304, True), (305, True), (610, True)):
        world.now, world.ticked = float(moment), ticked
        await auditing.run()
        looks.append(world.looks)

    assert looks == [0, 1, 1, 1, 2, 3]
    assert world.beats == 3


@pytest.mark.parametrize(("found", "beats"), [((RED, ASK), 0), ((ASK,), 1), ((TELL,), 1), ((), 1)])
async def test_the_heart_stops_for_red_alone(found: tuple[Finding, ...], beats: int) -> None:
    world = World([found])

    await audits(world, 1)

    assert world.beats == beats


async def test_without_a_monitor_the_audit_is_made_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    world = World([(RED,)])

    await replace(world.auditing(), beat=None).run()

    assert said(caplog) == [("CRITICAL", "finding")]


async def test_a_finding_is_logged_once_while_it_lasts_and_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    more = replace(ASK, count=3)

    await audits(World([(RED, ASK), (more,), ()]), 3)

    assert said(caplog) == [
        ("ERROR", "finding"),
        ("CRITICAL", "finding"),
        ("INFO", "finding_over"),
        ("INFO", "finding_over"),
    ]
    told = caplog.records[0].__dict__
    assert (caplog.records[0].message, told["finding"], told["count"]) == ("dead it is", "dead", 2)
    assert (told["oldest"], told["mend"]) == (NOON.isoformat(), "mend it")


async def test_a_finding_that_becomes_graver_is_told_again(caplog: pytest.LogCaptureFixture) -> None:
    await audits(World([(TELL,), (TELL,), (replace(TELL, gravity=Gravity.RED),)]), 3)

    assert said(caplog) == [("WARNING", "finding"), ("CRITICAL", "finding")]


async def test_a_heart_that_is_not_heard_is_told_once_and_when_it_is_heard_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    await audits(World([], unheard=["hc.example.vn: answered 503"] * 3), 5)

    assert said(caplog) == [("WARNING", "heartbeat_unheard"), ("INFO", "heartbeat_heard")]


async def test_while_the_database_is_away_the_heart_is_silent_and_the_audit_is_made_up_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """F46: whoever works with the database says so; here nobody repeats it."""
    world = World([DatabaseUnreachable("connection refused"), ()])
    auditing = world.auditing()

    await auditing.run()
    silent = world.beats
    world.now += 5
    await auditing.run()

    assert (silent, world.beats, said(caplog)) == (0, 1, [])
