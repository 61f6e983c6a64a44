"""What cannot be recorded does not go; what is derived from a key is the same whenever it is derived."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from nhacviec.adapters.database.engine import open_database
from nhacviec.application.identity import Identity
from nhacviec.application.ledger import Ledger
from nhacviec.application.ports import Transaction
from nhacviec.application.records import Claim, Ending, Frozen
from nhacviec.domain.delivery import MessageState, Outcome
from nhacviec.domain.errors import DatabaseUnreachable
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line, Message, Recipient
from nhacviec.domain.organisation import Contact
from tests.contracts.samples import letters, must_claim, opened, settled

NOW = datetime(2026, 4, 13, 1, 0, tzinfo=UTC)
CLAIM = Claim(
    message=Message(
        id=1,
        key="v1|main|bt@example.vn||",
        message_id="<one@example.vn>",
        recipient=Recipient(email="bt@example.vn", name="Bí thư", unit="Chi bộ", language="vi"),
        line=Line.MAIN,
        kind=LetterKind.REMINDER,
        slot_at=NOW,
        due_at=NOW,
    ),
    token="mine",
)
LETTER = Frozen(claim=CLAIM, subject="", mime=b"", kind=LetterKind.REMINDER)


class Shut(AbstractAsyncContextManager[Transaction]):
    """A transaction that cannot be begun."""

    async def __aenter__(self) -> NoReturn:
        raise DatabaseUnreachable("the database does not answer")

    async def __aexit__(self, *_: object) -> None:
        """It never comes to that."""


class Away:
    """A database that does not answer, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def write(self) -> Shut:
        self.asked += 1
        return Shut()

    read = write


async def test_what_cannot_be_recorded_does_not_go() -> None:
    """F37: the intent fails, so there is no dot."""
    with pytest.raises(DatabaseUnreachable):
        await Ledger(work=Away()).intend(LETTER)


async def test_what_a_server_has_said_is_kept_until_it_can_be_written() -> None:
    away, tried_again = Away(), asyncio.Event()

    async def rest(_seconds: float) -> None:
        if away.asked == 3:
            tried_again.set()
        await asyncio.sleep(0)

    ledger = Ledger(work=away, sleep=rest)
    settling = asyncio.create_task(ledger.settle(Ending(claim=CLAIM, state=MessageState.SENT)))
    await tried_again.wait()

    assert not settling.done()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


def test_a_key_has_one_message_id_for_ever_and_another_key_another() -> None:
    sender = Contact(role="", name="Văn phòng", email="vp@example.vn")
    once, again = (Identity(secret=b"key").message_id(CLAIM.message.key, sender) for _ in range(2))

    assert once == again
    assert once != Identity(secret=b"key").message_id("another", sender)
    assert once != Identity(secret=b"another").message_id(CLAIM.message.key, sender)


async def test_a_conversation_that_never_began_costs_the_letter_no_attempt(tmp_path: Path) -> None:
    """F13: what ends before the server has heard of the letter is recorded and not counted."""
    database = open_database(f"sqlite:///{tmp_path / 'nhacviec.db'}", durable=False)
    await database.upgrade()
    await opened(database)
    claim = await must_claim(database)

    assert await settled(database, claim, MessageState.PENDING, Outcome.UNREACHABLE)

    (found,) = await letters(database)
    assert (found.state, found.attempts) == (MessageState.PENDING, 0)
    await database.close()
