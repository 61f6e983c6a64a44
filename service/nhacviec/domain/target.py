"""Targets: a number to be reached within a period, and the pace towards it (DESIGN §6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from nhacviec.domain.errors import RuleError
from nhacviec.domain.stage import PacePoint
from nhacviec.domain.time.offset import clamped
from nhacviec.domain.time.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``{count: 2, units: {ubkt: 6}}`` or ``{percent: 30, of: members}``; rounds up."""

    count: int | None = None
    percent: int | None = None
    units: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, unit: str, members: int | None) -> int:
        """How many one unit has to do.

        Args:
            unit: its code.
            members: its headcount; needed for a percentage.

        Raises:
            RuleError: a percentage of members that are not known.
        """
        if unit in self.units:
            return self.units[unit]
        if self.count is not None:
            return self.count
        if members is None:
            raise RuleError(f"unit {unit} has no members to take a percentage of", mend="give members")
        return share(members, self.percent or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``{by: 03-31, percent: 25}``: by that day of the period's year so much of the target."""

    month: int
    day: int
    percent: int


def share(whole: int, percent: int) -> int:
    """A percentage in whole things, rounded up."""
    return -(-whole * percent // 100)


def pace_points(pace: tuple[Pace, ...], target: int, period: Period) -> tuple[PacePoint, ...]:
    """The pace points that lie in a period, by date."""
    years = range(period.first.year, period.last.year + 1)
    found = [
        PacePoint(by=by, required=share(target, point.percent))
        for point in pace
        for year in years
        if (by := clamped(year, point.month, point.day)) in period
    ]
    return tuple(sorted(found, key=lambda point: point.by))


def required_by(points: tuple[PacePoint, ...], day: date) -> int:
    """How many the pace asks for by a day; 0 before the first point."""
    return max((point.required for point in points if point.by <= day), default=0)
