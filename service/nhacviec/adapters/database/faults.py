"""Which errors of the drivers mean that the database is away, or damaged, and how to say so in one line."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from nhacviec.domain.errors import DatabaseDamaged, DatabaseUnreachable

#: SQLite's primary result codes that blame the file or the disk, not the statement (sqlite.org/rescode.html).
_FILE = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB,
})  # fmt: skip
#: Of these, what waiting does not mend: a disk that fails, a file that is no database any more.
_DAMAGE = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
#: But these are about memory, and about the index beside the file, for which a full disk has no room.
_ROOM = frozenset({
    sqlite3.SQLITE_IOERR_NOMEM, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
})  # fmt: skip
#: Classes of SQLSTATE that blame the server or another transaction: connection, authorisation, no such
#: database, rollback, resources, lock not available, operator, system (PostgreSQL, appendix A).
_SERVER = ("08", "28", "3D", "40", "53", "55", "57", "58")


def named(url: URL) -> str:
    """Say where a database is, without password and options."""
    kind = url.get_backend_name()
    if kind == "sqlite":
        return f"sqlite:///{url.database}"
    return URL.create(kind, url.username, None, url.host, url.port, url.database).render_as_string()


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Turn what a driver raises when the database does not answer into our own error.

    Mistakes of the program (a wrong statement, a broken constraint) pass as they are.

    Raises:
        DatabaseDamaged: the disk fails, or the file is no sound database any more.
        DatabaseUnreachable: all else; both name the database, never its password.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        problem = _trouble(error)
        if problem is None:
            raise
        text = f"the database {named(url)} does not answer: {_without_secrets(problem, url)}"
        kind = DatabaseDamaged if _damaged(_cause(error)) else DatabaseUnreachable
        # Not chained: what the driver says at length may hold the password.
        raise kind(text) from None


def _trouble(error: Exception) -> str | None:
    """Give the reason in one line; None when the database is not to blame."""
    if isinstance(error, NoConnectionLeft):
        return "all its connections are in use"
    connecting = isinstance(error, DBAPIError) and (error.statement is None or error.connection_invalidated)
    cause = _cause(error)
    if not (connecting or _blames_file(cause) or _blames_server(cause)):
        return None
    return " ".join((str(cause).strip().splitlines() or [type(cause).__name__])[0].split())


def _cause(error: Exception) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def _damaged(cause: BaseException) -> bool:
    code = getattr(cause, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _DAMAGE and code not in _ROOM


def _blames_file(cause: BaseException) -> bool:
    code = getattr(cause, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _FILE


def _blames_server(cause: BaseException) -> bool:
    state = getattr(cause, "sqlstate", None)
    return isinstance(state, str) and state.startswith(_SERVER)


def _without_secrets(text: str, url: URL) -> str:
    for secret in (url.password, url.query.get("password"), url.query.get("sslpassword")):
        if isinstance(secret, str) and secret:
            text = text.replace(secret, "***")
    return text
