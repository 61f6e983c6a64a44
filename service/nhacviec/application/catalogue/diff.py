"""Diff: what a catalogue would change, in entries, in due dates and in letters (DESIGN §5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nhacviec.application.catalogue.apply import Apply, ApplyOptions, Change, Prepared
from nhacviec.application.catalogue.check import Document
from nhacviec.application.forecast import ForecastBuilder, Outlook
from nhacviec.application.ports import Transaction, Work
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.planning import Planner
from nhacviec.domain.time.zone import local

#: How far ahead letters are compared.
AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One letter's item that would go at another instant."""

    email: str
    duty: str
    unit: str
    period: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterChanges:
    """Items of letters of the next 90 days: cancelled, new, and at another instant."""

    cancelled: int
    new: int
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that an apply would do, in words' material."""

    changes: tuple[Change, ...]
    prepared: Prepared
    letters: LetterChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Writes nothing."""

    work: Work
    apply: Apply
    forecast: ForecastBuilder

    async def __call__(self, documents: Sequence[Document], options: ApplyOptions) -> Difference:
        """Work out the difference.

        Raises:
            CatalogueError: any fault in any file.
        """
        async with self.work.read() as transaction:
            prepared = await self.apply.prepare(transaction, documents, options)
            letters = await self._letters(transaction, prepared, options)
        return Difference(changes=prepared.changes, prepared=prepared, letters=letters)

    async def _letters(
        self, transaction: Transaction, prepared: Prepared, options: ApplyOptions
    ) -> LetterChanges:
        today = local(options.at, prepared.new.catalogue.zone).date()
        span = (today, today + AHEAD)
        before: list[Occurrence] = []
        applied = {mark.code: mark.applied_on for mark in (await transaction.catalogue.marks()).values()}
        old = Outlook(first=span[0], last=span[1], letters=())
        if prepared.old is not None:
            before = await self.forecast.open_now(transaction)
            old = await self._outlook(transaction, prepared.old, before, applied, (options.at, span))
        applied |= {mark.code: mark.applied_on for mark in prepared.marks}
        after = prepared.reconciled.follows(before)
        new = await self._outlook(transaction, prepared.new, after, applied, (options.at, span))
        return letter_changes(old, new)

    async def _outlook(
        self,
        transaction: Transaction,
        planner: Planner,
        known: list[Occurrence],
        applied: dict[str, date],
        when: tuple[datetime, tuple[date, date]],
    ) -> Outlook:
        settled = await transaction.occurrences.settled(known)
        return self.forecast.outlook(planner, known, settled, applied, when)


def letter_changes(old: Outlook, new: Outlook) -> LetterChanges:
    """Compare two outlooks item by item: the same reader, occurrence and stage is the same item."""
    before, after = dict(_items(old)), dict(_items(new))
    moved = tuple(
        Moved(email=key[0], duty=key[1], unit=key[2], period=key[3], before=before[key], after=at)
        for key, at in after.items()
        if key in before and before[key] != at
    )
    return LetterChanges(
        cancelled=len(before.keys() - after.keys()), new=len(after.keys() - before.keys()), moved=moved
    )


def _items(outlook: Outlook) -> Iterator[tuple[tuple[str, str, str, str, str], datetime]]:
    for letter in outlook.letters:
        for spoken in letter.spoken:
            about = spoken.occurrence
            key = (letter.message.recipient.email, about.duty, about.unit, about.period, spoken.reminder.stage)
            yield key, letter.at
