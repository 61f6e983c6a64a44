"""The line to a mail server after the conversation has begun: commands out, whole replies in."""

import asyncio
from collections import deque
from collections.abc import Sequence

from nhacviec.adapters.smtp.replies import GarbledReply, Reply, ReplyReader

#: Octets of a letter that are written at a time; as many again may wait for the server to read.
PORTION = 64 * 1024
#: What is said of a server that answers what was not asked (F25).
OUT_OF_TURN = "the server spoke out of turn"


class LineBroken(ConnectionError):
    """The line is dead; what was asked and not yet answered never will be."""


class Question:
    """What was asked at once, and the replies as far as they have come.

    Args:
        count: how many replies it has.
        seconds: how long each may take, from the one before it.
        answered: set when all have come, or none will come any more.
    """

    __slots__ = ("answered", "count", "replies", "seconds")

    def __init__(self, count: int, seconds: float, answered: asyncio.Future[None]) -> None:
        self.count, self.seconds, self.answered = count, seconds, answered
        self.replies: list[Reply] = []


class Line(asyncio.Protocol):
    """Takes over a transport on which a conversation has begun.

    A question may follow another before that one is answered (RFC 2920); their replies come in their order.
    Nothing may come that was not asked for: it would be taken for the answer to the next command (F25).
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._reader = ReplyReader()
        self._open: deque[Question] = deque()
        self._unsent: list[bytes] = []
        self._deadline = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._rings_at = 0.0
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
        return await self.answers(self.tell(octets, count, seconds))

    def tell(self, octets: bytes, count: int, seconds: float) -> Question:
        """The first half of ``ask``: commands that go with all that is told in this round of the loop."""
        question = Question(count, seconds, self._loop.create_future())
        if not self.alive:
            self._break("the server hung up")
            _wake(question.answered)
            return question
        self._open.append(question)
        if len(self._open) == 1:
            self._be_patient(seconds)
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent.append(octets)
        return question

    async def answers(self, question: Question) -> Sequence[Reply]:
        """The second half of ``ask``: the replies, as they are and as far as they came."""
        if not question.answered.done():
            try:
                await question.answered
            except BaseException:
                self.drop("given up while a reply was awaited")
                raise
        return question.replies

    def write(self, octets: bytes) -> None:
        """Write without waiting; on a dead line nothing happens."""
        self._unsent.append(octets)
        self._flush()

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
        try:
            for reply in self._reader.feed(data):
                self._take(reply)
        except GarbledReply as error:
            self.drop(f"the server said {error}" if self._open else OUT_OF_TURN)
        if not self._open and self._reader.midway:
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
        if not self._open:
            self.drop(OUT_OF_TURN)
            return
        question = self._open[0]
        question.replies.append(reply)
        if len(question.replies) == question.count:
            self._open.popleft()
            _wake(question.answered)
        if self._open:
            self._be_patient(self._open[0].seconds)

    def _flush(self) -> None:
        octets, self._unsent = self._unsent, []
        if not octets:
            return
        if self.alive:
            self._transport.write(b"".join(octets))
        else:
            self._break("the server hung up")

    def _be_patient(self, seconds: float) -> None:
        """The next reply may take so long.

        An alarm that is set already stays where it is, and looks again when it rings: most replies come long
        before it, and setting one for each would cost more than reading it.
        """
        self._deadline = self._loop.time() + seconds
        if self._alarm is None or self._rings_at > self._deadline:
            self._set_alarm()

    def _set_alarm(self) -> None:
        self._silence()
        self._rings_at = self._deadline
        self._alarm = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if not self._open:
            return
        if self._loop.time() < self._deadline:
            self._set_alarm()
        else:
            self.drop(f"no reply in {self._open[0].seconds:g} s")

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _break(self, why: str) -> None:
        self.trouble = self.trouble or why
        self._silence()
        while self._open:
            _wake(self._open.popleft().answered)
        _wake(self._room)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
