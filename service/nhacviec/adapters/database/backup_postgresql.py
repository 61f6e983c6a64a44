"""Backup of a PostgreSQL database by PostgreSQL's own tools (DELIVERY §2.13)."""

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from sqlalchemy import URL

from nhacviec.application.holds import HOLDS, Hold, HoldKind, written
from nhacviec.domain.errors import DatabaseUnreachable, NotAllowedError

#: As the URL says it without the driver; the rest of it is libpq's own.
_SECRET = "password"  # noqa: S105 -- the name of a parameter
#: The last words of a restoring: a dump empties the search path, and may hold an earlier hold of its kind.
_SEAL = """
RESET search_path;
INSERT INTO setting (key, value) VALUES ({key}, {value}) ON CONFLICT (key) DO UPDATE
SET value = (coalesce(nullif(setting.value, ''), '{{}}')::jsonb || excluded.value::jsonb)::text;
COMMIT;
"""


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


def load(url: URL, file: Path, text: str, at: datetime) -> None:
    """Replace the tables by those of a dump and hold the queue, in one transaction, all or nothing.

    ``pg_restore`` cannot put anything else into its transaction, so it writes what it would do, and ``psql``
    does it: whoever looks sees the old tables, or the new ones with the hold.  What it writes lies in a
    file without a name meanwhile, where TMPDIR says.  A dump may give any order: it is trusted in any case.

    Args:
        url: of the database.
        file: the dump.
        text: what people are told.
        at: since when nobody else can have sent from it, aware.

    Raises:
        NotAllowedError: ``pg_restore`` or ``psql`` is missing or fails; then nothing is changed.
        DatabaseUnreachable: the server does not answer.
    """
    hold = Hold(kind=HoldKind.RESTORED, at=at, text=text)
    with TemporaryFile() as orders:
        orders.write(b"BEGIN;\n")
        orders.flush()
        _run("pg_restore", None, "--clean", "--if-exists", "--no-owner", "--file=-", str(file), to=orders)
        orders.seek(0, os.SEEK_END)
        orders.write(_SEAL.format(key=_quoted(HOLDS), value=_quoted(written([hold]))).encode())
        orders.seek(0)
        _run("psql", url, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", given=orders)


def _quoted(text: str) -> str:
    """A text in SQL, whatever ``standard_conforming_strings`` says."""
    return " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _run(
    tool: str, url: URL | None, *arguments: str, given: IO[bytes] | None = None, to: IO[bytes] | None = None
) -> str:
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
        stdin=given or subprocess.DEVNULL,
        stdout=to or subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = " ".join((done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[0].split())
        if "connection to server" in said:
            raise DatabaseUnreachable(said)
        raise NotAllowedError(said)
    return done.stdout or ""
