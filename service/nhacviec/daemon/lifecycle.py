"""The life of the daemon: start, tick, tell systemd, and stop with the letter in hand finished."""

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from nhacviec.application.ports import Clock
from nhacviec.daemon.bulletin import Bulletin
from nhacviec.daemon.clock_guard import ClockGuard, ClockReason, ClockVerdict, Sight
from nhacviec.daemon.pulse import Pulse
from nhacviec.daemon.rhythm import Job, Rhythm
from nhacviec.daemon.service import Service
from nhacviec.daemon.systemd import Notifier
from nhacviec.domain.errors import DatabaseDamaged, DatabaseUnreachable, NhacViecError

log = logging.getLogger(__name__)

#: How long the letters in hand may take once we are told to stop, in seconds; less than ``TimeoutStopSec``.
GRACE = 30.0
#: How long a tick may go without ending or finishing a letter before it counts as stuck, in seconds: one
#: conversation may lawfully take ten minutes (RFC 5321 §4.5.3.2.6).
PATIENCE = 720.0
#: How often the sender looks whether there is a reason to send, in seconds; looking costs nothing.
SENDING = 0.25
#: How long may be tried to write down what a mail server has said once the database is damaged, in seconds.
LAST_WORDS = 5.0
#: Exit codes: of someone who was told twice, and of a database that a new start has to look at (sysexits.h).
INTERRUPTED, DAMAGED = 130, 69


def uptime() -> float:
    """Seconds since some moment, counted while the machine sleeps too where the system can."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@dataclass(slots=True, kw_only=True)
class Daemon:
    """One life.

    Args:
        service: what is kept running.
        clock: what time it is.
        notifier: the service manager.
        tick_seconds: from one tick to the next.
        pulse: shared with the sender of letters.
        jobs: what else is done in the same rhythm.
        guard: what is known of the clock; with a mark where one was kept from an earlier life (S-74).
        uptime: the clock to compare the wall clock with, in seconds.
        grace: how long work in hand may take after the first signal, in seconds.
        patience: how long work may get nowhere before the watchdog starves, in seconds.
    """

    service: Service
    clock: Clock
    notifier: Notifier
    tick_seconds: float
    pulse: Pulse = field(default_factory=Pulse)
    jobs: Sequence[Job] = ()
    guard: ClockGuard = field(default_factory=ClockGuard)
    uptime: Callable[[], float] = uptime
    grace: float = GRACE
    patience: float = PATIENCE
    bulletin: Bulletin = field(init=False)
    _ready: bool = field(default=False, init=False)
    _answered: float = field(init=False)
    _sight: Sight | None = field(default=None, init=False)
    _damaged: bool = field(default=False, init=False)
    _stop: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _at_once: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __post_init__(self) -> None:
        self.bulletin = Bulletin(notifier=self.notifier)
        self._answered = self.pulse.monotonic()

    async def serve(self) -> int:
        """Live until SIGTERM or SIGINT; a second one does not wait for the letters in hand.

        Returns:
            The exit code: 0, 69 when the database is damaged, or 130 when work in hand was cut short because
            we were told twice.
        """
        rhythm = Rhythm(self._all_jobs())
        try:
            with self._signals():
                rhythm.start()
                log.info("started", extra={"action": "started"})
                await self._stop.wait()
                self.notifier.stopping("finishing the letters in hand")
                grace = min(self.grace, LAST_WORDS) if self._damaged else self.grace
                drained = await rhythm.stop(grace=grace, at_once=self._at_once)
        finally:
            await self.service.stop()
        if not drained:
            log.warning(
                "work in hand was cut short; it will be taken up again", extra={"action": "cut_short"}
            )
        log.info("stopped", extra={"action": "stopped"})
        if self._damaged:
            return DAMAGED
        return INTERRUPTED if self._at_once.is_set() and not drained else 0

    @property
    def clock_trouble(self) -> str:
        """Why the clock is not believed; empty when it is."""
        sight = self._sight
        return "" if sight is None or sight.verdict is ClockVerdict.GO else sight.reason.said

    def _all_jobs(self) -> list[Job]:
        jobs = [
            Job(name="tick", seconds=self.tick_seconds, work=self._tick),
            Job(name="send", seconds=min(SENDING, self.tick_seconds), work=self._send),
            *self.jobs,
        ]
        if self.notifier.feeding_seconds:
            jobs.append(Job(name="watchdog", seconds=self.notifier.feeding_seconds, work=self._feed))
        return [replace(job, work=partial(self._run, job.work)) for job in jobs]

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        """One run of any job; that the database is away is told by ticks and letters."""
        try:
            await work()
        except DatabaseDamaged as error:
            self._give_up(error)
        except DatabaseUnreachable as error:
            log.debug("put off", extra={"action": "database_unreachable", "problem": str(error)})

    def _give_up(self, error: DatabaseDamaged) -> None:
        """What is not kept is not sent (F38, F41): stop, so that a new start looks at the database."""
        if not self._damaged:
            log.critical("%s", error, extra={"action": "database_damaged"})
            self.notifier.status(str(error))
        self._damaged = self.pulse.stopped = True
        self._stop.set()

    async def _tick(self) -> None:
        """One tick; its trouble ends this tick only."""
        now = self.clock.now()
        with self.bulletin.bearing("tick"):
            await self._become_ready()
            if self._clock_allows(now):
                prepared = await self.service.tick(now)
                self.bulletin.prepared(prepared) if prepared else self.bulletin.standing_by()
        self.pulse.beat()  # not after an error that nobody foresaw: a new start may mend that

    async def _send(self) -> None:
        """One run of sending, as long as there are letters; its trouble ends this run only."""
        if not self._ready:
            return
        with self.bulletin.bearing("send"):
            dispatched = await self.service.send()
            if dispatched is not None:
                self.bulletin.dispatched(dispatched)

    async def _become_ready(self) -> None:
        """Started means that the database has answered, not that everything has been sent."""
        if not self._ready:
            await self.service.ping()
            self._ready = True
            self.notifier.ready()
            log.info("ready", extra={"action": "ready"})

    def _clock_allows(self, now: datetime) -> bool:
        """S-74, S-75; what changes is logged."""
        self.guard, sight = self.guard.observe(now, self.uptime())
        quiet = sight == self._sight or (self._sight is None and sight.reason is ClockReason.STEADY)
        if not quiet:
            level = logging.CRITICAL if sight.alarm else logging.WARNING
            told = {"action": sight.reason, "verdict": sight.verdict, "wall": now.isoformat()}
            log.log(level, "clock", extra={**told, "problem": sight.reason.said})
        self._sight = sight
        if sight.verdict is not ClockVerdict.GO:
            held = f"{sight.verdict}: {sight.reason} at {now.isoformat()}: {sight.reason.said}"
            self.notifier.status(f"{self.bulletin.last}; {held}")
        return sight.verdict is ClockVerdict.GO

    async def _feed(self) -> None:
        """Feed the watchdog if work gets on and the database answers; else it would certify a corpse.

        A database that is away is waited for, for it is not we who are ill: only after the patience is over
        may a new start help.  Until then what a mail server has said is kept here, to be written down.
        """
        if self.pulse.silence > self.patience:
            said = f"no letter and no tick has ended for {self.patience:.0f} s"
            self.bulletin.trouble("watchdog", "tick_stuck", said)
            return
        try:
            await self.service.ping()
            self._answered = self.pulse.monotonic()
            self.bulletin.well("watchdog")
        except DatabaseDamaged:
            raise
        except NhacViecError as error:
            self.bulletin.trouble("watchdog", "database_unreachable", str(error))
            if self.pulse.monotonic() - self._answered > self.patience:
                return
        self.notifier.feed()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        handlers = {signal.SIGTERM: self._told, signal.SIGINT: self._told, signal.SIGHUP: self._reread}
        for number, handler in handlers.items():
            loop.add_signal_handler(number, handler)
        try:
            yield
        finally:
            for number in handlers:
                loop.remove_signal_handler(number)

    def _told(self) -> None:
        """SIGTERM or SIGINT: the first asks for an end, the second for one at once."""
        (self._at_once if self._stop.is_set() else self._stop).set()
        self.pulse.stopped = True
        log.info("told to stop", extra={"action": "stopping", "at_once": self._at_once.is_set()})

    def _reread(self) -> None:
        log.warning(
            "settings are read at the start only: restart to change them",
            extra={"action": "settings_not_reread"},
        )


async def serve(
    service: Service, *, tick_seconds: float, notifier: Notifier, clock: Clock, pulse: Pulse | None = None
) -> int:
    """Keep a service running until a signal ends it; ``Daemon`` says what can be chosen besides.

    Returns:
        As ``Daemon.serve``.
    """
    return await Daemon(
        service=service, clock=clock, notifier=notifier, tick_seconds=tick_seconds, pulse=pulse or Pulse()
    ).serve()
