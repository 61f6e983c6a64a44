"""How one connection of the tests' mail server speaks: aiosmtpd's protocol, asking a shared book first."""

import asyncio
import ssl
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as Conversation

CUT = "cut the line"
"""Instead of a reply: the connection is reset without a word."""

STAGES = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT")
"""Where a reply can be put: DATA answers the command, DOT what follows the final dot (RFC 5321 §4.3.2)."""


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
        self, book: Book, *, size: int, tls: ssl.SSLContext | None, users: Mapping[str, str]
    ) -> None:
        self.book = book
        self.users = users
        with warnings.catch_warnings():  # of AUTH without TLS: this line never leaves the machine
            warnings.simplefilter("ignore", UserWarning)
            super().__init__(
                _Handler(book),
                hostname="mail.example.vn",
                data_size_limit=size,
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
        name, password = login.login.decode(), login.password.decode()
        return AuthResult(success=self.users.get(name) == password, handled=False)

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
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def push(self, status: str | bytes) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        if text.startswith("220 mail.example.vn") and (answer := self.book.take("CONNECT")):
            text = answer.reply
        if text == CUT:
            self.cut()
            return
        await super().push(text)
        if text.startswith(("421", "554 5.3.2")) and self.transport is not None:
            self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        answer = self.book.take("DATA", tuple(self.envelope.rcpt_tos) if self.envelope else ())
        if answer is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(answer.reply)


class _Handler:
    """aiosmtpd's hooks: each gives the reply that a test has put, else a server's usual one."""

    def __init__(self, book: Book) -> None:
        self.book = book

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd finds it by this name
        self, _server: SMTP, session: Session, _conversation: Conversation, hostname: str, usual: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.book.commands.append(f"EHLO {hostname}")
        answer = self.book.take("EHLO")
        return [answer.reply] if answer else usual

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, conversation: Conversation, address: str, options: list[str]
    ) -> str:
        self.book.commands.append(" ".join([f"MAIL FROM:<{address}>", *options]))
        answer = self.book.take("MAIL")
        if answer:
            return answer.reply
        conversation.mail_from = address
        conversation.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, conversation: Conversation, address: str, options: list[str]
    ) -> str:
        self.book.commands.append(" ".join([f"RCPT TO:<{address}>", *options]))
        answer = self.book.take("RCPT", (address,))
        if answer:
            return answer.reply
        conversation.rcpt_tos.append(address)
        return "250 2.1.5 OK"

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
