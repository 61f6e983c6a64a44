"""The line to a mail server after the conversation has begun: commands out, whole replies in."""

import asyncio
from collections.abc import Sequence

from nhacviec.adapters.smtp.replies import GarbledReply, Reply, ReplyReader

#: Octets of a letter that are written at a time; as many again may wait for the server to read.
PORTION = 64 * 1024
#: What is said of a server that answers what was not asked (F25).
OUT_OF_TURN = "the server spoke out of turn"


class LineBroken(ConnectionError):
    """The line is dead; what was asked and not yet answered never will be."""


class Line(asyncio.Protocol):
    """Takes over a transport on which a conversation has begun.

    Nothing may come that was not asked for: it would be taken for the answer to the next command (F25).
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._reader = ReplyReader()
        self._replies: list[Reply] = []
        self._expected = 0
        self._patience = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._paused = False
        self._lost: asyncio.Future[None] = self._loop.create_future()
        #: Why the line is dead; empty while it lives.
        self.trouble = ""
        transport.set_write_buffer_limits(high=PORTION)
        transport.set_protocol(self)
        if transport.is_closing():
            self._break("the server hung up")
            self._lost.set_result(None)

    @property
    def alive(self) -> bool:
        """Whether it can be spoken on."""
        return not self.trouble and not self._transport.is_closing()

    async def ask(self, octets: bytes, count: int, seconds: float) -> Sequence[Reply]:
        """Write commands and wait for their replies.

        Args:
            octets: one command, or several at once (RFC 2920).
            count: how many replies they have.
            seconds: how long each reply may take, from the one before it.

        Returns:
            The replies; fewer when the line broke (``trouble`` says how).
        """
        self.tell(octets, count)
        return await self.answers(seconds)

    def tell(self, octets: bytes, count: int) -> None:
        """The first half of ``ask``: write commands that have so many replies."""
        self._replies = []
        self._expected = count
        self._waiter = self._loop.create_future()
        self.write(octets)

    async def answers(self, seconds: float) -> Sequence[Reply]:
        """The second half of ``ask``: the replies, as they are and as far as they came."""
        waiter, self._patience = self._waiter, seconds
        if waiter is not None and not waiter.done():
            self._timer = self._loop.call_later(seconds, self._late)
            try:
                await waiter
            except BaseException:
                self.drop("given up while a reply was awaited")
                raise
            finally:
                self._timer.cancel()
        self._waiter = None
        return self._replies

    def write(self, octets: bytes) -> None:
        """Write without waiting; on a dead line nothing happens."""
        if self.alive:
            self._transport.write(octets)
        else:
            self._break("the server hung up")

    async def drain(self, seconds: float) -> None:
        """Wait until there is room for more.

        Raises:
            LineBroken: it broke, or the server does not take anything.
        """
        if self._paused and not self.trouble:
            timer = self._loop.call_later(seconds, self.drop, "the server takes no more of the letter")
            self._room = self._loop.create_future()
            try:
                await self._room
            finally:
                self._room = None
                timer.cancel()
        if self.trouble:
            raise LineBroken(self.trouble)

    def drop(self, why: str) -> None:
        """End it at once: what was not yet sent is not sent."""
        self._break(why)
        self._transport.abort()

    async def gone(self) -> None:
        """Wait until a dropped line is really closed."""
        await self._lost

    def data_received(self, data: bytes) -> None:
        """Take what the server says."""
        if self.trouble:
            return
        if self._waiter is None:
            self.drop(OUT_OF_TURN)
            return
        try:
            for reply in self._reader.feed(data):
                self._take(reply)
        except GarbledReply as error:
            self.drop(f"the server said {error}")
        if len(self._replies) == self._expected and self._reader.midway:
            self.drop(OUT_OF_TURN)

    def eof_received(self) -> None:
        """The server has said its last word."""
        self._break("the server hung up")

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is gone."""
        self._break(f"the line broke: {exc}" if exc else "the server hung up")
        if not self._lost.done():
            self._lost.set_result(None)

    def pause_writing(self) -> None:
        """The server reads more slowly than we write."""
        self._paused = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._paused = False
        _wake(self._room)

    def _take(self, reply: Reply) -> None:
        if len(self._replies) == self._expected:
            self.drop(OUT_OF_TURN)
            return
        self._replies.append(reply)
        if len(self._replies) == self._expected:
            _wake(self._waiter)
        elif self._timer:
            self._timer.cancel()
            self._timer = self._loop.call_later(self._patience, self._late)

    def _late(self) -> None:
        self.drop(f"no reply in {self._patience:g} s")

    def _break(self, why: str) -> None:
        self.trouble = self.trouble or why
        _wake(self._waiter)
        _wake(self._room)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
