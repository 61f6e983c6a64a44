"""Files that are whole or not there: made beside their place, checked, synced, and then named."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path

from nhacviec.adapters.database.standby import opened_lock
from nhacviec.domain.errors import NotAllowedError


@contextmanager
def in_making(file: Path) -> Iterator[Path]:
    """Give an empty file beside another one, readable by its owner only; gone at the end unless named.

    What SQLite puts beside it goes with it.

    Raises:
        NotAllowedError: its folder cannot be written.
    """
    making = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(making, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise NotAllowedError(f"{file} cannot be written: {error.strerror}: name another place") from None
    try:
        yield making
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{making}{suffix}").unlink(missing_ok=True)


def publish(making: Path, file: Path) -> None:
    """Give a finished file its name; after a power cut it is there whole, or what was there before."""
    with making.open("rb") as opened:
        os.fsync(opened.fileno())
    making.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def checksum_beside(file: Path) -> Path:
    """Where the checksum of a backup lies."""
    return file.with_name(f"{file.name}.sha256")


def write_checksum(file: Path, digest: str) -> None:
    """Put the checksum beside a backup, as ``sha256sum --check`` reads it."""
    beside = checksum_beside(file)
    with in_making(beside) as making:
        making.write_text(f"{digest}  {file.name}\n", encoding="utf-8")
        publish(making, beside)


def check(file: Path) -> None:
    """Compare a backup with the checksum beside it, where there is one.

    Raises:
        NotAllowedError: it cannot be read, or is not what was written.
    """
    beside = checksum_beside(file)
    try:
        digest = digest_of(file)
        written = beside.read_text(encoding="utf-8").split() if beside.exists() else [digest]
    except (OSError, UnicodeDecodeError) as error:
        raise NotAllowedError(f"{file} cannot be read: {getattr(error, 'strerror', error)}") from None
    if written[:1] != [digest]:
        raise NotAllowedError(f"{file} is not what {beside.name} says was written: take another backup")


def copy(file: Path, making: Path) -> None:
    """Copy a backup beside its future place.

    A copy that was made by hand of a running database has its newest pages in a second file.

    Raises:
        NotAllowedError: it cannot be read, or there is no room.
    """
    try:
        shutil.copyfile(file, making)
        if (pages := Path(f"{file}-wal")).exists():
            shutil.copyfile(pages, f"{making}-wal")
    except OSError as error:
        raise NotAllowedError(f"{file} cannot be copied: {error.strerror}") from None


@contextmanager
def nobody_else(database: Path) -> Iterator[None]:
    """Keep daemons from a SQLite database for the length of a block, by the lock that each of them holds.

    Raises:
        NotAllowedError: one works on it.
        DatabaseUnreachable: the lock cannot be made.
    """
    descriptor = opened_lock(database)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise NotAllowedError(f"a daemon works on {database}: stop it first") from None
        yield
    finally:
        os.close(descriptor)
