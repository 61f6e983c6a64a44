"""Backups: whole or not there, checked before they are trusted, and sealed until somebody adopts them."""

import asyncio
import hashlib
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from nhacviec.adapters.database import backup_files
from nhacviec.adapters.database.backup import back_up, restore
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.application.holds import Hold, HoldKind, holds
from nhacviec.domain.errors import NotAllowedError, SettingsError
from tests.contracts.samples import NOW, a_reminder, a_slot, letters, promised, stored

LATER = NOW.replace(hour=5)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    postgresql = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if postgresql else f"sqlite:///{tmp_path}/nhacviec.db"
    opened = open_database(str(url), durable=False)
    await opened.upgrade()
    yield opened
    await opened.close()


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await opened.upgrade()
    yield opened
    await opened.close()


async def owed(database: Database, *addresses: str) -> None:
    (occurrence, *_) = await stored(database)
    for address in addresses:
        await promised(database, a_reminder(occurrence, a_slot(address)))


def in_making(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix == ".part"]


@asynccontextmanager
async def anew(database: Database) -> AsyncIterator[Database]:
    """The database as the next process finds it."""
    url = database.url.set(drivername=database.url.get_backend_name())
    opened = open_database(url.render_as_string(hide_password=False), durable=False)
    yield opened
    await opened.close()


async def addresses(database: Database) -> set[str]:
    async with anew(database) as opened:
        return {letter.recipient.email for letter in await letters(opened)}


async def held(database: Database) -> list[Hold]:
    async with anew(database) as opened, opened.read() as transaction:
        return list(await holds(transaction))


async def test_what_is_put_back_is_what_was_backed_up_and_sends_nothing(
    database: Database, tmp_path: Path
) -> None:
    await owed(database, "before@example.vn")
    made = await back_up(database, tmp_path / "a.backup", NOW)
    await owed(database, "after@example.vn")
    await database.close()
    restored = await restore(database, tmp_path / "a.backup", LATER)
    (hold,) = await held(database)

    assert (made.letters, made.form) == (1, restored.form)
    assert await addresses(database) == {"before@example.vn"}
    assert (hold.kind, hold.at) == (HoldKind.RESTORED, LATER)
    assert "nhacviec db adopt" in hold.text


async def test_a_backup_is_readable_by_its_owner_and_has_a_checksum(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    made = await back_up(database, file, NOW)
    told = (tmp_path / "a.backup.sha256").read_text()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert made.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert told == f"{made.sha256}  a.backup\n"
    assert made.size == file.stat().st_size
    assert in_making(tmp_path) == []


async def test_a_file_that_is_there_is_replaced_on_request_only(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    first = await back_up(database, file, NOW)
    await owed(database, "a@example.vn")
    with pytest.raises(NotAllowedError, match="is there already"):
        await back_up(database, file, NOW)
    second = await back_up(database, file, NOW, overwrite=True)

    assert (first.letters, second.letters) == (0, 1)
    assert (tmp_path / "a.backup.sha256").read_text().startswith(second.sha256)


async def test_no_backup_is_written_over_the_database_into_nothing_or_of_nothing(
    local: Database, tmp_path: Path
) -> None:
    nothing = open_database(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(NotAllowedError, match="is the database itself"):
        await back_up(local, tmp_path / "nhacviec.db", NOW, overwrite=True)
    with pytest.raises(NotAllowedError, match="is a folder"):
        await back_up(local, tmp_path, NOW, overwrite=True)
    with pytest.raises(NotAllowedError, match="cannot be written: No such file or directory"):
        await back_up(local, tmp_path / "none" / "a.backup", NOW)
    with pytest.raises(SettingsError, match="nothing to back up"):
        await back_up(nothing, tmp_path / "a.backup", NOW)
    await nothing.close()


async def test_a_backup_that_is_opened_by_any_other_way_is_held_too(local: Database, tmp_path: Path) -> None:
    """Whoever copies it into place by hand has letters that may have been sent since."""
    await back_up(local, tmp_path / "a.backup", NOW)
    opened = open_database(f"sqlite:///{tmp_path}/a.backup")
    by_hand = await held(opened)
    await opened.close()

    assert [hold.kind for hold in by_hand] == [HoldKind.RESTORED]
    assert await held(local) == []


async def test_backups_are_whole_while_others_write(local: Database, tmp_path: Path) -> None:
    """F62: each letter has its occurrence in every backup, however they fall between the commits."""
    writing = asyncio.Event()

    async def write() -> int:
        number = 0
        while not writing.is_set():
            number += 1
            await owed(local, f"{number}@example.vn")
        return number

    task = asyncio.create_task(write())
    made = [await back_up(local, tmp_path / f"{n}.backup", NOW) for n in range(5)]
    writing.set()
    written = await task

    counts = [backup.letters for backup in made]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]
    assert counts[-1] <= written


def test_a_file_in_making_leaves_nothing_when_it_fails(tmp_path: Path) -> None:
    def fail() -> None:
        with backup_files.in_making(tmp_path / "a") as making:
            Path(f"{making}-wal").write_text("pages")
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        fail()
    assert list(tmp_path.iterdir()) == []


async def test_the_seal_keeps_other_holds(local: Database, tmp_path: Path) -> None:
    async with local.write() as transaction:
        await transaction.catalogue.set_value("hold", json.dumps({"operator": {"at": None, "text": "x"}}))
    await back_up(local, tmp_path / "a.backup", NOW)
    opened = open_database(f"sqlite:///{tmp_path}/a.backup")

    assert [hold.kind for hold in await held(opened)] == [HoldKind.OPERATOR, HoldKind.RESTORED]
    await opened.close()
