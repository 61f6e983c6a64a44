"""Targets: done of planned at each level of the organisation, and whether that keeps pace (DOMAIN S4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from nhacviec.domain.duty import Duty, DutyKind
from nhacviec.domain.opening import period_of
from nhacviec.domain.review.record import Record
from nhacviec.domain.target import pace_points, required_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One target of one unit, from the beginning of its period on.

    Args:
        duty: its code.
        unit: its code.
        kind: the unit's kind: the level.
        inspects: whether it is a target of inspection and supervision.
        planned: how many in the whole period.
        done: how many are counted by the end of the review.
        asked: how many the pace asks for by then.
    """

    duty: str
    unit: str
    kind: str
    inspects: bool
    planned: int
    done: int
    asked: int

    @property
    def behind(self) -> bool:
        """Whether it does not keep pace."""
        return self.done < self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One target at one level: what one unit has done beyond its target hides nothing that another lacks."""

    duty: str
    kind: str
    units: int
    planned: int
    done: int
    asked: int
    behind: int


def count(duty: Duty, kind: str, record: Record, by: date, today: date) -> Count | None:
    """One target; None where nothing is planned or it is outside the figures.

    Args:
        duty: the duty.
        kind: the unit's.
        record: its occurrence.
        by: the last day that counts.
        today: the day as of which it is told.
    """
    occurrence = record.occurrence
    if not occurrence.target or record.owed(today) is None:
        return None
    period = period_of(occurrence)
    points = pace_points(duty.at(period).pace, occurrence.target, period)
    return Count(
        duty=occurrence.duty,
        unit=occurrence.unit,
        kind=kind,
        inspects=duty.kind is DutyKind.INSPECTION,
        planned=occurrence.target,
        done=record.tallied(by),
        asked=occurrence.target if by >= occurrence.last_good_day else required_by(points, by),
    )


def levels(counts: Iterable[Count]) -> tuple[Level, ...]:
    """The same by duty and level, in the order in which they come."""
    gathered: dict[tuple[str, str], list[Count]] = {}
    for each in counts:
        gathered.setdefault((each.duty, each.kind), []).append(each)
    return tuple(_level(duty, kind, those) for (duty, kind), those in gathered.items())


def _level(duty: str, kind: str, counts: list[Count]) -> Level:
    return Level(
        duty=duty,
        kind=kind,
        units=len({each.unit for each in counts}),
        planned=sum(each.planned for each in counts),
        done=sum(min(each.done, each.planned) for each in counts),
        asked=sum(each.asked for each in counts),
        behind=len({each.unit for each in counts if each.behind}),
    )
