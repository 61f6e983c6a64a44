"""Planning: the catalogue becomes the occurrences that ought to be, and their stages (S-30, S-31)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.duty import Assigned, Duty, Edge
from nhacviec.domain.organisation import Unit
from nhacviec.domain.stage import Stage, StageKind, plan_stages
from nhacviec.domain.target import pace_points
from nhacviec.domain.time.due import OfDuty
from nhacviec.domain.time.nominal import nominal_date
from nhacviec.domain.time.offset import Offset, shift
from nhacviec.domain.time.period import Every, Period, day_period
from nhacviec.domain.time.recurrence import Adjustment, DueDate, Recurrence, due_date, periods_of

#: A due date may lie before its period's first day (a roll, "before the 1st") by no more than this.
EARLY = timedelta(days=31)
#: How far a series is searched for its next occurrence when the horizon holds none.
FARTHEST = timedelta(days=366 * 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An occurrence that ought to be."""

    duty: str
    unit: str
    period: Period
    nominal: date
    due: date
    opens: date | None
    late_after: date | None
    target: int | None


#: Due dates that a human set, by (duty, unit, period code); what leans on them moves along.
Overrides = Mapping[tuple[str, str, str], date]
NO_OVERRIDES: Overrides = MappingProxyType({})


@dataclass
class Planner:
    """Expands one catalogue; remembers what it has computed, since a thousand units share a rule."""

    catalogue: Catalogue
    overrides: Overrides = field(default_factory=lambda: NO_OVERRIDES)
    _dues: dict[object, DueDate | None] = field(default_factory=dict)
    _edges: dict[object, date | None] = field(default_factory=dict)
    _stages: dict[object, tuple[Stage, ...]] = field(default_factory=dict)
    _units: dict[Assigned, list[Unit]] = field(default_factory=dict)
    _own: dict[tuple[int, Period], bool] = field(default_factory=dict)
    #: Rules known, with their forms, by their ``id``, which is theirs only while they live.
    _kept: list[Recurrence] = field(default_factory=list)

    def expected(
        self, duty: Duty, after: date, until: date, *, today: date | None = None
    ) -> Iterator[Expected]:
        """Occurrences of one duty due in (after, until], and the next one where there is none ahead.

        Args:
            duty: an enabled duty that is not opened by events.
            after: due dates up to this day are left out.
            until: the horizon.
            today: where what is due up to ``after`` is there already: with one due from this day on,
                nothing beyond the horizon is looked for (S-31).
        """
        ahead = False
        for version, recurrence, period in self._periods(duty, after - duty.reach, until + EARLY):
            for found in self._in_period(version, recurrence, period):
                if after < found.due <= until:
                    ahead = True
                    yield found
        if not ahead and not (today and self._any_due(duty, today, after)):
            yield from self._next_one(duty, max(after, until))

    def _any_due(self, duty: Duty, first: date, last: date) -> bool:
        return any(
            first <= found.due <= last
            for version, recurrence, period in self._periods(duty, first - duty.reach, last + EARLY)
            for found in self._in_period(version, recurrence, period)
        )

    def _next_one(self, duty: Duty, after: date) -> Iterator[Expected]:
        for version, recurrence, period in self._periods(duty, after - duty.reach, after + FARTHEST):
            found = [e for e in self._in_period(version, recurrence, period) if e.due > after]
            if found:
                yield from found
                return

    def _periods(self, duty: Duty, first: date, last: date) -> Iterator[tuple[Duty, Recurrence, Period]]:
        for version in duty.versions():
            if not version.enabled:
                continue
            start = max(first, version.since) if version.since else first
            end = min(last, version.until) if version.until else last
            for recurrence in version.recurrences:
                for period in periods_of(recurrence, start, end, self.catalogue.zone):
                    yield version, recurrence, period

    def _in_period(self, version: Duty, recurrence: Recurrence, period: Period) -> Iterator[Expected]:
        if version.assigned not in self._units:
            self._units[version.assigned] = self.catalogue.units_of(version)
        for unit in self._units[version.assigned]:
            found = self.due_of(version, recurrence, unit, period) if recurrence.takes(unit.code) else None
            if found is not None and unit.valid_on(found.due):
                yield self.expect(version, unit, found)

    def expect(self, version: Duty, unit: Unit, found: DueDate) -> Expected:
        """One due date of one unit with its window and target."""
        window = version.window.of(unit.code)
        return Expected(
            duty=version.code,
            unit=unit.code,
            period=found.period,
            nominal=found.nominal,
            due=found.due,
            opens=self._edge(window.opens, found) or _opening(found.period),
            late_after=self._edge(window.closes, found),
            target=version.target.of(unit.code, unit.members) if version.target else None,
        )

    def due_of(self, version: Duty, recurrence: Recurrence, unit: Unit, period: Period) -> DueDate | None:
        """When one unit's occurrence of a period falls due; None where it has none."""
        form = recurrence.due.form_for(unit.code)
        anchor = self._anchor(form.duty, unit, period) if isinstance(form, OfDuty) else None
        key = (id(recurrence), version.roll, version.stay_in_period, period, id(form), anchor)
        if key not in self._dues:
            self._kept.append(recurrence)
            adjust = Adjustment(
                calendar=self.catalogue.calendar, roll=version.roll, stay_in_period=version.stay_in_period
            )
            self._dues[key] = due_date(period, recurrence.due, form, adjust, anchor)
        return self._dues[key]

    def _anchor(self, code: str, unit: Unit, period: Period) -> date | None:
        """The due date another duty has, for the same unit in the same period."""
        moved = self.overrides.get((code, unit.code, period.code))
        duty = self.catalogue.duties.get(code)
        if moved is not None or duty is None:
            return moved
        found = self.due_in(duty, unit, period)
        return found.due if found else None

    def expected_in(self, duty: Duty, unit: Unit, period: Period) -> Expected | None:
        """What one unit ought to have in one period, by the duty as it stands then; None: nothing."""
        found = self.due_in(duty, unit, period)
        return self.expect(duty.at(period), unit, found) if found else None

    def due_in(self, duty: Duty, unit: Unit, period: Period) -> DueDate | None:
        """When that falls due; None where there is nothing."""
        version = duty.at(period)
        covered = (duty.since is None or duty.since <= period.first) and (
            duty.until is None or period.first <= duty.until
        )
        assigned = version.enabled and version.assigned.takes(unit, self.catalogue.organisation)
        for recurrence in version.recurrences if covered and assigned else ():
            if recurrence.takes(unit.code) and self._has(recurrence, period):
                found = self.due_of(version, recurrence, unit, period)
                if found is not None and unit.valid_on(found.due):
                    return found
        return None

    def _has(self, recurrence: Recurrence, period: Period) -> bool:
        """Whether a period is one of a rule's own."""
        key = (id(recurrence), period)
        if key not in self._own:
            self._kept.append(recurrence)
            self._own[key] = period in periods_of(recurrence, period.first, period.first, self.catalogue.zone)
        return self._own[key]

    def on_event(self, duty: Duty, day: date, due: date | None = None) -> Iterator[Expected]:
        """The occurrences an event of that day opens, one per unit (``every: event``).

        Args:
            duty: one with such a recurrence.
            day: when the event happened; it is their period.
            due: the date the document itself names.
        """
        period = day_period(day, Every.EVENT)
        version = duty.at(period)
        for recurrence in version.recurrences:
            for unit in self.catalogue.units_of(version):
                found = self.due_of(version, recurrence, unit, period)
                if found is not None and due is not None:
                    found = DueDate(period, due, due)
                if found is not None and unit.valid_on(found.due):
                    yield self.expect(version, unit, found)

    def _edge(self, edge: Edge | None, found: DueDate) -> date | None:
        if edge is None:
            return None
        key = (edge, found)
        if key not in self._edges:
            calendar = self.catalogue.calendar
            self._edges[key] = (
                shift(found.due, edge, calendar)
                if isinstance(edge, Offset)
                else nominal_date(edge, found.period, calendar)
            )
        return self._edges[key]

    def expected_stages(self, expected: Expected) -> tuple[Stage, ...]:
        """Every stage of an occurrence that ought to be."""
        period, target, late_after = expected.period, expected.target, expected.late_after
        return self.stages(expected.duty, period, expected.due, target=target, late_after=late_after)

    def stages(
        self,
        code: str,
        period: Period,
        due: date,
        *,
        target: int | None = None,
        late_after: date | None = None,
    ) -> tuple[Stage, ...]:
        """Every stage of an occurrence; what is overdue is counted from the close of its window."""
        key = (code, period, due, target, late_after)
        if key not in self._stages:
            duty = self.catalogue.duty(code).at(period)
            policy, place = self.catalogue.policies[duty.policy], self.catalogue.place
            pace = pace_points(duty.pace, target, period) if target is not None else ()
            found = plan_stages(due, policy, place, pace=pace, target=target)
            if late_after is not None and late_after > due:
                late = plan_stages(late_after, policy, place)
                found = (*_overdue(found, late=False), *_overdue(late, late=True))
            self._stages[key] = found
        return self._stages[key]


def _overdue(stages: tuple[Stage, ...], *, late: bool) -> Iterator[Stage]:
    kinds = (StageKind.OVERDUE, StageKind.ESCALATION)
    return (stage for stage in stages if (stage.kind in kinds) is late)


def _opening(period: Period) -> date | None:
    """From the first day of the period (DESIGN §6); what has a single day may be done before it."""
    single = period.every in (Every.DAY, Every.ONCE, Every.RRULE)
    return None if single else period.first
