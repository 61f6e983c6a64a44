"""The daemon's life: it starts when the database answers, bears trouble, and ends with the letter in hand."""

import asyncio
import os
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from nhacviec.adapters.clock import FixedClock
from nhacviec.application.dispatch import Dispatched
from nhacviec.application.gather import Gathered
from nhacviec.application.tick import Ticked
from nhacviec.daemon.clock_guard import ClockGuard
from nhacviec.daemon.lifecycle import Daemon, serve
from nhacviec.daemon.pulse import Pulse
from nhacviec.daemon.systemd import Notifier
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.errors import DatabaseUnreachable, NhacViecError, TemplateError
from tests.daemon.conftest import Manager

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)
SOON, NEVER = 0.01, 3600.0


def ticked(now: datetime, *, sent: int = 0, unreachable: str = "") -> Ticked:
    """A tick that has sent so many letters."""
    dispatched = Dispatched(states=Counter({MessageState.SENT: sent}), unreachable=unreachable)
    return Ticked(
        at=now,
        planned=0,
        planned_seconds=0,
        gathered=Gathered(),
        gathered_seconds=0,
        dispatched=dispatched,
        dispatched_seconds=0,
    )


@dataclass(slots=True, kw_only=True)
class Works:
    """A service that does what the test has written down.

    Args:
        answers: how each tick ends, in turn; when there are none left, with no letter.
        down: how often the database does not answer before it does.
        hold: whether a tick waits for ``release``.
    """

    answers: list[Ticked | Exception] = field(default_factory=list)
    down: int = 0
    hold: bool = False
    pulse: Pulse = field(default_factory=Pulse)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    story: list[str] = field(default_factory=list)

    async def tick(self, now: datetime) -> Ticked:
        """One tick."""
        self.story.append("tick")
        self.entered.set()
        if self.hold:
            await self.release.wait()
            self.story.append("going" if self.pulse.going() else "told to stop")
        answer = self.answers.pop(0) if self.answers else ticked(now)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ping(self) -> None:
        """Ask the database."""
        self.down -= 1
        self.story.append("no answer" if self.down >= 0 else "answer")
        if self.down >= 0:
            raise DatabaseUnreachable("connection refused")

    async def stop(self) -> None:
        """Close."""
        self.story.append("stop")


def daemon(works: Works, notifier: Notifier, seconds: float = SOON) -> Daemon:
    """A daemon at noon, on which no time passes by itself."""
    return Daemon(
        service=works,
        clock=FixedClock(NOON),
        notifier=notifier,
        tick_seconds=seconds,
        pulse=works.pulse,
        uptime=lambda: 0,
    )


def tell(number: signal.Signals) -> None:
    """Send this process a signal, as systemd or a keyboard would."""
    os.kill(os.getpid(), number)


async def test_the_first_tick_comes_at_once_and_ready_is_said_before_it_ends(manager: Manager) -> None:
    works = Works(hold=True)
    life = asyncio.create_task(daemon(works, manager.notifier(), NEVER).serve())

    assert await manager.hear("READY") == "READY=1"
    await works.entered.wait()
    works.release.set()
    await manager.hear("STATUS=last tick")
    tell(signal.SIGTERM)

    assert await life == 0
    assert works.story == ["answer", "tick", "going", "stop"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_in_the_middle_of_a_tick_lets_it_finish_and_the_daemon_ends_well(
    manager: Manager, number: signal.Signals
) -> None:
    works = Works(hold=True)
    life = asyncio.create_task(
        serve(
            works,
            tick_seconds=SOON,
            notifier=manager.notifier(),
            clock=FixedClock(NOON),
            pulse=works.pulse,
        )
    )
    await works.entered.wait()

    tell(number)
    await manager.hear("STOPPING=1\nSTATUS=finishing")
    assert works.story == ["answer", "tick"]
    works.release.set()

    assert await life == 0
    assert works.story == ["answer", "tick", "told to stop", "stop"]


async def test_a_second_signal_does_not_wait_and_says_so_with_130(
    manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    works = Works(hold=True)
    life = asyncio.create_task(daemon(works, manager.notifier()).serve())
    await works.entered.wait()

    tell(signal.SIGINT)
    await manager.hear("STOPPING")
    tell(signal.SIGINT)

    assert await life == 130
    assert works.story == ["answer", "tick", "stop"]
    assert "cut_short" in {record.__dict__["action"] for record in caplog.records}


async def test_when_the_grace_is_over_the_daemon_ends_well_all_the_same(manager: Manager) -> None:
    works = Works(hold=True)
    one = daemon(works, manager.notifier())
    one.grace = 0
    life = asyncio.create_task(one.serve())
    await works.entered.wait()

    tell(signal.SIGTERM)

    assert await life == 0
    assert works.story == ["answer", "tick", "stop"]


async def test_ready_is_said_only_when_the_database_has_answered(manager: Manager) -> None:
    works = Works(down=2)
    life = asyncio.create_task(daemon(works, manager.notifier()).serve())

    assert "database_unreachable: connection refused" in await manager.hear("STATUS")
    await manager.hear("READY")
    tell(signal.SIGTERM)

    assert await life == 0
    assert works.story[:4] == ["no answer", "no answer", "answer", "tick"]


@pytest.mark.parametrize(
    ("trouble", "action"),
    [
        (DatabaseUnreachable("connection refused"), "database_unreachable"),
        (TemplateError("mail/reminder/vi/body.txt", "line 3"), "tick_failed"),
        (ticked(NOON, unreachable="mail server: connection refused"), "server_unreachable"),
        (RuntimeError("nobody foresaw this"), "job_failed"),
    ],
)
async def test_a_tick_that_fails_is_one_line_in_the_log_and_the_next_one_comes(
    manager: Manager, caplog: pytest.LogCaptureFixture, trouble: Ticked | Exception, action: str
) -> None:
    works = Works(answers=[trouble, ticked(NOON, sent=3)])
    life = asyncio.create_task(daemon(works, manager.notifier()).serve())

    said = await manager.hear(
        "STATUS=last tick 2026-06-18T12:00:00+00:00, letters sent: 3, since the start: 3"
    )
    tell(signal.SIGTERM)

    assert await life == 0
    assert said.endswith("3")
    assert [record.__dict__["action"] for record in caplog.records if record.levelname == "ERROR"] == [action]


async def test_trouble_that_lasts_is_told_once_and_its_end_too(
    manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="nhacviec")
    works = Works(answers=[NhacViecError("the disk is full") for _ in range(4)])
    life = asyncio.create_task(daemon(works, manager.notifier()).serve())

    await manager.hear("STATUS=last tick")
    tell(signal.SIGTERM)
    await life

    actions = [record.__dict__["action"] for record in caplog.records]
    assert actions == ["started", "ready", "tick_failed", "recovered", "stopping", "stopped"]


async def test_the_watchdog_is_fed_while_the_database_answers_and_ticks_come_to_an_end(
    manager: Manager,
) -> None:
    works = Works()
    life = asyncio.create_task(daemon(works, manager.notifier(watchdog_seconds=2 * SOON)).serve())

    for _ in range(3):
        await manager.hear("WATCHDOG=1")
    tell(signal.SIGTERM)

    assert await life == 0


async def test_the_watchdog_starves_when_a_tick_hangs_longer_than_any_conversation_may_take(
    manager: Manager,
) -> None:
    """STYLE: it must prove something, else it certifies a corpse; RFC 5321 §4.5.3.2.6 allows ten minutes."""
    now = [0.0]
    works = Works(hold=True, pulse=Pulse(monotonic=lambda: now[0]))
    one = daemon(works, manager.notifier(watchdog_seconds=NEVER), NEVER)
    life = asyncio.create_task(one.serve())
    await works.entered.wait()
    manager.heard()

    fed = {}
    for now[0] in (600.0, 720.0, 721.0):
        await one._feed()
        fed[now[0]] = "WATCHDOG=1" in manager.heard()
    works.pulse.going()  # another letter has gone
    await one._feed()
    fed_again = "WATCHDOG=1" in manager.heard()
    tell(signal.SIGTERM)
    works.release.set()
    await life

    assert fed == {600.0: True, 720.0: True, 721.0: False}
    assert fed_again


async def test_the_watchdog_starves_when_the_database_does_not_answer(manager: Manager) -> None:
    one = daemon(Works(down=1), manager.notifier(watchdog_seconds=60))

    await one._feed()
    assert "WATCHDOG=1" not in manager.heard()
    await one._feed()
    assert manager.heard() == ["WATCHDOG=1"]


@pytest.mark.parametrize(
    ("error", "silence"),
    [(None, 0), (TemplateError("mail/reminder/vi/body.txt", "line 3"), 0), (RuntimeError("a bug"), 500)],
)
async def test_only_an_error_that_nobody_foresaw_lets_the_watchdog_ask_for_a_new_start(
    error: Exception | None, silence: float
) -> None:
    now = [0.0]
    works = Works(pulse=Pulse(monotonic=lambda: now[0]), answers=[error] if error else [])
    one = daemon(works, Notifier())

    now[0] = 500
    with suppress(RuntimeError):
        await one._tick()

    assert works.pulse.silence == silence


async def test_a_clock_that_leaps_is_an_alarm_once_and_no_tick_works_until_it_is_believed(
    manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    """S-75: and the held daemon stays alive, or a new start would forget what it knows of the clock."""
    works, uptime = Works(), [0.0]
    one = daemon(works, manager.notifier())
    one.uptime = lambda: uptime[0]
    await one._tick()
    next_year = NOON + timedelta(days=365)

    for uptime[0] in (20.0, 320.0, 620.0):
        one.clock = FixedClock(next_year + timedelta(seconds=uptime[0]))
        one.pulse.last = 0
        await one._tick()
        assert one.pulse.last > 0

    clock = [record for record in caplog.records if record.message == "clock"]
    assert [(record.levelname, record.__dict__["action"]) for record in clock] == [
        ("CRITICAL", "clock_jump"),
        ("WARNING", "clock_believed"),
    ]
    assert works.story == ["answer", "tick", "tick"]
    assert any("hold: clock_jump" in said for said in manager.heard())


async def test_a_mark_from_an_earlier_life_is_waited_for(manager: Manager) -> None:
    """S-74: the mark is stored and only rises."""
    works = Works()
    one = daemon(works, manager.notifier())
    one.guard = ClockGuard(mark=NOON + timedelta(minutes=1))

    await one._tick()
    assert works.story == ["answer"]
    one.clock = FixedClock(NOON + timedelta(minutes=1))
    await one._tick()
    assert works.story == ["answer", "tick"]


async def test_a_hangup_does_not_end_the_daemon_and_says_what_to_do(
    manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    works = Works()
    life = asyncio.create_task(daemon(works, manager.notifier()).serve())
    await manager.hear("READY")

    tell(signal.SIGHUP)
    await manager.hear("STATUS")
    tell(signal.SIGTERM)

    assert await life == 0
    assert [r.__dict__["action"] for r in caplog.records if r.levelname == "WARNING"] == [
        "settings_not_reread"
    ]


async def test_afterwards_signals_mean_again_what_they_meant_before(manager: Manager) -> None:
    before = signal.getsignal(signal.SIGTERM)
    life = asyncio.create_task(daemon(Works(), manager.notifier()).serve())
    await manager.hear("READY")
    tell(signal.SIGTERM)
    await life

    assert signal.getsignal(signal.SIGTERM) == before
