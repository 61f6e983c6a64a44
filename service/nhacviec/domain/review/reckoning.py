"""The whole review of a period, from what happened and the day as of which it is told; nothing is asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.duty import DutyKind
from nhacviec.domain.review.coverage import Coverage, together
from nhacviec.domain.review.figures import NONE, Figures, added, figures
from nhacviec.domain.review.findings import Finding, shortcomings, strengths
from nhacviec.domain.review.meetings import Meetings, meetings
from nhacviec.domain.review.record import Record
from nhacviec.domain.review.span import before, day_of
from nhacviec.domain.review.targets import Count, Level, count, levels
from nhacviec.domain.review.units import UnitReview, by_duty_of, collections, unit_review
from nhacviec.domain.time.period import Period


class Trend(StrEnum):
    """How the share of what was done on time compares with the period before."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyReview:
    """One duty of all its units.

    Args:
        code: its code.
        figures: in the period.
        before: in the period before.
        periods: the codes of the duty's own periods that belong to the review.
        meetings: where it is a meeting.
        coverage: where it is a collection.
    """

    code: str
    figures: Figures = NONE
    before: Figures = NONE
    periods: tuple[str, ...] = ()
    meetings: Meetings | None = None
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review.

    Args:
        period: of what.
        today: the day as of which it is told.
        total: of all duties and units.
        before: the same of the period before.
        duties: by code.
        units: in the catalogue's order; those that it no longer has last.
        levels: targets by duty and kind of unit, from the beginning of the target's own period on.
        strengths: what was as it should be.
        shortcomings: what was amiss.
    """

    period: Period
    today: date
    total: Figures
    before: Figures
    duties: tuple[DutyReview, ...]
    units: tuple[UnitReview, ...]
    levels: tuple[Level, ...]
    strengths: tuple[Finding, ...]
    shortcomings: tuple[Finding, ...]

    @property
    def trend(self) -> Trend:
        """Better or worse than the period before; unknown where either has nothing to judge."""
        return trend(self.total, self.before)


def trend(now: Figures, earlier: Figures) -> Trend:
    """Compare the shares of what was done on time, exactly.

    >>> trend(Figures(done_on_time=2, done_late=1), Figures(done_on_time=4, open_overdue=2)).value
    'same'
    """
    if not now.judged or not earlier.judged:
        return Trend.UNKNOWN
    ahead = now.done_on_time * earlier.judged - earlier.done_on_time * now.judged
    return Trend.SAME if not ahead else Trend.BETTER if ahead > 0 else Trend.WORSE


def reckon(records: Iterable[Record], catalogue: Catalogue, period: Period, today: date) -> Review:
    """Reckon up a period.

    Args:
        records: all occurrences whose own periods touch this one or the one before.
        catalogue: as it stands.
        period: what is reviewed.
        today: the local day as of which it is told.
    """
    every, past = tuple(records), before(period)
    own = tuple(each for each in every if day_of(each.occurrence) in period)
    earlier = by_duty_of(each for each in every if day_of(each.occurrence) in past)
    compared = {code: figures(those, today, catalogue.calendar) for code, those in earlier.items()}
    units = _units(own, _counts(every, catalogue, period, today), catalogue, today)
    return Review(
        period=period,
        today=today,
        total=added(unit.figures for unit in units),
        before=added(compared.values()),
        duties=tuple(
            replace(
                _duty(code, those, catalogue, today),
                figures=added(unit.duties[code] for unit in units if code in unit.duties),
                before=compared.get(code, NONE),
            )
            for code, those in by_duty_of(own).items()
        ),
        units=units,
        levels=levels(sorted((each for unit in units for each in unit.targets), key=lambda each: each.duty)),
        strengths=strengths(units),
        shortcomings=shortcomings(units),
    )


def _counts(records: Sequence[Record], catalogue: Catalogue, period: Period, today: date) -> list[Count]:
    """The targets whose own periods touch the reviewed one, counted up to its end or today."""
    units, found = catalogue.organisation.units, []
    for record in records:
        occurrence = record.occurrence
        touches = occurrence.period_first <= period.last and period.first <= occurrence.period_last
        duty = catalogue.duties.get(occurrence.duty)
        if touches and duty is not None:
            kind = units[occurrence.unit].kind if occurrence.unit in units else ""
            found.append(count(duty, kind, record, min(period.last, today), today))
    return sorted((each for each in found if each), key=lambda each: each.duty)


def _units(
    records: Sequence[Record], counts: Sequence[Count], catalogue: Catalogue, today: date
) -> tuple[UnitReview, ...]:
    own: dict[str, list[Record]] = {code: [] for code in catalogue.organisation.units}
    targets: dict[str, list[Count]] = {}
    for record in records:
        own.setdefault(record.occurrence.unit, []).append(record)
    for each in counts:
        own.setdefault(each.unit, [])
        targets.setdefault(each.unit, []).append(each)
    return tuple(
        unit_review(code, those, targets.get(code, ()), catalogue, today)
        for code, those in own.items()
        if those or code in targets
    )


def _duty(code: str, records: Sequence[Record], catalogue: Catalogue, today: date) -> DutyReview:
    """One duty, but for its figures, which are those of the units."""
    duty = catalogue.duties.get(code)
    collected = collections(records, catalogue, today)
    return DutyReview(
        code=code,
        periods=tuple(sorted({record.occurrence.period for record in records})),
        meetings=meetings(duty, records, today) if duty and duty.kind is DutyKind.MEETING else None,
        coverage=together(collected) if collected else None,
    )
