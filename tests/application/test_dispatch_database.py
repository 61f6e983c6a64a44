"""The database goes away at each moment of a letter: nothing goes unrecorded, nothing said is forgotten."""

from pathlib import Path

import pytest

from nhacviec.adapters.database import connecting
from nhacviec.application.troubles import Troubles
from nhacviec.domain.errors import DatabaseUnreachable
from tests.application.outages import Outage, Watched, change, look, lost, no_pause
from tests.application.sending import Desk, Hand, emails, letters, one_look, promised, sending, states, tries
from tests.benchmarks.load import NOW

UNDER_WAY = "SELECT count(*) FROM message WHERE state IN ('claimed', 'transmitting')"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    monkeypatch.setattr(connecting, "_SQLITE", ("busy_timeout=100", *connecting._SQLITE[1:]))
    return f"sqlite:///{tmp_path}/nhacviec.db"


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/nhacviec.db"


async def test_without_a_database_at_the_fence_nothing_goes_and_the_letter_waits_again(url: str) -> None:
    """F37: away between the claim and the fence; given back as soon as it can be, and no attempt counted."""
    await promised(url, emails(1))
    outage = Outage(url)
    async with Desk() as desk, sending(url, desk.url) as service:
        ledger = service.dispatch.attempt.ledger
        ledger.work, ledger.sleep = (watched := Watched(service.database)), outage.pause
        watched.once_before(outage.begin)
        one_look(service)
        await service.dispatch(NOW)

        assert outage.pauses == 0
        assert desk.accepted == []
        (letter,) = (await letters(service)).values()
        assert (letter.state, letter.attempts, letter.ambiguous) == ("pending", 0, 0)
        assert await tries(service, letter) == []
        one_look(service)
        await service.dispatch(NOW)
        assert await states(service) == {"sent": 1}
        assert len(desk.accepted) == 1


async def test_an_intent_whose_answer_is_lost_lets_no_letter_go(url: str) -> None:
    """F47 at the fence: committed, but nobody was told: no dot, no doubt, and the letter waits again."""
    await promised(url, emails(1))
    async with Desk() as desk, sending(url, desk.url) as service:
        ledger = service.dispatch.attempt.ledger
        ledger.work = watched = Watched(service.database)
        ledger.sleep = no_pause
        watched.once_after(lost)
        await service.dispatch(NOW)

        assert desk.accepted == []
        (letter,) = (await letters(service)).values()
        assert (letter.state, letter.ambiguous) == ("pending", 0)
        await service.dispatch(NOW)
        assert await states(service) == {"sent": 1}
        assert len(desk.accepted) == 1


@pytest.mark.parametrize(
    ("reply", "state"),
    [("250 2.0.0 taken", "sent"), ("451 4.3.0 later", "pending"), ("554 5.6.0 no", "dead")],
)
async def test_what_a_server_has_said_is_written_when_the_database_is_back(
    url: str, reply: str, state: str
) -> None:
    """§2.5: away between the reply and its settlement: kept, written later, and no second copy."""
    await promised(url, emails(1))
    outage = Outage(url, pauses=3)

    async def at_dot(_to: str, _content: bytes) -> None:
        await outage.begin()

    async with Desk(at_dot) as desk, sending(url, desk.url) as service:
        desk.answer("DOT", reply)
        service.dispatch.attempt.ledger.sleep = outage.pause
        one_look(service)
        dispatched = await service.dispatch(NOW)

        assert dispatched.states == {state: 1}
        (letter,) = (await letters(service)).values()
        (tried,) = await tries(service, letter)
        assert (letter.state, letter.attempts, letter.ambiguous) == (state, 1, 0)
        assert f"{tried.code} {tried.text}" == reply
        assert outage.pauses == 0


async def test_a_settlement_whose_answer_is_lost_is_not_made_twice(url: str) -> None:
    """F47, W2: committed, but nobody was told: the second try finds it done, and adds no attempt."""
    await promised(url, emails(1))
    async with Desk() as desk, sending(url, desk.url) as service:
        ledger = service.dispatch.attempt.ledger
        ledger.work = watched = Watched(service.database)

        async def after() -> None:
            if look(url, UNDER_WAY) == [(0,)]:
                watched.after = None
                await lost()

        watched.after, ledger.sleep = after, no_pause
        await service.dispatch(NOW)

        (letter,) = (await letters(service)).values()
        assert letter.state == "sent"
        assert [each.outcome for each in await tries(service, letter)] == ["accepted"]
        assert len(desk.accepted) == 1


async def test_a_claim_that_cannot_be_made_ends_the_run_and_the_letters_in_hand_end_well(url: str) -> None:
    """The run says why it ends; what it had begun is sent and settled, what is left waits."""
    await promised(url, emails(6))
    async with Desk() as desk, sending(url, desk.url, lines=2) as service:
        service.dispatch.take.work = watched = Watched(service.database)

        async def after() -> None:
            watched.before = lost

        watched.after = after
        with pytest.raises(DatabaseUnreachable):
            await service.dispatch(NOW)
        watched.after = watched.before = None

        assert await states(service) == {"sent": 2, "pending": 4}
        await service.dispatch(NOW)
        assert await states(service) == {"sent": 6}
        assert max(desk.to.values()) == 1


async def test_a_brake_that_cannot_be_written_down_loses_no_letter(file: str) -> None:
    """F28: away just when the queue is to be held: it is held all the same, and what was refused waits."""
    await promised(file, emails(14))
    async with Desk() as desk, sending(file, desk.url, lines=2) as service:
        desk.answer("RCPT", "550 5.7.1 relaying denied")
        watched = Watched(service.database)
        service.dispatch.attempt.troubles = Troubles(work=watched)
        watched.once_before(lost)
        await service.dispatch(NOW)
        await service.dispatch(NOW)

        assert await states(service) == {"pending": 14}
        assert look(file, "SELECT value FROM setting WHERE key = 'hold'")[0][0]


async def test_refused_credentials_that_cannot_be_written_down_keep_no_letter(file: str) -> None:
    """F29: away just when that moment is to be kept: the letter is given back all the same."""
    await promised(file, emails(1))
    hand = Hand()
    async with Desk(users={"u": "p"}) as desk:
        url = desk.url.replace("//", "//u:wrong@")
        async with sending(file, url, hand) as service:
            watched = Watched(service.database)
            service.dispatch.attempt.troubles = Troubles(work=watched)
            watched.once_before(lost)
            await service.dispatch(NOW)

            assert look(file, UNDER_WAY) == [(0,)]


async def test_a_letter_that_cannot_be_settled_does_not_stay_with_us_for_ever(file: str) -> None:
    """P1: an ending that the database refuses is in doubt, and said to be; the others are not touched."""
    to = emails(6)
    await promised(file, to)
    trigger = (
        "CREATE TRIGGER odd BEFORE UPDATE OF state ON message "
        f"WHEN NEW.state = 'sent' AND NEW.email = '{to[2]}' BEGIN SELECT RAISE(ABORT, 'odd'); END"
    )
    async with Desk() as desk, sending(file, desk.url) as service:
        await change(file, trigger)
        await service.dispatch(NOW)
        assert (await states(service))["sent"] == 5
        await change(file, "DROP TRIGGER odd")
        await service.dispatch(NOW)

        assert look(file, UNDER_WAY) == [(0,)]
        assert (await letters(service))[to[2]].ambiguous == 1
