"""Backup of a SQLite database while others write to it, and putting one back (DELIVERY §2.12, §2.13)."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from nhacviec.adapters.database.backup_files import nobody_else, publish, sync_folder
from nhacviec.adapters.database.connecting import LOCK_WAIT
from nhacviec.adapters.database.files import belong_like
from nhacviec.application.holds import HOLDS, Hold, HoldKind, read, written
from nhacviec.domain.errors import NotAllowedError

#: What is kept beside a database while it is in use.
_BESIDE = ("-wal", "-shm")


def copy(source: Path, making: Path) -> None:
    """Copy a database as it is at one moment, while others write to it; the copy is one file.

    Raises:
        sqlite3.Error: it cannot be read, or there is no room.
    """
    with closing(_opened(source)) as live, closing(sqlite3.connect(making)) as made:
        live.backup(made)
    fold(making)


def fold(file: Path) -> None:
    """Bring everything into the one file.

    Raises:
        sqlite3.OperationalError: another process has it open.
    """
    with closing(_opened(file, wait=0.5)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")


def seal(file: Path, text: str, at: datetime | None) -> None:
    """Write into a copy that it is one: whoever opens it, however it got there, sends nothing from it.

    Args:
        file: the copy.
        text: what people are told, unless it was sealed before.
        at: since when nobody else can have sent from it; None to leave that to its first opening.
    """
    with closing(_opened(file)) as connection, connection:
        row = connection.execute("SELECT value FROM setting WHERE key = ?", (HOLDS,)).fetchone()
        standing = read(row[0] if row else "")
        text = next((hold.text for hold in standing if hold.kind is HoldKind.RESTORED), text)
        standing = [hold for hold in standing if hold.kind is not HoldKind.RESTORED]
        restored = Hold(kind=HoldKind.RESTORED, at=at, text=text)
        connection.execute(
            "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            (HOLDS, written([*standing, restored])),
        )


def examined(file: Path) -> tuple[str, int]:
    """Check a copy from end to end.

    Returns:
        The form of its tables, and how many letters it holds.

    Raises:
        NotAllowedError: it is damaged, or no database of ours.
    """
    try:
        with closing(_opened(file)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                raise NotAllowedError(f"it is damaged ({' '.join(found.split())})")
            (form,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            (letters,) = connection.execute("SELECT count(*) FROM message").fetchone()
    except sqlite3.Error as error:
        raise NotAllowedError(f"it is no database of nhacviec, or damaged ({error})") from None
    return form, letters


def put_in_place(making: Path, database: Path, stamp: str) -> Path | None:
    """Let a finished copy take the place of the database; that one is kept beside it.

    At every moment there is a whole database under the name.

    Args:
        making: the copy, in the same folder.
        database: what it replaces; it may be missing or damaged.
        stamp: of the moment, for the name of the old one.

    Returns:
        Where the old one is; None when there was none.

    Raises:
        NotAllowedError: somebody works on it.
    """
    with nobody_else(database):
        if not database.exists():
            belong_like(making, database.parent)
            publish(making, database)
            return None
        kept = database.with_name(f"{database.name}.before-restore-{stamp}")
        _fold_or_carry(database, kept)
        belong_like(making, database)
        try:
            os.link(database, kept)
        except OSError:  # a file system without second names
            database.rename(kept)
        publish(making, database)
        sync_folder(database.parent)
        return kept


def _fold_or_carry(database: Path, kept: Path) -> None:
    """Leave nothing beside a database; what a damaged one cannot take back goes with it."""
    try:
        fold(database)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise NotAllowedError(f"somebody works on {database}: stop that first") from None
    except sqlite3.Error:
        pass
    for suffix in _BESIDE:
        if (beside := Path(f"{database}{suffix}")).exists():
            beside.rename(f"{kept}{suffix}")


def _opened(file: Path, *, wait: float = LOCK_WAIT) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=wait)
