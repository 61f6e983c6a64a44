"""Troubles: people are told once, and what must outlive the process is written down (DELIVERY §2.8; F29)."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from nhacviec.application.holds import HoldKind, holds
from nhacviec.application.records import Claim, Ending
from nhacviec.application.relay import Relay
from nhacviec.application.troubles import REFUSED_AT, Troubles
from nhacviec.bootstrap import Service
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.relay.brake import IN_A_ROW
from nhacviec.domain.relay.credentials import REST
from tests.application.relays import Time, opening, refuses
from tests.application.sending import NOWHERE, emails, promised, sending, states
from tests.benchmarks.load import NOW


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(12))
    async with sending(url, NOWHERE) as service:
        yield service


def relay_at(time: Time) -> Relay:
    return Relay(connections=4, clock=time, chance=lambda: 0.5)


def levels(caplog: pytest.LogCaptureFixture) -> list[int]:
    return [record.levelno for record in caplog.records if record.name.endswith("troubles")]


async def test_refused_credentials_rest_in_the_next_process_too(service: Service) -> None:
    """F29: for what is left of a quarter of an hour since they were refused."""
    first, second, time = relay_at(Time()), relay_at(Time()), Time()
    second._clock = time
    await Troubles(work=service.database).tell(first.failed(opening("auth", 535)), NOW)
    await Troubles(work=service.database).remember(second, NOW + timedelta(minutes=5))

    assert second.capacity() == 0
    assert second.rest() == (REST - timedelta(minutes=5)).total_seconds()
    time.now += second.rest()
    assert second.capacity() == 1


async def test_what_was_told_by_an_earlier_process_is_no_alarm_again(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """F29: the same refusal, met by a new process when the rest is over; nobody was let in meanwhile."""
    caplog.set_level(logging.INFO)
    for n in range(3):
        troubles, relay, now = Troubles(work=service.database), relay_at(Time()), NOW + n * REST
        await troubles.remember(relay, now)
        await troubles.tell(relay.failed(opening("auth", 535)), now)

    assert levels(caplog) == [logging.CRITICAL, logging.INFO, logging.INFO]


async def test_nothing_new_is_not_told(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    await Troubles(work=service.database).tell(None, NOW)

    assert levels(caplog) == []


async def test_a_server_that_is_away_is_no_alarm_and_refused_credentials_are(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """§2.8: what may pass by itself is told quietly."""
    caplog.set_level(logging.INFO)
    relay, time = relay_at(Time()), Time()
    relay._clock = time
    troubles = Troubles(work=service.database)
    await troubles.tell(relay.failed(opening("connect")), NOW)
    time.now += relay.rest()
    await troubles.tell(relay.failed(opening("auth", 535)), NOW)

    assert levels(caplog) == [logging.INFO, logging.CRITICAL]
    async with service.database.read() as transaction:
        assert await transaction.catalogue.value(REFUSED_AT) == NOW.isoformat()


async def test_the_brake_holds_the_queue_and_reopens_what_it_had_let_die(service: Service) -> None:
    """F28: in one transaction; the reason says what to do."""
    taken = await service.dispatch.take(NOW, 9)
    async with service.database.write() as transaction:
        await transaction.outbox.settle([_dead(each.claim) for each in taken])
    (*_, last) = refuses(relay_at(Time()), IN_A_ROW)
    assert len(last.reopen) == len(taken)
    await Troubles(work=service.database).heed(last, NOW)

    assert await states(service) == {"pending": 12}
    async with service.database.read() as transaction:
        (hold,) = await holds(transaction)
    assert (hold.kind, hold.at) == (HoldKind.REFUSALS, NOW)
    assert "nhacviec message release" in hold.text


def _dead(claim: Claim) -> Ending:
    return Ending(claim=claim, state=MessageState.DEAD)
