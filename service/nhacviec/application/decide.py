"""Decide: report, accept, return, extend, waive, reopen, tally — and what follows from it (S-50 … S-55)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.evidence import doubts
from nhacviec.application.notices import Notices
from nhacviec.application.ports import Transaction, Work
from nhacviec.application.records import Event, Filter
from nhacviec.application.rulings import RULES, Case, Decision, redue
from nhacviec.domain.errors import NotFoundError
from nhacviec.domain.occurrence import ASKED_FOR, EventKind, Occurrence, State
from nhacviec.domain.opening import period_of
from nhacviec.domain.planning import Planner
from nhacviec.domain.reminder import Reason
from nhacviec.domain.time.zone import local


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The outcome: how it stands, and what went with it."""

    occurrence: Occurrence
    changed: bool
    withdrawn: int = 0
    moved: int = 0
    #: What looks odd about what was reported; it was taken as it is, for the office may know better.
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """One decision in one transaction: state, history, letters no longer owed, what leans on it."""

    work: Work
    current: CurrentCatalogue
    notices: Notices

    async def __call__(self, decision: Decision) -> Decided:
        """Take a decision.

        Raises:
            NotFoundError: no such occurrence.
            NotAllowedError: its state does not permit it.
            RuleError: evidence or a date is wrong or missing.
        """
        async with self.work.write() as transaction:
            planner = await self.current.planner(transaction)
            occurrence = await self._find(transaction, planner, decision)
            case = self._case(planner, occurrence, decision)
            ruled, data = RULES[decision.kind](case)
            if ruled == occurrence:
                return Decided(occurrence=occurrence, changed=False)
            why = _withdraws(occurrence, ruled)
            withdrawn = await transaction.outbox.withdraw(occurrence.id or 0, why) if why else 0
            await transaction.occurrences.save([ruled])
            event = Event(
                occurrence=occurrence.id or 0,
                kind=decision.kind,
                at=decision.at,
                by=decision.by,
                note=decision.note,
                data=data,
            )
            await transaction.occurrences.log([event])
            moved = 0
            if ruled.due != occurrence.due:
                moved = await move_leaning(transaction, planner, ruled, decision.at)
            await self.notices(transaction, planner, ruled, event)
            odd = doubts(data, case.unit)
            return Decided(occurrence=ruled, changed=True, withdrawn=withdrawn, moved=moved, doubts=odd)

    def _case(self, planner: Planner, occurrence: Occurrence, decision: Decision) -> Case:
        catalogue = planner.catalogue
        return Case(
            decision=decision,
            occurrence=occurrence,
            duty=catalogue.duty(occurrence.duty).at(period_of(occurrence)),
            unit=catalogue.unit(occurrence.unit),
            today=local(decision.at, catalogue.zone).date(),
        )

    async def _find(self, transaction: Transaction, planner: Planner, decision: Decision) -> Occurrence:
        planner.catalogue.duty(decision.duty)
        planner.catalogue.unit(decision.unit)
        wanted = Filter(duty=decision.duty, unit=decision.unit, period=decision.period)
        found = await transaction.occurrences.find(wanted)
        if not found:
            raise NotFoundError(
                f"{decision.duty} of {decision.unit} has no occurrence {decision.period}: "
                f"see nhacviec occurrence list --duty {decision.duty} --unit {decision.unit}"
            )
        return found[0]


def _withdraws(before: Occurrence, ruled: Occurrence) -> Reason | None:
    """Why letters not yet written are no longer owed; None where they still are (S-50, S-52).

    A tally below the target, an acceptance or a reopening takes no letter back.
    """
    if ruled.revision != before.revision:
        return Reason.DUE_MOVED
    if before.state not in ASKED_FOR or ruled.state in ASKED_FOR:
        return None
    return Reason.WAIVED if ruled.state in (State.WAIVED, State.NOT_APPLICABLE) else Reason.REPORTED


async def move_leaning(transaction: Transaction, planner: Planner, moved: Occurrence, at: datetime) -> int:
    """Occurrences whose due is counted from this one move with it (DESIGN §6.1); returns how many."""
    planner.overrides = await transaction.occurrences.overrides()
    changed: list[Occurrence] = []
    events: list[Event] = []
    for duty in planner.catalogue.leaning_on(moved.duty):
        wanted = Filter(duty=duty.code, unit=moved.unit, period=moved.period)
        for occurrence in await transaction.occurrences.find(wanted):
            expected = planner.expected_in(duty, planner.catalogue.unit(moved.unit), period_of(occurrence))
            if expected is None or occurrence.overridden or occurrence.state not in ASKED_FOR:
                continue
            follows = redue(occurrence, expected.due, at)
            if follows != occurrence:
                changed.append(follows)
                events.append(due_moved(occurrence, follows, at))
    for occurrence in changed:
        await transaction.outbox.withdraw(occurrence.id or 0, Reason.DUE_MOVED)
    await transaction.occurrences.save(changed)
    await transaction.occurrences.log(events)
    return len(changed)


def due_moved(before: Occurrence, moved: Occurrence, at: datetime) -> Event:
    """The line of history of a due date that moved without a decision about it."""
    data: Mapping[str, object] = {"from": before.due.isoformat(), "to": moved.due.isoformat()}
    return Event(occurrence=before.id or 0, kind=EventKind.DUE_MOVED, at=at, data=data)
