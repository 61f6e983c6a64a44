"""A line that is dead stays so, whatever is still said on it."""

import asyncio

from nhacviec.adapters.smtp.line import Line
from tests.support.mailserver import MailServer


async def connected(server: MailServer) -> asyncio.Transport:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, server.host, server.port)
    return transport


async def test_a_line_over_before_it_began_is_dead(mail_server: MailServer) -> None:
    transport = await connected(mail_server)
    transport.abort()
    line = Line(transport)

    assert not line.alive
    assert await line.ask(b"NOOP\r\n", 1, 60) == []
    await line.gone()


async def test_what_comes_after_the_end_is_not_heard(mail_server: MailServer) -> None:
    line = Line(await connected(mail_server))
    line.drop("enough")
    line.data_received(b"250 too late\r\n")
    line.write(b"NOOP\r\n")
    await line.gone()

    assert line.trouble == "enough"
    assert await line.ask(b"NOOP\r\n", 1, 60) == []
