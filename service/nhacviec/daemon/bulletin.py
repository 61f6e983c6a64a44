"""The bulletin: what people are told about the daemon's work."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from nhacviec.application.dispatch import Dispatched
from nhacviec.application.tick import Prepared
from nhacviec.daemon.systemd import Notifier
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.errors import DatabaseDamaged, DatabaseUnreachable, NhacViecError

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Bulletin:
    """What the log and ``systemctl status`` are told; the same trouble is told once, and its end.

    Args:
        notifier: the service manager.
        letters: how many were sent since the start.
        last: what the last tick did.
        troubles: what does not work now, by whose work it stops.
    """

    notifier: Notifier
    letters: int = 0
    last: str = "no tick yet"
    troubles: dict[str, str] = field(default_factory=dict)

    def prepared(self, prepared: Prepared) -> None:
        """A tick has ended by itself."""
        self.last = f"last tick {prepared.at.isoformat(timespec='seconds')}"
        done = {"planned": prepared.planned, "messages": prepared.gathered.messages}
        log.log(
            logging.INFO if any(done.values()) else logging.DEBUG, "tick", extra={"action": "tick", **done}
        )
        self.well("tick")
        self._say()

    def standing_by(self) -> None:
        """Another daemon works; we take over when it ends."""
        self.last = "standing by"
        self.well("tick")
        self._say()

    def dispatched(self, dispatched: Dispatched) -> None:
        """A run of sending has ended by itself."""
        self.letters += dispatched.states[MessageState.SENT]
        done = {str(state): n for state, n in sorted(dispatched.states.items())}
        if done:
            log.info("dispatched", extra={"action": "dispatched", **done})
        if dispatched.unreachable:
            self.trouble("send", "server_unreachable", dispatched.unreachable)
        else:
            self.well("send")
        self._say()

    @contextmanager
    def bearing(self, whose: str) -> Iterator[None]:
        """Let trouble end one run of someone's work and no more; it is told.

        Raises:
            DatabaseDamaged: that cannot be borne.
        """
        try:
            yield
        except DatabaseDamaged:
            raise
        except DatabaseUnreachable as error:
            self.trouble(whose, "database_unreachable", str(error))
        except NhacViecError as error:
            self.trouble(whose, f"{whose}_failed", str(error))

    def trouble(self, whose: str, action: str, problem: str) -> None:
        """Something does not work; we go on."""
        known = self.troubles.get(whose) == f"{action}: {problem}"
        level = logging.DEBUG if known else logging.ERROR
        log.log(level, "trouble", extra={"action": action, "problem": problem})
        self.troubles[whose] = f"{action}: {problem}"
        self._say()

    def well(self, whose: str) -> None:
        """This works."""
        if whose in self.troubles:
            problem = self.troubles.pop(whose)
            log.info("works again", extra={"action": "recovered", "problem": problem})
            self._say()

    def _say(self) -> None:
        told = [f"{self.last}, letters sent since the start: {self.letters}", *self.troubles.values()]
        self.notifier.status("; ".join(told))
