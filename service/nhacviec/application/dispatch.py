"""Dispatch: messages that are due are claimed, composed, sent and settled (DELIVERY §2.3-§2.9)."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from nhacviec.application.attempt import Attempt
from nhacviec.application.relay import Relay
from nhacviec.application.take import BATCH, Take, Taken
from nhacviec.application.troubles import Troubles
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.errors import DatabaseUnreachable, NhacViecError

log = logging.getLogger(__name__)

#: Letters claimed for each line: one on it, one that waits for it, so that no line waits for a letter (F36).
AHEAD = 2
#: Seconds that the last endings have to be written in, once somebody wants us gone at once.
LAST_WORDS = 2.0


@dataclass(slots=True)
class Dispatched:
    """What one run did.

    Args:
        states: how many messages ended in each state.
        unreachable: why no conversation could be begun; empty when one could, or none was needed.
    """

    states: Counter[MessageState] = field(default_factory=Counter)
    unreachable: str = ""


@dataclass(slots=True, kw_only=True)
class Dispatch:
    """Many letters at once, each its own conversation; no transaction is open while a server thinks.

    If the process dies between the intent and the settlement another worker finds it dead, and the message
    goes once more under the same Message-ID, counted as ambiguous: we may repeat ourselves, we never fall
    silent.

    Args:
        take: claims letters.
        attempt: hands one letter over.
        relay: how much the mail server can take just now.
        troubles: what earlier runs have learnt of it.
        going: asked before letters are claimed: whether to begin more; those in hand are always finished.
    """

    take: Take
    attempt: Attempt
    relay: Relay
    troubles: Troubles
    going: Callable[[], bool] = lambda: True
    _letters: set[asyncio.Task[MessageState | None]] = field(default_factory=set, init=False)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _more: bool = field(default=True, init=False)
    _broken_off: BaseException | None = field(default=None, init=False)

    async def __call__(self, now: datetime | Callable[[], datetime]) -> Dispatched:
        """Send everything that is due, until nothing is left or the server can take no more.

        Args:
            now: aware; the moment this run believes in, or what tells it again and again.

        Raises:
            DatabaseUnreachable: nothing more can be claimed; what was in hand is finished or can be rescued.
        """
        moment = now if callable(now) else lambda: now
        dispatched = Dispatched()
        self.attempt.unreachable = ""
        self._more = True
        if self._broken_off:
            self.take.doubt()
            self._broken_off = None
        try:
            await self.troubles.remember(self.relay, moment())
            await self._begin_more(moment, dispatched)
            while self._letters:
                await self._stirred.wait()
                self._stirred.clear()
                await self._begin_more(moment, dispatched)
        except asyncio.CancelledError:
            await self._cut_short()
            raise
        except BaseException:
            # Whatever it was: the next run must not find letters in hand, for it lets go of what is in doubt.
            await self._finish()
            raise
        finally:
            await asyncio.gather(self.attempt.lines.close(), self.attempt.workshop.close())
        if isinstance(self._broken_off, DatabaseUnreachable):
            raise self._broken_off
        dispatched.unreachable = self.attempt.unreachable or await self._waiting_for(moment())
        answered = MessageState.SENT in dispatched.states
        await self.troubles.note(dispatched.unreachable, moment(), answered=answered)
        return dispatched

    async def _waiting_for(self, now: datetime) -> str:
        """Why nothing was tried although letters are due; empty where that is not so."""
        if self.relay.capacity():
            return ""
        async with self.take.work.read() as transaction:
            owed = await transaction.audit.owed(now)
        return f"the mail server is given a rest of {self.relay.rest():.0f} s" if owed.many else ""

    def stir(self) -> None:
        """There may be more to send: look again."""
        self._more = True
        self._stirred.set()

    async def _begin_more(self, moment: Callable[[], datetime], dispatched: Dispatched) -> None:
        """Claim letters for what room there is, and begin them."""
        while self._more and self.going():
            capacity = self.relay.capacity()
            room = min(capacity * AHEAD - len(self._letters), BATCH)
            if room < max(1, min(capacity, BATCH) // 2):
                return
            now = moment()
            self._more = False  # before the look, so that whoever stirs during it is heard
            taken = await self.take(now, room)
            self._more |= len(taken) == room
            if self._more and not self._letters:
                await self._announce(now)
            for letter in taken:
                self._begin(letter, now, dispatched)

    async def _announce(self, now: datetime) -> None:
        """Tell who writes the letters how many there are to come."""
        async with self.take.work.read() as transaction:
            owed = await transaction.audit.owed(now)
        self.attempt.workshop.expect(owed.many)

    def _begin(self, letter: Taken, now: datetime, dispatched: Dispatched) -> None:
        task = asyncio.create_task(self.attempt(letter, now), name=f"message {letter.claim.message.id}")
        self._letters.add(task)
        task.add_done_callback(lambda done: self._ended(done, dispatched))

    def _ended(self, task: asyncio.Task[MessageState | None], dispatched: Dispatched) -> None:
        self._letters.discard(task)
        self._stirred.set()
        if task.cancelled():
            return
        if error := task.exception():
            self._broken_off = error
            unforeseen = None if isinstance(error, NhacViecError) else error
            log.error("a letter broke off: %s", error, extra={"action": "letter_failed"}, exc_info=unforeseen)
        elif state := task.result():
            dispatched.states[state] += 1

    async def _finish(self) -> None:
        """Wait for the letters in hand."""
        if self._letters:
            await asyncio.wait(self._letters)

    async def _cut_short(self) -> None:
        """Those that wait for a reply stay as they are; whoever finds us gone takes them up (F05).

        What servers have said by now is still written down, if the database takes it soon.
        """
        for letter in self._letters:
            letter.cancel()
        await self._finish()
        await self.attempt.ledger.close(LAST_WORDS)
