"""Backup of a PostgreSQL database by PostgreSQL's own tools (DELIVERY §2.13)."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from nhacviec.domain.errors import DatabaseUnreachable, NotAllowedError

#: As the URL says it without the driver; the rest of it is libpq's own.
_SECRET = "password"  # noqa: S105 -- the name of a parameter


def dump(url: URL, making: Path) -> None:
    """Write the database as it is at one moment into a file of PostgreSQL's own form.

    Raises:
        NotAllowedError: ``pg_dump`` is missing or fails.
    """
    _run("pg_dump", url, "--format=custom", f"--file={making}")


def form_of(file: Path) -> str:
    """Name the form that the tables in a dump have; checks its list of contents on the way.

    Raises:
        NotAllowedError: it is no dump of nhacviec, or damaged.
    """
    told = _run("pg_restore", None, "--data-only", "--table=alembic_version", "--file=-", str(file))
    lines = told.splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith("COPY ")), None)
    if start is None or lines[start + 1 : start + 2] in ([], [r"\."]):
        raise NotAllowedError("it is no dump of a database of nhacviec")
    return lines[start + 1].strip()


def load(url: URL, file: Path) -> None:
    """Replace the tables by those of a dump, all or nothing.

    Raises:
        NotAllowedError: ``pg_restore`` is missing or fails; then nothing is changed.
    """
    _run("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file))


def _run(tool: str, url: URL | None, *arguments: str) -> str:
    """Run a tool of PostgreSQL; the password goes by its environment, where no other user can read it."""
    found = shutil.which(tool)
    if found is None:
        raise NotAllowedError(f"{tool} is not installed: on Debian, apt-get install postgresql-client")
    command, environment = [found, *arguments], dict(os.environ)
    if url is not None:
        plain = URL.create(
            "postgresql", url.username, None, url.host, url.port, url.database, url.query
        ).difference_update_query([_SECRET])
        command += ["--no-password", f"--dbname={plain.render_as_string(hide_password=False)}"]
        secret = url.password or url.query.get(_SECRET)
        environment |= {"PGPASSWORD": str(secret)} if secret else {}
    done = subprocess.run(  # noqa: S603 -- a list of words, no shell
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = " ".join((done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[0].split())
        if "connection to server" in said:
            raise DatabaseUnreachable(said)
        raise NotAllowedError(said)
    return done.stdout
