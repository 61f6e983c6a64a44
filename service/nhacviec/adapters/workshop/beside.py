"""Letters are written here while they are few, and by a process beside us while they are many."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from nhacviec.adapters.workshop.child import TOGETHER, Child, ChildEnded, Order, start
from nhacviec.adapters.workshop.tools import Pen, Tools, Written
from nhacviec.domain.errors import TemplateError
from nhacviec.domain.letter import Envelope, Letter

log = logging.getLogger(__name__)

#: So many letters within so many seconds are many: a process takes as long to start as some hundreds of
#: letters to write, but it has a processor of its own.
MANY, SPAN = 128, 2.0


@dataclass(slots=True, kw_only=True)
class Workshop:
    """Writes the letters of one sender.

    A letter over which the process beside us dies is tried once more in one of its own; if that dies too, it
    is the letter's fault and no other's (S09).  From then on nothing is written here any more.

    Args:
        pen: writes a letter here and now.
        tools: what the process beside us writes with.
        clock: seconds that only rise.
    """

    pen: Pen
    tools: Tools
    clock: Callable[[], float] = time.monotonic
    _child: Child | None = field(default=None, init=False)
    _orders: list[Order] = field(default_factory=list, init=False)
    _starting: asyncio.Task[None] | None = field(default=None, init=False)
    _serving: asyncio.Task[None] | None = field(default=None, init=False)
    _wary: bool = field(default=False, init=False)
    _written: int = field(default=0, init=False)
    _since: float = field(default=0.0, init=False)

    async def __call__(self, letter: Letter, envelope: Envelope) -> Written:
        """Write a letter, here or beside us.

        Raises:
            TemplateError: its template cannot be filled, or needs too much time or memory.
            RuleError: an address or a name cannot stand in a header.
        """
        if self._here():
            return self.pen(letter, envelope)
        order = Order(letter, envelope, asyncio.get_running_loop().create_future())
        self._orders.append(order)
        if len(self._orders) == 1:
            # Those that come in the same round of the loop go together.
            asyncio.get_running_loop().call_soon(self._hand_on)
        return await order.written

    def expect(self, letters: int) -> None:
        """So many are to be written soon: a process takes some time to start."""
        if letters > MANY and not self._wary and self._child is None and self._serving is None:
            self._begin_start()

    async def close(self) -> None:
        """Give back what the process beside us takes; the next rush starts another."""
        tasks = [task for task in (self._starting, self._serving) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._starting = self._serving = None
        child, self._child = self._child, None
        if child is not None:
            await child.end()
        self._orders.clear()  # nobody waits for them any more
        self._written = 0

    def _here(self) -> bool:
        """Whether to write a letter ourselves: there are few, or nobody else can as yet."""
        if self._wary or self._serving is not None:
            return False
        if self._child is not None and self._child.alive:
            return False
        now = self.clock()
        if now - self._since > SPAN:
            self._since, self._written = now, 0
        self._written += 1
        if self._written > MANY:
            self._begin_start()
        return True

    def _begin_start(self) -> None:
        if self._starting is None:
            self._starting = asyncio.create_task(self._start(), name="workshop start")

    async def _start(self) -> None:
        try:
            self._child = await start(self.tools)
        except ChildEnded as error:
            # We go on writing ourselves; a rush to come may find more room.
            log.warning("no process beside us: %s", error, extra={"action": "workshop_missing"})
            self._written = 0
        self._starting = None

    def _hand_on(self) -> None:
        """Pass on what has come; where nobody serves, begin to."""
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve(), name="workshop")
        elif self._child is not None:
            self._ask(self._child)

    async def _serve(self) -> None:
        """Hand over what is written, until nothing is asked for."""
        while self._orders or (self._child is not None and self._child.asked):
            child = self._child
            if child is None or not (child.alive or child.asked):
                child = self._child = await self._fresh()
            if child is None:
                self._write_here()
                continue
            self._ask(child)
            try:
                await child.answers()
            except ChildEnded:
                await self._bury(child)
        self._serving = None

    async def _bury(self, dead: Child) -> None:
        """A process died over one of the first letters it owed us: the first goes alone, then the others.

        The process that follows answers every letter by itself, so that the next time it was the first.
        """
        self._child = None
        await dead.end()
        log.warning("the process beside us has ended", extra={"action": "workshop_ended"})
        first, *others = dead.asked
        self._orders[:0] = others
        child = await self._fresh(together=1)
        if child is None:
            self._orders.insert(0, first)
            return
        try:
            child.ask([first])
            await child.answers()
        except ChildEnded:
            await child.end()
            self._wary = True
            first.settle(_deadly(first.letter))
        except asyncio.CancelledError:
            await child.end()
            raise
        else:
            self._child = child

    async def _fresh(self, together: int = TOGETHER) -> Child | None:
        """Another process; None where none can be had."""
        with suppress(ChildEnded):
            return await start(self.tools, together)
        return None

    def _ask(self, child: Child) -> None:
        orders, self._orders = self._orders, []
        if orders:
            child.ask(orders)

    def _write_here(self) -> None:
        """No process is to be had: letters wait for nobody."""
        orders, self._orders = self._orders, []
        for order in orders:
            try:
                order.settle(self.pen(order.letter, order.envelope))
            except Exception as error:  # noqa: BLE001 -- whoever waits for the letter hears of it
                order.settle(error)


def _deadly(letter: Letter) -> TemplateError:
    return TemplateError(f"mail/{letter.kind}/{letter.language}", "it needs too much time or memory")
