"""What becomes of a letter when servers do what they do (DELIVERY §2.9; F16-F19, F24, F26-F28, F30)."""

from datetime import timedelta
from email import message_from_bytes

import pytest

from nhacviec.application.messages import Handling
from nhacviec.domain.delivery import MessageState
from tests.application.sending import Desk, Hand, emails, letters, promised, sending, states, tries
from tests.benchmarks.load import NOW
from tests.support.mailserver import CUT, CUT_BODY, Raw

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def file(tmp_path: object) -> str:
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(1))
    return url


@pytest.mark.parametrize("reply", [CUT, "421 4.3.2 enough"])
async def test_a_line_that_was_kept_and_has_died_is_replaced_at_once(tmp_path: object, reply: str) -> None:
    """F16: the letter does not wait and loses no attempt: nothing was said about it."""
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(8))
    async with Desk() as desk, sending(url, desk.url, lines=1) as service:
        desk.answer("MAIL", "250 2.1.0 OK", times=2)
        desk.answer("MAIL", reply, times=1)
        dispatched = await service.dispatch(NOW)

        assert dispatched.states == {MessageState.SENT: 8}
        assert desk.connections == 2
        for letter in (await letters(service)).values():
            assert (letter.attempts, letter.ambiguous) == (1, 0)
            assert len(await tries(service, letter)) == 1


async def test_of_two_letters_on_a_line_that_dies_at_a_dot_the_first_alone_is_in_doubt(
    tmp_path: object,
) -> None:
    """F16, F18: the envelope of the second lay behind that dot; over a new line it is a first try."""
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(8))
    async with Desk(extensions=("PIPELINING",)) as desk, sending(url, desk.url, lines=1) as service:
        desk.answer("DOT", "250 2.0.0 taken", times=2)
        desk.answer("DOT", CUT, times=1)
        dispatched = await service.dispatch(NOW)

        assert dispatched.states == {MessageState.SENT: 7, MessageState.PENDING: 1}
        assert desk.connections == 2
        found = list((await letters(service)).values())
        assert sorted(letter.ambiguous for letter in found) == [0] * 7 + [1]
        assert [len(await tries(service, letter)) for letter in found] == [1] * 8


async def test_a_reset_in_the_body_is_no_delivery_and_the_next_try_is_the_first_copy(file: str) -> None:
    """F17: definite non-delivery: put off, one copy in the end."""
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        desk.answer("DATA", CUT_BODY, times=1)
        await service.dispatch(NOW)
        (waiting,) = (await letters(service)).values()
        assert (waiting.state, waiting.attempts, waiting.ambiguous) == ("pending", 1, 0)
        assert waiting.due_at == NOW + 5 * MINUTE
        await service.dispatch(hand.turn(minutes=5))

        (letter,) = (await letters(service)).values()
        first, second = await tries(service, letter)
        assert (first.stage, first.code, first.outcome) == ("data", 0, "deferred")
        assert (second.n, second.outcome) == (2, "accepted")
        assert len(desk.accepted) == 1


@pytest.mark.parametrize(("keep", "copies"), [(True, 2), (False, 1)])
async def test_a_reset_after_the_dot_is_ambiguous_and_goes_again_to_the_letter(
    file: str, keep: bool, copies: int
) -> None:
    """F18, F19: the same bytes under the same Message-ID, whether the server had taken it or not (P3)."""
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        desk.answer("DOT", CUT, times=1, keep=keep)
        await service.dispatch(NOW)
        (waiting,) = (await letters(service)).values()
        assert (waiting.state, waiting.attempts, waiting.ambiguous) == ("pending", 1, 1)
        assert waiting.due_at == NOW + 5 * MINUTE
        assert (await service.dispatch(NOW + 4 * MINUTE)).states == {}
        await service.dispatch(hand.turn(minutes=5))

        (letter,) = (await letters(service)).values()
        assert (letter.state, letter.attempts, letter.ambiguous) == ("sent", 2, 1)
        assert [each.outcome for each in await tries(service, letter)] == ["ambiguous", "accepted"]
        assert len(desk.accepted) == copies
        assert {each.content for each in desk.accepted} == {waiting.mime}
        assert message_from_bytes(desk.accepted[0].content)["Message-ID"] == letter.message_id


@pytest.mark.parametrize("odd", [CUT, Raw(b"354 go on\r\n"), Raw(b"what?\r\n")])
async def test_twice_without_an_answer_is_for_a_human_who_may_send_it_again(file: str, odd: str) -> None:
    """P2, F24: after two ambiguous attempts it is uncertain, and nothing but a word gets it out."""
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        desk.answer("DOT", odd, times=2, keep=True)
        await service.dispatch(NOW)
        await service.dispatch(hand.turn(minutes=5))
        await service.dispatch(hand.turn(days=3))
        (letter,) = (await letters(service)).values()
        assert (letter.state, letter.ambiguous, len(desk.accepted)) == ("uncertain", 2, 2)

        await service.messages.handle(Handling.RETRY, letter.id, hand.at)
        await service.dispatch(hand.at)
        (letter,) = (await letters(service)).values()
        assert letter.state == "sent"
        assert [each.outcome for each in await tries(service, letter)] == [
            "ambiguous",
            "ambiguous",
            "accepted",
        ]
        assert len({each.content for each in desk.accepted}) == 1
        assert len(desk.accepted) == 3


@pytest.mark.parametrize(
    ("stage", "reply", "state", "attempts", "wait"),
    [
        # F26: 421 closes the line; before the dot nothing was delivered
        ("MAIL", "421 4.3.2 closing", "pending", 0, 1),
        ("RCPT", "421 4.3.2 closing", "pending", 0, 1),
        ("DATA", "421 4.3.2 closing", "pending", 0, 1),
        ("DOT", "421 4.3.2 closing", "pending", 1, 5),
        # F27: 4yz puts the letter off
        ("MAIL", "451 4.3.0 later", "pending", 1, 5),
        ("RCPT", "450 4.2.0 later", "pending", 1, 5),
        ("RCPT", "552 5.2.2 full", "pending", 1, 5),
        ("DATA", "452 4.3.1 later", "pending", 1, 5),
        ("DOT", "451 4.3.0 later", "pending", 1, 5),
        # F28: 5yz is for good
        ("MAIL", "552 5.3.4 too big", "dead", 1, 0),
        ("RCPT", "550 5.1.1 nobody", "dead", 1, 0),
        ("RCPT", "556 5.1.10 null MX", "dead", 1, 0),
        ("RCPT", "550 5.7.1 not from you", "dead", 1, 0),
        ("DATA", "554 5.6.0 no", "dead", 1, 0),
        ("DOT", "554 5.6.0 no", "dead", 1, 0),
        # a reply that fits nowhere, and none
        ("DATA", "250 2.0.0 what?", "pending", 1, 5),
        ("RCPT", CUT, "pending", 1, 5),
        ("MAIL", CUT, "pending", 0, 0),
    ],
)
async def test_each_reply_at_each_stage_leads_where_the_table_says(
    file: str, stage: str, reply: str, state: str, attempts: int, wait: int
) -> None:
    """§2.9, F26, F27, F28: the state, the attempts and when it goes again; then it goes."""
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        desk.answer(stage, reply, times=1)
        await service.dispatch(NOW)
        (letter,) = (await letters(service)).values()

        assert (letter.state, letter.attempts, letter.ambiguous) == (state, attempts, 0)
        assert letter.due_at == NOW + wait * MINUTE
        assert desk.accepted == []
        (tried,) = await tries(service, letter)
        assert tried.stage == stage.lower()
        await service.dispatch(hand.turn(minutes=6))
        assert len(desk.accepted) == (state == "pending")


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO"])
@pytest.mark.parametrize("reply", ["421 4.3.2 closing", "554 5.3.2 no", "451 4.3.0 later", CUT])
async def test_what_ends_the_opening_costs_the_letter_nothing(file: str, stage: str, reply: str) -> None:
    """F26, F27, F28: nothing is on record against it, people are told, and it goes when it can."""
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        desk.answer(stage, reply, times=2)  # after EHLO an opening may try HELO
        dispatched = await service.dispatch(NOW)
        (letter,) = (await letters(service)).values()

        assert dispatched.unreachable
        assert (letter.state, letter.attempts, letter.due_at) == ("pending", 0, NOW)
        assert await tries(service, letter) == []
        desk.relent()
        dispatched = await service.dispatch(hand.turn(minutes=6))
        assert dispatched.unreachable == ""
        assert await states(service) == {"sent": 1}


async def test_one_put_off_letter_does_not_touch_the_others(tmp_path: object) -> None:
    """F27: per recipient; the others have gone by the end of the run."""
    url, to = f"sqlite:///{tmp_path}/nhacviec.db", emails(10)
    await promised(url, to)
    async with Desk() as desk, sending(url, desk.url) as service:
        for email, reply in zip(to, ["450 4.2.0 later", "550 5.1.1 nobody"], strict=False):
            desk.answer("RCPT", reply, recipient=email)
        await service.dispatch(NOW)

        assert await states(service) == {"sent": 8, "pending": 1, "dead": 1}
        assert desk.to == dict.fromkeys(to[2:], 1)


async def test_a_greylist_is_asked_again_when_it_said(file: str) -> None:
    """F30: "try again in 300 seconds": the second try comes in [300, 390] s and is the last."""
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        desk.answer("RCPT", "450 4.7.1 Greylisted, try again in 300 seconds", times=1)
        await service.dispatch(NOW)
        (letter,) = (await letters(service)).values()
        assert timedelta(seconds=300) <= letter.due_at - NOW <= timedelta(seconds=390)
        hand.at = letter.due_at
        await service.dispatch(hand.at)

        (letter,) = (await letters(service)).values()
        assert (letter.state, letter.attempts) == ("sent", 2)
