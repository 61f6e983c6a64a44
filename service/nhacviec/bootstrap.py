"""The composition root: settings become adapters, adapters become use cases. The only place that wires."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nhacviec.adapters.calendar_csv import country_days
from nhacviec.adapters.clock import SystemClock
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.adapters.mime import serialise
from nhacviec.adapters.smtp import SmtpMailer, read_url
from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.calendars import ChangeCalendar
from nhacviec.application.catalogue.apply import Apply, ApplyOptions
from nhacviec.application.catalogue.diff import Diff
from nhacviec.application.catalogue.stored import CountryDays
from nhacviec.application.compose import Compose
from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.decide import Decide
from nhacviec.application.dispatch import Dispatch
from nhacviec.application.events import AddEvent
from nhacviec.application.explain import Explain
from nhacviec.application.forecast import Forecasting, LiveForecast
from nhacviec.application.gather import Gather
from nhacviec.application.identity import Identity
from nhacviec.application.messages import Messages
from nhacviec.application.notices import Notices
from nhacviec.application.overview import Overview
from nhacviec.application.plan import Plan
from nhacviec.application.ports import Clock
from nhacviec.application.rule import Rules
from nhacviec.application.send_test import SendTest
from nhacviec.application.tick import Tick
from nhacviec.application.watch import Watch
from nhacviec.domain.time.zone import instant, zone
from nhacviec.domain.vocabulary import Vocabulary
from nhacviec.resources import shipped
from nhacviec.settings import Settings

#: Where the installation's own key lies when the settings give none.
INSTALL_KEY = "install_key"


@dataclass(frozen=True)
class Service:
    """Every use case over one database; built once per process."""

    settings: Settings
    database: Database
    identity: Identity
    current: CurrentCatalogue
    clock: Clock
    zone: ZoneInfo

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The shipped words."""
        return load_vocabulary(shipped("templates"))

    @cached_property
    def composer(self) -> JinjaComposer:
        """The shipped templates."""
        return JinjaComposer(shipped("templates"), self.vocabulary)

    @cached_property
    def compose(self) -> Compose:
        """Messages become letters."""
        return Compose(
            current=self.current,
            identity=self.identity,
            vocabulary=self.vocabulary,
            composer=self.composer,
            serialise=serialise,
        )

    @cached_property
    def mailer(self) -> SmtpMailer:
        """The mail server of the settings."""
        url = self.settings.smtp_url.get_secret_value()
        return SmtpMailer(server=read_url(url, allow_plain=self.settings.smtp_allow_plain))

    @cached_property
    def tick(self) -> Tick:
        """Plan, gather, dispatch."""
        return Tick(
            plan=Plan(
                work=self.database,
                current=self.current,
                horizon=timedelta(days=self.settings.horizon_days),
            ),
            gather=Gather(work=self.database, current=self.current, identity=self.identity),
            dispatch=self.dispatch,
        )

    @cached_property
    def dispatch(self) -> Dispatch:
        """Sends what is due."""
        return Dispatch(
            work=self.database,
            compose=self.compose,
            mailer=self.mailer,
            clock=self.clock,
            sender=self.settings.sender,
            connections=self.settings.smtp_connections,
        )

    @cached_property
    def decide(self) -> Decide:
        """Report, accept, return, extend, waive, reopen, tally."""
        return Decide(work=self.database, current=self.current, notices=Notices(identity=self.identity))

    @cached_property
    def add_event(self) -> AddEvent:
        """A directive opens its occurrences."""
        return AddEvent(work=self.database, current=self.current)

    @cached_property
    def overview(self) -> Overview:
        """Occurrences with status and lateness."""
        return Overview(work=self.database, current=self.current, vocabulary=self.vocabulary)

    @cached_property
    def explain(self) -> Explain:
        """Why a letter went, or did not."""
        return Explain(work=self.database, current=self.current)

    @cached_property
    def forecasting(self) -> Forecasting:
        """Forecasts of any catalogue."""
        return Forecasting(vocabulary=self.vocabulary, composer=self.composer, identity=self.identity)

    @cached_property
    def forecast(self) -> LiveForecast:
        """The letters of a window."""
        return LiveForecast(work=self.database, current=self.current, forecasting=self.forecasting)

    @cached_property
    def watch(self) -> Watch:
        """Whether all is well."""
        return Watch(work=self.database, clock=self.clock)

    @cached_property
    def messages(self) -> Messages:
        """The outbox as people look at it."""
        return Messages(work=self.database, compose=self.compose)

    @cached_property
    def send_test(self) -> SendTest:
        """One letter that proves the way."""
        return SendTest(
            work=self.database,
            current=self.current,
            identity=self.identity,
            composer=self.composer,
            serialise=serialise,
            mailer=self.mailer,
            clock=self.clock,
            sender=self.settings.sender,
        )

    @cached_property
    def change_calendar(self) -> ChangeCalendar:
        """Days off and make-up days."""
        return ChangeCalendar(work=self.database, current=self.current)

    @cached_property
    def apply(self) -> Apply:
        """A catalogue replaces what the database holds."""
        return Apply(work=self.database, current=self.current, country_days=shipped_days())

    @cached_property
    def diff(self) -> Diff:
        """What an apply would change."""
        return Diff(work=self.database, apply=self.apply, forecasting=self.forecasting)


def shipped_days() -> CountryDays:
    """The calendars that ship with the product."""
    return country_days(shipped("config") / "calendar")


@asynccontextmanager
async def open_service(
    settings: Settings, *, clock: Clock | None = None, create: bool = True
) -> AsyncIterator[Service]:
    """Open the database and build every use case over it.

    Args:
        settings: as read.
        clock: the machine's own when left out.
        create: whether an empty database gets its schema.

    Raises:
        DatabaseUnreachable: it does not answer.
        SettingsError: its schema is not this version's, or a setting is wrong.
    """
    database = database_of(settings)
    try:
        current, _ = await database.schema()
        if create and not current:
            await database.upgrade()
        organisation = await organisation_of(database)
        yield Service(
            settings=settings,
            database=database,
            identity=Identity(secret=await install_key(database, settings)),
            current=CurrentCatalogue(),
            clock=clock or SystemClock(),
            zone=zone(organisation.get("timezone", settings.timezone)),
        )
    finally:
        await database.close()


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


def sample_catalogue() -> list[Path]:
    """The files of the sample organisation: units, policies, duties, and the preset of its year."""
    folder = shipped("config") / "catalogue"
    return [*sorted(folder.glob("*.yaml")), folder / "presets" / "2017.yaml"]


def rules() -> Rules:
    """The pure core as a filter, with the shipped calendars."""
    return Rules(country_days=shipped_days())


def forecasting() -> Forecasting:
    """Forecasts without a database; its letters are never sent, so their identity is nobody's."""
    vocabulary = load_vocabulary(shipped("templates"))
    composer = JinjaComposer(shipped("templates"), vocabulary)
    return Forecasting(vocabulary=vocabulary, composer=composer, identity=Identity(secret=b"forecast"))


@asynccontextmanager
async def open_sample(database_url: str, smtp_url: str, day: date) -> AsyncIterator[Service]:
    """A service over the sample organisation, applied at the beginning of a day, with every notice on.

    Args:
        database_url: an empty database.
        smtp_url: a mail server on loopback.
        day: the first simulated day.
    """
    settings = Settings.model_construct(
        **{
            **{name: field.default for name, field in Settings.model_fields.items()},
            "database_url": SecretStr(database_url),
            "smtp_url": SecretStr(smtp_url),
        }
    )
    async with open_service(settings) as service:
        start = instant(datetime.combine(day, time()), zone(settings.timezone))
        await service.apply([read_yaml(file) for file in sample_catalogue()], ApplyOptions(at=start))
        yield service
