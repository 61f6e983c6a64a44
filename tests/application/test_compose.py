"""Compose: facts become a draft, a draft becomes words and bytes; nothing is left to say of what is done."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

from nhacviec.application.compose import Compose, Facts
from nhacviec.application.ports import Transaction
from tests.application.sending import NOWHERE, emails, promised, sending
from tests.benchmarks.load import NOW, catalogue


async def facts_of(compose: Compose, transaction: Transaction) -> list[Facts]:
    return await compose.facts(transaction, await transaction.outbox.messages(frozenset(), None))


def title(compose: Compose, facts: Facts) -> str:
    draft = compose.draft(facts, NOW)
    assert draft is not None
    return draft.letter.items[0].title


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


async def test_a_letter_speaks_of_the_catalogue_that_is_in_force(tmp_path: Path) -> None:
    """Given letters of one catalogue, then another is applied: nothing of the former is said again."""
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(2))
    changed = deepcopy(catalogue(2))
    changed.duties["BC-01"]["title"] = "Báo cáo khác {period}"
    async with sending(url, NOWHERE) as service:
        async with service.database.write() as writing:
            before = await facts_of(service.compose, writing)
            again = await facts_of(service.compose, writing)
            await writing.catalogue.save(changed, [])
        async with service.database.read() as reading:
            after = await facts_of(service.compose, reading)

    assert len({id(facts.scribe) for facts in (*before, *again)}) == 1
    assert {title(service.compose, facts) for facts in before} == {"Báo cáo công tác Đảng tháng 1/2017"}
    assert {title(service.compose, facts) for facts in after} == {"Báo cáo khác tháng 1/2017"}
