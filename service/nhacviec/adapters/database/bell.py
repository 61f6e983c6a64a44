"""The bell of PostgreSQL: whoever promises a letter rings it, and daemons that wait hear it at once.

It may fall silent, behind a pooler for instance, and no letter is lost: the daemons look by themselves too.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL

from nhacviec.adapters.database.access import CHANNEL
from nhacviec.adapters.database.connecting import arguments

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = logging.getLogger(__name__)

#: Seconds before a lost connection is made anew: at first at once, then with more patience.
PAUSES = (0.0, 1.0, 5.0, 15.0, 30.0)


class Bell:
    """Waits for letters on a connection of its own, and makes it anew when it is lost.

    Args:
        url: of the database; SQLite has no bell.
        sleep: waits so many seconds.
    """

    def __init__(self, url: URL, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._url, self._sleep = url, sleep
        self._failures = 0

    async def __aiter__(self) -> AsyncIterator[None]:
        """Yield whenever there may be letters: when it rings, and when it can be heard again.

        Ends at once where there is no bell, and raises nothing.
        """
        if self._url.get_backend_name() != "postgresql":
            return
        import psycopg  # noqa: PLC0415 -- an extra, and here there is PostgreSQL

        while True:
            try:
                async with aclosing(self._heard()) as rings:
                    async for _ in rings:
                        yield
            except (psycopg.Error, OSError) as error:
                await self._wait(error)

    async def _heard(self) -> AsyncGenerator[None, None]:
        connection = await self._connect()
        try:
            await connection.execute(f"LISTEN {CHANNEL}")
            if self._failures:
                log.info("the bell is heard again", extra={"action": "bell_back"})
            self._failures = 0
            yield  # it may have rung while nobody listened
            async for _ in connection.notifies():
                yield
        finally:
            await connection.close()

    async def _connect(self) -> "AsyncConnection[Any]":
        from psycopg import AsyncConnection  # noqa: PLC0415

        _, given = self._url.get_dialect()().create_connect_args(self._url)
        return await AsyncConnection.connect(**{**given, **arguments(self._url)}, autocommit=True)

    async def _wait(self, error: Exception) -> None:
        if self._failures == 1:  # one that is made anew at once is nobody's concern
            reason = " ".join(str(error).split()[:12])
            log.warning(
                "the bell is silent, letters are looked for all the same: %s",
                reason,
                extra={"action": "bell_lost"},
            )
        await self._sleep(PAUSES[min(self._failures, len(PAUSES) - 1)])
        self._failures += 1
