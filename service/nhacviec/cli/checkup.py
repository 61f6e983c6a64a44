"""The doctor's checks: each looks at one thing and says how to mend it."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nhacviec.adapters import host
from nhacviec.adapters.clock import SystemClock
from nhacviec.adapters.database.engine import Database
from nhacviec.adapters.database.soundness import require_sound
from nhacviec.adapters.smtp import SmtpMailer
from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.application.calendars import official_until
from nhacviec.application.findings import LONG_LOG
from nhacviec.application.holds import BY_ADOPTION, holds
from nhacviec.bootstrap import database_of
from nhacviec.bootstrap.mailing import server_of
from nhacviec.domain.errors import DatabaseUnreachable, NhacViecError, ServerUnreachable
from nhacviec.domain.time.zone import zone
from nhacviec.resources import shipped
from nhacviec.settings import Settings, settings_file

#: Less room than this on the disk of the database is too little, in bytes.
LITTLE_ROOM = 200 * 1024 * 1024
#: A clock that stands before this product was written is wrong.
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
#: SQLite before this may lose a checkpoint when many processes write (DELIVERY §2.13).
SAFE_SQLITE = (3, 51, 3)
#: The calendar has to be official for so many days.
SOON = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at.

    Args:
        name: what.
        ok: whether it is as it should be.
        said: what was seen.
        mend: how to mend it.
        unreachable: whether it is something that does not answer.
    """

    name: str
    ok: bool
    said: str
    mend: str = ""
    unreachable: bool = False


async def examine(read: Callable[[], Settings], at: datetime | None = None) -> AsyncIterator[Finding]:
    """Look at everything, one after the other; what fails does not keep the rest from being seen.

    Args:
        read: gives the settings.
        at: the moment to believe in; the machine's own when left out.
    """
    now = at or SystemClock().now()
    try:
        settings = read()
    except NhacViecError as error:
        yield Finding(name="settings", ok=False, said=str(error), mend="see config/nhacviec.toml")
        return
    yield Finding(name="settings", ok=True, said=str(settings_file() or "environment and defaults"))
    for check in (_zone_data, _templates, _sqlite, _disk):
        yield check(settings)
    yield _clock(settings, now)
    database = database_of(settings)
    try:
        async for finding in _database(database, now):
            yield finding
    finally:
        await database.close()
    yield await _mail_server(settings)


def _zone_data(settings: Settings) -> Finding:
    try:
        found = zone(settings.timezone)
    except NhacViecError as error:
        return Finding(name="zone data", ok=False, said=str(error), mend="set timezone to an IANA name")
    return Finding(name="zone data", ok=True, said=f"{found.key}")


def _clock(settings: Settings, now: datetime) -> Finding:
    said = now.astimezone(zone(settings.timezone)).isoformat(timespec="seconds")
    mend = "" if now >= WRITTEN else "set the machine's clock"
    return Finding(name="clock", ok=now >= WRITTEN, said=said, mend=mend)


def _templates(_settings: Settings) -> Finding:
    try:
        vocabulary = load_vocabulary(shipped("templates"))
        JinjaComposer(shipped("templates"), vocabulary)
    except NhacViecError as error:
        return Finding(name="templates", ok=False, said=str(error), mend="install nhacviec again")
    return Finding(name="templates", ok=True, said=", ".join(vocabulary.languages))


def _sqlite(settings: Settings) -> Finding:
    version = sqlite3.sqlite_version
    safe = sqlite3.sqlite_version_info >= SAFE_SQLITE
    used = settings.database_url.get_secret_value().startswith("sqlite")
    note = "" if safe or not used else "; one nhacviec at a time on this database, or a newer SQLite"
    return Finding(name="sqlite", ok=True, said=f"{version}{note}")


def _disk(settings: Settings) -> Finding:
    url = settings.database_url.get_secret_value()
    if not url.startswith("sqlite:///"):
        return Finding(name="disk", ok=True, said="kept by the database server")
    folder = Path(url.removeprefix("sqlite:///")).resolve().parent
    if not folder.is_dir():
        return Finding(name="disk", ok=False, said=f"{folder} is not there", mend="make the folder")
    free = shutil.disk_usage(folder).free
    mend = "" if free >= LITTLE_ROOM else "make room"
    return Finding(name="disk", ok=free >= LITTLE_ROOM, said=f"{free // 2**20} MiB free", mend=mend)


async def _database(database: Database, now: datetime) -> AsyncIterator[Finding]:
    yield await _integrity(database)
    try:
        current, head = await database.schema()
        ok = current == head
        mend = "" if ok else "run nhacviec db upgrade"
        yield Finding(name="database", ok=True, said=database.name)
        yield Finding(name="schema", ok=ok, said=f"{current or 'none'}, needed {head}", mend=mend)
        if ok:
            yield await _log(database)
            yield await _queue(database)
            yield await _calendar(database, now)
    except DatabaseUnreachable as error:
        yield Finding(name="database", ok=False, said=str(error), mend="start it", unreachable=True)
    except NhacViecError as error:
        yield Finding(name="database", ok=False, said=str(error))


async def _integrity(database: Database) -> Finding:
    if database.file is None:
        return Finding(name="integrity", ok=True, said="kept by the database server")
    try:
        await require_sound(database)
    except NhacViecError as error:
        return Finding(name="integrity", ok=False, said=str(error))
    nameless = "" if host.machine() else "; no machine-id here, so a clone of this machine goes unnoticed"
    return Finding(name="integrity", ok=True, said=f"every page is sound{nameless}")


async def _log(database: Database) -> Finding:
    async with database.read() as transaction:
        size = await transaction.audit.log_bytes()
    ok = size <= LONG_LOG
    mend = "" if ok else "end what has been reading the database for so long"
    return Finding(name="log", ok=ok, said=f"{size // 2**20} MiB beside the database", mend=mend)


async def _queue(database: Database) -> Finding:
    async with database.read() as transaction:
        standing = await holds(transaction)
    if not standing:
        return Finding(name="queue", ok=True, said="letters may go")
    said = "every letter is held: " + "; ".join(f"{hold.text} ({hold.kind})" for hold in standing)
    adoption = any(hold.kind in BY_ADOPTION for hold in standing)
    return Finding(
        name="queue",
        ok=False,
        said=said,
        mend="" if adoption else "run nhacviec message release when letters may go again",
    )


async def _calendar(database: Database, now: datetime) -> Finding:
    async with database.read() as transaction:
        days = await transaction.catalogue.days()
        definitions = await transaction.catalogue.definitions()
    if definitions.organisation is None:
        return Finding(name="catalogue", ok=False, said="none yet", mend="run nhacviec catalogue apply FILE…")
    today = now.astimezone(zone(definitions.organisation.get("timezone", "Asia/Ho_Chi_Minh")))
    until = official_until(days, today.date())
    ok = until is not None and (until - today.date()).days >= SOON
    mend = "" if ok else "run nhacviec calendar import with the official list"
    return Finding(name="calendar", ok=ok, said=f"official until {until or 'an earlier day'}", mend=mend)


async def _mail_server(settings: Settings) -> Finding:
    try:
        server = server_of(settings)
        connection = await SmtpMailer(server=server).open()
        await connection.close()
    except ServerUnreachable as error:
        return Finding(
            name="mail server",
            ok=False,
            said=str(error),
            mend="check smtp_url and the server",
            unreachable=True,
        )
    except NhacViecError as error:
        return Finding(name="mail server", ok=False, said=str(error))
    place = "on loopback" if server.secure else "over the network"
    how = "TLS" if server.tls or server.starttls else f"clear text {place}"
    return Finding(name="mail server", ok=True, said=f"{server.host}:{server.port}, {how}")
