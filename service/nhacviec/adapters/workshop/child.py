"""One writing process, as its parent holds it."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from nhacviec.adapters.workshop.frames import HEAD, LONGEST, answered, frame, length_of
from nhacviec.adapters.workshop.tools import Tools, Written
from nhacviec.domain.letter import Envelope, Letter

_COMMAND = (sys.executable, "-P", "-m", "nhacviec.adapters.workshop.bench")
#: What of our environment the process needs, by its beginnings; secrets have other names.
_NEEDED = ("PYTHON", "LD_LIBRARY_PATH", "LANG", "LC_")
#: Letters whose answers are awaited under one limit, and that limit in seconds: a process that was stopped
#: from outside says nothing, and uses none of its time either.
_MANY, PATIENCE = 64, 60.0
#: Octets that may have come and not be read before the process has to wait.
_ROOM = 1024 * 1024


class ChildEnded(Exception):
    """The process has gone, or says what it must not."""


@dataclass(frozen=True, slots=True)
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


@dataclass(slots=True)
class Child:
    """A running process.

    Args:
        process: has its templates open.
        asked: what it has not yet answered, in its order.
    """

    process: Process
    asked: deque[Order] = field(default_factory=deque, init=False)

    @property
    def alive(self) -> bool:
        """Whether it may be asked."""
        return self.process.returncode is None

    def ask(self, orders: Sequence[Order]) -> None:
        """Give it letters to write; that it has gone shows where its answers are awaited."""
        letters = frame([(order.letter, order.envelope) for order in orders])
        self.asked.extend(orders)
        with suppress(OSError, RuntimeError):
            _pipe(self.process.stdin).write(letters)

    async def answers(self) -> None:
        """Hand over what it writes, until it has answered all.

        Raises:
            ChildEnded: what is left in ``asked`` it has not written; it was at the first of these.
        """
        while self.asked:
            async with _limited():
                for _ in range(min(len(self.asked), _MANY)):
                    result = answered(await self._frame())
                    self.asked.popleft().settle(result)

    async def open(self, tools: Tools) -> None:
        """Give it its tools; return when its templates are open.

        Raises:
            ChildEnded: it could not open them.
        """
        async with _limited():
            _pipe(self.process.stdin).write(frame(tools))
            await self._frame()

    async def end(self) -> None:
        """End it; it holds nothing that could be lost."""
        with suppress(ProcessLookupError):
            self.process.kill()
        _pipe(self.process.stdin).close()
        await self.process.wait()

    async def _frame(self) -> bytes:
        answers = self.process.stdout
        if answers is None:
            raise EOFError
        length = length_of(await answers.readexactly(HEAD))
        if length > LONGEST:
            raise ValueError(length)
        return await answers.readexactly(length)


async def start(tools: Tools) -> Child:
    """Start a process and give it its tools.

    Raises:
        ChildEnded: it cannot be had.
    """
    environment = {name: value for name, value in os.environ.items() if name.startswith(_NEEDED)}
    # It finds its modules wherever we have found ours.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    try:
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=_ROOM, env=environment
        )
    except OSError as error:
        raise ChildEnded(str(error)) from error
    child = Child(process)
    try:
        await child.open(tools)
    except BaseException:
        await child.end()
        raise
    return child


@asynccontextmanager
async def _limited() -> AsyncIterator[None]:
    """Whatever goes wrong in here, or takes too long, is an end of the process."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except Exception as error:
        raise ChildEnded(str(error) or type(error).__name__) from error


def _pipe(pipe: asyncio.StreamWriter | None) -> asyncio.StreamWriter:
    if pipe is None:
        raise EOFError
    return pipe
