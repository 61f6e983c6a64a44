"""``event add``: a directive opens its occurrences."""

from typing import Annotated

import typer

from nhacviec.cli.occurrence.naming import Duty
from nhacviec.cli.shell import AsJson, At, By, day, run, service, somebody, tell, tell_json
from nhacviec.cli.views import occurrence_document


def add_event(
    duty: Duty,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="When it was received; the period.")],
    number: Annotated[str, typer.Option("--number", help="Number and symbol of the document.")] = "",
    title: Annotated[str, typer.Option("--title")] = "",
    due: Annotated[str, typer.Option("--due", metavar="DATE", help="The date the document names.")] = "",
    by: By = "",
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """An event opens its occurrences, one per unit.

    Example: nhacviec event add QT-01 --on 2017-05-02 --number 11-NQ/TU --title "Nghị quyết của Tỉnh ủy"
    """
    from nhacviec.application.events import Directive
    from nhacviec.application.records import Filter

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
