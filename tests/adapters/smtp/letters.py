"""What the tests of the conversation share: one letter, a fence that remembers, short patience."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from nhacviec.adapters.smtp import Server, SmtpConnection, SmtpMailer, Timeouts
from nhacviec.adapters.smtp.opening import begin
from nhacviec.domain.errors import DeliveryError, ServerUnreachable
from tests.support.mailserver import MailServer, Raw

SENDER, RECIPIENT = "van-phong@example.vn", "cham@example.vn"
LETTER = b"Subject: test\r\n\r\n.a line that begins with a dot\r\n.\r\nand goes on\r\n"
#: For servers that must be waited for in vain; nothing good is tried with it.
QUICK = Timeouts(connect=0.2, command=0.2, body=0.2, dot=0.2, courtesy=0.2)
PATIENT = Timeouts()


#: A server that says nothing at all, and hears nothing either.
SILENCE = Raw(b"", after=3600)


PIPELINING = ("PIPELINING",)
DEFERRED, REFUSED, AMBIGUOUS = "DeliveryDeferred", "DeliveryRefused", "DeliveryAmbiguous"
#: Where a server can answer a letter, and what the stage is called.
STAGES = [("MAIL", "mail"), ("RCPT", "rcpt"), ("DATA", "data"), ("DOT", "dot")]


def lines(octets: int) -> bytes:
    """A letter of about so many octets."""
    return b"Subject: long\r\n\r\n" + (b"x" * 76 + b"\r\n") * (octets // 78)


class Fence:
    """Says whether the letter may go, and counts how often it was asked."""

    def __init__(
        self, *, answer: bool = True, meanwhile: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        self.answer, self.meanwhile, self.asked = answer, meanwhile, 0

    async def __call__(self) -> bool:
        self.asked += 1
        if self.meanwhile:
            await self.meanwhile()
        return self.answer


@asynccontextmanager
async def conversation(server: MailServer, timeouts: Timeouts = PATIENT) -> AsyncIterator[SmtpConnection]:
    line, extensions = await begin(Server(host=server.host, port=server.port), PATIENT)
    connection = SmtpConnection(line, extensions, timeouts)
    try:
        yield connection
    finally:
        await connection.close()


async def send(
    connection: SmtpConnection, letter: bytes = LETTER, recipient: str = RECIPIENT, fence: Fence | None = None
) -> tuple[int, str]:
    return await connection.send(SENDER, recipient, letter, fence or Fence())


async def outcome(
    connection: SmtpConnection, letter: bytes = LETTER, fence: Fence | None = None
) -> tuple[str, int, str]:
    """How it ended: the error's class, code and stage; the reply's code when it went."""
    try:
        code, _ = await send(connection, letter, fence=fence)
    except DeliveryError as error:
        return type(error).__name__, error.code, error.stage
    return "sent", code, ""


async def until(come: Callable[[], object]) -> None:
    """Let the loop turn until something has happened in it; pytest's timeout is the limit."""
    while not come():  # noqa: ASYNC110 -- nobody sets an event for it
        await asyncio.sleep(0)


async def failure(server: Server, timeouts: Timeouts = PATIENT) -> ServerUnreachable:
    with pytest.raises(ServerUnreachable) as refused:
        await SmtpMailer(server=server, timeouts=timeouts).open()
    assert "\n" not in str(refused.value)
    return refused.value


def at(server: MailServer, **more: object) -> Server:
    return Server(host=server.host, port=server.port, **more)  # type: ignore[arg-type]
