"""Talking to a mail server: one conversation, kept open over many letters (DELIVERY §2.8–§2.10)."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPResponse, SMTPStatus

from nhacviec.application.ports import BeforeData, Connection
from nhacviec.domain.errors import (
    DeliveryAmbiguous,
    DeliveryDeferred,
    DeliveryRefused,
    ServerUnreachable,
    SettingsError,
)

#: Seconds for connecting and for each command (RFC 5321 §4.5.3.2 allows minutes; a reminder can wait).
TIMEOUT = 60.0
#: Seconds for the reply to the final dot (RFC 5321 §4.5.3.2.6).
DOT_TIMEOUT = 600.0
_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the mail server is and how it is spoken to.

    Args:
        host: name or address.
        port: TCP port.
        tls: from the first byte (``smtps``).
        starttls: required after EHLO (``smtp+starttls``).
        user: for AUTH; empty without.
        password: never shown.
    """

    host: str
    port: int
    tls: bool = False
    starttls: bool = False
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Without the password."""
        return f"Server({self.host}:{self.port})"


def read_url(url: str, *, allow_plain: bool = False) -> Server:
    """Read ``smtp://``, ``smtp+starttls://`` or ``smtps://user:password@host:port``.

    Args:
        url: the setting.
        allow_plain: whether a server off this machine may be spoken to in clear.

    Raises:
        SettingsError: another scheme, no host, a bad port, or clear text to another machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise SettingsError(
            "smtp_url must be smtp://, smtp+starttls:// or smtps://[user:password@]host[:port]"
        )
    if parts.scheme == "smtp" and parts.hostname not in _LOOPBACK and not allow_plain:
        raise SettingsError(
            f"smtp_url: plain smtp:// to {parts.hostname} would send letters in clear: "
            "use smtp+starttls:// or smtps://, or set smtp_allow_plain"
        )
    return Server(
        host=parts.hostname,
        port=_port(parts),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+starttls",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or _SCHEMES[parts.scheme]
    except ValueError as error:
        raise SettingsError("smtp_url: the port is not a number from 1 to 65535") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer:
    """Opens conversations with one server."""

    server: Server

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A conversation, opened at once and closed politely.

        Raises:
            ServerUnreachable: it could not be begun.
        """
        conversation = SmtpConnection(self.server)
        await conversation.open()
        try:
            yield conversation
        finally:
            await conversation.close()


class SmtpConnection:
    """One conversation; a line that broke is opened anew for the next letter."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None

    async def open(self) -> None:
        """Connect, greet, secure and log in.

        Raises:
            ServerUnreachable: any of these failed; nothing was handed over.
        """
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=server.starttls,
            username=server.user or None,
            password=server.password or None,
            timeout=TIMEOUT,
            tls_context=ssl.create_default_context() if server.tls or server.starttls else None,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except aiosmtplib.SMTPResponseException as error:
            said = f"{server.host}:{server.port}: {_line(error.message)}"
            raise ServerUnreachable(said, code=error.code) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise ServerUnreachable(f"{server.host}:{server.port}: {_line(str(error))}") from error
        self._client = client

    async def close(self) -> None:
        """Say QUIT; what goes wrong with it changes nothing."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=5)
            client.close()

    async def send(self, sender: str, recipient: str, mime: bytes, fence: BeforeData) -> tuple[int, str]:
        """Hand one letter over.

        Args:
            sender: envelope sender.
            recipient: one address.
            mime: the bytes, CRLF line ends.
            fence: awaited when the server waits for the final dot and nothing is promised yet;
                False stops without the dot.

        Returns:
            The reply to the final dot.

        Raises:
            DeliveryDeferred: not now; nothing was handed over.
            DeliveryRefused: not ever.
            DeliveryAmbiguous: the line broke after the dot.
            ServerUnreachable: the line was gone and could not be opened again.
        """
        if self._client is None or not self._client.is_connected:
            await self.open()
        try:
            await self._envelope(sender, recipient)
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError) as error:
            await self._drop()
            raise DeliveryDeferred(_line(str(error)), stage="mail") from error
        return await self._body(mime, fence)

    async def _envelope(self, sender: str, recipient: str) -> None:
        client = self._open_client()
        for stage, command in (
            ("mail", f"MAIL FROM:<{sender}>"),
            ("rcpt", f"RCPT TO:<{recipient}>"),
            ("data", "DATA"),
        ):
            response = await client.execute_command(command.encode("ascii"))
            expected = 3 if stage == "data" else 2
            if response.code // 100 != expected:
                if stage != "mail" and client.is_connected:
                    await client.execute_command(b"RSET")
                raise _refusal(response, stage)

    async def _body(self, mime: bytes, fence: BeforeData) -> tuple[int, str]:
        client = self._open_client()
        if not await fence():
            await self._drop()
            raise DeliveryDeferred("the claim had lapsed", stage="data")
        protocol = client.protocol
        if protocol is None:
            raise DeliveryAmbiguous("the line broke", stage="dot")
        try:
            protocol.write(stuffed(mime))
            response = await protocol.read_response(timeout=DOT_TIMEOUT)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self._drop()
            raise DeliveryAmbiguous(_line(str(error)), stage="dot") from error
        if response.code // 100 in (4, 5):
            raise _refusal(response, "dot")
        if response.code == SMTPStatus.domain_unavailable:
            await self._drop()
        return response.code, _line(response.message)

    def _open_client(self) -> aiosmtplib.SMTP:
        if self._client is None:
            raise ServerUnreachable("the line is closed")
        return self._client

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def stuffed(mime: bytes) -> bytes:
    """The letter as DATA carries it: leading dots doubled, the final dot at its end (RFC 5321 §4.5.2)."""
    body = mime if mime.endswith(b"\r\n") else mime + b"\r\n"
    body = body.replace(b"\r\n.", b"\r\n..")
    return (b"." + body if body.startswith(b".") else body) + b".\r\n"


def _refusal(response: SMTPResponse, stage: str) -> DeliveryDeferred | DeliveryRefused:
    text = _line(response.message)
    kind = DeliveryRefused if response.code // 100 == 5 else DeliveryDeferred  # noqa: PLR2004 -- RFC 5321 §4.2.1
    return kind(text, code=response.code, stage=stage)


def _line(text: str) -> str:
    return " ".join(text.split())[:500]
