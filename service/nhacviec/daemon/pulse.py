"""The pulse: what the daemon and whoever sends letters one after another tell each other."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Pulse:
    """Shared with whoever sends letters one after another: shall it go on, and is it getting anywhere?

    Args:
        monotonic: a clock that nobody sets, in seconds.
    """

    monotonic: Callable[[], float] = time.monotonic
    stopped: bool = False
    last: float = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.monotonic()

    def going(self) -> bool:
        """Asked between two letters: whether to take another.  Asking is a sign of life."""
        self.beat()
        return not self.stopped

    def beat(self) -> None:
        """Work has got on."""
        self.last = self.monotonic()

    @property
    def silence(self) -> float:
        """Seconds since work last got on."""
        return self.monotonic() - self.last
