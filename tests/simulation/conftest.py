"""A world at its beginning."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.simulation.world import Clocks, World, settings_of
from tests.support.mailserver import MailServer


@pytest.fixture
def begin(
    tmp_path: Path, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> Callable[[datetime], World]:
    """Makes a world that begins at a moment; its disk may forget what it confirmed, which is faster."""
    monkeypatch.setenv("NHACVIEC_TEST_UNDURABLE", "1")

    def world(moment: datetime) -> World:
        return World(settings=settings_of(tmp_path, mail_server), server=mail_server, clocks=Clocks(moment))

    return world
