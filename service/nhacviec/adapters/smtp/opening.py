"""How a conversation begins: connect, greeting, EHLO, STARTTLS, AUTH (DELIVERY §2.9, §2.10).

TLS is never opportunistic: a setting says whether it is used, and then there is no way round it.
"""

import asyncio
import base64
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import cast

import aiosmtplib

from nhacviec.adapters.smtp.line import Line
from nhacviec.adapters.smtp.replies import cleaned
from nhacviec.adapters.smtp.server import Server, Timeouts
from nhacviec.domain.errors import ServerUnreachable

#: What may stand after EHLO (RFC 5321 §4.1.2): a name of several labels, else the address is told.
_FULL_NAME = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
#: The command or the mechanism is not known: another may be (RFC 4954 §4).
_UNKNOWN = (500, 502, 504)
_REFUSED = 5
#: How a handshake ends without a word; who refuses a connection does so by another error.
_HUNG_UP = (ConnectionResetError, ConnectionAbortedError)
_CODES = range(200, 600)


async def begin(server: Server, timeouts: Timeouts) -> tuple[Line, Mapping[str, str]]:
    """Begin a conversation.

    Returns:
        The line, ready for MAIL, and what EHLO announced: names in small letters with their parameters.

    Raises:
        ServerUnreachable: with the reply and the stage: connect, greeting, ehlo, starttls, tls or auth.
    """
    opening = _Opening(server, timeouts)
    try:
        await opening.run()
        return opening.hand_over()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        refusal, shown = opening.failed(error)
        raise refusal from shown
    finally:
        opening.leave()


class _Opening:
    """One attempt; it knows at which stage it is."""

    def __init__(self, server: Server, timeouts: Timeouts) -> None:
        self._server = server
        self._stage = "connect"
        self._secrets: list[str] = []
        self._transport: asyncio.Transport | None = None
        self._client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=False,
            local_hostname="localhost",  # else it asks the resolver, without a time limit
            timeout=timeouts.connect,
            cert_bundle=server.authorities or None,
        )
        self._command = timeouts.command

    async def run(self) -> None:
        """Go through the stages, one after the other."""
        client, server = self._client, self._server
        await client.connect()
        self._transport = cast("asyncio.Transport", client.transport)
        client.timeout = self._command
        self._stage = "ehlo"
        await self._ehlo()
        if server.starttls:
            self._stage = "starttls"
            if not client.supports_extension("starttls"):
                raise ValueError("it does not offer STARTTLS, and nothing is sent in clear")
            await client.starttls()
            self._transport = cast("asyncio.Transport", client.transport)
            self._stage = "ehlo"
            await self._ehlo()
        if server.user:
            self._stage = "auth"
            await self._authenticate()

    def hand_over(self) -> tuple[Line, Mapping[str, str]]:
        """From here on the transport is the line's: aiosmtplib hears of it no more."""
        transport = self._transport
        if transport is None or not self._client.is_connected:
            raise ConnectionResetError("the server hung up")
        self._transport = None
        return Line(transport), dict(self._client.esmtp_extensions)

    def leave(self) -> None:
        """Close what was not handed over."""
        if self._transport is not None:
            self._transport.abort()

    def failed(self, error: Exception) -> tuple[ServerUnreachable, Exception | None]:
        """What to say of a failure at this stage, and what may be shown with it: no secret."""
        origin = error.__cause__ or error
        text, code, stage = str(origin) or str(error), 0, self._stage
        if isinstance(error, aiosmtplib.SMTPResponseException):
            text, code = error.message, error.code if error.code in _CODES else 0
        if isinstance(origin, ssl.SSLError):
            text, stage = _tls_trouble(origin), "tls"
        elif stage == "connect" and self._server.tls and isinstance(origin, _HUNG_UP):
            text, stage = "it hung up on TLS", "tls"
        elif isinstance(error, TimeoutError):
            text = f"no answer in {self._client.timeout:g} s"
        if stage == "connect" and isinstance(origin, aiosmtplib.SMTPException):
            stage = "greeting"
        for secret in self._secrets:
            text = text.replace(secret, "…")
        refusal = ServerUnreachable(f"{self._server}: {cleaned(text)}", code=code, stage=stage)
        return refusal, None if stage == "auth" else error

    async def _ehlo(self) -> None:
        client, server = self._client, self._server
        name = self._own_name()
        try:
            await client.ehlo(hostname=name)
        except aiosmtplib.SMTPHeloError as error:
            if error.code // 100 != _REFUSED or server.starttls or server.user or not client.is_connected:
                raise
            await client.helo(hostname=name)

    def _own_name(self) -> str:
        name = socket.gethostname()
        if _FULL_NAME.fullmatch(name):
            return name
        address = str(self._client.get_transport_info("sockname")[0])
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    async def _authenticate(self) -> None:
        client, server = self._client, self._server
        if not server.secure:
            raise ValueError("a password is not sent in clear: use smtp+starttls:// or smtps://")
        if server.token is not None:
            await self._authenticate_by(server.token)
            return
        offered = [name for name in ("plain", "login") if name in client.server_auth_methods]
        if not offered:
            raise ValueError("it offers neither AUTH PLAIN nor AUTH LOGIN")
        self._keep_secret(server.password, f"\0{server.user}\0{server.password}")
        for mechanism in offered:
            how = client.auth_plain if mechanism == "plain" else client.auth_login
            try:
                await how(server.user, server.password)
            except aiosmtplib.SMTPAuthenticationError as error:
                if error.code not in _UNKNOWN or mechanism == offered[-1]:
                    raise
            else:
                return

    async def _authenticate_by(self, token: Callable[[], Awaitable[str]]) -> None:
        client, user = self._client, self._server.user
        if "xoauth2" not in client.server_auth_methods:
            raise ValueError("it does not offer AUTH XOAUTH2")
        access = await asyncio.wait_for(token(), self._command)
        self._keep_secret(access, f"user={user}\1auth=Bearer {access}\1\1")
        await client.auth_xoauth2(user, access)

    def _keep_secret(self, *secrets: str) -> None:
        """A server may repeat in its reply what it was told."""
        for secret in filter(None, secrets):
            self._secrets += [secret, base64.b64encode(secret.encode()).decode("ascii")]


def _tls_trouble(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted: {error.verify_message}"
    return f"no TLS with it: {(error.reason or str(error)).lower().replace('_', ' ')}"
