"""Letters promised by the product, a mail server at whose final dot a test stands, a clock set by hand."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nhacviec.application.definitions import Definitions
from nhacviec.application.dispatch import Dispatched
from nhacviec.application.records import DeliveryRecord, DutyMark
from nhacviec.bootstrap import Service, open_service
from nhacviec.domain.message import Message
from nhacviec.settings import settings_for
from tests.benchmarks.load import NOW, catalogue
from tests.support.mail_protocol import Connection
from tests.support.mailserver import MailServer

#: Seconds after which what a test waits for will not come.
PATIENCE = 15
#: As short as it may be: what is planned beyond a few weeks is nothing to these tests.
HORIZON = 60
#: Nobody listens there.
NOWHERE = "smtp://127.0.0.1:9"


@dataclass(slots=True)
class Hand:
    """A clock that a test turns; it stands still by itself, and so does the relay's."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return 1000 + (self.at - NOW).total_seconds()

    def turn(self, **given: float) -> datetime:
        self.at += timedelta(**given)
        return self.at


def addressed(emails: Sequence[str]) -> Definitions:
    """One duty of as many units, whose secretaries have these addresses."""
    definitions = catalogue(len(emails))
    for unit, email in zip(definitions.units.values(), emails, strict=True):
        unit["contacts"][0]["email"] = email
    return definitions


def emails(count: int, domain: str = "example.vn") -> list[str]:
    return [f"bt{n:04d}@{domain}" for n in range(count)]


async def promised(url: str, to: Sequence[str]) -> None:
    """One letter to each address, due at ``NOW``, in a new database."""
    file = url.removeprefix("sqlite:///") if url.startswith("sqlite") else ""
    if file and _PROMISED.get(tuple(to)):
        await asyncio.to_thread(Path(file).write_bytes, _PROMISED[tuple(to)])
        return
    await _promise(url, to)
    if file:
        _PROMISED[tuple(to)] = await asyncio.to_thread(Path(file).read_bytes)


#: Files with so many letters promised, from which nothing was ever sent: such a database may be moved.
_PROMISED: dict[tuple[str, ...], bytes] = {}


async def _promise(url: str, to: Sequence[str]) -> None:
    os.environ.setdefault("NHACVIEC_TEST_UNDURABLE", "1")
    settings = settings_for(url, NOWHERE).model_copy(update={"horizon_days": HORIZON})
    async with open_service(settings) as service:
        async with service.database.write() as transaction:
            await transaction.catalogue.save(addressed(to), [])
            mark = DutyMark(code="BC-01", applied_on=NOW.date(), planned_until=None)
            await transaction.catalogue.mark([mark])
        prepared = await service.tick.prepare(NOW)
    assert prepared.gathered.messages == len(to), prepared


@asynccontextmanager
async def sending(
    url: str, smtp_url: str, hand: Hand | None = None, lines: int = 4
) -> AsyncIterator[Service]:
    """The product over a database and a mail server, from one start to its end."""
    os.environ.setdefault("NHACVIEC_TEST_UNDURABLE", "1")
    hand = hand or Hand()
    chosen = {"smtp_connections": lines, "horizon_days": HORIZON}
    settings = settings_for(url, smtp_url).model_copy(update=chosen)
    async with open_service(settings, clock=hand) as service:
        service.dispatch.relay._clock = hand.seconds
        service.dispatch.relay._chance = lambda: 0.5
        yield service


async def letters(service: Service) -> dict[str, Message]:
    """Every letter, by its recipient."""
    async with service.database.read() as transaction:
        found = await transaction.outbox.messages(frozenset(), None)
    return {letter.recipient.email: letter for letter in found}


async def states(service: Service) -> Counter[str]:
    return Counter(str(letter.state) for letter in (await letters(service)).values())


async def tries(service: Service, letter: Message) -> Sequence[DeliveryRecord]:
    """The attempts at a letter."""
    async with service.database.read() as transaction:
        return await transaction.outbox.deliveries(letter.id)


def one_look(service: Service) -> None:
    """The next run claims letters once and no more."""
    looks = iter([True])
    service.dispatch.going = lambda: next(looks, False)


#: Called when a letter has come whole and is not yet answered: to whom it goes, and its bytes.
AtDot = Callable[[str, bytes], Awaitable[None]]


async def _nothing(_to: str, _content: bytes) -> None:
    """Nobody stands there."""


class Desk(MailServer):
    """A mail server at whose final dot a test stands."""

    def __init__(self, at_dot: AtDot = _nothing, **options: Any) -> None:  # noqa: ANN401 -- MailServer's own
        super().__init__(**options)
        self.at_dot = at_dot

    def _connection(self) -> Connection:
        return _AtDesk(
            self, self._book, size=self._size, tls=None, users=self._users, extensions=self._extensions
        )

    @property
    def to(self) -> Counter[str]:
        """How many copies each recipient has."""
        return Counter(envelope.rcpt_tos[0] for envelope in self.accepted)


class _AtDesk(Connection):
    def __init__(self, desk: Desk, *given: Any, **options: Any) -> None:  # noqa: ANN401
        self.desk = desk
        super().__init__(*given, **options)

    async def _call_handler_hook(self, command: str, *given: Any) -> Any:  # noqa: ANN401
        if command == "DATA" and self.envelope is not None:
            await self.desk.at_dot(self.envelope.rcpt_tos[0], bytes(self.envelope.original_content or b""))
        return await super()._call_handler_hook(command, *given)


@dataclass(slots=True)
class Waiting:
    """Servers' patience: who has come to the dot waits there until a test opens it."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    here: set[str] = field(default_factory=set)
    only: frozenset[str] = frozenset()
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, to: str, _content: bytes) -> None:
        if self.only and to not in self.only:
            return
        self.here.add(to)
        async with self._came:
            self._came.notify_all()
        await self.open.wait()

    async def until(self, many: int) -> None:
        """Return when so many have come."""
        async with asyncio.timeout(PATIENCE), self._came:
            await self._came.wait_for(lambda: len(self.here) >= many)


async def reached(condition: Callable[[], bool]) -> None:
    """Return when something has come true that nobody tells of."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 -- nobody tells of it
            await asyncio.sleep(0.005)


@asynccontextmanager
async def under_way(
    service: Service, waiting: Waiting, now: datetime = NOW
) -> AsyncIterator[asyncio.Task[Dispatched]]:
    """A run of sending; at the end whoever waits at the dot is let go, and the run waited for."""
    run = asyncio.create_task(service.dispatch(now))
    try:
        yield run
    finally:
        waiting.open.set()
        await asyncio.wait([run])
    await run
