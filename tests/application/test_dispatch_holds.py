"""The queue stands still when the server and not the letters are at fault (DELIVERY §2.8; F28, F29)."""

import logging

import pytest

from nhacviec.application.holds import HoldKind, holds, put
from nhacviec.bootstrap import Service
from tests.application.sending import Desk, Hand, emails, letters, promised, sending, states
from tests.benchmarks.load import NOW


@pytest.fixture
def file(tmp_path: object) -> str:
    return f"sqlite:///{tmp_path}/nhacviec.db"


async def standing(service: Service) -> list[HoldKind]:
    async with service.database.read() as transaction:
        return [hold.kind for hold in await holds(transaction)]


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]


@pytest.mark.parametrize(
    ("stage", "reply", "lines"),
    [
        ("RCPT", "550 5.7.1 relaying denied", 1),
        ("RCPT", "550 5.7.1 relaying denied", 8),
        ("DATA", "554 5.7.1 no", 8),
        ("DOT", "554 5.6.0 no", 8),
    ],
)
async def test_ten_refusals_alike_hold_the_queue_and_cost_no_letter_its_life(
    file: str, stage: str, reply: str, lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    """F28: those refused before the brake wait again too, with one line or many; a word lets all go on."""
    to = emails(30)
    await promised(file, to)
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand, lines=lines) as service:
        desk.answer(stage, reply)
        await service.dispatch(NOW)

        assert await standing(service) == [HoldKind.REFUSALS]
        assert await states(service) == {"pending": 30}
        tried = [letter for letter in (await letters(service)).values() if letter.attempts]
        assert 10 <= len(tried) <= 10 + 2 * lines
        assert len([alarm for alarm in alarms(caplog) if "refused alike" in alarm]) == 1
        assert (await service.dispatch(hand.turn(hours=1))).states == {}

        desk.relent()
        await service.messages.release_all()
        await service.dispatch(hand.turn(minutes=1))
        assert await states(service) == {"sent": 30}
        assert desk.to == dict.fromkeys(to, 1)


async def test_who_lets_the_queue_go_on_too_early_is_stopped_again(file: str) -> None:
    """F28: the server is as it was: nothing dies of that either, however often it is tried."""
    await promised(file, emails(40))
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        desk.answer("RCPT", "550 5.7.1 relaying denied")
        for _ in range(3):
            await service.dispatch(hand.turn(hours=1))
            assert await standing(service) == [HoldKind.REFUSALS]
            assert await states(service) == {"pending": 40}
            await service.messages.release_all()
        desk.relent()
        await service.dispatch(hand.turn(hours=1))

        assert await states(service) == {"sent": 40}


async def test_a_sender_that_is_refused_holds_the_queue_and_no_letter_pays_for_it(
    file: str, caplog: pytest.LogCaptureFixture
) -> None:
    """§2.9: 5yz to MAIL is a setting's fault: told once; the queue goes on when a human says so."""
    await promised(file, emails(20))
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        desk.answer("MAIL", "553 5.1.8 not our domain")
        await service.dispatch(NOW)
        await service.dispatch(hand.turn(minutes=1))

        assert await standing(service) == [HoldKind.SENDER]
        assert {letter.attempts for letter in (await letters(service)).values()} == {0}
        assert len(alarms(caplog)) == 1
        desk.relent()
        await service.messages.release_all()
        await service.dispatch(hand.turn(minutes=1))
        assert await states(service) == {"sent": 20}


@pytest.mark.parametrize("kind", list(HoldKind))
async def test_nothing_is_claimed_while_anything_holds_the_queue(file: str, kind: HoldKind) -> None:
    """§2.3: whatever the reason is; no line is opened either."""
    await promised(file, emails(3))
    async with Desk() as desk, sending(file, desk.url) as service:
        async with service.database.write() as transaction:
            await put(transaction, kind, "so", NOW)
        dispatched = await service.dispatch(NOW)

        assert (dispatched.states, dispatched.unreachable, desk.connections) == ({}, "", 0)
        assert await states(service) == {"pending": 3}


async def test_a_hold_put_while_letters_go_stops_what_is_not_in_hand(file: str) -> None:
    """§2.3: a human holds the queue in the middle of a run."""
    await promised(file, emails(20))

    async def at_dot(_to: str, _content: bytes) -> None:
        if not desk.accepted:
            await service.messages.hold_all(NOW)

    async with Desk(at_dot) as desk, sending(file, desk.url, lines=2) as service:
        await service.dispatch(NOW)

        assert 1 <= len(desk.accepted) <= 4
        assert (await states(service))["pending"] == 20 - len(desk.accepted)


async def test_refused_credentials_are_shown_five_times_in_an_hour_however_often_we_start(
    file: str, caplog: pytest.LogCaptureFixture
) -> None:
    """F29: 535 for an hour, a new process every five minutes: at most five tries, then all goes."""
    await promised(file, emails(5))
    hand = Hand()
    async with Desk(users={"u": "p"}) as desk:
        desk.answer("AUTH", "535 5.7.8 no", times=1000)
        url = desk.url.replace("//", "//u:p@")
        for _ in range(12):
            async with sending(file, url, hand) as service:
                await service.dispatch(hand.at)
            hand.turn(minutes=5)
        shown = 1000 - (desk._book.answers[0].left or 0)
        desk.relent()
        hand.turn(minutes=15)
        async with sending(file, url, hand) as service:
            await service.dispatch(hand.at)
            assert await states(service) == {"sent": 5}
            assert {letter.attempts for letter in (await letters(service)).values()} == {1}

    assert 1 <= shown <= 5
    assert len(alarms(caplog)) == 1


async def test_refused_credentials_are_an_alarm_once_in_one_life(
    file: str, caplog: pytest.LogCaptureFixture
) -> None:
    """F29: the same hour in one process."""
    await promised(file, emails(5))
    hand = Hand()
    async with Desk(users={"u": "p"}) as desk:
        desk.answer("AUTH", "535 5.7.8 no", times=1000)
        async with sending(file, desk.url.replace("//", "//u:p@"), hand) as service:
            for _ in range(120):
                await service.dispatch(hand.turn(seconds=30))
            shown = 1000 - (desk._book.answers[0].left or 0)
            desk.relent()
            await service.dispatch(hand.turn(minutes=15))
            assert await states(service) == {"sent": 5}

    assert 1 <= shown <= 5
    assert len(alarms(caplog)) == 1
