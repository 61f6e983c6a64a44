"""One contract, asked of both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nhacviec.adapters.database.engine import Database, open_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/nhacviec.db"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """Its tables are there; the PostgreSQL of the tests may forget what it confirms, which is faster."""
    database = open_database(url, durable=False)
    await database.upgrade()
    yield database
    await database.close()
