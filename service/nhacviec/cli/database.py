"""``db``: the schema of the database."""

import typer

from nhacviec.cli.shell import DONE, MISCONFIGURED, AsJson, current_settings, run, tell, tell_json

app = typer.Typer(help="The database: upgrade, status.", no_args_is_help=True)


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
