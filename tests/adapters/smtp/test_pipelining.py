"""The next letter begins behind the final dot of the one before it (RFC 2920 §3.1)."""

import asyncio
from collections.abc import Callable

import pytest

from nhacviec.adapters.smtp import Server, SmtpConnection, SmtpMailer
from nhacviec.domain.errors import DeliveryError
from tests.adapters.smtp.letters import LETTER, PIPELINING, RECIPIENT, SENDER, Fence, conversation
from tests.support.mailserver import CUT, MailServer, Raw

Outcome = tuple[str, int, str]


async def letter(connection: SmtpConnection, free: Callable[[], None] | None = None) -> Outcome:
    """Hand one over; how that ended."""
    try:
        code, _ = await connection.send(SENDER, RECIPIENT, LETTER, Fence(), free)
    except DeliveryError as error:
        return type(error).__name__, error.code, error.stage
    return "sent", code, ""


async def one_behind_the_other(connection: SmtpConnection, letters: int = 2) -> list[Outcome]:
    """Each letter begins as the dot of the one before it goes; how all of them ended, in their order."""
    begun: list[asyncio.Task[Outcome]] = []

    def begin() -> None:
        if len(begun) < letters:
            begun.append(asyncio.create_task(letter(connection, begin)))

    begin()
    while not all(each.done() for each in begun):
        await asyncio.wait(begun)
    return [each.result() for each in begun]


async def test_a_dot_and_the_next_envelope_go_in_one_piece() -> None:
    """A server that answers a dot only after it has heard the next envelope would wait for ever otherwise."""
    pieces: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.vn\r\n")
        await reader.readline()
        writer.write(b"250-mail.example.vn\r\n250 PIPELINING\r\n")
        await reader.readuntil(b"DATA\r\n")
        writer.write(b"250 mail\r\n250 rcpt\r\n354 go on\r\n")
        await reader.readuntil(b"goes on\r\n")
        pieces.append(await reader.read(1000))
        writer.write(b"250 first\r\n250 mail\r\n250 rcpt\r\n354 go on\r\n")
        await reader.readuntil(b"goes on\r\n.\r\n")
        writer.write(b"250 second\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        connection = await SmtpMailer(server=Server(host="127.0.0.1", port=port)).open()
        ended = await one_behind_the_other(connection)
        connection._line.drop("enough")  # this server knows no QUIT
        await connection.close()

    assert ended == [("sent", 250, ""), ("sent", 250, "")]
    assert pieces[0].startswith(b".\r\nMAIL FROM:")
    assert pieces[0].endswith(b"DATA\r\n")


async def test_many_letters_go_one_behind_the_other_each_with_its_own_reply() -> None:
    async with MailServer(extensions=PIPELINING) as office:
        for reply in ("451 4.3.0 later", "250 2.0.0 taken", "554 5.6.0 never"):
            office.answer("DOT", reply, times=1)
        async with conversation(office) as connection:
            ended = await one_behind_the_other(connection, 5)

    assert ended[:3] == [("DeliveryDeferred", 451, "dot"), ("sent", 250, ""), ("DeliveryRefused", 554, "dot")]
    assert ended[3:] == [("sent", 250, "")] * 2


@pytest.mark.parametrize(
    "reply", [CUT, Raw(b"rubbish\r\n"), Raw(b"150 wait\r\n"), "421 4.3.2 closing"], ids=str
)
async def test_a_line_that_ends_over_a_dot_has_not_taken_the_letter_behind_it(reply: str) -> None:
    """F16, F18: of the first nobody knows, or it is put off; the second has never been begun."""
    async with MailServer(extensions=PIPELINING) as office:
        office.answer("DOT", reply, times=1)
        async with conversation(office) as connection:
            first, second = await one_behind_the_other(connection)
            assert not connection.alive

    assert first in [
        ("DeliveryAmbiguous", 0, "dot"),
        ("DeliveryAmbiguous", 150, "dot"),
        ("DeliveryDeferred", 421, "dot"),
    ]
    assert second[0] == "DeliveryDeferred"
    assert second[1:] == (0, "mail")
    assert office.accepted == []


async def test_a_server_that_takes_commands_one_by_one_gets_no_letter_before_it_has_answered(
    mail_server: MailServer,
) -> None:
    async with conversation(mail_server) as connection:
        ended = await one_behind_the_other(connection)

    assert ended == [("sent", 250, "")]
