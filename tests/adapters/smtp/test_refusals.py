"""What a server answers decides, by its first digit and its stage (DELIVERY §2.9)."""

from itertools import product

import pytest

from tests.adapters.smtp.letters import (
    AMBIGUOUS,
    DEFERRED,
    PIPELINING,
    REFUSED,
    STAGES,
    Fence,
    conversation,
    outcome,
    send,
)
from tests.support.mailserver import MailServer


@pytest.mark.parametrize("reply", ["251 2.1.5 will forward", "252 2.0.0 cannot tell", "299 kept", "250"])
async def test_any_2yz_to_the_dot_means_taken(office: MailServer, reply: str) -> None:
    """F23."""
    office.answer("DOT", reply)
    async with conversation(office) as connection:
        code, text = await send(connection)
        assert connection.alive

    assert f"{code} {text}".strip() == reply


@pytest.mark.parametrize(("stage", "name"), STAGES)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("451 4.7.1 later", DEFERRED),
        ("452 4.2.2 full", DEFERRED),
        ("550 5.1.1 never", REFUSED),
        ("552 5.2.2", REFUSED),
    ],
)
async def test_a_refusal_at_any_stage_says_what_and_where_and_the_next_letter_goes(
    office: MailServer, stage: str, name: str, reply: str, kind: str
) -> None:
    """F27, F28: 4yz and 5yz at each stage; the line is fit for another recipient."""
    office.answer(stage, reply, times=1)
    fence = Fence()
    async with conversation(office) as connection:
        result = await outcome(connection, fence=fence)
        assert connection.alive
        assert await send(connection) == (250, "2.0.0 taken")

    assert result == (kind, int(reply[:3]), name)
    assert fence.asked == (stage == "DOT")
    assert len(office.accepted) == 1
    assert office.connections == 1


@pytest.mark.parametrize(("stage", "name"), STAGES)
async def test_421_at_any_stage_is_a_deferral_and_the_end_of_the_line(
    office: MailServer, stage: str, name: str
) -> None:
    """F26."""
    office.answer(stage, "421 4.3.2 closing down")
    async with conversation(office) as connection:
        assert await outcome(connection) == (DEFERRED, 421, name)
        assert not connection.alive
        assert await outcome(connection) == (DEFERRED, 0, "mail")

    assert office.accepted == []


@pytest.mark.parametrize(
    ("stage", "name", "reply"),
    [
        ("MAIL", "mail", "354 go on"),
        ("RCPT", "rcpt", "334 what"),
        ("DATA", "data", "334 what"),
        ("DATA", "data", "250 taken already"),
        ("DOT", "dot", "354 go on"),
    ],
)
async def test_an_answer_to_another_question_ends_the_line(
    office: MailServer, stage: str, name: str, reply: str
) -> None:
    """F24: 3yz to MAIL, RCPT or the dot; anything but 354 to DATA."""
    office.answer(stage, reply)
    async with conversation(office) as connection:
        result = await outcome(connection)
        assert not connection.alive

    assert result == (AMBIGUOUS if stage == "DOT" else DEFERRED, int(reply[:3]), name)
    assert office.accepted == []


REPLIES = {
    "MAIL": ("250 2.1.0 OK", "451 4.0.0 later", "550 5.0.0 no"),
    "RCPT": ("250 2.1.5 OK", "450 4.2.0 later", "550 5.1.1 no"),
    "DATA": ("354 go on", "451 4.3.0 later", "554 5.5.1 no valid recipients"),
}
#: What a server that takes everything says by itself.
USUAL = {replies[0] for replies in REPLIES.values()}


@pytest.mark.parametrize("said", list(product(*REPLIES.values())), ids=" ".join)
async def test_every_mix_of_replies_to_a_group_of_commands_is_read_to_its_end(said: tuple[str, ...]) -> None:
    """RFC 2920 §3.1: the first refusal is the reason; 354 after one ends the line, without a lone dot."""
    async with MailServer(extensions=PIPELINING) as office:
        for stage, reply in zip(REPLIES, said, strict=True):
            if reply not in USUAL:
                office.answer(stage, reply, times=1)
        if said[2] in USUAL and not USUAL.issuperset(said):
            office.answer("DATA", said[2], times=1)
        async with conversation(office) as connection:
            result = await outcome(connection)
            alive = connection.alive
            office.relent()
            again = await outcome(connection)

    first = next((n for n, reply in enumerate(said) if reply[0] in "45"), None)
    if first is None:
        assert result == ("sent", 250, "")
    else:
        kind = REFUSED if said[first].startswith("5") else DEFERRED
        assert result == (kind, int(said[first][:3]), ("mail", "rcpt", "data")[first])
    assert alive is (first is None or not said[2].startswith("354"))
    assert again == (("sent", 250, "") if alive else (DEFERRED, 0, "mail"))
    assert len(office.accepted) == (first is None) + alive


async def test_a_refused_rset_ends_the_line_and_hides_nothing(office: MailServer) -> None:
    """DELIVERY §2.10: a late or bad reply to RSET does not change what was answered before it."""
    office.answer("RCPT", "550 5.1.1 no such user")
    office.answer("RSET", "500 what?")
    async with conversation(office) as connection:
        assert await outcome(connection) == (REFUSED, 550, "rcpt")
        assert not connection.alive
