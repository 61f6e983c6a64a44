"""One writing process, as its parent holds it."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from nhacviec.adapters.workshop.frames import Answer, Answers, frame, letters
from nhacviec.adapters.workshop.tools import Tools, Written
from nhacviec.domain.letter import Envelope, Letter

_COMMAND = (sys.executable, "-P", "-m", "nhacviec.adapters.workshop.bench")
#: What of our environment the process needs, by its beginnings; secrets have other names.
_NEEDED = ("PYTHON", "LD_LIBRARY_PATH", "LANG", "LC_")
#: Seconds of silence after which a process that owes us letters is given up: one that was stopped from
#: outside says nothing, and uses none of its time either.
PATIENCE = 60.0
#: Letters that are answered at once: each time, one process wakes the other.
TOGETHER = 8


class ChildEnded(Exception):
    """The process has gone, or says what it must not."""


@dataclass(slots=True, eq=False)
class Order:
    """A letter to be written, and who waits for it."""

    letter: Letter
    envelope: Envelope
    written: asyncio.Future[Written]

    def settle(self, result: Written | Exception) -> None:
        """Hand it over; whoever waited may have gone."""
        if self.written.done():
            return
        if isinstance(result, Exception):
            self.written.set_exception(result)
        else:
            self.written.set_result(result)


@dataclass(slots=True, eq=False)
class Child(asyncio.Protocol):
    """A running process, and what is heard of it: each letter is handed over as soon as it comes.

    Args:
        process: it reads what it is asked; what it answers comes here.
        asked: what it has not yet answered, in its order.
    """

    process: Process
    asked: deque[Order] = field(default_factory=deque, init=False)
    _answers: Answers = field(default_factory=Answers, init=False)
    _pipe: asyncio.BaseTransport | None = field(default=None, init=False)
    _open: bool = field(default=False, init=False)
    _said: int = field(default=0, init=False)
    _lost: str = field(default="", init=False)
    _waiting: asyncio.Future[None] | None = field(default=None, init=False)

    @property
    def alive(self) -> bool:
        """Whether it may be asked."""
        return self.process.returncode is None

    def ask(self, orders: Sequence[Order]) -> None:
        """Give it letters to write; that it has gone shows where its answers are awaited."""
        octets = letters([(order.letter, order.envelope) for order in orders])
        self.asked.extend(orders)
        self._tell(octets)

    async def answers(self) -> None:
        """Wait until it has answered all.

        Raises:
            ChildEnded: what is left in ``asked`` it has not answered; it was at one of the first of these.
        """
        while self.asked or not self._open:
            if self._lost:
                raise ChildEnded(self._lost)
            before, self._waiting = self._said, asyncio.get_running_loop().create_future()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._waiting
                continue
            if self._said == before:
                raise ChildEnded("it says nothing")

    async def open(self, tools: Tools, together: int) -> None:
        """Give it its tools, and how many letters to answer at once; return when its templates are open.

        Raises:
            ChildEnded: it could not open them.
        """
        self._tell(frame((tools, together)))
        await self.answers()

    async def end(self) -> None:
        """End it; it holds nothing that could be lost."""
        with suppress(ProcessLookupError):
            self.process.kill()
        if self._pipe is not None:
            self._pipe.close()
        if self.process.stdin is not None:
            self.process.stdin.close()
        await self.process.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Its answers can be heard."""
        self._pipe = transport

    def data_received(self, data: bytes) -> None:
        """Hand over what has come."""
        try:
            for answer in self._answers.take(data):
                self._hand_over(answer)
        except ValueError as error:
            self._lose(str(error))
        if not self.asked:
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone, or we have done with it."""
        self._lose(str(exc or "it has ended"))

    def _hand_over(self, answer: Answer) -> None:
        if (answer is None) is self._open or (self._open and not self.asked):
            raise ValueError("an answer that nobody asked for")
        self._said += 1
        if answer is None:
            self._open = True
        else:
            self.asked.popleft().settle(answer)

    def _lose(self, reason: str) -> None:
        """Hear no more of it."""
        self._lost = self._lost or reason
        if self._pipe is not None:
            self._pipe.close()
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _tell(self, octets: bytes) -> None:
        with suppress(OSError, RuntimeError):
            if self.process.stdin is not None:
                self.process.stdin.write(octets)


async def start(tools: Tools, together: int = TOGETHER) -> Child:
    """Start a process and give it its tools.

    Args:
        tools: what it writes with.
        together: how many letters it answers at once; with 1, the first that it has not answered is the one
            that it died over.

    Raises:
        ChildEnded: it cannot be had.
    """
    environment = {name: value for name, value in os.environ.items() if name.startswith(_NEEDED)}
    # It finds its modules wherever we have found ours.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    answers, theirs = os.pipe()
    ours = os.fdopen(answers, "rb", buffering=0)
    try:
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, stdin=PIPE, stdout=theirs, stderr=DEVNULL, env=environment
        )
    except OSError as error:
        ours.close()
        raise ChildEnded(str(error)) from error
    except BaseException:
        ours.close()
        raise
    finally:
        os.close(theirs)
    child = Child(process)
    try:
        await asyncio.get_running_loop().connect_read_pipe(lambda: child, ours)
        await child.open(tools, together)
    except BaseException:
        await child.end()
        ours.close()
        raise
    return child
