"""Letters as a forecast foretells them and as the outbox holds them, in one shape to compare."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from nhacviec.application.compose import Facts
from nhacviec.application.forecast import Outlook
from nhacviec.application.records import Claim, Frozen
from nhacviec.bootstrap import Service, open_service
from nhacviec.settings import settings_for
from tests.acceptance.program import NOBODY

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = time(8)


@dataclass(frozen=True, order=True)
class Letter:
    """A letter as both sides tell it; items are (duty, unit, period, stage)."""

    at: datetime
    to: str
    kind: str
    subject: str
    items: tuple[tuple[str, str, str, str], ...]


def foretold(outlook: Outlook) -> list[Letter]:
    return sorted(
        Letter(
            at=letter.at.astimezone(UTC),
            to=letter.message.recipient.email,
            kind=letter.message.kind,
            subject=letter.subject,
            items=items(
                (s.occurrence.duty, s.occurrence.unit, s.occurrence.period, s.reminder.name)
                for s in letter.spoken
            ),
        )
        for letter in outlook.letters
    )


def items(found: Iterable[tuple[str, str, str, str]]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(sorted(found))


async def tick_without_mail(service: Service, moment: datetime) -> None:
    """Gather, and compose what is new: everything but handing it over."""
    if not (await service.tick.gather(moment)).messages:
        return
    async with service.database.write() as transaction:
        before = await transaction.occurrences.first_ripe(moment)
        worker = await service.attendance.enter(transaction)
        while claims := await transaction.outbox.claim(moment, before=before, worker=worker, limit=100):
            facts = await service.compose.facts(transaction, [claim.message for claim in claims])
            await transaction.outbox.freeze(
                [frozen(service, claim, about, moment) for claim, about in zip(claims, facts, strict=True)]
            )


def frozen(service: Service, claim: Claim, facts: Facts, moment: datetime) -> Frozen:
    """A claimed letter as it would go."""
    composed = service.compose.letter(facts, moment)
    assert composed is not None
    return Frozen(claim=claim, subject=composed.words.subject, mime=composed.mime, kind=composed.kind)


async def promised(service: Service) -> list[Letter]:
    """Every letter of the outbox with what it carries."""
    async with service.database.read() as transaction:
        letters = []
        messages = await transaction.outbox.messages(frozenset(), None)
        contents = await transaction.outbox.contents([message.id for message in messages])
        for message in messages:
            records = contents[message.id]
            found = await transaction.occurrences.by_ids([record.occurrence for record in records])
            about = {occurrence.id: occurrence for occurrence in found}
            carried = items(
                (about[r.occurrence].duty, about[r.occurrence].unit, about[r.occurrence].period, r.name)
                for r in records
            )
            letters.append(
                Letter(
                    at=message.slot_at.astimezone(UTC),
                    to=message.recipient.email,
                    kind=message.kind,
                    subject=message.subject,
                    items=carried,
                )
            )
    return sorted(letters)


def mornings(first: date, last: date) -> list[datetime]:
    days = range((last - first).days + 1)
    return [datetime.combine(first + timedelta(days=n), MORNING, HERE) for n in days]


@asynccontextmanager
async def opened(folder: Path, smtp: str = NOBODY) -> AsyncIterator[Service]:
    async with open_service(settings_for(f"sqlite:///{folder}/nhacviec.db", smtp)) as service:
        yield service


def difference(foretold: list[Letter], sent: list[Letter]) -> tuple[list[Letter], list[Letter]]:
    """The first few that stand on one side only; both lists may hold no letter twice."""
    assert len(set(foretold)) == len(foretold)
    assert len(set(sent)) == len(sent)
    return sorted(set(foretold) - set(sent))[:5], sorted(set(sent) - set(foretold))[:5]
