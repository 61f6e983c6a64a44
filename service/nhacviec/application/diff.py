"""Diff: what a catalogue would change, in entries, in due dates and in letters (DESIGN §5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nhacviec.application.apply import Apply, ApplyOptions, Change, Prepared
from nhacviec.application.catalogue.check import Document
from nhacviec.application.forecast import Forecasting, Known, Outlook, known_now
from nhacviec.application.ports import Transaction, Work
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
    forecasting: Forecasting

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
        when = (options.at, (today, today + AHEAD))
        applied = {mark.code: mark.applied_on for mark in (await transaction.catalogue.marks()).values()}
        known = Known()
        old = Outlook(first=today, last=today + AHEAD, letters=())
        if prepared.old is not None:
            known = await known_now(transaction)
            old = self.forecasting.outlook(prepared.old, known, applied, when)
        applied |= {mark.code: mark.applied_on for mark in prepared.marks}
        follows = Known(
            occurrences=tuple(prepared.reconciled.follows(known.occurrences)), settled=known.settled
        )
        return letter_changes(old, self.forecasting.outlook(prepared.new, follows, applied, when))


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
            key = (
                letter.message.recipient.email,
                about.duty,
                about.unit,
                about.period,
                spoken.reminder.stage,
            )
            yield key, letter.at
