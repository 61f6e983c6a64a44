"""What every command shares: the moment it believes in, what goes to stdout, how it ends."""

import asyncio
import getpass
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from nhacviec.domain.errors import (
    CatalogueError,
    DatabaseUnreachable,
    DeliveryDeferred,
    NhacViecError,
    RuleError,
    ServerUnreachable,
    SettingsError,
    TemplateError,
)

if TYPE_CHECKING:
    from nhacviec.bootstrap import Service

# Exit codes (DESIGN §5, sysexits.h).
DONE, FAILED, USAGE, SOME_FAILED = 0, 1, 2, 3
UNREACHABLE, TRY_LATER, MISCONFIGURED, INTERRUPTED = 69, 75, 78, 130

At = Annotated[
    str, typer.Option("--at", metavar="INSTANT", help="The moment to believe in; now when left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
AsLines = Annotated[bool, typer.Option("--jsonl", help="One JSON document per line, as they come.")]
By = Annotated[str, typer.Option("--by", help="Who says so; the shell's user when left out.")]
Note = Annotated[str, typer.Option("--note", help="Free words, kept in the history.")]


def exit_code(error: BaseException) -> int:
    """Which exit code an error ends with."""
    if isinstance(error, (CatalogueError, SettingsError, TemplateError)):
        return MISCONFIGURED
    if isinstance(error, (ServerUnreachable, DatabaseUnreachable)):
        return UNREACHABLE
    return TRY_LATER if isinstance(error, DeliveryDeferred) else FAILED


def say(*lines: str) -> None:
    """Talk goes to stderr."""
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201 -- the command line's own voice


def tell(text: str) -> None:
    """Data goes to stdout."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def tell_json(document: object) -> None:
    """One JSON document on stdout."""
    tell(json.dumps(document, ensure_ascii=False, indent=2, default=plain))


def tell_lines(documents: Iterable[object]) -> None:
    """JSON Lines on stdout."""
    for document in documents:
        tell(json.dumps(document, ensure_ascii=False, default=plain))


def plain(value: object) -> str:
    """Dates and instants as ISO 8601; instants with their offset, whole seconds."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def stop(code: int, *lines: str) -> NoReturn:
    """End the command with a word about it."""
    say(*lines)
    raise typer.Exit(code)


def run(work: Callable[[], Coroutine[Any, Any, int | None]], *, sends: bool = False) -> NoReturn:
    """Run an asynchronous command to its exit code.

    Args:
        work: the command.
        sends: whether it may send many letters; then the loop is the fastest there is.
    """
    if sends:
        from nhacviec.daemon import loop

        raise typer.Exit(loop.run(work()) or DONE)
    raise typer.Exit(asyncio.run(work()) or DONE)


@asynccontextmanager
async def service(at: str = "", *, create: bool = True) -> AsyncIterator["Service"]:
    """The service over the settings' database, believing in a moment."""
    from nhacviec.adapters.clock import FixedClock, SystemClock

    settings = current_settings()  # what is wrong with them is said before a database library is loaded
    from nhacviec.bootstrap import open_service

    if at:
        moment(at, settings.timezone)  # what is mistyped is said before a database is looked for
    async with open_service(settings, clock=SystemClock(), create=create) as opened:
        yield replace(opened, clock=FixedClock(moment(at, opened.zone.key))) if at else opened


def current_settings() -> Any:  # noqa: ANN401 -- pydantic is imported only when a command needs it
    """The settings in force."""
    from nhacviec.settings import read_settings

    return read_settings()


def moment(text: str, timezone: str) -> datetime:
    """Read ``--at``: ISO 8601; without an offset it is a wall time of the organisation.

    Raises:
        typer.BadParameter: it is not an instant.
    """
    from nhacviec.domain.time.zone import instant, zone

    try:
        read = datetime.fromisoformat(text)
        return read if read.tzinfo else instant(read, zone(timezone))
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is not an instant: write 2017-06-05T07:30+07:00") from error


def day(text: str, name: str) -> date:
    """Read a date.

    Raises:
        typer.BadParameter: it is not one.
    """
    try:
        read = date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{name} {text!r} is not a date: write YYYY-MM-DD") from error
    if read.isoformat() != text:  # 20170605 and 2017-W23-1 are ISO 8601, and a slip of the pen here
        raise typer.BadParameter(f"{name} {text!r} is not written as YYYY-MM-DD")
    return read


def among(given: Iterable[str], known: Iterable[str], option: str) -> None:
    """Refuse a word that an option does not know.

    Raises:
        typer.BadParameter: naming it and what there is.
    """
    words = [str(word) for word in known]
    for word in given:
        if word not in words:
            raise typer.BadParameter(f"{option} {word}: use {', '.join(words)}")


def pairs(given: list[str]) -> dict[str, str]:
    """Read ``KEY=VALUE`` options.

    Raises:
        typer.BadParameter: one has no ``=``.
    """
    read: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE")
        read[key] = value
    return read


def somebody() -> str:
    """The shell's user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def explained(error: NhacViecError) -> str:
    """An error as one line, or one per fault; a rule that was mistyped says how to mend it."""
    return str(error) if isinstance(error, (CatalogueError, RuleError)) else f"nhacviec: {error}"
