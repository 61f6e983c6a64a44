"""The daemon put together: what it keeps running, in which rhythm."""

import logging
import os

from nhacviec.adapters.heartbeat import Heartbeat
from nhacviec.daemon.auditing import LOOK, Auditing
from nhacviec.daemon.clock_guard import ClockGuard
from nhacviec.daemon.lifecycle import Daemon
from nhacviec.daemon.pulse import Pulse
from nhacviec.daemon.rhythm import Job
from nhacviec.daemon.running import Running
from nhacviec.daemon.systemd import Notifier
from nhacviec.domain.errors import DatabaseUnreachable
from nhacviec.domain.worker import BEAT
from nhacviec.settings import Settings

log = logging.getLogger(__name__)

#: How often to look for letters of dead workers, in seconds: on one machine death is seen within two.
RESCUE = 1.0


async def run_service(settings: Settings) -> int:
    """Keep the service running until a signal ends it.

    Returns:
        The exit code.

    Raises:
        SettingsError: something the operator has to mend before a start can help.
    """
    pulse = Pulse()
    running = Running(settings=settings, pulse=pulse)
    mark = None
    try:
        mark = await running.mark()
    except DatabaseUnreachable as error:
        log.error("%s", error, extra={"action": "database_unreachable"})  # noqa: TRY400 -- one line says it
    url = settings.heartbeat_url
    auditing = Auditing(
        watch=lambda: running.watch(daemon.clock_trouble),
        ticked=lambda: running.ticked,
        beat=Heartbeat(url) if url else None,
    )
    daemon = Daemon(
        service=running,
        clock=running.clock,
        notifier=Notifier.from_environment(os.environ, os.getpid()),
        tick_seconds=settings.tick_seconds,
        pulse=pulse,
        jobs=[
            Job(name="beat", seconds=BEAT, work=running.beat),
            Job(name="rescue", seconds=RESCUE, work=running.rescue),
            Job(name="audit", seconds=LOOK, work=auditing.run),
        ],
        guard=ClockGuard(mark=mark),
    )
    return await daemon.serve()
