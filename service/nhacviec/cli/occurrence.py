"""``occurrence`` and ``event``: what the console does, from the shell."""

from dataclasses import dataclass
from typing import Annotated

import typer

from nhacviec.cli.shell import (
    AsJson,
    AsLines,
    At,
    By,
    Note,
    day,
    pairs,
    run,
    say,
    service,
    somebody,
    tell,
    tell_json,
    tell_lines,
)
from nhacviec.cli.views import occurrence_document
from nhacviec.domain.occurrence import EventKind, State

app = typer.Typer(help="Occurrences: list, show, report, accept, return, extend, waive, reopen, tally.", no_args_is_help=True)
event_app = typer.Typer(help="Events that open occurrences.", no_args_is_help=True)

Duty = Annotated[str, typer.Argument(metavar="DUTY", help="Code of the duty, such as BC-01.")]
Unit = Annotated[str, typer.Argument(metavar="UNIT", help="Code of the unit.")]
Period = Annotated[str, typer.Argument(metavar="PERIOD", help="2017-06, 2017-Q2, 2017-H1, 2017, a date …")]
Evidence = Annotated[list[str], typer.Option("--evidence", metavar="KEY=VALUE", help="Repeat for each field.")]


@dataclass(frozen=True, slots=True)
class _Key:
    duty: str
    unit: str
    period: str


@app.command("list")
def list_occurrences(
    duty: Annotated[str, typer.Option("--duty")] = "",
    unit: Annotated[str, typer.Option("--unit")] = "",
    period: Annotated[str, typer.Option("--period")] = "",
    state: Annotated[list[str], typer.Option("--state", help="Repeat for several.")] = [],  # noqa: B006
    due_from: Annotated[str, typer.Option("--from", metavar="DATE", help="Due from this day on.")] = "",
    due_to: Annotated[str, typer.Option("--to", metavar="DATE", help="Due up to this day.")] = "",
    limit: Annotated[int | None, typer.Option("--limit", min=1)] = None,
    at: At = "",
    as_json: AsJson = False,  # noqa: FBT002
    as_lines: AsLines = False,  # noqa: FBT002
) -> None:
    """List occurrences by due date; complete unless --limit.

    Example: nhacviec occurrence list --unit cb-van-phong --state open --json
    """
    from nhacviec.application.records import Filter  # noqa: PLC0415

    unknown = [name for name in state if name not in list(State)]
    if unknown:
        raise typer.BadParameter(f"--state {unknown[0]}: use {', '.join(State)}")
    wanted = Filter(
        duty=duty,
        unit=unit,
        period=period,
        states=frozenset(state),
        due_from=day(due_from, "--from") if due_from else None,
        due_to=day(due_to, "--to") if due_to else None,
        limit=limit,
    )

    async def work() -> None:
        async with service(at) as opened:
            views = await opened.overview(wanted, opened.clock.now())
        documents = [occurrence_document(view) for view in views]
        if as_json:
            tell_json(documents)
        elif as_lines:
            tell_lines(documents)
        else:
            for view in views:
                one = view.occurrence
                tell(f"{one.due}  {one.duty:8} {one.unit:24} {one.period:12} {view.status or one.state}")

    run(work)


@app.command("show")
def show(duty: Duty, unit: Unit, period: Period, at: At = "", as_json: AsJson = False) -> None:  # noqa: FBT002
    """Show one occurrence with its history.

    Example: nhacviec occurrence show BC-03 cb-van-phong 2017-H1
    """
    from nhacviec.application.records import Filter  # noqa: PLC0415
    from nhacviec.domain.errors import NotFoundError  # noqa: PLC0415

    async def work() -> None:
        async with service(at) as opened:
            views = await opened.overview(Filter(duty=duty, unit=unit, period=period), opened.clock.now())
            if not views:
                raise NotFoundError(f"{duty} of {unit} has no occurrence {period}")
            async with opened.database.read() as transaction:
                history = await transaction.occurrences.history(views[0].occurrence.id or 0)
        document = occurrence_document(views[0]) | {
            "history": [
                {"at": e.at.astimezone(opened.zone), "event": e.kind, "by": e.by, "note": e.note, **e.data}
                for e in history
            ]
        }
        if as_json:
            tell_json(document)
        else:
            for name, value in document.items():
                if name != "history":
                    tell(f"{name:18} {value}")
            for event in history:
                tell(f"{event.at.astimezone(opened.zone):%Y-%m-%d %H:%M}  {event.kind}  {event.by}  {event.note}")

    run(work)


def _decide(kind: EventKind, key: _Key, at: str, as_json: bool, **said: object) -> None:  # noqa: FBT001
    from nhacviec.application.rulings import Decision  # noqa: PLC0415

    async def work() -> None:
        async with service(at) as opened:
            now = opened.clock.now()
            said["by"] = said.get("by") or somebody()
            decision = Decision(
                duty=key.duty, unit=key.unit, period=key.period, kind=kind, at=now, **said  # type: ignore[arg-type]
            )
            decided = await opened.decide(decision)
            from nhacviec.application.records import Filter  # noqa: PLC0415

            wanted = Filter(duty=key.duty, unit=key.unit, period=key.period)
            (view,) = await opened.overview(wanted, now)
        if as_json:
            tell_json(occurrence_document(view))
        else:
            how = f"due {view.occurrence.due}, {view.status or view.occurrence.state}"
            tell(f"{key.duty} {key.unit} {key.period}: {view.occurrence.state} ({how})")
        if not decided.changed:
            say("nothing changed: it stands so already")
        if decided.moved:
            say(f"{decided.moved} occurrences that are counted from it moved with it")

    run(work)


@app.command("report")
def report(
    duty: Duty,
    unit: Unit,
    period: Period,
    evidence: Evidence = [],  # noqa: B006
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Report it done; reminders stop.

    Example: nhacviec occurrence report BC-01 cb-van-phong 2017-07 --evidence number=05-BC/CB --evidence date=2017-07-19
    """
    _decide(EventKind.REPORTED, _Key(duty, unit, period), at, as_json, by=by, note=note, evidence=pairs(evidence))


@app.command("accept")
def accept(
    duty: Duty, unit: Unit, period: Period, by: By = "", note: Note = "", at: At = "", as_json: AsJson = False  # noqa: FBT002
) -> None:
    """Accept what was reported.

    Example: nhacviec occurrence accept BC-01 cb-van-phong 2017-07
    """
    _decide(EventKind.ACCEPTED, _Key(duty, unit, period), at, as_json, by=by, note=note)


@app.command("return")
def give_back(
    duty: Duty,
    unit: Unit,
    period: Period,
    to: Annotated[str, typer.Option("--to", metavar="DATE", help="The new date; the old one stays without.")] = "",
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Return it for completion, saying in --note what is missing.

    Example: nhacviec occurrence return BC-01 cb-van-phong 2017-07 --to 2017-07-25 --note "còn thiếu phần kiểm tra"
    """
    new_date = day(to, "--to") if to else None
    _decide(EventKind.RETURNED, _Key(duty, unit, period), at, as_json, by=by, note=note, to=new_date)


@app.command("extend")
def extend(
    duty: Duty,
    unit: Unit,
    period: Period,
    to: Annotated[str, typer.Option("--to", metavar="DATE", help="The new due date.")],
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Grant more time.

    Example: nhacviec occurrence extend BC-01 cb-van-phong 2017-07 --to 2017-07-31 --note "theo đề nghị của Chi bộ"
    """
    new_date = day(to, "--to")
    _decide(EventKind.EXTENDED, _Key(duty, unit, period), at, as_json, by=by, note=note, to=new_date)


@app.command("waive")
def waive(
    duty: Duty,
    unit: Unit,
    period: Period,
    not_applicable: Annotated[bool, typer.Option("--not-applicable", help="Out of the figures altogether.")] = False,  # noqa: FBT002
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Waive it for this period.

    Example: nhacviec occurrence waive SH-05 cb-van-phong 2017-Q2 --note "trùng đại hội"
    """
    kind = EventKind.NOT_APPLICABLE if not_applicable else EventKind.WAIVED
    _decide(kind, _Key(duty, unit, period), at, as_json, by=by, note=note)


@app.command("reopen")
def reopen(
    duty: Duty, unit: Unit, period: Period, by: By = "", note: Note = "", at: At = "", as_json: AsJson = False  # noqa: FBT002
) -> None:
    """Open it again; no past stage is repeated.

    Example: nhacviec occurrence reopen BC-01 cb-van-phong 2017-07 --note "nhập nhầm"
    """
    _decide(EventKind.REOPENED, _Key(duty, unit, period), at, as_json, by=by, note=note)


@app.command("tally")
def tally(
    duty: Duty,
    unit: Unit,
    period: Period,
    add: Annotated[int, typer.Option("--add", help="How many more; negative takes back.")] = 1,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day that counts.")] = "",
    evidence: Evidence = [],  # noqa: B006
    by: By = "",
    note: Note = "",
    at: At = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Count towards a target.

    Example: nhacviec occurrence tally KT-02 ubkt 2017 --add 1 --on 2017-03-20 --evidence conclusion_number=03-TB/UBKT
    """
    said = {"add": add, "on": day(on, "--on") if on else None, "evidence": pairs(evidence)}
    _decide(EventKind.TALLIED, _Key(duty, unit, period), at, as_json, by=by, note=note, **said)


@event_app.command("add")
def add_event(
    duty: Duty,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="When it was received; the period.")],
    number: Annotated[str, typer.Option("--number", help="Number and symbol of the document.")] = "",
    title: Annotated[str, typer.Option("--title")] = "",
    due: Annotated[str, typer.Option("--due", metavar="DATE", help="The date the document names.")] = "",
    by: By = "",
    at: At = "",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """An event opens its occurrences, one per unit.

    Example: nhacviec event add QT-01 --on 2017-05-02 --number 11-NQ/TU --title "Nghị quyết của Tỉnh ủy"
    """
    from nhacviec.application.events import Directive  # noqa: PLC0415
    from nhacviec.application.records import Filter  # noqa: PLC0415

    happened = day(on, "--on")
    directive = Directive(
        duty=duty, on=happened, number=number, title=title, due=day(due, "--due") if due else None
    )

    async def work() -> None:
        async with service(at) as opened:
            now = opened.clock.now()
            found = await opened.add_event(directive, now, by or somebody())
            views = await opened.overview(Filter(duty=duty, period=happened.isoformat()), now)
        if as_json:
            tell_json([occurrence_document(view) for view in views])
        else:
            tell(f"{duty}: {len(found)} occurrences of {happened}")

    run(work)
