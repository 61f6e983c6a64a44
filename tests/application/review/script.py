"""The half-year as a script: played to the service, and reckoned up by hand."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nhacviec.application.rulings import Decision
from nhacviec.domain.occurrence import EventKind
from tests.domain.builders import at
from tests.support.checkout import ROOT

SCRIPT: dict[str, Any] = YAML(typ="safe").load(
    Path(__file__).with_name("half_year.yaml").read_text(encoding="utf-8")
)
TODAY = date.fromisoformat(SCRIPT["at"])
CELLS: dict[str, int] = SCRIPT["cells"]
MEETINGS = ("SH-01", "SH-05", "HN-02")
REPORTS = ("BC-01", "BC-02", "BC-03", "BC-05", "KT-04")
_KINDS = {
    "report": EventKind.REPORTED,
    "accept": EventKind.ACCEPTED,
    "return": EventKind.RETURNED,
    "extend": EventKind.EXTENDED,
    "reopen": EventKind.REOPENED,
    "waive": EventKind.WAIVED,
    "not-applicable": EventKind.NOT_APPLICABLE,
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that somebody did."""

    day: str
    what: str
    said: dict[str, str]
    to: str | None = None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One duty of one unit in one period, and all that was done about it."""

    duty: str
    period: str
    unit: str
    by: str
    steps: tuple[Step, ...]


def step_of(duty: str, unit: str, day: str, what: str, more: dict[str, str]) -> Step:
    own = {} if what != "report" else SCRIPT["said"][duty]
    places = {"$day": day, "$members": str(CELLS.get(unit, 0))}
    said = {name: places.get(value, value) for name, value in own.items()}
    return Step(
        day=day, what=what, said=said | {k: v for k, v in more.items() if k != "to"}, to=more.get("to")
    )


def owed(which: str) -> Iterator[Owed]:
    instead = {(duty, period, unit): steps for duty, period, unit, *steps in SCRIPT["instead"]}
    for duty, period, by, usual, *units in SCRIPT[which]:
        for unit in units or CELLS:
            told = instead.get((duty, period, unit), [] if usual == "none" else [[usual, "report"]])
            steps = [step_of(duty, unit, step[0], step[1], step[2] if step[2:] else {}) for step in told]
            yield Owed(duty=duty, period=period, unit=unit, by=by, steps=tuple(steps))


def moment(day: str) -> datetime:
    return at(f"{day}T08:00")


def decisions() -> list[Decision]:
    """Everything that was done, in the order in which it was."""
    made = [
        Decision(
            duty=each.duty,
            unit=each.unit,
            period=each.period,
            kind=_KINDS[step.what],
            at=moment(step.day) + timedelta(minutes=n),
            by="script",
            evidence=step.said,
            to=date.fromisoformat(step.to) if step.to else None,
        )
        for each in [*owed("owed_before"), *owed("owed")]
        for n, step in enumerate(each.steps)
    ]
    for day, unit, duty, add, on in SCRIPT["tallies"]:
        counted = {"kind": EventKind.TALLIED, "add": add, "on": date.fromisoformat(on), "by": "script"}
        made.append(Decision(duty=duty, unit=unit, period="2017", at=moment(day), **counted))
    return sorted(made, key=lambda decision: decision.at)


@dataclass(kw_only=True)
class Outcome:
    """What became of one."""

    status: str | None
    late: int
    returns: int
    said: dict[str, str] = field(default_factory=dict)
    missed: Counter[str] = field(default_factory=Counter)


def outcome(each: Owed) -> Outcome:
    """By hand: follow what was done, step by step."""
    by, done, ended, returns, said = each.by, None, None, 0, dict[str, str]()
    for step in each.steps:
        if step.what == "report":
            said, done = step.said, step.said.get("held_on", step.day) if each.duty in MEETINGS else step.day
        elif step.what in ("return", "reopen"):
            said, done, returns = {}, None, returns + (step.what == "return")
        elif step.what in ("waive", "not-applicable"):
            ended = step.what
        by = max(by, step.to or by)
    if ended:
        return Outcome(status="waived" if ended == "waive" else None, late=0, returns=returns)
    last = done or TODAY.isoformat()
    status = ("done_" if done else "open_") + ("late" if done else "overdue")
    if last <= by:
        status = "done_on_time" if done else "open_in_time"
    found = Outcome(status=status, late=working_days(by, last), returns=returns, said=said)
    if each.duty == "SH-01" and said:
        found.missed["too_short"] = int(said["duration_minutes"]) < SCRIPT["norms"]["duration_minutes"]
        shares = 100 * int(said["present"]) / int(said["total"])
        found.missed["below_attendance"] = shares <= SCRIPT["norms"]["attendance"]
    return found


def working_days(after: str, until: str) -> int:
    """Those behind one day, up to another."""
    days = (date.fromisoformat(after) + timedelta(days=n + 1) for n in range(400))
    return sum(_worked(day) for day in days if day.isoformat() <= until)


def _worked(day: date) -> bool:
    kind = _special().get(day.isoformat())
    return kind == "working" if kind else day.isoweekday() <= 5


@cache
def _special() -> dict[str, str]:
    with (ROOT / "config/calendar/vn.csv").open(encoding="utf-8", newline="") as rows:
        return {row["date"]: row["kind"] for row in csv.DictReader(rows)}


def figures(those: list[Owed]) -> dict[str, int]:
    """Of several together, as the review counts them."""
    counted: Counter[str] = Counter()
    for each in those:
        found = outcome(each)
        if found.status is not None:
            counted[found.status] += 1
            counted["late_working_days"] += found.late
            counted["returns"] += found.returns
            counted["returned"] += found.returns > 0
    return {key: value for key, value in counted.items() if value}


def tallied(unit: str, duty: str) -> int:
    return sum(
        add
        for _, who, what, add, on in SCRIPT["tallies"]
        if (who, what) == (unit, duty) and on <= "2017-06-30"
    )
