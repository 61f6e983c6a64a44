"""Attendance: a process that sends enters itself, gives signs of life, and says when it ends."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from nhacviec.application.ports import Transaction, Work
from nhacviec.domain.worker import Worker


@dataclass(slots=True, kw_only=True)
class Attendance:
    """Keeps one process entered among the workers (DELIVERY §2.5).

    Args:
        work: opens transactions.
        me: who this process is; its number comes from the database.
    """

    work: Work
    me: Worker
    _entered: bool = field(default=False, init=False)

    @property
    def number(self) -> int:
        """Its number; 0 before it has one."""
        return self.me.id

    async def enter(self, transaction: Transaction) -> int:
        """Give its number, and enter it where it is not.

        What was entered by a transaction that failed is entered anew, so it is believed only when it is
        found again.

        Args:
            transaction: one that writes.
        """
        if self._entered:
            return self.me.id
        found = await transaction.workers.find([self.me.id]) if self.me.id else []
        if any(replace(other, beat=self.me.beat, beat_at=self.me.beat_at) == self.me for other in found):
            self._entered = True
        else:
            self.me = replace(self.me, id=await transaction.workers.enlist(self.me))
        return self.me.id

    async def beat(self, now: datetime) -> None:
        """Give a sign of life; the first one enters it.

        Args:
            now: aware.
        """
        async with self.work.write() as transaction:
            await transaction.workers.beat(await self.enter(transaction), now)

    async def retire(self, now: datetime) -> None:
        """End: what is still under way is left to others, and what a server may have is recorded (F05).

        Args:
            now: aware.
        """
        if self.me.id:
            async with self.work.write() as transaction:
                await transaction.outbox.rescue(self.me.id, now)
                await transaction.workers.retire(await self.enter(transaction))
