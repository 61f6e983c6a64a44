"""Rulings: what each decision makes of an occurrence; pure, but for reading evidence (S-50 … S-55)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from nhacviec.application.evidence import MISSES, counting_day, read_evidence
from nhacviec.domain.duty import Duty
from nhacviec.domain.errors import NotAllowedError, RuleError
from nhacviec.domain.occurrence import ASKED_FOR, DONE, EventKind, Occurrence, State, decided
from nhacviec.domain.organisation import Unit
from nhacviec.domain.quality import judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody says about one occurrence.

    Args:
        duty: code of the duty.
        unit: code of the unit.
        period: the period's code.
        kind: what is decided.
        at: the moment it is decided, aware.
        by: who says so.
        note: free words.
        evidence: field → text, for a report or a tally.
        to: the new date of an extension or a return.
        add: of a tally: how many more (negative takes back).
        on: of a tally: the day that counts; the decision's own day when left out.
    """

    duty: str
    unit: str
    period: str
    kind: EventKind
    at: datetime
    by: str = ""
    note: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    to: date | None = None
    add: int = 1
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A decision beside what it is about."""

    decision: Decision
    occurrence: Occurrence
    duty: Duty
    unit: Unit
    today: date

    def state(self) -> State:
        """The state that follows; refuses what the present one does not permit."""
        return decided(self.occurrence.state, self.decision.kind)


Ruled = tuple[Occurrence, dict[str, object]]


def _report(case: Case) -> Ruled:
    occurrence = case.occurrence
    if occurrence.target is not None:
        raise NotAllowedError("its target is counted: use nhacviec occurrence tally")
    evidence = read_evidence(case.duty, case.decision.evidence)
    counts = counting_day(case.duty, evidence, case.today)
    if occurrence.state in DONE and occurrence.reported_on == counts:
        return occurrence, {}
    state = case.state()
    if counts > case.today:
        raise RuleError(
            f"{counts} lies after the report itself ({case.today})", mend="report it when it is done"
        )
    if not case.unit.valid_on(counts):
        raise RuleError(f"unit {case.unit.code} is not valid on {counts}", mend="check its from and until")
    if occurrence.opens is not None and counts < occurrence.opens:
        raise RuleError(f"{counts} lies before its opening ({occurrence.opens})", mend="check the period")
    ruled = replace(occurrence, state=state, reported_on=counts, next_at=None)
    data = {**evidence, "reported_on": counts.isoformat()}
    misses = [miss.document() for miss in judge(case.duty.criteria, evidence, counts)]
    return ruled, {**data, MISSES: misses} if misses else data


def _accept(case: Case) -> Ruled:
    if case.occurrence.state is State.ACCEPTED:
        return case.occurrence, {}
    return replace(case.occurrence, state=case.state()), {}


def _return(case: Case) -> Ruled:
    state = case.state()
    returned = _resumed(replace(case.occurrence, state=state, reported_on=None), case.decision.at)
    if case.decision.to is None:
        return returned, {}
    if case.decision.to < case.today:
        raise RuleError(f"{case.decision.to} has passed already", mend="give a date from today on")
    return redue(returned, case.decision.to, case.decision.at, overridden=True), {"to": str(case.decision.to)}


def _extend(case: Case) -> Ruled:
    occurrence, to = case.occurrence, case.decision.to
    state = case.state()
    if to is None:
        raise RuleError("an extension needs its new date", mend="give --to YYYY-MM-DD")
    if to <= occurrence.due:
        if to == occurrence.due and occurrence.extended:
            return occurrence, {}
        raise RuleError(f"{to} is not later than its due date {occurrence.due}", mend="give a later date")
    moved = redue(replace(occurrence, state=state, extended=True), to, case.decision.at, overridden=True)
    return moved, {"from": occurrence.due.isoformat(), "to": to.isoformat()}


def _close(case: Case) -> Ruled:
    return replace(case.occurrence, state=case.state(), next_at=None), {}


def _reopen(case: Case) -> Ruled:
    occurrence = replace(case.occurrence, state=case.state(), reported_on=None)
    return _resumed(occurrence, case.decision.at), {}


def _tally(case: Case) -> Ruled:
    occurrence, decision = case.occurrence, case.decision
    if occurrence.target is None:
        raise NotAllowedError("it has no target to count towards: use nhacviec occurrence report")
    if occurrence.state not in (*ASKED_FOR, State.REPORTED):
        raise NotAllowedError(f"it is {occurrence.state}: nothing is counted any more")
    on = decision.on or case.today
    if on > case.today:
        raise RuleError(f"{on} lies after the tally itself ({case.today})", mend="count what is done")
    done = occurrence.done + decision.add
    if done < 0 or decision.add == 0:
        raise RuleError(f"{decision.add} would make it {done}", mend=f"{occurrence.done} are counted so far")
    given = {name: text.strip() for name, text in decision.evidence.items()}
    data: dict[str, object] = {**given, "add": decision.add, "on": on.isoformat(), "done": done}
    counted = replace(occurrence, done=done)
    if done >= occurrence.target:
        return replace(
            counted, state=State.REPORTED, reported_on=occurrence.reported_on or on, next_at=None
        ), data
    if occurrence.state is State.REPORTED:
        return _resumed(replace(counted, state=State.OPEN, reported_on=None), decision.at), data
    return counted, data


RULES = {
    EventKind.REPORTED: _report,
    EventKind.ACCEPTED: _accept,
    EventKind.RETURNED: _return,
    EventKind.EXTENDED: _extend,
    EventKind.WAIVED: _close,
    EventKind.NOT_APPLICABLE: _close,
    EventKind.REOPENED: _reopen,
    EventKind.TALLIED: _tally,
}


def _resumed(occurrence: Occurrence, at: datetime) -> Occurrence:
    """S-54: no past stage is repeated; the overdue line goes on at its next slot."""
    return replace(occurrence, speaks_from=at, catch_up=False, next_at=at)


def redue(occurrence: Occurrence, due: date, at: datetime, *, overridden: bool = False) -> Occurrence:
    """A new revision of the due date; only an earlier one is owed a catch-up (S-50, S-51)."""
    if due == occurrence.due:
        return occurrence
    return replace(
        occurrence,
        due=due,
        revision=occurrence.revision + 1,
        speaks_from=at,
        catch_up=due < occurrence.due,
        overridden=overridden or occurrence.overridden,
        next_at=at if occurrence.state in ASKED_FOR else None,
    )
