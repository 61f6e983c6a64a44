"""The pace of letters: so many a second, over all conversations of this process."""

import asyncio
from collections.abc import Awaitable, Callable

#: Waits so many seconds.
Sleep = Callable[[float], Awaitable[None]]


class SteadyPace:
    """Lets letters go at even intervals.

    Args:
        rate: letters a second; 0 sets no limit.
        clock: seconds that only rise.
        sleep: waits so many seconds.
    """

    def __init__(self, rate: float, clock: Callable[[], float], sleep: Sleep = asyncio.sleep) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._clock, self._sleep = clock, sleep
        self._next = 0.0

    async def __call__(self) -> None:
        """Wait for one's turn."""
        if self._interval:
            now = self._clock()
            turn = max(self._next, now)
            self._next = turn + self._interval
            if turn > now:
                await self._sleep(turn - now)
