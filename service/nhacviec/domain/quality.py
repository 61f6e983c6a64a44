"""Quality is not lateness: what a report falls short of, whenever it came (DOMAIN 1.8, 2.2).

A meeting that was held after its last good day is late, and its status says so.  One that was too short, or
that too few attended, misses a criterion; this module finds it.  The two know nothing of each other, so that
each is counted on its own.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from nhacviec.domain.duty import NUMBERS, Criterion
from nhacviec.domain.miss import Miss

#: Criteria that are a share of two reported numbers, in per cent: the part, and of what.
SHARES = MappingProxyType({"attendance": ("present", "total")})
#: Every field a criterion can be about.
MEASURABLE = (*NUMBERS, *SHARES)


def judge(criteria: Iterable[Criterion], evidence: Mapping[str, object], day: date) -> tuple[Miss, ...]:
    """What a report misses of the criteria in force on a day; at most one miss for each field, the strictest.

    A session of the regular and the thematic meeting in one is asked for 120 minutes *and*, like any other,
    for 90: if it lasted 75 it was too short once, not twice.  What was not reported is not judged.

    Args:
        criteria: of the duty, as it stands for the period.
        evidence: as the report gave it: numbers are whole numbers, flags true or false.
        day: the day that counts (S-06): for a meeting the day it was held.
    """
    missed: dict[str, Miss] = {}
    for criterion in criteria:
        asked = criterion.valid_on(day) and (not criterion.when or evidence.get(criterion.when) is True)
        miss = _miss(criterion, evidence) if asked else None
        before = missed.get(criterion.field)
        if miss is not None and (before is None or _strictness(before) < _strictness(miss)):
            missed[criterion.field] = miss
    return tuple(missed.values())


def number(said: Mapping[str, object], name: str) -> int | None:
    """A whole number that was said; None where there is none."""
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _miss(criterion: Criterion, evidence: Mapping[str, object]) -> Miss | None:
    part_of, whole_of = SHARES.get(criterion.field, (criterion.field, ""))
    part, whole = number(evidence, part_of), number(evidence, whole_of) if whole_of else None
    if part is None or (whole_of and not whole):
        return None
    miss = Miss(
        field=criterion.field,
        part=part,
        whole=whole,
        at_least=criterion.at_least,
        more_than=criterion.more_than,
        when=criterion.when,
        basis=criterion.basis,
    )
    asked = Fraction(str(miss.asked))
    met = miss.measure > asked or (miss.measure == asked and miss.more_than is None)
    return None if met else miss


def _strictness(miss: Miss) -> tuple[float, bool]:
    return miss.asked, miss.more_than is not None
