"""A real SMTP server on loopback that keeps what it accepts and says what a test tells it to say.

async with MailServer() as server:
    server.answer("RCPT", "451 4.7.1 try later", recipient="cham@example.vn", times=1)
    ...
    assert server.accepted[0].rcpt_tos == ("cham@example.vn",)
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from tests.support.mail_protocol import CUT, CUT_BODY, STAGES, STUCK, Answer, Book, Connection, Envelope, Raw

__all__ = ["CUT", "CUT_BODY", "STAGES", "STUCK", "Envelope", "MailServer", "Raw"]


class MailServer:
    """An SMTP server on 127.0.0.1 and a free port, open for as long as the ``async with`` lasts.

    Args:
        size: the largest message in bytes (RFC 1870).
        tls: offered through STARTTLS when given.
        smtps: whether TLS is spoken from the first byte instead.
        users: names and passwords (or tokens); when given, nobody sends without AUTH.
        extensions: what else EHLO announces, as PIPELINING or SMTPUTF8.
    """

    def __init__(
        self,
        *,
        size: int = 33_554_432,
        tls: ssl.SSLContext | None = None,
        smtps: bool = False,
        users: Mapping[str, str] | None = None,
        extensions: Sequence[str] = (),
    ) -> None:
        self._book = Book()
        self._size, self._users, self._extensions = size, users or {}, extensions
        self._starttls = None if smtps else tls
        self._smtps = tls if smtps else None
        self._server: asyncio.Server | None = None
        self.host, self.port = "127.0.0.1", 0

    @property
    def url(self) -> str:
        """The server as a setting names it."""
        return f"smtp://{self.host}:{self.port}"

    @property
    def accepted(self) -> list[Envelope]:
        """What was taken, in the order of the final dots."""
        return self._book.accepted

    @property
    def commands(self) -> list[str]:
        """What was heard of EHLO, MAIL, RCPT, DATA and RSET, over all connections."""
        return self._book.commands

    @property
    def connections(self) -> int:
        """How many connections were ever made."""
        return self._book.connections

    @property
    def crowd(self) -> int:
        """How many connections were open at once, at most."""
        return self._book.crowd

    @property
    def open(self) -> list[Connection]:
        """The connections that are open."""
        return self._book.open

    def answer(
        self, stage: str, reply: str, *, recipient: str = "", times: int | None = None, keep: bool = False
    ) -> None:
        """Put a reply at a stage, before which earlier ones go.

        Args:
            stage: one of ``STAGES``.
            reply: as ``451 4.7.1 try later``, or ``CUT``, ``CUT_BODY``, ``STUCK``, or ``Raw``.
            recipient: at RCPT, DATA and DOT, only for this address; empty for all.
            times: how often; None is for ever.
            keep: at DOT, the message counts as accepted whatever the reply says (RFC 1047).
        """
        if stage not in STAGES:
            raise ValueError(f"no stage {stage!r}; there are {', '.join(STAGES)}")
        answer = Answer(stage=stage, reply=reply, recipient=recipient, keep=keep, left=times)
        self._book.answers.append(answer)

    def relent(self) -> None:
        """Forget every reply that was put somewhere."""
        self._book.answers.clear()

    def cut_all(self) -> None:
        """Reset every open connection, as a server that dies does."""
        for connection in list(self._book.open):
            connection.cut()

    async def close(self) -> None:
        """Stop listening and reset what is open; a new connection is refused from now on."""
        if self._server is not None:
            self._server.close()
            self.cut_all()
            await self._server.wait_closed()
            await asyncio.sleep(0)  # connection_lost runs in the loop's next round
            self._server = None

    def _connection(self) -> Connection:
        return Connection(
            self._book,
            size=self._size,
            tls=self._starttls,
            users=self._users,
            extensions=self._extensions,
        )

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, self.host, self.port, ssl=self._smtps)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
