"""``db``: the schema of the database; its backup, and what comes after one was put back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nhacviec.cli.shell import (
    DONE,
    MISCONFIGURED,
    USAGE,
    AsJson,
    At,
    current_settings,
    moment,
    run,
    say,
    service,
    tell,
    tell_json,
)
from nhacviec.cli.views import hold_document, message_document

if TYPE_CHECKING:
    from datetime import datetime

    from nhacviec.application.adoption import Choice

app = typer.Typer(help="The database: upgrade, status, backup, restore, adopt.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(as_json: AsJson = False) -> None:
    """Bring the schema to this version, all or nothing.

    Example: nhacviec db upgrade
    """

    async def work() -> None:
        from nhacviec.bootstrap import database_of

        database = database_of(current_settings())
        try:
            before, head = await database.schema()
            await database.upgrade()
        finally:
            await database.close()
        if as_json:
            tell_json({"database": database.name, "before": before, "schema": head})
        else:
            tell(f"{database.name}: schema {before or 'empty'} → {head}")

    run(work)


@app.command("status")
def status(as_json: AsJson = False) -> None:
    """Say which schema the database has; exit 78 where it is not this version's.

    Example: nhacviec db status --json
    """

    async def work() -> int:
        from nhacviec.bootstrap import database_of

        database = database_of(current_settings())
        try:
            current, head = await database.schema()
        finally:
            await database.close()
        if as_json:
            tell_json({"database": database.name, "schema": current, "needed": head, "ok": current == head})
        else:
            tell(f"{database.name}: schema {current or 'none'}, needed {head}")
        return DONE if current == head else MISCONFIGURED

    run(work)


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; its folder must be there.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Write a backup while the daemon works, check it, and put its checksum beside it.

    Example: nhacviec db backup nhacviec-2017-06-05.backup
    """

    async def work() -> None:
        from nhacviec.adapters.database.backup import back_up
        from nhacviec.bootstrap import database_of

        settings = current_settings()
        database = database_of(settings)
        try:
            made = await back_up(database, file.absolute(), _now(at, settings), overwrite=force)
        finally:
            await database.close()
        if as_json:
            tell_json(
                {
                    "file": str(file),
                    "bytes": made.size,
                    "sha256": made.sha256,
                    "schema": made.form,
                    "letters": made.letters,
                }
            )
        else:
            tell(f"{file}: {made.letters} letters, schema {made.form}, {made.size} bytes, {made.sha256}")

    run(work)


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As db backup wrote it.")],
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Put a backup in place of the database, which is kept beside it; nothing is sent until db adopt.

    Says which letters may have been sent since the backup was made.

    Example: nhacviec db restore nhacviec-2017-06-05.backup
    """

    async def work() -> None:
        from nhacviec.adapters.database.backup import restore as put_back
        from nhacviec.bootstrap import adoption_of, database_of

        settings = current_settings()
        now, database = _now(at, settings), database_of(settings)
        try:
            restored = await put_back(database, file.absolute(), now)
        finally:
            await database.close()
        async with service(at) as opened:
            doubtful = await (await adoption_of(opened)).doubtful(now)
        letters = [message_document(letter, letter.subject, opened.zone) for letter in doubtful]
        if as_json:
            kept = restored.kept and str(restored.kept)
            document = {"file": str(file), "database": database.name, "schema": restored.form, "kept": kept}
            tell_json(document | {"doubtful": letters})
        else:
            _tell_restored(f"{database.name}: restored from {file}", restored.kept, letters)

    run(work)


@app.command("adopt")
def adopt(
    resend: Annotated[bool, typer.Option("--resend", help="Letters in doubt go, perhaps again.")] = False,
    mark_sent: Annotated[bool, typer.Option("--mark-sent", help="Letters in doubt count as sent.")] = False,
    hold_back: Annotated[bool, typer.Option("--hold-back", help="Letters in doubt wait for you.")] = False,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Let a restored or copied database send from here; no other copy of it may be running.

    Where letters may have been sent already, one of the options has to say what becomes of them; a letter
    that goes again has the Message-ID it had.

    Example: nhacviec db adopt --hold-back
    """
    from nhacviec.application.adoption import Choice

    told = {Choice.RESEND: resend, Choice.MARK_SENT: mark_sent, Choice.HOLD_BACK: hold_back}
    chosen = [choice for choice, wanted in told.items() if wanted]
    if len(chosen) > 1:
        raise typer.BadParameter(f"choose one of {', '.join(f'--{choice}' for choice in told)}")
    run(lambda: _adopt(chosen[0] if chosen else None, at, as_json=as_json))


async def _adopt(choice: "Choice | None", at: str, *, as_json: bool) -> int:
    from nhacviec.application.adoption import Choice
    from nhacviec.bootstrap import adoption_of

    async with service(at) as opened:
        adoption = await (await adoption_of(opened))(opened.clock.now(), choice)
    if not adoption.adopted:
        options = ", ".join(f"--{each}" for each in Choice)
        say(f"nhacviec: {len(adoption.doubtful)} letters may have been sent already: choose one of {options}")
        return USAGE
    if as_json:
        tell_json(
            {
                "adopted": True,
                "lifted": [hold_document(hold, opened.zone) for hold in adoption.lifted],
                "doubtful": [message_document(one, one.subject, opened.zone) for one in adoption.doubtful],
                "choice": adoption.choice,
            }
        )
    else:
        doubt = f"; {len(adoption.doubtful)} letters in doubt: {adoption.choice}" if adoption.doubtful else ""
        tell(f"{opened.database.name} sends from here{doubt}")
    return DONE


def _now(at: str, settings: Any) -> "datetime":  # noqa: ANN401 -- as ``current_settings`` gives them
    """The moment to believe in, before the database that knows the organisation's zone is opened."""
    from nhacviec.adapters.clock import SystemClock

    return moment(at, settings.timezone) if at else SystemClock().now()


def _tell_restored(what: str, kept: Path | None, letters: list[dict[str, object]]) -> None:
    tell(f"{what}{f'; the one before is {kept}' if kept else ''}")
    for letter in letters:
        tell(f"{letter['id']:6} {letter['to']:36} {letter['due_at']}")
    say(
        f"{len(letters)} letters may have been sent since the backup; nothing is sent until nhacviec db adopt"
    )
