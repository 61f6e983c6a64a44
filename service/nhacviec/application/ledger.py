"""The ledger: intents and endings of letters under way, many to a commit (DELIVERY §2.5).

A letter waits for its own commit; the commit carries all that came up while the one before it was written.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from nhacviec.application.ports import Transaction, Work
from nhacviec.application.records import Ending, Frozen
from nhacviec.domain.errors import DatabaseDamaged, DatabaseUnreachable
from nhacviec.failpoint import reach

log = logging.getLogger(__name__)

#: Seconds between two tries to record what a server has said while the database is away.
PAUSES = (0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something to be written, and who waits for it."""

    matter: Frozen | Ending
    written: asyncio.Future[bool]


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Writes for all conversations of one process.

    Args:
        work: opens transactions.
        tries: how often to try to write what servers have said while the database is away; None: for as long
            as it takes, as a daemon does.
        sleep: waits so many seconds.
    """

    work: Work
    tries: int | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _entries: list[_Entry] = field(default_factory=list, init=False)
    _writing: asyncio.Task[None] | None = field(default=None, init=False)

    async def intend(self, letter: Frozen) -> bool:
        """The fence: keep the letter's bytes and mark that a server may have them from here on.

        Returns:
            Whether it may go: False when the claim was taken over.

        Raises:
            DatabaseUnreachable: it cannot be recorded, so it must not go (F37).
        """
        return await self._enter(letter)

    async def settle(self, ending: Ending) -> bool:
        """Record how an attempt ended, however long the database is away.

        Returns:
            Whether the claim still held.

        Raises:
            DatabaseUnreachable: it is damaged, or away for longer than this process waits; others will find
                the letter as it was left, and record the attempt as ambiguous.
        """
        return await self._enter(ending)

    async def close(self, seconds: float | None = None) -> None:
        """Wait until everything is written, or for so long; the writing itself goes on."""
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=seconds)

    async def _enter(self, matter: Frozen | Ending) -> bool:
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._entries.append(_Entry(matter, written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(), name="ledger")
        # Whoever is told to stop no longer waits, but what a server has said is still written.
        return await written

    async def _write_all(self) -> None:
        failures = 0
        while self._entries:
            entries, self._entries = self._entries, []
            try:
                await self._write(entries)
                failures = 0
            except DatabaseUnreachable as error:
                # What was not sent is not sent; what was said is kept until it can be written.
                self._entries[:0] = _without_intents(entries, error)
                failures += 1
                if isinstance(error, DatabaseDamaged) or failures == self.tries:
                    self._give_up(error)
                    return
                await self.sleep(PAUSES[min(failures, len(PAUSES)) - 1])

    def _give_up(self, error: DatabaseUnreachable) -> None:
        entries, self._entries = self._entries, []
        for entry in entries:
            _fail(entry, error)

    async def _write(self, entries: Sequence[_Entry]) -> None:
        """One commit; where an entry breaks it, each goes by itself, so that it breaks its own only."""
        try:
            await self._commit(entries)
        except DatabaseUnreachable:
            raise
        except Exception as error:
            if len(entries) == 1:
                log.exception("a letter cannot be recorded", extra={"action": "ledger_failed"})
                _fail(entries[0], error)
                return
            for entry in entries:
                await self._write([entry])

    async def _commit(self, entries: Sequence[_Entry]) -> None:
        letters = [entry.matter for entry in entries if isinstance(entry.matter, Frozen)]
        endings = [entry.matter for entry in entries if isinstance(entry.matter, Ending)]
        if letters:
            reach("W5")
        async with self.work.write() as transaction:
            held = await _written(transaction, letters, endings)
        if endings:
            reach("W9")
        for entry in entries:
            if not entry.written.done():
                entry.written.set_result(entry.matter.claim.message.id in held)


async def _written(
    transaction: Transaction, letters: Sequence[Frozen], endings: Sequence[Ending]
) -> frozenset[int]:
    """Write intents and endings; the messages whose claims held."""
    tried = [ending.letter for ending in endings if ending.letter is not None]
    claims = [letter.claim for letter in letters]
    return await transaction.outbox.record([*letters, *tried], endings, claims)


def _without_intents(entries: Sequence[_Entry], error: DatabaseUnreachable) -> list[_Entry]:
    """Tell those who wait for a fence that there is none; the endings that are still to be written."""
    for entry in entries:
        if isinstance(entry.matter, Frozen):
            _fail(entry, error)
    return [entry for entry in entries if isinstance(entry.matter, Ending)]


def _fail(entry: _Entry, error: Exception) -> None:
    if not entry.written.done():
        entry.written.set_exception(error)
        entry.written.exception()  # nobody may be waiting any more
