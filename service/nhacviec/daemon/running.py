"""The service as the daemon keeps it: opened as soon as the database answers, closed at the end."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nhacviec.adapters.clock import SystemClock
from nhacviec.adapters.database.bell import Bell
from nhacviec.adapters.database.standby import sole_daemon
from nhacviec.application.dispatch import Dispatched
from nhacviec.application.ports import Clock
from nhacviec.application.tick import Prepared
from nhacviec.application.watch import Watched, high_water, raise_high_water
from nhacviec.bootstrap import Service, open_service
from nhacviec.daemon.pulse import Pulse
from nhacviec.domain.errors import DatabaseUnreachable
from nhacviec.settings import Settings

log = logging.getLogger(__name__)

#: How long a tick waits for its turn before it says that we stand by, in seconds.
_COURTESY = 0.1


@dataclass(slots=True, kw_only=True)
class Running:
    """What the daemon keeps running; a database that is away at the start is waited for.

    Args:
        settings: as read at the start.
        pulse: shared with the sender of letters.
        clock: what time it is.
        monotonic: a clock that nobody sets, in seconds.
    """

    settings: Settings
    pulse: Pulse
    clock: Clock = field(default_factory=SystemClock)
    monotonic: Callable[[], float] = time.monotonic
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack, init=False)
    _service: Service | None = field(default=None, init=False)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _turn: asyncio.Task[None] | None = field(default=None, init=False)
    _bell: asyncio.Task[None] | None = field(default=None, init=False)
    _alone: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _ticked: tuple[datetime, float] | None = field(default=None, init=False)
    _woken: bool = field(default=False, init=False)

    async def open(self) -> Service:
        """The service, opened when it is not yet.

        Raises:
            DatabaseUnreachable: it does not answer.
            SettingsError: something the operator has to mend.
        """
        async with self._opening:
            return self._service or await self._open()

    @property
    def ticked(self) -> bool:
        """Whether a tick has ended in this life."""
        return self._ticked is not None

    async def mark(self) -> datetime | None:
        """The latest moment at which any daemon ticked (S-74)."""
        return await high_water((await self.open()).database)

    async def tick(self, now: datetime, /) -> Prepared | None:
        """Plan and gather, raise the mark of the clock, and wake whoever sends; None while standing by."""
        service = await self.open()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._alone.wait(), timeout=_COURTESY)
        if not self._alone.is_set():
            await self._look_after_turn(service)
            return None
        await service.rescue(now)  # what an earlier life of ours has left goes with the first letters
        prepared = await service.tick.prepare(now)
        await raise_high_water(service.database, now)
        self._ticked = (now, self.monotonic())
        self.wake()
        return prepared

    def wake(self) -> None:
        """There may be letters to send."""
        self._woken = True
        if self._service is not None:
            self._service.dispatch.stir()

    async def send(self) -> Dispatched | None:
        """Send what is due, once there is a reason to look and a tick has said what time it is."""
        if not self._woken or self._ticked is None:
            return None
        service = await self.open()
        self._woken = False
        try:
            return await service.dispatch(self._moment)
        except DatabaseUnreachable:
            self._woken = True
            raise

    async def beat(self) -> None:
        """Give the other workers a sign of life."""
        if self._alone.is_set():
            await (await self.open()).attendance.beat(self.clock.now())

    async def rescue(self) -> None:
        """Take back what dead workers have left."""
        if self._ticked is not None and await (await self.open()).rescue(self._moment()):
            self.wake()

    async def watch(self, clock_trouble: str) -> Watched:
        """Whether all is well.

        Args:
            clock_trouble: why the clock is not believed; empty when it is.
        """
        return await (await self.open()).watch(clock_trouble=clock_trouble)

    async def ping(self) -> None:
        """Return when the database answers."""
        await (await self.open()).database.ping()

    async def stop(self) -> None:
        """Close everything."""
        beside = [task for task in (self._turn, self._bell) if task is not None]
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        try:
            await self._stack.aclose()
        except DatabaseUnreachable as error:
            # What is left under way is taken back by whoever finds this process gone.
            log.warning("%s", error, extra={"action": "database_unreachable"})

    async def _open(self) -> Service:
        opening = open_service(self.settings, clock=self.clock, lasting=True, going=self.pulse.going)
        service = await self._stack.enter_async_context(opening)
        _ = service.mailer  # what is wrong with its address is said now, and ends the start
        self._service = service
        self._turn = asyncio.create_task(self._wait_for_our_turn(service))
        self._bell = asyncio.create_task(self._listen(service))
        return service

    def _moment(self) -> datetime:
        """The time since the last tick, which the guard of the clock allowed: no leap reaches a letter."""
        if self._ticked is None:
            raise ValueError("no tick has said what time it is")
        at, then = self._ticked
        return at + timedelta(seconds=self.monotonic() - then)

    async def _look_after_turn(self, service: Service) -> None:
        """Raise what keeps us from waiting, and wait anew: a lock that cannot be made is no other daemon."""
        if self._turn is not None and self._turn.done():
            ended, self._turn = self._turn, asyncio.create_task(self._wait_for_our_turn(service))
            await ended

    async def _wait_for_our_turn(self, service: Service) -> None:
        """On SQLite one daemon works and another stands by (DELIVERY §2.12)."""
        async with sole_daemon(service.database.file):
            self._alone.set()
            await asyncio.Event().wait()  # until the end, which cancels this

    async def _listen(self, service: Service) -> None:
        """On PostgreSQL whoever promises a letter rings; the ticks look all the same (F51)."""
        async for _ in Bell(service.database.url):
            self.wake()
