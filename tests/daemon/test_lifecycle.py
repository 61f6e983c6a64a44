"""The daemon's life: it starts when the database answers, bears trouble, and ends with the letter in hand."""

import asyncio
import signal

import pytest

from nhacviec.adapters.clock import FixedClock
from nhacviec.application.dispatch import Dispatched
from nhacviec.daemon.lifecycle import serve
from nhacviec.domain.errors import DatabaseUnreachable, NhacViecError, TemplateError
from tests.daemon.conftest import Manager
from tests.daemon.works import NEVER, NOON, SOON, Works, daemon, dispatched, tell

SINCE = "letters sent since the start"


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
        (RuntimeError("nobody foresaw this"), "job_failed"),
    ],
)
async def test_a_tick_that_fails_is_one_line_in_the_log_and_the_next_one_comes(
    manager: Manager, caplog: pytest.LogCaptureFixture, trouble: Exception, action: str
) -> None:
    works = Works(answers=[trouble])
    life = asyncio.create_task(daemon(works, manager.notifier()).serve())

    await manager.hear("STATUS=last tick 2026-06-18T12:00:00+00:00")
    tell(signal.SIGTERM)

    assert await life == 0
    assert [record.__dict__["action"] for record in caplog.records if record.levelname == "ERROR"] == [action]


@pytest.mark.parametrize(
    ("trouble", "action"),
    [
        (dispatched(unreachable="connection refused"), "server_unreachable"),
        (DatabaseUnreachable("connection refused"), "database_unreachable"),
        (TemplateError("mail/reminder/vi/body.txt", "line 3"), "send_failed"),
    ],
)
async def test_sending_that_fails_is_one_line_in_the_log_and_goes_on(
    manager: Manager, caplog: pytest.LogCaptureFixture, trouble: Dispatched | Exception, action: str
) -> None:
    works = Works(runs=[trouble, dispatched(sent=3)])
    life = asyncio.create_task(daemon(works, manager.notifier()).serve())

    await manager.hear(f"STATUS=last tick 2026-06-18T12:00:00+00:00, {SINCE}: 0; {action}: ")
    await manager.hear(f"STATUS=last tick 2026-06-18T12:00:00+00:00, {SINCE}: 3")
    tell(signal.SIGTERM)

    assert await life == 0
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
