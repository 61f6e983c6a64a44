"""Opens conversations with one server."""

from dataclasses import dataclass, field

from nhacviec.adapters.smtp.conversation import SmtpConnection
from nhacviec.adapters.smtp.opening import begin
from nhacviec.adapters.smtp.server import Server, Timeouts


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer:
    """Opens conversations with one server."""

    server: Server
    timeouts: Timeouts = field(default_factory=Timeouts)

    async def open(self) -> SmtpConnection:
        """A conversation, ready for a letter: connected, secured, logged in.

        Raises:
            ServerUnreachable: it could not be begun; nothing was handed over.
        """
        line, extensions = await begin(self.server, self.timeouts)
        return SmtpConnection(line, extensions, self.timeouts)
