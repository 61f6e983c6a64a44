"""Troubles: what people are told about the mail server, and what outlives the process that met it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from nhacviec.application import holds
from nhacviec.application.ledger import PAUSES
from nhacviec.application.ports import Transaction, Work
from nhacviec.application.relay import Judged, Relay, Trouble, TroubleReason
from nhacviec.application.watch import note_server
from nhacviec.domain.errors import DatabaseDamaged, DatabaseUnreachable
from nhacviec.domain.relay import credentials

log = logging.getLogger(__name__)

#: The setting that keeps when user or password were refused last.
REFUSED_AT = "credentials_refused_at"


@dataclass(slots=True, kw_only=True)
class Troubles:
    """Writes down what must not be forgotten by a new start.

    Args:
        work: opens transactions.
        tries: how often to try while the database is away; None: for as long as it takes.
        sleep: waits so many seconds.
    """

    work: Work
    tries: int | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _refused: bool = field(default=False, init=False)

    async def remember(self, relay: Relay, now: datetime) -> None:
        """Credentials that were refused by an earlier process are given their rest (F29).

        Args:
            relay: learns it.
            now: aware.
        """
        async with self.work.read() as transaction:
            kept = await transaction.catalogue.peek(REFUSED_AT)
        self._refused = bool(kept)
        if kept:
            relay.rest_credentials(credentials.rest(datetime.fromisoformat(kept), now).total_seconds())

    async def note(self, unreachable: str, now: datetime, *, answered: bool) -> None:
        """Write down how the server was found by a run of sending.

        Args:
            unreachable: why no line could be had; empty when one could, or none was needed.
            now: aware.
            answered: whether a letter was taken.
        """
        if unreachable or answered:
            await note_server(self.work, unreachable, now)
        if answered and self._refused:
            await self._keep_refusal("")

    async def tell(self, trouble: Trouble | None, now: datetime) -> None:
        """Tell people, and remember refused credentials.

        Args:
            trouble: None when there is nothing new to tell.
            now: aware.
        """
        if trouble is None:
            return
        # What may pass by itself is told by whoever sent in vain, and stays out of the alarms.
        level = logging.CRITICAL if trouble.alarm else logging.INFO
        log.log(level, "mail server: %s", trouble.text, extra={"action": f"server_{trouble.reason}"})
        if trouble.reason is TroubleReason.CREDENTIALS:
            await self._keep_refusal(now.isoformat())

    async def heed(self, judged: Judged, now: datetime) -> None:
        """Tell what is new, hold the queue, and reopen what was refused for no fault of its own."""
        await self.tell(judged.trouble, now)
        if judged.hold is None and not judged.reopen:
            return

        async def hold_and_reopen(transaction: Transaction) -> None:
            if judged.hold is not None:
                await holds.put(transaction, judged.hold, _told(judged), now)
            if judged.reopen:
                await transaction.outbox.reopen(judged.reopen, now)

        await self._write(hold_and_reopen)

    async def _write(self, write: Callable[[Transaction], Awaitable[None]]) -> None:
        """However long the database is away; what is written here twice is the same as once."""
        for tried in count(1):
            try:
                async with self.work.write() as transaction:
                    await write(transaction)
            except DatabaseUnreachable as error:
                if isinstance(error, DatabaseDamaged) or tried == self.tries:
                    raise
                await self.sleep(PAUSES[min(tried, len(PAUSES)) - 1])
            else:
                return

    async def _keep_refusal(self, at: str) -> None:
        await self._write(lambda transaction: transaction.catalogue.set_value(REFUSED_AT, at))
        self._refused = bool(at)


def _told(judged: Judged) -> str:
    said = judged.trouble.text if judged.trouble else judged.text
    return f"{judged.meaning}: {said}: mend what is wrong, then run nhacviec message release"
