"""What the figures say: what was done well, and the shortcomings of DOMAIN §1.8, by level.

A finding says how many units it is about and never which: who they are is for the standing committee only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nhacviec.domain.duty import DutyKind
from nhacviec.domain.review.figures import NONE, Figures, added
from nhacviec.domain.review.meetings import Meetings, together
from nhacviec.domain.review.units import UnitReview


class Theme(StrEnum):
    """What a finding is about."""

    REPORTS = "reports"
    MEETING_QUALITY = "meeting_quality"
    MEETING_TIME = "meeting_time"
    INSPECTION = "inspection"
    TARGETS = "targets"
    COVERAGE = "coverage"
    OTHER = "other"


class Share(StrEnum):
    """How many of all that is, as softly as it is said."""

    FEW = "few"
    SOME = "some"
    MANY = "many"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to say of the units of one kind.

    Args:
        theme: what it is about.
        kind: of which kind the units are.
        units: of how many of them it is true.
        of: how many could have been meant.
        figures: of all units of the kind: the work of that theme.
        meetings: the same, of meetings.
    """

    theme: Theme
    kind: str
    units: int
    of: int
    figures: Figures
    meetings: Meetings

    @property
    def share(self) -> Share:
        """How many units that is of all.

        >>> from nhacviec.domain.review.figures import Figures
        >>> nothing = {"figures": Figures(), "meetings": Meetings()}
        >>> Finding(theme=Theme.REPORTS, kind="cell", units=2, of=9, **nothing).share.value
        'few'
        """
        if self.units == self.of:
            return Share.ALL
        if self.units * 3 <= self.of:
            return Share.FEW
        return Share.SOME if self.units * 2 <= self.of else Share.MANY


#: What is praised; that nobody stayed away is no merit of its own.
_PRAISED = tuple(theme for theme in Theme if theme is not Theme.MEETING_QUALITY)
_OTHER_WORK = (DutyKind.TASK, DutyKind.REVIEW, DutyKind.COLLECTION)


def shortcomings(units: Iterable[UnitReview]) -> tuple[Finding, ...]:
    """What was amiss, by theme and kind of unit."""
    return tuple(_findings(units, Theme, wanted=True))


def strengths(units: Iterable[UnitReview]) -> tuple[Finding, ...]:
    """What was as it should be, by theme and kind of unit."""
    return tuple(_findings(units, _PRAISED, wanted=False))


def _findings(units: Iterable[UnitReview], themes: Iterable[Theme], *, wanted: bool) -> Iterable[Finding]:
    kinds: dict[str, list[UnitReview]] = {}
    for unit in units:
        kinds.setdefault(unit.kind, []).append(unit)
    for theme in themes:
        for kind, those in kinds.items():
            judged = [(unit, amiss) for unit in those if (amiss := _amiss(theme, unit)) is not None]
            meant = sum(amiss is wanted for _, amiss in judged)
            if meant:
                yield Finding(
                    theme=theme,
                    kind=kind,
                    units=meant,
                    of=len(judged),
                    figures=added(_figures(theme, unit) for unit, _ in judged),
                    meetings=together(unit.meetings for unit, _ in judged),
                )


def _amiss(theme: Theme, unit: UnitReview) -> bool | None:
    """Whether something is amiss; None where there is nothing to judge."""
    held = unit.meetings
    match theme:
        case Theme.MEETING_QUALITY:
            return bool(held.below_attendance or held.below_other) if held.held else None
        case Theme.MEETING_TIME:
            return bool(held.held_late or held.not_held or held.too_short) if held.judged else None
        case Theme.INSPECTION | Theme.TARGETS:
            inspects = theme is Theme.INSPECTION
            asked = [each for each in unit.targets if each.asked and each.inspects is inspects]
            return any(each.behind for each in asked) if asked else None
        case Theme.COVERAGE:
            found = unit.coverage
            return found.incomplete if found and (found.incomplete or found.handed_in) else None
        case _:
            done = _figures(theme, unit)
            return bool(done.poor or done.returned) if done.judged or done.returned else None


def _figures(theme: Theme, unit: UnitReview) -> Figures:
    kinds = (DutyKind.REPORT,) if theme is Theme.REPORTS else _OTHER_WORK if theme is Theme.OTHER else ()
    return added(unit.of_kind.get(kind, NONE) for kind in kinds)
