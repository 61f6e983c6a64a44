"""What every test may ask for: a fresh PostgreSQL database, a real mail server; what none may inherit."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from tests.support import postgresql
from tests.support.mailserver import MailServer

settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True)
settings.register_profile("night", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("NHACVIEC_TEST_PROFILE") or ("ci" if os.environ.get("CI") else "quick"))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of whoever runs the tests must not reach them; NHACVIEC_TEST_... is the tests' own."""
    for name in os.environ:
        if name.startswith("NHACVIEC_") and not name.startswith("NHACVIEC_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.PostgreSQL]:
    """A private server, started when the first test of this process asks for it."""
    if reason := postgresql.obstacle():
        postgresql.require("postgresql", reason)
    with postgresql.running() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: postgresql.PostgreSQL) -> Iterator[str]:
    """A new, empty database as ``postgresql://...``."""
    with postgresql_server.fresh() as url:
        yield url


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    """A mail server on loopback that takes everything until it is told otherwise."""
    async with MailServer() as server:
        yield server
