"""What a review has to know of the database, and who puts it into words: the ports."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from nhacviec.domain.review.draft import Draft
from nhacviec.domain.review.record import Record


class Records(Protocol):
    """Occurrences with what happened to them, many at once."""

    async def within(self, first: date, last: date) -> Sequence[Record]:
        """Those whose own periods touch these days, in the order in which they came to be."""


class Writer(Protocol):
    """Puts a review into words."""

    def write(self, draft: Draft) -> str:
        """The whole of it, as Markdown."""
