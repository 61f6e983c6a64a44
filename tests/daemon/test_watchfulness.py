"""The daemon is not believed blindly, nor does it believe its clock blindly: the watchdog, S-74 and S-75."""

import asyncio
import signal
from contextlib import suppress
from datetime import timedelta

import pytest

from nhacviec.adapters.clock import FixedClock
from nhacviec.daemon.clock_guard import ClockGuard
from nhacviec.daemon.pulse import Pulse
from nhacviec.daemon.systemd import Notifier
from nhacviec.domain.errors import TemplateError
from tests.daemon.conftest import Manager
from tests.daemon.works import NEVER, NOON, SOON, Works, daemon, tell


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


async def test_the_watchdog_starves_when_the_database_does_not_answer_for_longer_than_is_borne(
    manager: Manager,
) -> None:
    """Until then a new start would only forget what a mail server has said meanwhile."""
    now = [0.0]
    works = Works(down=2, pulse=Pulse(monotonic=lambda: now[0]))
    one = daemon(works, manager.notifier(watchdog_seconds=60))
    fed = []

    for now[0] in (600.0, 721.0, 722.0):
        works.pulse.beat()  # ticks come to an end all the while, though to no good one
        await one._feed()
        fed.append("WATCHDOG=1" in manager.heard())

    assert fed == [True, False, True]


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
    next_month = NOON + timedelta(days=30)

    for uptime[0] in (20.0, 320.0, 620.0):
        one.clock = FixedClock(next_month + timedelta(seconds=uptime[0]))
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


async def test_a_wrong_year_holds_the_daemon_which_stays_alive_and_says_so(manager: Manager) -> None:
    """S-75, F56: for a day and more; a wrong year must not escalate everything."""
    works, uptime = Works(), [0.0]
    one = daemon(works, manager.notifier())
    one.uptime = lambda: uptime[0]
    await one._tick()

    for uptime[0] in (20.0, 620.0, 86_400.0):
        one.clock = FixedClock(NOON + timedelta(days=3650, seconds=uptime[0]))
        one.pulse.last = 0
        await one._tick()
        assert one.pulse.last > 0

    assert works.story == ["answer", "tick"]
    assert "hold: clock_far_jump" in manager.heard()[-1]
    one.clock = FixedClock(NOON + timedelta(seconds=86_420))
    await one._tick()
    assert works.story == ["answer", "tick", "tick"]


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
