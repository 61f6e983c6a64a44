"""What is put into words: a review, with the names that people know its duties and units by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from nhacviec.domain.review.reckoning import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A review before it is written down.

    Args:
        review: the figures.
        language: in which it is written.
        organisation: its name.
        office: who writes it.
        period: the period as it is said inside a sentence.
        before: the period before, said so.
        titles: of the duties, by code.
        names: of the units, by code; empty where no unit is to be named.
    """

    review: Review
    language: str
    organisation: str
    office: str
    period: str
    before: str
    titles: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
