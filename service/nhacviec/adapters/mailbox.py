"""A real mail server on loopback that keeps every letter: the demonstration's post office."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One letter as it came over the wire.

    Args:
        number: counted from 1, in the order of arrival.
        at: the simulated moment of arrival.
        to: the envelope's recipient.
        raw: the bytes.
    """

    number: int
    at: datetime
    to: str
    raw: bytes

    @cached_property
    def _parsed(self) -> EmailMessage:
        return BytesParser(policy=policy.default).parsebytes(self.raw)

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self._parsed["Subject"])

    @property
    def text(self) -> str:
        """The text part; empty without one."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty without one."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        found = self._parsed.get_body((kind,))
        return found.get_content() if isinstance(found, EmailMessage) else ""


@dataclass(slots=True)
class Mailbox:
    """Every letter received, and the files they are kept in."""

    folder: Path | None
    now: Callable[[], datetime]
    letters: list[Kept] = field(default_factory=list)
    port: int = 0

    def keep(self, recipient: str, raw: bytes) -> None:
        """Keep one letter, in memory and as a file."""
        kept = Kept(
            number=len(self.letters) + 1,
            at=self.now(),
            to=recipient,
            raw=raw,
        )
        if self.folder is not None:
            (self.folder / f"{kept.number:05d}.eml").write_bytes(raw)
        self.letters.append(kept)


class _Postman:
    """What aiosmtpd hands letters to; it looks through every attribute, so it is given few and plain ones."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        """Keep one letter; only then is it taken."""
        for recipient in envelope.rcpt_tos:
            self.mailbox.keep(recipient, envelope.original_content or b"")
        return "250 2.0.0 kept"


@asynccontextmanager
async def open_mailbox(folder: Path | None, now: Callable[[], datetime]) -> AsyncIterator[Mailbox]:
    """Listen on 127.0.0.1, on a port the system chooses, until the block ends.

    Args:
        folder: where ``.eml`` files go; None keeps letters in memory only.
        now: the simulated moment, written beside each letter.
    """
    mailbox = Mailbox(folder=folder, now=now)
    loop = asyncio.get_running_loop()

    def conversation() -> SMTP:
        options: dict[str, Any] = {"enable_SMTPUTF8": True, "hostname": "localhost", "loop": loop}
        return SMTP(_Postman(mailbox), **options)

    server = await loop.create_server(conversation, "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        await server.wait_closed()
