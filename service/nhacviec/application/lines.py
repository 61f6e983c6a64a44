"""Lines: conversations with the mail server, kept open from letter to letter."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from nhacviec.application.ports import Connection, Mailer
from nhacviec.application.relay import RESTING
from nhacviec.domain.errors import ServerUnreachable

#: A line on which nothing went for so long is opened anew, in seconds: servers hang up after minutes (F16).
IDLE = 30.0


@dataclass(slots=True)
class Line:
    """One conversation.

    Args:
        connection: open.
        letters: how many were tried on it.
        since: when it was last used.
    """

    connection: Connection
    letters: int = 0
    since: float = 0.0


@dataclass(slots=True)
class Loan:
    """One letter's use of a line.

    Args:
        lines: where it was borrowed.
        line: what was borrowed.
    """

    lines: "Lines"
    line: Line
    _over: bool = field(default=False, init=False)

    def pass_on(self) -> None:
        """Let another letter begin on it, though this one still awaits its answer."""
        self._over = True
        self.lines.pass_on(self.line)

    async def end(self) -> None:
        """Give it back, unless it was passed on."""
        if not self._over:
            await self.lines.give_back(self.line)


@dataclass(slots=True, kw_only=True)
class Lines:
    """Lends conversations, as many at once as are allowed.

    Args:
        mailer: opens them.
        allowed: how many may be lent just now; 0: none, whoever waits is sent away.
        opened: told of each line that was opened.
        clock: seconds that only rise.
    """

    mailer: Mailer
    allowed: Callable[[], int]
    opened: Callable[[], None]
    clock: Callable[[], float] = time.monotonic
    _idle: deque[Line] = field(default_factory=deque, init=False)
    _lent: int = field(default=0, init=False)
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque, init=False)

    async def borrow(self, *, fresh: bool = False) -> Line:
        """A line, as soon as one may be had.

        Args:
            fresh: newly opened; the one before it turned out to be dead.

        Raises:
            ServerUnreachable: none can be opened, or none is allowed.
        """
        await self._turn()
        self._lent += 1
        try:
            line = None if fresh else await self._kept()
            if line is None:
                line = Line(await self.mailer.open())
                self.opened()
        except BaseException:
            self._lent -= 1
            self._wake()
            raise
        self._wake()  # one more may be allowed now
        return line

    def pass_on(self, line: Line) -> None:
        """Let the next letter begin on it; what is still to come for this one is its answer."""
        self._lent -= 1
        line.letters += 1
        line.since = self.clock()
        self._idle.append(line)
        self._wake()

    async def give_back(self, line: Line) -> None:
        """Keep it for the next letter, if it can still be used."""
        if line.connection.alive:
            self.pass_on(line)
            return
        self._lent -= 1
        await line.connection.close()
        self._wake()

    async def close(self) -> None:
        """End every conversation that is not lent."""
        idle, self._idle = self._idle, deque()
        await asyncio.gather(*(line.connection.close() for line in idle))

    def dismiss(self) -> None:
        """Send away whoever waits: no line is allowed any more."""
        while self._waiting:
            _free(self._waiting.popleft())

    async def _turn(self) -> None:
        while self._lent >= self.allowed():
            if not self.allowed():
                raise ServerUnreachable("the mail server is given a rest", stage=RESTING)
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    async def _kept(self) -> Line | None:
        """The line that has been free for longest: on another a reply may still be awaited."""
        while self._idle:
            line = self._idle.popleft()
            if line.connection.alive and self.clock() - line.since < IDLE:
                return line
            await line.connection.close()
        return None

    def _wake(self) -> None:
        allowed = self.allowed()
        if not allowed:
            self.dismiss()  # the last line may have come back in an outage: nobody else would tell them
        room = allowed - self._lent
        while self._waiting and room > 0:
            turn = self._waiting.popleft()
            room -= not turn.done()
            _free(turn)


def _free(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_result(None)
