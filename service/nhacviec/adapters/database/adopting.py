"""What an adoption asks of the database itself: where it is, and to end letters without sending them."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import text, update

from nhacviec.adapters.database import rows
from nhacviec.adapters.database.access import chunks
from nhacviec.adapters.database.engine import Database
from nhacviec.application.adoption import Place
from nhacviec.domain.delivery import MessageState

#: A copy of the cluster keeps the first number, a dump read into another database changes the second.
_CLUSTER = text(
    "SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || oid "
    "FROM pg_database WHERE datname = current_database()"
)


async def place_of(database: Database, machine: str) -> Place:
    """Say where a database is.

    A file is at home on one machine, under one path; the path alone would not tell that a file was moved and
    not copied, so the number that the file system gives it is kept too. A database on a server is at home
    there, whatever machine asks for it.

    Args:
        database: whose tables may have any form.
        machine: this machine, as a digest; empty where it has no name.

    Raises:
        DatabaseUnreachable: it does not answer.
    """
    if database.file is None:
        return Place(machine="", where=_digest(f"postgresql|{await database.ask(_CLUSTER)}"))
    file = database.file.resolve()
    where = _digest(f"path|{file}")
    try:
        return Place(machine=machine, where=where, file=_digest(f"file|{file.stat().st_ino}"))
    except OSError:
        return Place(machine=machine, where=where)  # whoever reads it says what is the matter


async def take_as_sent(database: Database, messages: Sequence[int], at: datetime, note: str) -> int:
    """End letters that wait, as if they had been sent; returns how many still waited.

    Args:
        database: whose.
        messages: their rows.
        at: when that was decided, aware.
        note: why, for whoever looks at the letter.
    """
    ended = 0
    taken = {"state": MessageState.SENT, "sent_at": at, "last_code": 0, "last_reply": note}
    async with database.write() as transaction:
        for piece in chunks(sorted(messages)):
            waiting = rows.message.c.id.in_(piece), rows.message.c.state == MessageState.PENDING
            ended += await transaction.access.count(update(rows.message).where(*waiting).values(taken))
    return ended


def _digest(of: str) -> str:
    return sha256(of.encode()).hexdigest()[:32]
