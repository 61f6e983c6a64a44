"""A miss: a criterion that a report does not meet, as it is kept in the history and told in a letter."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One criterion that a report does not meet: what was found, what was asked, and by which rule.

    Args:
        field: what is measured: one of ``quality.MEASURABLE``.
        part: the number that was reported; of a share its part.
        whole: of a share what it is a part of; None for a number.
        at_least: the threshold, itself good enough; in the field's unit, of a share in per cent.
        more_than: the threshold, itself not good enough.
        when: the flag of the report under which the criterion was asked; empty for always.
        basis: the rule it comes from.
    """

    field: str
    part: int
    whole: int | None = None
    at_least: float | None = None
    more_than: float | None = None
    when: str = ""
    basis: str = ""

    @property
    def asked(self) -> float:
        """The threshold, whether it is good enough itself or not."""
        return float(self.at_least if self.more_than is None else self.more_than)  # type: ignore[arg-type]

    @property
    def least(self) -> int:
        """The smallest whole number that would have been good enough; for what is no share."""
        return ceil(self.asked) if self.more_than is None else floor(self.asked) + 1

    @property
    def found(self) -> float:
        """What was reported; a share in per cent, rounded down to two places, never up to its threshold."""
        return floor(self.measure * 100) / 100

    @property
    def measure(self) -> Fraction:
        """The same, exactly: 17 of 20 is 85 and not more."""
        return Fraction(self.part) if self.whole is None else Fraction(100 * self.part, self.whole)

    def document(self) -> dict[str, object]:
        """How it is kept in the history and told to outsiders; ``read_miss`` reads it back."""
        return {name: value for name, value in asdict(self).items() if value is not None} | {
            "found": self.found
        }


def read_miss(document: Mapping[str, object]) -> Miss:
    """A miss as ``Miss.document`` wrote it.

    >>> read_miss(Miss(field="duration_minutes", part=75, at_least=90).document()).part
    75
    """
    return Miss(**{name: value for name, value in document.items() if name in Miss.__slots__})  # type: ignore[arg-type]
