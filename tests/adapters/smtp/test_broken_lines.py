"""A line that breaks before the dot has delivered nothing; after it nobody knows (DELIVERY §2.6, §2.9)."""

import pytest

from nhacviec.adapters.smtp import Timeouts
from nhacviec.domain.errors import DeliveryDeferred
from tests.adapters.smtp.letters import (
    AMBIGUOUS,
    DEFERRED,
    LETTER,
    QUICK,
    REFUSED,
    SILENCE,
    STAGES,
    Fence,
    conversation,
    lines,
    outcome,
    send,
    until,
)
from tests.support.mailserver import CUT, CUT_BODY, STUCK, MailServer, Raw


@pytest.mark.parametrize(("stage", "name"), STAGES)
@pytest.mark.parametrize(
    "said",
    [
        CUT,
        SILENCE,
        Raw(b"25", pause=0.05, endless=True),
        Raw(b"2", after=30),
        Raw(b"rubbish\r\n"),
        Raw(b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"),
        Raw(b"250-more\r\n", endless=True),
        Raw(b"x", endless=True),
        Raw(b"250-one\r\n550 two\r\n"),
        Raw(b"150 wait\r\n"),
    ],
    ids=[
        "reset",
        "silence",
        "drip",
        "half",
        "rubbish",
        "binary",
        "endless",
        "no end of line",
        "two codes",
        "1yz",
    ],
)
async def test_no_reply_before_the_dot_is_a_definite_failure_and_after_it_nobody_knows(
    office: MailServer, stage: str, name: str, said: str
) -> None:
    """F16, F19, F21, F22, F24: a line that says nothing, too little, too much or nonsense."""
    office.answer(stage, said)
    patience = Timeouts(dot=QUICK.dot) if stage == "DOT" else QUICK
    async with conversation(office, patience) as connection:
        result = await outcome(connection)
        assert not connection.alive

    assert result == (AMBIGUOUS if stage == "DOT" else DEFERRED, 0, name)
    assert office.accepted == []


async def test_a_reply_that_drips_within_its_time_is_heard(office: MailServer) -> None:
    """F21: split in single bytes, several lines, 10 KB of text, NUL."""
    said = b"250-one\r\n250-" + b"x" * 5000 + b"\r\n250 a\x00b\r\n"
    office.answer("MAIL", Raw(b"250-one\r\n250 two\r\n", pause=0.001))
    office.answer("DOT", Raw(said))
    async with conversation(office) as connection:
        code, text = await send(connection)

    assert (code, len(text), "\x00" in text) == (250, 500, False)


async def test_a_server_that_took_the_letter_and_broke_leaves_us_in_doubt(office: MailServer) -> None:
    """F18: the second copy is the caller's, under the same Message-ID and of the same bytes."""
    office.answer("DOT", CUT, keep=True, times=1)
    async with conversation(office) as connection:
        assert await outcome(connection) == (AMBIGUOUS, 0, "dot")
    async with conversation(office) as connection:
        assert await outcome(connection) == ("sent", 250, "")

    assert [kept.content for kept in office.accepted] == [LETTER, LETTER]


async def test_a_reply_to_the_dot_after_a_long_while_is_heard(office: MailServer) -> None:
    """F20: nine minutes fifty of the ten, on a scaled clock."""
    office.answer("DOT", Raw(b"250 2.0.0 taken\r\n", after=0.3))
    patience = Timeouts(command=60, dot=60)
    async with conversation(office, patience) as connection:
        assert await send(connection) == (250, "2.0.0 taken")


@pytest.mark.parametrize("how", [CUT_BODY, STUCK])
async def test_a_line_that_breaks_within_the_letter_has_delivered_nothing(
    office: MailServer, how: str
) -> None:
    """F17: a reset in the middle of the body, and a server that reads no further."""
    office.answer("DATA", how)
    fence = Fence()
    async with conversation(office, QUICK) as connection:
        result = await outcome(connection, lines(30_000_000), fence)
        assert not connection.alive

    assert result == (DEFERRED, 0, "data")
    assert fence.asked == 0
    assert office.accepted == []


@pytest.mark.parametrize(
    "surplus", [b"250 2.0.0 surplus\r\n", b"550 5.0.0 surplus\r\n", b"25", b"421 idle\r\n"]
)
@pytest.mark.parametrize("stage", ["RCPT", "DATA", "DOT"])
async def test_what_was_not_asked_for_is_never_taken_for_the_next_answer(
    office: MailServer, stage: str, surplus: bytes
) -> None:
    """F25: the letter it came with keeps its own reply; the next does not go on this line."""
    usual = {"RCPT": b"250 2.1.5 OK\r\n", "DATA": b"354 go on\r\n", "DOT": b"250 2.0.0 taken\r\n"}
    office.answer(stage, Raw(usual[stage] + surplus), times=1, keep=True)
    async with conversation(office) as connection:
        first = await outcome(connection)
        assert not connection.alive
        second = await outcome(connection)

    assert first[0] in (("sent",) if stage == "DOT" else (DEFERRED, REFUSED))
    assert second == (DEFERRED, 0, "mail")
    assert len(office.accepted) == (stage == "DOT")


@pytest.mark.parametrize("surplus", [b"250 2.0.0 surplus\r\n", b"2"])
async def test_what_comes_between_two_letters_ends_the_line(office: MailServer, surplus: bytes) -> None:
    """F25: also what idle servers say before they hang up."""
    async with conversation(office) as connection:
        await send(connection)
        (line,) = office.open
        await line._say(Raw(surplus))
        await until(lambda: not connection.alive)
        assert await outcome(connection) == (DEFERRED, 0, "mail")

    assert len(office.accepted) == 1


async def test_a_server_that_hung_up_meanwhile_is_noticed(office: MailServer) -> None:
    """F16: what the application's pool asks before it gives a line to a letter."""
    async with conversation(office) as connection:
        await send(connection)
        office.cut_all()
        await until(lambda: not connection.alive)
        assert await outcome(connection) == (DEFERRED, 0, "mail")


async def test_a_conversation_nobody_answers_is_closed_all_the_same(office: MailServer) -> None:
    office.answer("MAIL", SILENCE)
    async with conversation(office, QUICK) as connection:
        with pytest.raises(DeliveryDeferred):
            await send(connection)
        await connection.close()
        await connection.close()

        assert not connection.alive
