"""Adoption: a database that was restored or copied sends nothing until a human says so (DELIVERY §2.12)."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from nhacviec.application.holds import BY_ADOPTION, Hold, HoldKind, holds, lift, put, stamp
from nhacviec.application.ports import Transaction, Work
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.message import Message

#: The setting that keeps where the database is at home.
BOUND_TO = "bound_to"
COPIED = "this database was bound to another place and may be a copy of one that sends: run nhacviec db adopt"
#: Written on letters, where people read it.
TAKEN_AS_SENT = "taken as sent at adoption"
HELD_BACK = "may have been sent before the adoption: release it to send it, or leave it"
#: With one of these in it, a database has had to do with a mail server.
_TRIED = (
    MessageState.SENT,
    MessageState.DEAD,
    MessageState.UNCERTAIN,
    MessageState.CLAIMED,
    MessageState.TRANSMITTING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a database is; digests, which tell nothing but whether they are the same.

    Args:
        machine: the machine; empty where it has no name, and where it does not matter (a database server).
        where: the file's path, or the server's cluster and the database in it.
        file: the file itself, whatever path leads to it; empty for a database server.
    """

    machine: str
    where: str
    file: str = ""


class Whereabouts(StrEnum):
    """What the place says about a database."""

    UNBOUND = "unbound"  #: it was never opened before
    HOME = "home"  #: it is where it was
    MOVED = "moved"  #: elsewhere on its machine, but nothing was ever sent from it
    ELSEWHERE = "elsewhere"  #: another machine, or a second copy


def locate(bound: Place | None, here: Place, *, tried: bool) -> Whereabouts:
    """Compare where a database was bound with where it is.

    A machine without a name is compared with none: then the database alone has to tell. The same file under
    another path is no copy.

    Args:
        bound: as it was written down; None when it never was.
        here: where it is now.
        tried: whether a letter was ever handed to a server from it.
    """
    if bound is None:
        return Whereabouts.UNBOUND
    same_machine = bound.machine == here.machine or not (bound.machine and here.machine)
    same_file = bound.where == here.where or bool(here.file and bound.file == here.file)
    if same_machine and same_file:
        return Whereabouts.HOME
    return Whereabouts.MOVED if same_machine and not tried else Whereabouts.ELSEWHERE


async def settle_in(work: Work, here: Place, at: datetime) -> Whereabouts:
    """Bind a database that has no home; hold the queue of one that is not where it was.

    One read when nothing has changed.

    Args:
        work: opens transactions.
        here: where the database is.
        at: the moment of opening, aware.
    """
    async with work.read() as transaction:
        standing = await holds(transaction)
        settled = await _bound_to(transaction) == here
    if settled and all(hold.at is not None for hold in standing):
        return Whereabouts.HOME
    async with work.write() as transaction:
        counts = await transaction.outbox.counts()
        found = locate(
            await _bound_to(transaction), here, tried=any(counts.get(state, 0) for state in _TRIED)
        )
        if found is Whereabouts.ELSEWHERE:
            await put(transaction, HoldKind.COPIED, COPIED, at)
        else:
            await _bind(transaction, here)
        await stamp(transaction, at)
    return found


class Choice(StrEnum):
    """What becomes of letters that may have been sent already."""

    RESEND = "resend"  #: they go, under the Message-ID they had
    MARK_SENT = "mark-sent"  #: they count as sent
    HOLD_BACK = "hold-back"  #: each waits for a human


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What an adoption came to.

    Args:
        adopted: False when letters are in doubt and nobody has chosen.
        lifted: the holds that stood.
        doubtful: the letters in doubt.
        choice: what was chosen for them; None when nothing had to be.
    """

    adopted: bool
    lifted: Sequence[Hold]
    doubtful: Sequence[Message]
    choice: Choice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt:
    """Makes a restored or copied database the one that sends, here.

    Args:
        work: opens transactions.
        place: where the database is.
        prepare: plans and gathers as of a moment, so that what fell due since the backup is there to be seen.
        taken_as_sent: ends letters without sending them: the rows, when, and why.
    """

    work: Work
    place: Place
    prepare: Callable[[datetime], Awaitable[object]]
    taken_as_sent: Callable[[Sequence[int], datetime, str], Awaitable[int]]

    async def doubtful(self, now: datetime) -> list[Message]:
        """Letters that may have been sent since the backup or the copy was made.

        What another life of the database had under way is taken back first, as from a dead worker. What
        falls due after this place was first opened nobody else can have sent from it: it is not in doubt.

        Args:
            now: the moment to believe in, aware.
        """
        async with self.work.read() as transaction:
            standing = [hold for hold in await holds(transaction) if hold.kind in BY_ADOPTION]
        if not standing:
            return []
        await self.prepare(now)
        until = min(now, max(hold.at or now for hold in standing))
        async with self.work.write() as transaction:
            for worker in await transaction.outbox.owners():
                await transaction.outbox.rescue(worker, now)
            waiting = await transaction.outbox.messages(frozenset({MessageState.PENDING}), None)
        return [message for message in waiting if message.slot_at <= until and not message.held]

    async def __call__(self, now: datetime, choice: Choice | None) -> Adoption:
        """Adopt the database, once it is clear what becomes of the letters in doubt.

        Cut short at any point it can be run again.

        Args:
            now: the moment to believe in, aware.
            choice: for the letters in doubt; None to be asked.
        """
        doubtful = await self.doubtful(now)
        if doubtful and choice is None:
            return Adoption(adopted=False, lifted=(), doubtful=doubtful)
        if choice is Choice.MARK_SENT:
            await self.taken_as_sent([message.id for message in doubtful], now, TAKEN_AS_SENT)
        async with self.work.write() as transaction:
            if choice is Choice.HOLD_BACK:
                for message in doubtful:
                    await transaction.outbox.hold(message.id, HELD_BACK)
            await _bind(transaction, self.place)
            lifted = await lift(transaction, BY_ADOPTION)
        return Adoption(adopted=True, lifted=lifted, doubtful=doubtful, choice=choice if doubtful else None)


async def _bound_to(transaction: Transaction) -> Place | None:
    kept = await transaction.catalogue.value(BOUND_TO)
    return Place(**json.loads(kept)) if kept else None


async def _bind(transaction: Transaction, here: Place) -> None:
    await transaction.catalogue.set_value(BOUND_TO, json.dumps(asdict(here)))
