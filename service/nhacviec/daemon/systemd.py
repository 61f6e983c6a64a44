"""Talks to systemd: sd_notify(3) over a datagram socket, and the watchdog of sd_watchdog_enabled(3)."""

import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

log = logging.getLogger(__name__)

_MICROSECONDS = 1_000_000
#: How long the manager may take to accept a word, in seconds: meanwhile nothing else is done.
_PATIENCE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Tells the service manager how we are; where there is none, nobody is told.

    Args:
        address: the socket as ``NOTIFY_SOCKET`` names it: a path, or ``@name`` in Linux's abstract
            namespace; empty when nobody listens.
        watchdog_seconds: how long the manager waits for a sign of life before it ends us; 0: it does not.
    """

    address: str = ""
    watchdog_seconds: float = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], pid: int) -> Self:
        """Read what the service manager has told this process.

        Args:
            environment: usually ``os.environ``.
            pid: our own; a watchdog that ``WATCHDOG_PID`` gives to another process is not ours.
        """
        address = environment.get("NOTIFY_SOCKET", "")
        period = environment.get("WATCHDOG_USEC", "")
        ours = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
        return cls(
            address=address if address.startswith(("/", "@")) else "",
            watchdog_seconds=int(period) / _MICROSECONDS if ours and period.isdecimal() else 0,
        )

    @property
    def feeding_seconds(self) -> float:
        """How often to feed the watchdog: twice as often as it wants (sd_watchdog_enabled(3)); 0: never."""
        return self.watchdog_seconds / 2

    def ready(self) -> bool:
        """Tell that we have started."""
        return self._tell("READY=1")

    def stopping(self, status: str) -> bool:
        """Tell that we are about to end, and what we still do."""
        return self._tell(f"STOPPING=1\n{_status(status)}")

    def status(self, text: str) -> bool:
        """Put a line into ``systemctl status``."""
        return self._tell(_status(text))

    def feed(self) -> bool:
        """Give the watchdog its sign of life."""
        return self._tell("WATCHDOG=1")

    def _tell(self, message: str) -> bool:
        """Send one datagram; a manager that cannot be told must not end the service.

        Returns:
            Whether somebody was told.
        """
        if not self.address:
            return False
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.settimeout(_PATIENCE)
                line.sendto(message.encode(), address)
        except OSError as error:
            log.debug("systemd not told", extra={"action": "notify_failed", "problem": str(error)})
            return False
        return True


def _status(text: str) -> str:
    """One line, whatever an error message brought along: a line break would begin another assignment."""
    return f"STATUS={' '.join(text.split())}"
