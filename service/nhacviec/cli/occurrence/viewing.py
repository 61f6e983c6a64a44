"""``occurrence list`` and ``occurrence show``."""

from typing import Annotated

import typer

from nhacviec.cli.occurrence.naming import Duty, Period, Unit
from nhacviec.cli.shell import AsJson, AsLines, At, among, day, run, service, tell, tell_json, tell_lines
from nhacviec.cli.views import event_document, occurrence_document
from nhacviec.domain.occurrence import State


def list_occurrences(
    duty: Annotated[str, typer.Option("--duty")] = "",
    unit: Annotated[str, typer.Option("--unit")] = "",
    period: Annotated[str, typer.Option("--period")] = "",
    state: Annotated[list[str], typer.Option("--state", help="Repeat for several.")] = [],
    due_from: Annotated[str, typer.Option("--from", metavar="DATE", help="Due from this day on.")] = "",
    due_to: Annotated[str, typer.Option("--to", metavar="DATE", help="Due up to this day.")] = "",
    limit: Annotated[int | None, typer.Option("--limit", min=1)] = None,
    at: At = "",
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List occurrences by due date; complete unless --limit.

    Example: nhacviec occurrence list --unit cb-van-phong --state open --json
    """
    from nhacviec.application.records import Filter

    among(state, State, "--state")
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


def show(duty: Duty, unit: Unit, period: Period, at: At = "", as_json: AsJson = False) -> None:
    """Show one occurrence with its history.

    Example: nhacviec occurrence show BC-03 cb-van-phong 2017-H1
    """
    from nhacviec.application.records import Filter
    from nhacviec.domain.errors import NotFoundError

    async def work() -> None:
        async with service(at) as opened:
            views = await opened.overview(Filter(duty=duty, unit=unit, period=period), opened.clock.now())
            if not views:
                raise NotFoundError(f"{duty} of {unit} has no occurrence {period}")
            async with opened.database.read() as transaction:
                history = await transaction.occurrences.history(views[0].occurrence.id or 0)
        document = occurrence_document(views[0]) | {
            "history": [event_document(event, opened.zone) for event in history]
        }
        if as_json:
            tell_json(document)
        else:
            for name, value in document.items():
                if name not in {"history", "misses"}:
                    tell(f"{name:18} {value}")
            for miss in views[0].misses:
                bound = "at least" if miss.more_than is None else "more than"
                asked = f"{bound} {miss.asked:g} asked  {miss.basis}".rstrip()
                tell(f"{'misses':18} {miss.field} {miss.found:g}, {asked}")
            for event in history:
                moment = event.at.astimezone(opened.zone)
                tell(f"{moment:%Y-%m-%d %H:%M}  {event.kind}  {event.by}  {event.note}".rstrip())

    run(work)
