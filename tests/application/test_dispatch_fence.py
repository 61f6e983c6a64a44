"""The fence: no dot before its own intent is committed, though letters share commits (DELIVERY §2.5)."""

import pytest

from nhacviec.domain.delivery import MessageState
from tests.application.outages import Watched, look, stands
from tests.application.sending import Desk, emails, letters, promised, sending, states, tries
from tests.benchmarks.load import NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: object) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/nhacviec.db"


async def test_at_each_dot_its_intent_is_committed_with_the_bytes_that_come(url: str) -> None:
    """§2.5, P3: somebody else sees the letter transmitting, claimed by us, and its bytes as they arrive."""
    await promised(url, emails(30))
    seen: list[tuple[str, bool, bool, bool]] = []

    async def at_dot(to: str, content: bytes) -> None:
        query = "SELECT state, token, worker, intended_at FROM message WHERE email = ?"
        ((state, token, worker, intended),) = look(url, query, to)
        letter = (await stands(url))[to]
        seen.append((state, bool(token and worker), bool(intended), letter.mime == content))

    async with Desk(at_dot) as desk, sending(url, desk.url, lines=8) as service:
        await service.dispatch(NOW)

        assert seen == [("transmitting", True, True, True)] * 30
        assert await states(service) == {"sent": 30}


async def test_letters_in_flight_share_commits(url: str) -> None:
    """§2.6: the price of the intent is a commit, and many letters pay it together."""
    await promised(url, emails(200))
    async with Desk() as desk, sending(url, desk.url, lines=32) as service:
        service.dispatch.attempt.ledger.work = ledger = Watched(service.database)
        service.dispatch.take.work = take = Watched(service.database)
        dispatched = await service.dispatch(NOW)

        assert dispatched.states == {MessageState.SENT: 200}
        assert ledger.commits + take.commits < 100
        assert all(count == 1 for count in desk.to.values())


async def test_each_attempt_is_on_record_once_with_its_reply_and_its_intent(url: str) -> None:
    """§2.3: every arrow out of a server's reply leaves one attempt behind."""
    await promised(url, emails(20))
    async with Desk() as desk, sending(url, desk.url) as service:
        await service.dispatch(NOW)

        for letter in (await letters(service)).values():
            (tried,) = await tries(service, letter)
            assert (tried.n, tried.stage, tried.code, tried.outcome) == (1, "dot", 250, "accepted")
            assert tried.worker == service.attendance.number
            assert tried.intended_at is not None
            assert (letter.attempts, letter.ambiguous, letter.last_code) == (1, 0, 250)
            assert letter.sent_at is not None
