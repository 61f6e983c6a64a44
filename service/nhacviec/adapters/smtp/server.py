"""Where the mail server is, how it is spoken to, and how long it may take."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from nhacviec.domain.errors import SettingsError

_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long a server may take, in seconds (RFC 5321 §4.5.3.2 allows minutes; a reminder can wait).

    Args:
        connect: for the connection and the TLS handshake, each.
        command: for the whole of one reply, however it drips.
        body: for taking the next part of a letter.
        dot: for the reply to the final dot (RFC 5321 §4.5.3.2.6).
        courtesy: for RSET and QUIT, whose replies change nothing.
    """

    connect: float = 60.0
    command: float = 60.0
    body: float = 180.0
    dot: float = 600.0
    courtesy: float = 5.0


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
        token: gives an OAuth 2.0 access token; when set, XOAUTH2 takes the place of the password.
        authorities: a file of CA certificates to trust besides the machine's own; empty without.
    """

    host: str
    port: int
    tls: bool = False
    starttls: bool = False
    user: str = ""
    password: str = ""
    token: Callable[[], Awaitable[str]] | None = field(default=None, compare=False)
    authorities: str = ""

    @property
    def secure(self) -> bool:
        """Whether what is said stays between us: TLS, or a line that does not leave this machine."""
        return self.tls or self.starttls or self.host in _LOOPBACK

    def __str__(self) -> str:
        """As people name it."""
        return f"{self.host}:{self.port}"

    def __repr__(self) -> str:
        """Without the password."""
        return f"Server({self})"


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
    server = Server(
        host=parts.hostname,
        port=_port(parts),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+starttls",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
    if server.secure:
        return server
    if not allow_plain:
        raise SettingsError(
            f"smtp_url: plain smtp:// to {server.host} would send letters in clear: "
            "use smtp+starttls:// or smtps://, or set smtp_allow_plain"
        )
    if server.user:
        raise SettingsError(
            f"smtp_url: plain smtp:// to {server.host} would send the password in clear: "
            "use smtp+starttls:// or smtps://"
        )
    return server


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or _SCHEMES[parts.scheme]
    except ValueError as error:
        raise SettingsError("smtp_url: the port is not a number from 1 to 65535") from error
