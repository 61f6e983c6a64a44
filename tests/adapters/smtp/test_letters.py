"""A letter goes as it is, to whom it is meant for, or not at all (DELIVERY §2.9)."""

import socket

import pytest

from nhacviec.adapters.smtp import stuffed
from nhacviec.adapters.smtp.conversation import clean_ends
from nhacviec.domain.errors import DeliveryRefused
from tests.adapters.smtp.letters import (
    LETTER,
    RECIPIENT,
    SENDER,
    Fence,
    conversation,
    lines,
    send,
)
from tests.support.mailserver import MailServer


async def test_letters_go_one_after_the_other_on_one_line_byte_for_byte(office: MailServer) -> None:
    long = lines(300_000)
    async with conversation(office) as connection:
        replies = [await send(connection, letter) for letter in (LETTER, long, LETTER)]
        assert connection.alive

    assert replies == [(250, "2.0.0 taken")] * 3
    assert [kept.content for kept in office.accepted] == [LETTER, long, LETTER]
    assert {(kept.mail_from, kept.rcpt_tos) for kept in office.accepted} == {(SENDER, (RECIPIENT,))}
    assert office.commands[1:4] == [
        f"MAIL FROM:<{SENDER}> SIZE={len(LETTER)}",
        f"RCPT TO:<{RECIPIENT}>",
        "DATA",
    ]
    assert office.connections == 1
    assert not connection.alive


async def test_a_letter_longer_than_the_line_holds_waits_for_the_server(office: MailServer) -> None:
    long = lines(2_000_000)
    async with conversation(office) as connection:
        wire = connection._line._transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        assert await send(connection, long) == (250, "2.0.0 taken")

    assert office.accepted[0].content == long


async def test_the_null_sender_is_written(office: MailServer) -> None:
    async with conversation(office) as connection:
        await connection.send("", RECIPIENT, LETTER, Fence())

    assert office.accepted[0].mail_from == "<>"  # aiosmtpd's name for it


async def test_a_letter_larger_than_the_server_takes_is_refused_before_anything_is_said() -> None:
    async with MailServer(size=100) as server, conversation(server) as connection:
        with pytest.raises(DeliveryRefused, match=r"5\.3\.4 the letter has 101 octets") as refused:
            await send(connection, b"x" * 99 + b"\r\n")
        assert (refused.value.code, refused.value.stage) == (552, "mail")
        assert await send(connection, b"x" * 98 + b"\r\n") == (250, "2.0.0 taken")


async def test_without_size_nothing_is_said_of_it() -> None:
    async with MailServer(size=0) as server:
        async with conversation(server) as connection:
            await send(connection)
        assert server.commands[1] == f"MAIL FROM:<{SENDER}>"


@pytest.mark.parametrize("extensions", [(), ("SMTPUTF8",)])
async def test_a_domain_outside_ascii_goes_as_its_a_labels(extensions: tuple[str, ...]) -> None:
    async with MailServer(extensions=extensions) as server:
        async with conversation(server) as connection:
            await send(connection, recipient="cham@đảng-bộ.example.vn")
        assert server.accepted[0].rcpt_tos == ("cham@xn--ng-b-zua4356b6ka.example.vn",)
        assert "SMTPUTF8" not in server.commands[1]


async def test_a_name_outside_ascii_needs_a_server_that_can_write_it() -> None:
    async with MailServer() as server, conversation(server) as connection:
        with pytest.raises(DeliveryRefused, match=r"5\.6\.7 chấm@example\.vn") as refused:
            await send(connection, recipient="chấm@example.vn")
        assert (refused.value.code, refused.value.stage) == (550, "rcpt")
        assert connection.alive
    async with MailServer(extensions=("SMTPUTF8",)) as server:
        async with conversation(server) as connection:
            await send(connection, recipient="chấm@example.vn")
        assert server.accepted[0].rcpt_tos == ("chấm@example.vn",)


@pytest.mark.parametrize(
    "address",
    [
        "a@b>, <c@example.vn",
        "a@example.vn\r\nDATA",
        "a b@example.vn",
        "chấm",
        "a@" + "ô" * 80 + ".vn",
        "\x00@example.vn",
    ],
)
async def test_what_is_no_address_reaches_no_server(office: MailServer, address: str) -> None:
    async with conversation(office) as connection:
        with pytest.raises(DeliveryRefused) as refused:
            await send(connection, recipient=address)
        assert (refused.value.code, refused.value.stage) == (553, "rcpt")
        assert connection.alive

    assert len(office.commands) == 1


@pytest.mark.parametrize(
    ("mime", "clean"),
    [
        (b"a\r\n", b"a\r\n"),
        (b"a", b"a\r\n"),
        (b"", b"\r\n"),
        (b"a\n.\nb\r\n", b"a\r\n.\r\nb\r\n"),
        (b"a\r.\rb\r\n", b"a\r\n.\r\nb\r\n"),
        (b"a\r", b"a\r\n"),
    ],
)
def test_no_half_of_a_line_end_is_sent(mime: bytes, clean: bytes) -> None:
    """RFC 5321 §2.3.8: what some servers take for the end of a letter does not occur inside one."""
    assert clean_ends(mime) == clean
    assert b"\r\n.\r\n" not in b"\r\n" + stuffed(clean)
