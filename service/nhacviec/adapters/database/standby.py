"""One daemon works on a SQLite database; another stands by and takes over when the first one ends."""

import asyncio
import errno
import fcntl
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from nhacviec.adapters.database.files import belong_like
from nhacviec.domain.errors import DatabaseUnreachable

log = logging.getLogger(__name__)

#: Lets every daemon work, for tests of what holds between them.
TOGETHER = "NHACVIEC_TEST_ALLOW_MULTI"
#: Seconds between two looks at the lock.
LOOK = 0.25
#: What a lock cannot be made for at the moment: a full disk, or one that may only be read (F37, F39).
_NOT_NOW = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def lock_of(file: Path) -> Path:
    """Name the lock of a database, the same by whatever path the database is reached."""
    real = file.resolve()
    return real.with_name(f"{real.name}.lock")


def opened_lock(file: Path) -> int:
    """Open the lock of a database; who makes it as root makes it for the owner of the folder.

    Raises:
        DatabaseUnreachable: it cannot be made.
    """
    lock = lock_of(file)
    try:
        return _opened(lock)
    except OSError as error:
        raise DatabaseUnreachable(f"the lock {lock} cannot be made: {error.strerror}") from None


@asynccontextmanager
async def sole_daemon(file: Path | None) -> AsyncIterator[None]:
    """Work alone: wait until no other daemon works on this file, and keep others waiting meanwhile.

    Where there is no room for a lock, or nothing may be written just now, that is waited for too.  The lock
    ends with the process, however that ends; its file stays.

    Args:
        file: of the database; None for a server, where any number may work.

    Raises:
        DatabaseUnreachable: the lock cannot be made.
    """
    if file is None or os.environ.get(TOGETHER):
        yield
        return
    descriptor = await _opened_when_possible(lock_of(file))
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


async def _opened_when_possible(lock: Path) -> int:
    told = False
    while True:
        try:
            return _opened(lock)
        except OSError as error:
            problem = f"the lock {lock} cannot be made: {error.strerror}"
            if error.errno not in _NOT_NOW:
                raise DatabaseUnreachable(problem) from None
        if not told:
            log.error("%s", problem, extra={"action": "no_lock"})
            told = True
        await asyncio.sleep(LOOK)


def _opened(lock: Path) -> int:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    belong_like(lock, lock.parent)
    return descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
