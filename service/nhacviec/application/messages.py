"""Messages: the outbox as people look at it, and what they may do about one letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nhacviec.application.compose import Compose
from nhacviec.application.holds import BY_WORD, Hold, HoldKind, holds, lift, put
from nhacviec.application.ports import Transaction, Work
from nhacviec.domain.delivery import MessageState
from nhacviec.domain.errors import NhacViecError, NotAllowedError, NotFoundError
from nhacviec.domain.letter import Words
from nhacviec.domain.message import Message


class Handling(StrEnum):
    """What a human may do about a letter."""

    RETRY = "retry"
    HOLD = "hold"
    RELEASE = "release"


#: From which states each is possible.
_FROM = {
    Handling.RETRY: {MessageState.PENDING, MessageState.DEAD, MessageState.UNCERTAIN},
    Handling.HOLD: {MessageState.PENDING},
    Handling.RELEASE: {MessageState.PENDING, MessageState.UNCERTAIN},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A letter with its subject, and with its words and bytes where they were asked for.

    What was never composed is shown as it would go now.
    """

    message: Message
    subject: str
    words: Words | None = None
    mime: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """Reads the outbox and lets a human decide."""

    work: Work
    compose: Compose

    async def all(self, states: frozenset[str], limit: int | None, now: datetime) -> list[MessageView]:
        """Letters by their instant; an uncomposed one tells the subject it would have."""
        async with self.work.read() as transaction:
            messages = await transaction.outbox.messages(states, limit)
            return [await self._view(transaction, message, now) for message in messages]

    async def one(self, number: int, now: datetime) -> MessageView:
        """One letter with its bytes as sent, or as they would be sent now.

        Raises:
            NotFoundError: there is none.
        """
        async with self.work.read() as transaction:
            message = await self._message(transaction, number)
            if message.mime is not None:
                return MessageView(message=message, subject=message.subject, mime=message.mime)
            composed = await self.compose(transaction, message, now)
        if composed is None:
            return MessageView(message=message, subject=message.subject)
        return MessageView(
            message=message, subject=composed.words.subject, words=composed.words, mime=composed.mime
        )

    async def _view(self, transaction: Transaction, message: Message, now: datetime) -> MessageView:
        if message.subject or message.state is not MessageState.PENDING:
            return MessageView(message=message, subject=message.subject)
        try:
            composed = await self.compose(transaction, message, now)
        except NhacViecError as error:
            return MessageView(message=message, subject=f"({error})")
        return MessageView(message=message, subject=composed.words.subject if composed else "")

    async def handle(self, handling: Handling, number: int, now: datetime, reason: str = "") -> Message:
        """Retry, hold or release one letter.

        Raises:
            NotFoundError: there is none.
            NotAllowedError: its state does not permit it.
        """
        async with self.work.write() as transaction:
            message = await self._message(transaction, number)
            if message.state not in _FROM[handling]:
                raise NotAllowedError(f"message {number} is {message.state}: it cannot {handling}")
            if handling is Handling.HOLD:
                await transaction.outbox.hold(number, reason or "held by hand")
            else:
                await transaction.outbox.release(number, now)
            return await self._message(transaction, number)

    async def hold_all(self, now: datetime, reason: str = "") -> Sequence[Hold]:
        """Keep every letter from going until a human releases the queue; gives what holds it then."""
        async with self.work.write() as transaction:
            await put(transaction, HoldKind.OPERATOR, reason or "held by hand", now)
            return await holds(transaction)

    async def release_all(self) -> tuple[Sequence[Hold], Sequence[Hold]]:
        """Let letters go again, as far as a word can; gives what was lifted, and what still stands."""
        async with self.work.write() as transaction:
            lifted = await lift(transaction, BY_WORD)
            return lifted, await holds(transaction)

    async def _message(self, transaction: Transaction, number: int) -> Message:
        found = await transaction.outbox.message(number)
        if found is None:
            raise NotFoundError(f"no message {number}: see nhacviec message list")
        return found
