"""How one connection of the tests' mail server speaks: aiosmtpd's protocol, asking a shared book first."""

import asyncio
import ssl
import warnings
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as Conversation

CUT = "cut the line"
"""Instead of a reply: the connection is reset without a word."""

CUT_BODY = "cut the line in the body"
"""At DATA: 354, then the connection is reset when a part of the letter has come."""

STUCK = "take the letter no further"
"""At DATA: 354, then nothing is read any more."""

STAGES = ("CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "DOT", "RSET")
"""Where a reply can be put: DATA answers the command, DOT what follows the final dot (RFC 5321 §4.3.2)."""


class Raw(str):
    """A reply that goes as these bytes and no others, to be put wherever a reply is.

    Args:
        octets: with none the server goes on without a reply.
        after: seconds of silence before them.
        pause: seconds between one of them and the next.
        endless: whether they come again and again.
    """

    __slots__ = ("after", "endless", "pause")

    after: float
    endless: bool
    pause: float

    def __new__(cls, octets: bytes, *, after: float = 0, pause: float = 0, endless: bool = False) -> Self:
        raw = super().__new__(cls, octets.decode("latin-1"))
        raw.after, raw.pause, raw.endless = after, pause, endless
        return raw

    def pieces(self) -> Iterator[bytes]:
        """What is written at a time."""
        octets = self.encode("latin-1")
        while octets:
            yield from (bytes([octet]) for octet in octets) if self.pause else (octets,)
            if not self.endless:
                return


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One accepted message: who sent it, to whom, and its bytes as they came, dots unstuffed."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes


@dataclass(slots=True, kw_only=True)
class Answer:
    """A reply that a test has put somewhere, and how often it is still given; None is for ever."""

    stage: str
    reply: str
    recipient: str
    keep: bool
    left: int | None


@dataclass(slots=True)
class Book:
    """What the connections of one server share."""

    accepted: list[Envelope] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    open: list["Connection"] = field(default_factory=list)
    connections: int = 0
    crowd: int = 0

    def take(self, stage: str, recipients: tuple[str, ...] = ()) -> Answer | None:
        """Give the first answer put for this stage and one of these recipients, and count it down."""
        for answer in self.answers:
            if answer.stage == stage and answer.left != 0 and answer.recipient in ("", *recipients):
                answer.left = None if answer.left is None else answer.left - 1
                return answer
        return None


class Connection(SMTP):
    """aiosmtpd's protocol, which asks the book before it speaks."""

    def __init__(
        self,
        book: Book,
        *,
        size: int,
        tls: ssl.SSLContext | None,
        users: Mapping[str, str],
        extensions: Sequence[str] = (),
    ) -> None:
        self.book = book
        self.users = users
        with warnings.catch_warnings():  # of AUTH without TLS: this line never leaves the machine
            warnings.simplefilter("ignore", UserWarning)
            super().__init__(
                _Handler(book, [f"250-{name}" for name in extensions if name != "SMTPUTF8"]),
                hostname="mail.example.vn",
                data_size_limit=size,
                enable_SMTPUTF8="SMTPUTF8" in extensions,
                tls_context=tls,
                auth_required=bool(users),
                auth_require_tls=tls is not None,
                authenticator=self._knows if users else None,
            )

    def _knows(
        self, _server: SMTP, _session: Session, _conversation: Conversation, _mechanism: str, login: object
    ) -> AuthResult:
        if not isinstance(login, LoginPassword):
            return AuthResult(success=False, handled=False)
        return self._judged(login.login.decode(), login.password.decode())

    def _judged(self, name: str, password: str) -> AuthResult:
        if answer := self.book.take("AUTH"):
            return AuthResult(success=False, handled=False, message=answer.reply)
        return AuthResult(success=self.users.get(name) == password, handled=False)

    async def auth_XOAUTH2(self, _server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802 -- aiosmtpd's name
        """The user's password is the token that is good."""
        user, bearer, *_ = b64decode(words[1]).decode().split("\1")
        return self._judged(user.removeprefix("user="), bearer.removeprefix("auth=Bearer "))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self not in self.book.open:  # once more after STARTTLS
            self.book.open.append(self)
            self.book.connections += 1
            self.book.crowd = max(self.book.crowd, len(self.book.open))
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.book.open:
            self.book.open.remove(self)
        super().connection_lost(error)

    def cut(self) -> None:
        """Reset the connection."""
        if self.transport is not None:
            cast("asyncio.Transport", self.transport).abort()  # uvloop's are none of asyncio's classes

    async def push(self, status: str | bytes) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        for beginning, stage in (("220 mail.example.vn", "CONNECT"), ("220 Ready", "STARTTLS")):
            if text.startswith(beginning) and (answer := self.book.take(stage)):
                text = answer.reply
        if text == CUT:
            self.cut()
            return
        if isinstance(text, Raw):
            await self._say(text)
            return
        await super().push(text)
        if text.startswith(("421", "554 5.3.2")) and self.transport is not None:
            self.transport.close()

    async def _say(self, raw: Raw) -> None:
        await asyncio.sleep(raw.after)
        for piece in raw.pieces():
            self._writer.write(piece)
            await self._writer.drain()
            await asyncio.sleep(raw.pause)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        answer = self.book.take("DATA", tuple(self.envelope.rcpt_tos) if self.envelope else ())
        if answer is None:
            await super().smtp_DATA(arg)
        elif answer.reply in (CUT_BODY, STUCK):
            await self.push("354 go on")
            await self._reader.readexactly(10)
            if answer.reply == STUCK:
                await asyncio.Event().wait()
            self.cut()
        else:
            await self.push(answer.reply)


class _Handler:
    """aiosmtpd's hooks: each gives the reply that a test has put, else a server's usual one."""

    def __init__(self, book: Book, extensions: Sequence[str]) -> None:
        self.book = book
        self.extensions = extensions

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd finds it by this name
        self, _server: SMTP, session: Session, _conversation: Conversation, hostname: str, usual: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.book.commands.append(f"EHLO {hostname}")
        answer = self.book.take("EHLO")
        return [answer.reply] if answer else [usual[0], *self.extensions, *usual[1:]]

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, conversation: Conversation, address: str, options: list[str]
    ) -> str:
        self.book.commands.append(" ".join([f"MAIL FROM:<{address}>", *options]))
        answer = self.book.take("MAIL")
        if answer and not answer.reply.startswith("2"):
            return answer.reply
        conversation.mail_from = address
        conversation.mail_options.extend(options)
        return answer.reply if answer else "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, conversation: Conversation, address: str, options: list[str]
    ) -> str:
        self.book.commands.append(" ".join([f"RCPT TO:<{address}>", *options]))
        answer = self.book.take("RCPT", (address,))
        if answer and not answer.reply.startswith("2"):
            return answer.reply
        conversation.rcpt_tos.append(address)
        return answer.reply if answer else "250 2.1.5 OK"

    async def handle_RSET(  # noqa: N802
        self, _server: SMTP, _session: Session, _conversation: Conversation
    ) -> str:
        self.book.commands.append("RSET")
        answer = self.book.take("RSET")
        return answer.reply if answer else "250 2.0.0 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, conversation: Conversation
    ) -> str:
        recipients = tuple(conversation.rcpt_tos)
        self.book.commands.append("DATA")
        answer = self.book.take("DOT", recipients)
        if answer is None or answer.keep:
            content = bytes(conversation.original_content or b"")
            sender = conversation.mail_from or ""
            self.book.accepted.append(Envelope(mail_from=sender, rcpt_tos=recipients, content=content))
        return answer.reply if answer else "250 2.0.0 taken"
