"""The service as the daemon keeps it: opened as soon as the database answers, closed at the end."""

import logging
import os
from contextlib import AsyncExitStack
from datetime import datetime

from nhacviec.adapters.clock import SystemClock
from nhacviec.application.tick import Ticked
from nhacviec.application.watch import high_water, raise_high_water
from nhacviec.bootstrap import Service, open_service
from nhacviec.daemon.clock_guard import ClockGuard
from nhacviec.daemon.lifecycle import Daemon
from nhacviec.daemon.pulse import Pulse
from nhacviec.daemon.systemd import Notifier
from nhacviec.domain.errors import DatabaseUnreachable
from nhacviec.settings import Settings

log = logging.getLogger(__name__)


class Running:
    """What the daemon keeps running; a database that is away at the start is waited for.

    Args:
        settings: as read at the start.
        pulse: shared with the sender of letters.
    """

    def __init__(self, settings: Settings, pulse: Pulse) -> None:
        self._settings = settings
        self._pulse = pulse
        self._stack = AsyncExitStack()
        self._service: Service | None = None

    async def open(self) -> Service:
        """The service, opened when it is not yet.

        Raises:
            DatabaseUnreachable: it does not answer.
            SettingsError: something the operator has to mend.
        """
        if self._service is None:
            opening = open_service(self._settings, going=self._pulse.going)
            self._service = await self._stack.enter_async_context(opening)
        return self._service

    async def tick(self, now: datetime, /) -> Ticked:
        """Plan, gather and dispatch once, and raise the mark of the clock."""
        service = await self.open()
        ticked = await service.tick(now)
        await raise_high_water(service.database, now)
        return ticked

    async def ping(self) -> None:
        """Return when the database answers."""
        await (await self.open()).database.ping()

    async def stop(self) -> None:
        """Close everything."""
        await self._stack.aclose()


async def run_service(settings: Settings) -> int:
    """Keep the service running until a signal ends it.

    Returns:
        The exit code.

    Raises:
        SettingsError: something the operator has to mend before a start can help.
    """
    pulse = Pulse()
    running = Running(settings, pulse)
    mark: datetime | None = None
    try:
        mark = await high_water((await running.open()).database)
    except DatabaseUnreachable as error:
        log.error("%s", error, extra={"action": "database_unreachable"})  # noqa: TRY400 -- one line says it
    daemon = Daemon(
        service=running,
        clock=SystemClock(),
        notifier=Notifier.from_environment(os.environ, os.getpid()),
        tick_seconds=settings.tick_seconds,
        pulse=pulse,
        guard=ClockGuard(mark=mark),
    )
    return await daemon.serve()
