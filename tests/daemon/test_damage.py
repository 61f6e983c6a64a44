"""A database that cannot be trusted ends the daemon, so that a new start looks at it (DELIVERY §2.13)."""

import asyncio
import logging

import pytest

from nhacviec.daemon.lifecycle import LAST_WORDS
from nhacviec.daemon.rhythm import Job
from nhacviec.domain.errors import DatabaseDamaged, DatabaseUnreachable
from tests.daemon.conftest import Manager
from tests.daemon.works import NEVER, SOON, Works, daemon, dispatched

DAMAGE = DatabaseDamaged("the database x does not answer: disk I/O error")


async def damaged() -> None:
    raise DAMAGE


@pytest.mark.parametrize("where", ["tick", "send", "another job"])
async def test_damage_ends_the_daemon_with_69_and_one_line_wherever_it_is_found(
    manager: Manager, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    """F38, F41: it stops sending at once."""
    works = Works(
        answers=[DAMAGE] if where == "tick" else [],
        runs=[DAMAGE, dispatched(sent=1)] if where == "send" else [],
    )
    one = daemon(works, manager.notifier())
    one.jobs = [Job(name="rescue", seconds=SOON, work=damaged)] if where == "another job" else []

    assert await one.serve() == 69
    assert not works.pulse.going()
    assert works.story[-1] == "stop"
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        str(DAMAGE)
    ]
    assert [record.levelname for record in caplog.records if record.levelno >= logging.WARNING] == [
        "CRITICAL"
    ]
    assert any(str(DAMAGE) in said for said in manager.heard())


async def test_damage_that_the_watchdog_finds_ends_the_daemon_too(manager: Manager) -> None:
    class Spoilt(Works):
        async def ping(self) -> None:
            if "tick" in self.story:
                raise DAMAGE

    works = Spoilt()

    assert await daemon(works, manager.notifier(watchdog_seconds=2 * SOON), NEVER).serve() == 69


async def test_what_a_server_has_said_has_only_moments_left_to_be_written(manager: Manager) -> None:
    works = Works(hold=True)
    one = daemon(works, manager.notifier())
    one.grace = 0.01
    one.jobs = [Job(name="rescue", seconds=SOON, work=damaged)]

    assert await one.serve() == 69
    assert works.story[-1] == "stop"
    assert daemon(works, manager.notifier()).grace > LAST_WORDS


async def test_a_database_that_is_away_is_no_traceback_of_every_other_job(
    manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    tried = asyncio.Event()

    async def away() -> None:
        tried.set()
        raise DatabaseUnreachable("connection refused")

    one = daemon(Works(), manager.notifier())
    one.jobs = [Job(name="beat", seconds=SOON, work=away)]
    life = asyncio.create_task(one.serve())
    await tried.wait()
    one._told()

    assert await life == 0
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
