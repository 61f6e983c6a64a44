"""One daemon works on a SQLite database; another stands by and takes over when the first one ends."""

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from nhacviec.domain.errors import DatabaseUnreachable

log = logging.getLogger(__name__)

#: Lets every daemon work, for tests of what holds between them.
TOGETHER = "NHACVIEC_TEST_ALLOW_MULTI"
#: Seconds between two looks at the lock.
LOOK = 0.25


def lock_of(file: Path) -> Path:
    """Name the lock of a database, the same by whatever path the database is reached."""
    real = file.resolve()
    return real.with_name(f"{real.name}.lock")


@asynccontextmanager
async def sole_daemon(file: Path | None) -> AsyncIterator[None]:
    """Work alone: wait until no other daemon works on this file, and keep others waiting meanwhile.

    The lock ends with the process, however that ends; its file stays.

    Args:
        file: of the database; None for a server, where any number may work.

    Raises:
        DatabaseUnreachable: the lock cannot be made.
    """
    if file is None or os.environ.get(TOGETHER):
        yield
        return
    descriptor = _opened(lock_of(file))
    try:
        await _take(descriptor, file)
        yield
    finally:
        os.close(descriptor)


async def _take(descriptor: int, file: Path) -> None:
    waited = False
    while not _locked(descriptor):
        if not waited:
            log.info("another daemon works on %s: standing by", file, extra={"action": "standing_by"})
            waited = True
        await asyncio.sleep(LOOK)
    if waited:
        log.info("the other daemon has ended: taking over %s", file, extra={"action": "taking_over"})


def _opened(lock: Path) -> int:
    try:
        return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseUnreachable(f"the lock {lock} cannot be made: {error.strerror}") from None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
