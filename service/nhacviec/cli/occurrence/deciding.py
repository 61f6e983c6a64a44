"""``occurrence report``, ``accept``, ``return``, ``extend``, ``waive``, ``reopen``, ``tally``."""

from dataclasses import dataclass
from typing import Annotated

import typer

from nhacviec.cli.occurrence.naming import Duty, Evidence, Period, Unit
from nhacviec.cli.shell import AsJson, At, By, Note, day, pairs, run, say, service, somebody, tell, tell_json
from nhacviec.cli.views import occurrence_document
from nhacviec.domain.occurrence import EventKind


@dataclass(frozen=True, slots=True)
class _Key:
    duty: str
    unit: str
    period: str


def _decide(kind: EventKind, key: _Key, at: str, as_json: bool, **said: object) -> None:
    from nhacviec.application.rulings import Decision

    async def work() -> None:
        async with service(at) as opened:
            now = opened.clock.now()
            said["by"] = said.get("by") or somebody()
            decision = Decision(
                duty=key.duty,
                unit=key.unit,
                period=key.period,
                kind=kind,
                at=now,
                **said,  # type: ignore[arg-type]
            )
            decided = await opened.decide(decision)
            from nhacviec.application.records import Filter

            wanted = Filter(duty=key.duty, unit=key.unit, period=key.period)
            (view,) = await opened.overview(wanted, now)
        if as_json:
            tell_json(occurrence_document(view))
        else:
            how = f"due {view.occurrence.due}, {view.status or view.occurrence.state}"
            tell(f"{key.duty} {key.unit} {key.period}: {view.occurrence.state} ({how})")
        for doubt in decided.doubts:
            say(f"taken as it is: {doubt}")
        if not decided.changed:
            say("nothing changed: it stands so already")
        if decided.moved:
            say(f"{decided.moved} occurrences that are counted from it moved with it")

    run(work)


def report(
    duty: Duty,
    unit: Unit,
    period: Period,
    evidence: Evidence = [],
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Report it done; reminders stop.

    Example: nhacviec occurrence report KH-02 cb-van-phong 2017 --evidence number=02-NQ/CB
    """
    _decide(
        EventKind.REPORTED, _Key(duty, unit, period), at, as_json, by=by, note=note, evidence=pairs(evidence)
    )


def accept(
    duty: Duty, unit: Unit, period: Period, by: By = "", note: Note = "", at: At = "", as_json: AsJson = False
) -> None:
    """Accept what was reported.

    Example: nhacviec occurrence accept BC-01 cb-van-phong 2017-07
    """
    _decide(EventKind.ACCEPTED, _Key(duty, unit, period), at, as_json, by=by, note=note)


def give_back(
    duty: Duty,
    unit: Unit,
    period: Period,
    to: Annotated[
        str, typer.Option("--to", metavar="DATE", help="The new date; the old one stays without.")
    ] = "",
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Return it for completion, saying in --note what is missing.

    Example: nhacviec occurrence return BC-01 cb-van-phong 2017-07 --to 2017-07-25 --note "còn thiếu"
    """
    new_date = day(to, "--to") if to else None
    _decide(EventKind.RETURNED, _Key(duty, unit, period), at, as_json, by=by, note=note, to=new_date)


def extend(
    duty: Duty,
    unit: Unit,
    period: Period,
    to: Annotated[str, typer.Option("--to", metavar="DATE", help="The new due date.")],
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Grant more time.

    Example: nhacviec occurrence extend BC-01 cb-van-phong 2017-07 --to 2017-07-31 --note "theo đề nghị"
    """
    new_date = day(to, "--to")
    _decide(EventKind.EXTENDED, _Key(duty, unit, period), at, as_json, by=by, note=note, to=new_date)


def waive(
    duty: Duty,
    unit: Unit,
    period: Period,
    not_applicable: Annotated[
        bool, typer.Option("--not-applicable", help="Out of the figures altogether.")
    ] = False,
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Waive it for this period.

    Example: nhacviec occurrence waive SH-05 cb-van-phong 2017-Q2 --note "trùng đại hội"
    """
    kind = EventKind.NOT_APPLICABLE if not_applicable else EventKind.WAIVED
    _decide(kind, _Key(duty, unit, period), at, as_json, by=by, note=note)


def reopen(
    duty: Duty, unit: Unit, period: Period, by: By = "", note: Note = "", at: At = "", as_json: AsJson = False
) -> None:
    """Open it again; no past stage is repeated.

    Example: nhacviec occurrence reopen BC-01 cb-van-phong 2017-07 --note "nhập nhầm"
    """
    _decide(EventKind.REOPENED, _Key(duty, unit, period), at, as_json, by=by, note=note)


def tally(
    duty: Duty,
    unit: Unit,
    period: Period,
    add: Annotated[int, typer.Option("--add", help="How many more; negative takes back.")] = 1,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day that counts.")] = "",
    evidence: Evidence = [],
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Count towards a target.

    Example: nhacviec occurrence tally KT-02 ubkt 2017 --evidence conclusion_number=03-TB/UBKT
    """
    said = {"add": add, "on": day(on, "--on") if on else None, "evidence": pairs(evidence)}
    _decide(EventKind.TALLIED, _Key(duty, unit, period), at, as_json, by=by, note=note, **said)
