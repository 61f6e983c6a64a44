"""The sample organisation, ready to be lived through; and what needs no database at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from pathlib import Path

from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.apply import ApplyOptions
from nhacviec.application.forecast import Forecasting
from nhacviec.application.identity import Identity
from nhacviec.application.rule import Rules
from nhacviec.bootstrap.opening import open_service
from nhacviec.bootstrap.service import Service, shipped_days
from nhacviec.domain.time.zone import instant, zone
from nhacviec.resources import shipped
from nhacviec.settings import settings_for


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
    """A service over the sample organisation, applied at the beginning of a day.

    Args:
        database_url: an empty database.
        smtp_url: a mail server on loopback.
        day: the first simulated day.
    """
    settings = settings_for(database_url, smtp_url)
    async with open_service(settings) as service:
        start = instant(datetime.combine(day, time()), zone(settings.timezone))
        await service.apply([read_yaml(file) for file in sample_catalogue()], ApplyOptions(at=start))
        yield service
