"""``init``: a folder with settings, a secret key, a catalogue to edit, and a database."""

import os
import secrets
import shutil
from pathlib import Path
from typing import Annotated

import typer

from nhacviec.cli.shell import FAILED, AsJson, run, say, stop, tell_json


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Made when it is not there.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write settings, a secret key and a catalogue to edit, make the database, and say what to do next.

    Example: nhacviec init /srv/nhacviec
    """
    from nhacviec.resources import shipped

    settings = folder / "nhacviec.toml"
    if settings.exists():
        stop(FAILED, f"nhacviec: {settings} is there already; nothing was changed")
    os.umask(0o077)  # settings, key and database are for their owner alone
    (folder / "catalogue").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(shipped("config") / "nhacviec.toml", settings)
    key = folder / "secret_key"
    if not key.exists():
        key.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    shipped_catalogue = shipped("config") / "catalogue"
    for file in sorted(shipped_catalogue.rglob("*.yaml")):
        target = folder / "catalogue" / file.relative_to(shipped_catalogue)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copyfile(file, target)

    async def work() -> None:
        from nhacviec.bootstrap import database_of
        from nhacviec.settings import read_settings

        os.environ["NHACVIEC_CONFIG"] = str(settings)
        database = database_of(read_settings())
        try:
            await database.upgrade()
        finally:
            await database.close()
        say(*_next_steps(folder, settings, key))
        if as_json:
            tell_json({"settings": str(settings), "secret_key": str(key), "database": database.name})

    run(work)


def _next_steps(folder: Path, settings: Path, key: Path) -> list[str]:
    return [
        f"made {settings}, {key} and the database",
        "next:",
        f"  1. edit {folder / 'catalogue' / 'organisation.yaml'}: your units and addresses",
        f"  2. nhacviec --config {settings} catalogue check {folder / 'catalogue'}",
        f"  3. nhacviec --config {settings} catalogue apply {folder / 'catalogue'}",
        f"  4. set smtp_url in {settings}, then: nhacviec --config {settings} doctor",
        f"  5. nhacviec --config {settings} forecast --from … --to …, then: nhacviec --config {settings} run",
    ]
