"""A service for the daemon's tests, which does what they have written down."""

import asyncio
import os
import signal
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nhacviec.adapters.clock import FixedClock
from nhacviec.application.dispatch import Dispatched
from nhacviec.application.gather import Gathered
from nhacviec.application.tick import Prepared
from nhacviec.daemon.lifecycle import Daemon
from nhacviec.daemon.pulse import Pulse
from nhacviec.daemon.systemd import Notifier
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.errors import DatabaseUnreachable

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)
SOON, NEVER = 0.01, 3600.0


def prepared(now: datetime) -> Prepared:
    """A tick that found nothing to plan or gather."""
    return Prepared(at=now, planned=0, planned_seconds=0, gathered=Gathered(), gathered_seconds=0)


def dispatched(*, sent: int = 0, unreachable: str = "") -> Dispatched:
    """A run of sending that has sent so many letters."""
    return Dispatched(states=Counter({MessageState.SENT: sent}), unreachable=unreachable)


@dataclass(slots=True, kw_only=True)
class Works:
    """A service that does what the test has written down.

    Args:
        answers: how each tick ends, in turn; when there are none left, with nothing done.
        runs: how each run of sending ends, in turn; when there are none left, there is no reason to send.
        down: how often the database does not answer before it does.
        hold: whether a tick waits for ``release``.
    """

    answers: list[Exception] = field(default_factory=list)
    runs: list[Dispatched | Exception] = field(default_factory=list)
    down: int = 0
    hold: bool = False
    pulse: Pulse = field(default_factory=Pulse)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    story: list[str] = field(default_factory=list)

    async def tick(self, now: datetime) -> Prepared:
        """One tick."""
        self.story.append("tick")
        self.entered.set()
        if self.hold:
            await self.release.wait()
            self.story.append("going" if self.pulse.going() else "told to stop")
        if self.answers:
            raise self.answers.pop(0)
        return prepared(now)

    async def send(self) -> Dispatched | None:
        """One run of sending."""
        if not self.runs:
            return None
        run = self.runs.pop(0)
        if isinstance(run, Exception):
            raise run
        return run

    async def ping(self) -> None:
        """Ask the database."""
        self.down -= 1
        self.story.append("no answer" if self.down >= 0 else "answer")
        if self.down >= 0:
            raise DatabaseUnreachable("connection refused")

    async def stop(self) -> None:
        """Close."""
        self.story.append("stop")


def daemon(works: Works, notifier: Notifier, seconds: float = SOON) -> Daemon:
    """A daemon at noon, on which no time passes by itself."""
    return Daemon(
        service=works,
        clock=FixedClock(NOON),
        notifier=notifier,
        tick_seconds=seconds,
        pulse=works.pulse,
        uptime=lambda: 0,
    )


def tell(number: signal.Signals) -> None:
    """Send this process a signal, as systemd or a keyboard would."""
    os.kill(os.getpid(), number)
