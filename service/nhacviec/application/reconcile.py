"""Reconcile: what exists follows a changed catalogue or calendar (S-34, S-35, S-50, S-56, S-59, S-60)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from nhacviec.application.decide import due_moved
from nhacviec.application.ports import Transaction
from nhacviec.application.records import Event, Filter
from nhacviec.application.rulings import redue
from nhacviec.domain.foretell import passed_over
from nhacviec.domain.message import Reminder
from nhacviec.domain.occurrence import ASKED_FOR, EventKind, Occurrence, State
from nhacviec.domain.opening import period_of, stages_of, track_of
from nhacviec.domain.planning import Expected, Planner
from nhacviec.domain.reminder import Reason, Verdict
from nhacviec.domain.time.period import Every
from nhacviec.domain.time.zone import local


@dataclass(slots=True)
class Reconciled:
    """What would change among existing occurrences.

    Args:
        moved: before and after, where the due date moves.
        respoken: those whose stages change while the due date stays.
        cancelled: untouched ones that nobody expects any more; they go.
        suspended: touched ones that nobody expects any more; they wait for a decision.
        passed: stages of a changed policy whose moment has passed.
    """

    moved: list[tuple[Occurrence, Occurrence]] = field(default_factory=list)
    respoken: list[Occurrence] = field(default_factory=list)
    cancelled: list[Occurrence] = field(default_factory=list)
    suspended: list[Occurrence] = field(default_factory=list)
    passed: list[Reminder] = field(default_factory=list)

    def follows(self, known: Sequence[Occurrence]) -> list[Occurrence]:
        """The occurrences as they stand afterwards."""
        changed = {after.id: after for _, after in self.moved}
        changed |= {occurrence.id: occurrence for occurrence in self.respoken + self.suspended}
        gone = {occurrence.id for occurrence in self.cancelled}
        return [changed.get(o.id, o) for o in known if o.id not in gone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """Compares open occurrences due from a day on with what is expected now."""

    old: Planner
    new: Planner
    at: datetime

    @property
    def today(self) -> date:
        """The local date of the change; the past is never rewritten (S-34)."""
        return local(self.at, self.new.catalogue.zone).date()

    def __call__(self, known: Sequence[Occurrence], settled: Mapping[int, frozenset[str]]) -> Reconciled:
        """Work out what follows; nothing is written."""
        reconciled = Reconciled()
        for occurrence in known:
            if occurrence.state in ASKED_FOR and occurrence.due >= self.today:
                self._one(occurrence, settled.get(occurrence.id or 0, frozenset()), reconciled)
        return reconciled

    def _one(self, occurrence: Occurrence, settled: frozenset[str], reconciled: Reconciled) -> None:
        expected = self._expected(occurrence)
        if expected is None:
            self._unexpected(occurrence, settled, reconciled)
            return
        fixed = occurrence.overridden or occurrence.extended
        follows = replace(occurrence, nominal=expected.nominal, opens=expected.opens, target=expected.target)
        if not fixed:
            follows = replace(redue(follows, expected.due, self.at), late_after=expected.late_after)
        if follows.due != occurrence.due:
            reconciled.moved.append((occurrence, follows))
            return
        self._stages(occurrence, follows, settled, reconciled)

    def _stages(
        self, occurrence: Occurrence, follows: Occurrence, settled: frozenset[str], reconciled: Reconciled
    ) -> None:
        before, after = stages_of(self.old, occurrence), stages_of(self.new, follows)
        if before == after:
            if follows != occurrence:
                reconciled.respoken.append(follows)
            return
        passed = passed_over(before, after, track_of(occurrence, settled), self.at)
        reconciled.passed.extend(self._passed(occurrence, key) for key in sorted(passed))
        left = [stage.at for stage in after if stage.key not in settled | passed]
        reconciled.respoken.append(replace(follows, next_at=max(min(left), self.at) if left else None))

    def _passed(self, occurrence: Occurrence, stage: str) -> Reminder:
        return Reminder(
            occurrence=occurrence.id or 0,
            revision=occurrence.revision,
            stage=stage,
            verdict=Verdict.PAST,
            reason=Reason.POLICY_CHANGED,
            decided_at=self.at,
        )

    def _unexpected(self, occurrence: Occurrence, settled: frozenset[str], reconciled: Reconciled) -> None:
        said = settled or occurrence.reminded or occurrence.done or occurrence.revision
        untouched = not said and occurrence.speaks_from == occurrence.opened_at  # never reported and reopened
        if untouched and occurrence.state is State.OPEN:
            reconciled.cancelled.append(occurrence)
        else:
            reconciled.suspended.append(replace(occurrence, state=State.SUSPENDED, next_at=None))

    def _expected(self, occurrence: Occurrence) -> Expected | None:
        catalogue = self.new.catalogue
        duty, unit = catalogue.duties.get(occurrence.duty), catalogue.organisation.units.get(occurrence.unit)
        if duty is None or unit is None or not duty.comes_back:
            return None
        period = period_of(occurrence)
        if period.every is Every.EVENT:
            found = self.new.on_event(duty, period.first, occurrence.due if occurrence.overridden else None)
            return next((expected for expected in found if expected.unit == unit.code), None)
        return self.new.expected_in(duty, unit, period)


async def write_reconciled(transaction: Transaction, reconciled: Reconciled, at: datetime) -> None:
    """Record what follows, with its history, in the caller's transaction (S-50)."""
    occurrences = transaction.occurrences
    for before, _ in reconciled.moved:
        await transaction.outbox.withdraw(before.id or 0, Reason.DUE_MOVED)
    for occurrence in reconciled.suspended:
        await transaction.outbox.withdraw(occurrence.id or 0, Reason.SUSPENDED)
    await occurrences.remove([occurrence.id or 0 for occurrence in reconciled.cancelled], at)
    await occurrences.save(
        [after for _, after in reconciled.moved] + reconciled.respoken + reconciled.suspended
    )
    await transaction.outbox.promise({}, reconciled.passed)
    await occurrences.log([due_moved(before, after, at) for before, after in reconciled.moved])
    await occurrences.log(
        [
            Event(occurrence=occurrence.id or 0, kind=EventKind.SUSPENDED, at=at, data={})
            for occurrence in reconciled.suspended
        ]
    )


async def open_from(transaction: Transaction, day: date) -> list[Occurrence]:
    """Every occurrence still asked for that is due from a day on."""
    return list(await transaction.occurrences.find(Filter(states=frozenset(ASKED_FOR), due_from=day)))
