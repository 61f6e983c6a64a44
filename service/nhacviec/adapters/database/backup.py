"""Backup and restore of either database: a file with its checksum, made and checked before it has a name."""

import asyncio
import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import text

from nhacviec.adapters.database import backup_files, backup_postgresql, backup_sqlite, schema
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.domain.errors import DatabaseUnreachable, NotAllowedError, SettingsError

#: What people are told who open a backup.
SEALED = "this is a backup{of}, letters may have been sent since it was made: run nhacviec db adopt"
_LETTERS = text("SELECT count(*) FROM message")
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = 'nhacviec' AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made.

    Args:
        file: where it is.
        size: in bytes.
        sha256: of the file, as it stands in the file beside it.
        form: of its tables.
        letters: how many it holds.
    """

    file: Path
    size: int
    sha256: str
    form: str
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A backup that was put back.

    Args:
        form: of the tables in the backup.
        kept: where the database that was there before is; None when there was none, and on a server.
    """

    form: str
    kept: Path | None


async def back_up(database: Database, file: Path, at: datetime, *, overwrite: bool = False) -> Backup:
    """Write a backup while everybody goes on working (F62).

    Args:
        database: of which.
        file: where to.
        at: the moment, for those who open the backup; aware.
        overwrite: whether a file that is there may be replaced.

    Raises:
        NotAllowedError: the file is there, cannot be written, or the database is damaged.
        SettingsError: there is nothing to back up.
        DatabaseUnreachable: it does not answer.
    """
    form, _ = await database.schema()
    if not form:
        raise SettingsError(f"the database {database.name} has no tables yet: there is nothing to back up")
    beside = backup_files.checksum_beside(file)
    _refuse(database, file, overwrite=overwrite)
    letters = 0
    with backup_files.in_making(file) as making:
        if database.file is None:
            letters = await database.ask(_LETTERS)
            await asyncio.to_thread(backup_postgresql.dump, database.url, making)
        else:
            form, letters = await asyncio.to_thread(_copied, database.file, making, at)
        digest = await asyncio.to_thread(backup_files.digest_of, making)
        size = making.stat().st_size
        beside.unlink(missing_ok=True)  # rather none than one that speaks of another file
        backup_files.publish(making, file)
    backup_files.write_checksum(file, digest)
    return Backup(file=file, size=size, sha256=digest, form=form, letters=letters)


async def restore(database: Database, file: Path, at: datetime) -> Restored:
    """Put a backup back in place of a database that nobody works on; its letters wait for an adoption.

    Args:
        database: to be replaced; for SQLite it may be missing or damaged.
        file: the backup, with its checksum beside it where there is one.
        at: the moment, aware: nobody else can send from this database after it.

    Raises:
        NotAllowedError: the backup is damaged, or somebody works on the database.
        SettingsError: the backup was made by a newer version.
        DatabaseUnreachable: the database server does not answer.
    """
    try:
        await asyncio.to_thread(backup_files.check, file)
        if database.file is None:
            return await _restore_postgresql(database, file, at)
        return await _restore_sqlite(database.file.resolve(), file, at)
    except NotAllowedError as error:
        where = "" if str(file) in str(error) else f"{file}: "
        raise NotAllowedError(f"{where}{error}; nothing was restored") from None


def _refuse(database: Database, file: Path, *, overwrite: bool) -> None:
    if database.file is not None and file.exists() and file.samefile(database.file):
        raise NotAllowedError(f"{file} is the database itself: name another file")
    if file.is_dir():
        raise NotAllowedError(f"{file} is a folder: name a file in it")
    if file.exists() and not overwrite:
        raise NotAllowedError(f"{file} is there already: name another file, or say --force")


def _copied(source: Path, making: Path, at: datetime) -> tuple[str, int]:
    try:
        backup_sqlite.copy(source, making)
        backup_sqlite.seal(making, SEALED.format(of=f" of {at.isoformat(timespec='seconds')}"), None)
        return backup_sqlite.examined(making)
    except sqlite3.Error as error:
        raise NotAllowedError(f"no backup was made: {error}") from None
    except NotAllowedError as error:
        raise NotAllowedError(f"the database {source}: {error}: no backup was made") from None


async def _restore_sqlite(place: Path, file: Path, at: datetime) -> Restored:
    place.parent.mkdir(parents=True, exist_ok=True)
    with backup_files.in_making(place) as making:
        await asyncio.to_thread(backup_files.copy, file, making)
        form, _ = await asyncio.to_thread(backup_sqlite.examined, making)
        copy = open_database(f"sqlite:///{making}")
        try:
            await copy.migrate(partial(schema.upgrade, name=str(file)))
        finally:
            await copy.close()
        kept = await asyncio.to_thread(_put_in_place, making, place, at)
    return Restored(form=form, kept=kept)


def _put_in_place(making: Path, place: Path, at: datetime) -> Path | None:
    try:
        backup_sqlite.seal(making, SEALED.format(of=""), at)
        backup_sqlite.fold(making)
        return backup_sqlite.put_in_place(making, place, f"{at:%Y%m%dT%H%M%S}-{os.getpid()}")
    except (sqlite3.Error, OSError) as error:
        raise DatabaseUnreachable(f"{place} cannot be replaced: {error}") from None


async def _restore_postgresql(database: Database, file: Path, at: datetime) -> Restored:
    there, _ = await database.schema()
    if await database.ask(_OTHERS):
        raise NotAllowedError(f"a daemon or a command works on {database.name}: stop it first")
    form = await asyncio.to_thread(backup_postgresql.form_of, file)
    if there not in ("", form):
        raise NotAllowedError(
            f"it has form {form} and {database.name} has {there}: restore it into an empty database"
        )
    await asyncio.to_thread(backup_postgresql.load, database.url, file, SEALED.format(of=""), at)
    await database.upgrade()
    return Restored(form=form, kept=None)
