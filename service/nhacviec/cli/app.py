"""Every command and where it lives."""

import inspect
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from nhacviec import __version__
from nhacviec.cli import (
    audit,
    calendar,
    catalogue,
    database,
    demo,
    doctor,
    exchange,
    init,
    message,
    occurrence,
    outlook,
    review,
    rule,
    ticking,
)

app = typer.Typer(
    name="nhacviec",
    help="Reminds an organisation of its periodic duties, by letter, until they are done.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def common(
    config: Annotated[
        Path | None, typer.Option("--config", help="The settings file.", envvar="NHACVIEC_CONFIG")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks, and every log line.")] = False,
    version: Annotated[  # noqa: ARG001 -- read by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of every command; they stand before its name."""
    if config is not None:
        os.environ["NHACVIEC_CONFIG"] = str(config)
    if debug:
        from nhacviec.logs import start_logging

        start_logging("text" if sys.stderr.isatty() else "auto", debug=True)


def examples_last(commands: typer.Typer) -> None:
    """Put each command's example behind its options, on a line of its own that is never wrapped.

    A group shows the example of its first command.
    """
    for command in commands.registered_commands:
        told, _, example = inspect.cleandoc(command.callback.__doc__ or "").partition("\n\nExample: ")
        command.help, command.epilog = told, f"\b\nExample:\n  {example}"
    if commands.registered_commands:
        commands.info.epilog = commands.registered_commands[0].epilog
    for group in commands.registered_groups:
        if group.typer_instance is not None:
            examples_last(group.typer_instance)
            group.epilog = group.typer_instance.info.epilog


app.command("demo")(demo.demo)
app.command("init")(init.init)
app.command("run")(ticking.run_daemon)
app.command("tick")(ticking.tick)
app.add_typer(catalogue.app, name="catalogue")
app.command("export")(exchange.export)
app.command("import")(exchange.import_workbook)
app.command("rule")(rule.rule)
app.command("forecast")(outlook.forecast)
app.command("explain")(outlook.explain)
app.command("review")(review.review)
app.add_typer(occurrence.app, name="occurrence")
app.add_typer(occurrence.event_app, name="event")
app.add_typer(message.app, name="message")
app.command("send-test")(message.send_test)
app.add_typer(calendar.app, name="calendar")
app.command("doctor")(doctor.doctor)
app.add_typer(database.app, name="db")
app.add_typer(audit.app, name="audit")
app.command("status")(doctor.status)
app.command("healthcheck")(doctor.healthcheck)
examples_last(app)
