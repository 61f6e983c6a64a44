"""What the use cases need from outside; the adapters make it of real things."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from nhacviec.application.audit import Audit
from nhacviec.application.reviews import Records
from nhacviec.application.stores import CatalogueStore, Chain, Occurrences, Outbox, Reports, Workers
from nhacviec.domain.letter import Envelope, Letter, Words
from nhacviec.domain.time.period import Period


class Transaction(Protocol):
    """What one transaction can reach."""

    @property
    def catalogue(self) -> CatalogueStore:
        """The catalogue."""

    @property
    def occurrences(self) -> Occurrences:
        """Occurrences, their history, their reminders."""

    @property
    def chain(self) -> Chain:
        """The history of all occurrences, to be looked at."""

    @property
    def reports(self) -> Reports:
        """What was reported last."""

    @property
    def outbox(self) -> Outbox:
        """Messages and deliveries."""

    @property
    def workers(self) -> Workers:
        """The processes that send."""

    @property
    def audit(self) -> Audit:
        """Questions about the whole database."""

    @property
    def records(self) -> Records:
        """Occurrences with what happened to them."""


class Work(Protocol):
    """Opens transactions; they commit at the end of the block and roll back on an error."""

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """Open one that only reads."""

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """Open one that commits at its end."""


class Vocabulary(Protocol):
    """Words for periods, by language."""

    def period_label(self, period: Period, language: str) -> str:
        """As a label: "Tháng 6/2017"."""

    def period_phrase(self, period: Period, language: str) -> str:
        """The same inside a sentence: "tháng 6/2017"."""


class Composer(Protocol):
    """Turns a letter into words."""

    def subject(self, letter: Letter) -> str:
        """The subject alone, for lists of letters."""

    def compose(self, letter: Letter) -> Words:
        """Subject, text and HTML of a letter."""


class Serialiser(Protocol):
    """Turns words into the bytes that go over the wire."""

    def __call__(self, words: Words, envelope: Envelope) -> bytes:
        """The bytes, CRLF line ends."""


class BeforeData(Protocol):
    """Called when the server is ready for the letter and has not seen it: the fence."""

    async def __call__(self) -> bool:
        """Whether the letter may go; False stops before the final dot."""


class Pace(Protocol):
    """Awaited before each letter: how fast letters may follow one another."""

    async def __call__(self) -> None:
        """Return when the next letter may go."""


class Connection(Protocol):
    """One conversation with the mail server, kept open over many letters; once broken it stays so."""

    @property
    def alive(self) -> bool:
        """Whether another letter may be tried on it."""

    async def send(
        self,
        sender: str,
        recipient: str,
        mime: bytes,
        fence: BeforeData,
        free: Callable[[], None] | None = None,
    ) -> tuple[int, str]:
        """Hand one letter over; returns the reply to the final dot.

        ``free`` is called once if another letter may begin before that reply has come.
        """

    async def close(self) -> None:
        """End it politely; what goes wrong with that changes nothing."""


class Mailer(Protocol):
    """Opens conversations with the mail server."""

    async def open(self) -> Connection:
        """A conversation, ready for a letter: connected, secured, logged in."""


class Clock(Protocol):
    """The one place that knows what time it is."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
