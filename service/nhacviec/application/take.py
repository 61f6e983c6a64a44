"""Take: claim letters that are due, then read the facts they speak of (P4)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from nhacviec.application.compose import Compose, Facts
from nhacviec.application.holds import holds
from nhacviec.application.ports import Transaction, Work
from nhacviec.application.records import Claim
from nhacviec.failpoint import reach

#: Letters claimed in one transaction, at most: they share its cost, and memory stays bounded.
BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A claimed letter and what it would say now."""

    claim: Claim
    facts: Facts


@dataclass(slots=True, kw_only=True)
class Take:
    """Claims for one worker.

    Args:
        work: opens transactions.
        compose: reads the facts.
        worker: the number of this worker, entered with its first claim.
        lifted: told when the queue, found held before, is so no more.
    """

    work: Work
    compose: Compose
    worker: Callable[[Transaction], Awaitable[int]]
    lifted: Callable[[], None]
    _held: bool = field(default=False, init=False)
    _doubtful: bool = field(default=False, init=False)

    async def __call__(self, now: datetime, limit: int) -> list[Taken]:
        """Letters of slots that gather has finished with; none while the queue is held.

        Args:
            now: aware.
            limit: how many at most.

        Raises:
            DatabaseUnreachable: it may have taken some all the same (F47); the next run lets go of them, and
                must not begin before all letters in hand have ended.
        """
        doubtful, self._doubtful = self._doubtful, True
        taken = await self._with_facts(await self._claim(now, limit, doubtful=doubtful))
        self._doubtful = False
        if taken:
            reach("W3")
        return taken

    def doubt(self) -> None:
        """Something of ours may be under way that nobody has in hand: the next claim lets go of it."""
        self._doubtful = True

    async def _claim(self, now: datetime, limit: int, *, doubtful: bool) -> Sequence[Claim]:
        async with self.work.write() as transaction:
            if doubtful:  # also while the queue is held: the doubt ends with this transaction
                await transaction.outbox.rescue(await self.worker(transaction), now)
            if await self._stands_still(transaction):
                return []
            before = await transaction.occurrences.first_ripe(now)
            worker = await self.worker(transaction)
            return await transaction.outbox.claim(now, before=before, worker=worker, limit=min(limit, BATCH))

    async def _with_facts(self, claims: Sequence[Claim]) -> list[Taken]:
        """Read what claimed letters speak of; not while writing, for which others wait."""
        if not claims:
            return []
        async with self.work.read() as transaction:
            facts = await self.compose.facts(transaction, [claim.message for claim in claims])
        return [Taken(claim=claim, facts=about) for claim, about in zip(claims, facts, strict=True)]

    async def _stands_still(self, transaction: Transaction) -> bool:
        held = bool(await holds(transaction))
        if self._held and not held:
            self.lifted()
        self._held = held
        return held
