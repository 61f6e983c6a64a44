"""Compose: facts become a draft, a draft becomes words and bytes; nothing is left to say of what is done."""

from dataclasses import replace
from pathlib import Path

from nhacviec.application.compose import Compose, Facts
from nhacviec.application.ports import Transaction
from tests.application.sending import NOWHERE, emails, promised, sending
from tests.benchmarks.load import NOW


async def facts_of(compose: Compose, transaction: Transaction) -> list[Facts]:
    return await compose.facts(transaction, await transaction.outbox.messages(frozenset(), None))


async def test_what_is_written_from_a_draft_is_the_letter(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(2))
    async with sending(url, NOWHERE) as service, service.database.read() as reading:
        compose = service.compose
        for facts in await facts_of(compose, reading):
            draft, letter = compose.draft(facts, NOW), compose.letter(facts, NOW)

            assert draft is not None
            assert letter is not None
            assert compose.write(draft.letter, draft.envelope) == (letter.words.subject, letter.mime)
            assert draft.envelope.recipient_email == facts.message.recipient.email
            assert letter == await compose(reading, facts.message, NOW)


async def test_there_is_no_draft_of_what_no_longer_stands(tmp_path: Path) -> None:
    """P4: nobody is asked for what is done."""
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(1))
    async with sending(url, NOWHERE) as service, service.database.read() as reading:
        (facts,) = await facts_of(service.compose, reading)

        assert service.compose.draft(replace(facts, subjects=[]), NOW) is None
        assert service.compose.letter(replace(facts, subjects=[]), NOW) is None
