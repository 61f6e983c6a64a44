"""A server that takes commands one by one, and one that takes them together."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.smtp.letters import PIPELINING
from tests.support.mailserver import MailServer


@pytest.fixture(params=[(), PIPELINING], ids=["one by one", "pipelining"])
async def office(request: pytest.FixtureRequest) -> AsyncIterator[MailServer]:
    async with MailServer(extensions=request.param) as server:
        yield server
