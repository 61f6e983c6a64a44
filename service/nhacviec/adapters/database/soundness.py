"""Whether a SQLite file is whole (DELIVERY §2.13)."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from nhacviec.adapters.database.connecting import LOCK_WAIT
from nhacviec.adapters.database.engine import Database
from nhacviec.domain.errors import SettingsError


async def require_sound(database: Database) -> None:
    """Refuse a damaged file before anything is sent from it (F42); a server looks after its own.

    It reads the whole file, without its indexes' order: some 0.1 s for each 100 MiB.

    Raises:
        SettingsError: it is damaged; a new start cannot help, a person has to restore a backup.
    """
    if database.file is None or not database.file.exists():
        return
    problem = await asyncio.to_thread(_damage, database.file)
    if problem:
        raise SettingsError(
            f"the database {database.name} is damaged ({problem}): stop what works on it, "
            "then run nhacviec db restore with the latest backup"
        )


def _damage(file: Path) -> str:
    """Say what is wrong with a file in one line; empty when nothing is, or it cannot be opened just now."""
    try:
        where = f"{file.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(where, uri=True, timeout=LOCK_WAIT)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        damaged = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        return str(error) if getattr(error, "sqlite_errorcode", 0) & 0xFF in damaged else ""
    return "" if found == "ok" else " ".join(found.split())
