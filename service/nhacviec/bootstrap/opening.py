"""Opening a service: the database gets its schema and its home, the installation its key."""

import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from nhacviec.adapters import host
from nhacviec.adapters.clock import SystemClock
from nhacviec.adapters.database.adopting import place_of, take_as_sent
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.adapters.database.soundness import require_sound
from nhacviec.application.adoption import Adopt, settle_in
from nhacviec.application.attendance import Attendance
from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.identity import Identity
from nhacviec.application.ports import Clock
from nhacviec.bootstrap.service import Service
from nhacviec.domain.time.zone import zone
from nhacviec.settings import Settings

#: Where the installation's own key lies when the settings give none.
INSTALL_KEY = "install_key"


@asynccontextmanager
async def open_service(
    settings: Settings,
    *,
    clock: Clock | None = None,
    create: bool = True,
    lasting: bool = False,
    going: Callable[[], bool] = lambda: True,
) -> AsyncIterator[Service]:
    """Open the database and build every use case over it.

    Args:
        settings: as read.
        clock: the machine's own when left out.
        create: whether an empty database gets its schema.
        lasting: whether it is a daemon's: the file is read through first, so that nothing is sent from a
            damaged one (F42), and what servers say is kept however long the database is away.
        going: asked between two letters whether to begin another.

    Raises:
        DatabaseUnreachable: it does not answer.
        SettingsError: its schema is not this version's, it is damaged, or a setting is wrong.
    """
    database, clock = database_of(settings), clock or SystemClock()
    try:
        if lasting:
            await require_sound(database)
        current, _ = await database.schema()
        if create and not current:
            await database.upgrade()
        await settle_in(database, await place_of(database, host.machine()), clock.now())
        organisation = await organisation_of(database)
        attendance = Attendance(work=database, me=host.identity(clock.now()))
        yield Service(
            settings=settings,
            database=database,
            identity=Identity(secret=await install_key(database, settings)),
            current=CurrentCatalogue(),
            clock=clock,
            zone=zone(organisation.get("timezone", settings.timezone)),
            attendance=attendance,
            going=going,
            lasting=lasting,
        )
        await attendance.retire(clock.now())
    finally:
        await database.close()


async def adoption_of(service: Service) -> Adopt:
    """What makes a restored or copied database the one that sends, here.

    Raises:
        DatabaseUnreachable: it does not answer.
    """
    database = service.database
    return Adopt(
        work=database,
        place=await place_of(database, host.machine()),
        prepare=service.tick.prepare,
        taken_as_sent=partial(take_as_sent, database),
    )


def database_of(settings: Settings) -> Database:
    """The settings' database, not yet opened."""
    durable = "NHACVIEC_TEST_UNDURABLE" not in os.environ
    return open_database(settings.database_url.get_secret_value(), durable=durable)


async def organisation_of(database: Database) -> dict[str, Any]:
    """The organisation as its author wrote it; empty before a catalogue is applied."""
    async with database.read() as transaction:
        return (await transaction.catalogue.definitions()).organisation or {}


async def install_key(database: Database, settings: Settings) -> bytes:
    """The key from which Message-IDs are derived: the settings' own, else one made once and kept."""
    told = settings.secret_key.get_secret_value()
    if told:
        return told.encode()
    async with database.read() as transaction:
        kept = await transaction.catalogue.value(INSTALL_KEY)
    if kept:
        return kept.encode()
    async with database.write() as transaction:
        kept = await transaction.catalogue.value(INSTALL_KEY)
        if not kept:
            kept = secrets.token_hex(32)
            await transaction.catalogue.set_value(INSTALL_KEY, kept)
    return kept.encode()
