"""The bulletin: what people are told about the daemon's work."""

import logging
from dataclasses import dataclass

from nhacviec.application.tick import Ticked
from nhacviec.daemon.systemd import Notifier
from nhacviec.domain.delivery import MessageState

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Bulletin:
    """What the log and ``systemctl status`` are told; the same trouble is told once, and its end."""

    notifier: Notifier
    letters: int = 0
    last: str = "no tick yet"
    problem: str = ""

    def ticked(self, ticked: Ticked) -> None:
        """A tick has ended by itself."""
        sent = ticked.dispatched.states[MessageState.SENT]
        self.letters += sent
        at = ticked.at.isoformat(timespec="seconds")
        self.last = f"last tick {at}, letters sent: {sent}, since the start: {self.letters}"
        done = {"planned": ticked.planned, "messages": ticked.gathered.messages, "sent": sent}
        level = logging.INFO if any(done.values()) else logging.DEBUG
        log.log(level, "tick", extra={"action": "tick", **done})
        if ticked.dispatched.unreachable:
            self.trouble("server_unreachable", ticked.dispatched.unreachable)
        else:
            self.well()

    def trouble(self, action: str, problem: str) -> None:
        """Something does not work; we go on."""
        level = logging.DEBUG if problem == self.problem else logging.ERROR
        log.log(level, "trouble", extra={"action": action, "problem": problem})
        self.problem = problem
        self.notifier.status(f"{self.last}; {action}: {problem}")

    def well(self) -> None:
        """Everything works."""
        if self.problem:
            log.info("works again", extra={"action": "recovered", "problem": self.problem})
        self.problem = ""
        self.notifier.status(self.last)
