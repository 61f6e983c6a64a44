"""``occurrence`` and ``event``: what the console does, from the shell."""

import typer

from nhacviec.cli.occurrence import deciding, events, viewing

app = typer.Typer(
    help="Occurrences: list, show, report, accept, return, extend, waive, reopen, tally.",
    no_args_is_help=True,
)
app.command("list")(viewing.list_occurrences)
app.command("show")(viewing.show)
app.command("report")(deciding.report)
app.command("accept")(deciding.accept)
app.command("return")(deciding.give_back)
app.command("extend")(deciding.extend)
app.command("waive")(deciding.waive)
app.command("reopen")(deciding.reopen)
app.command("tally")(deciding.tally)

event_app = typer.Typer(help="Events that open occurrences.", no_args_is_help=True)
event_app.command("add")(events.add_event)
