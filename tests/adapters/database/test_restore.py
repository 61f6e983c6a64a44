"""A backup put back: checked first, never under somebody's hands, and what it replaces is kept."""

import fcntl
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from nhacviec.adapters.database import backup_postgresql
from nhacviec.adapters.database.backup import back_up, restore
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.application.holds import Hold, HoldKind, holds, put
from nhacviec.domain.errors import NotAllowedError
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


def flip(file: Path) -> None:
    """Spoil one byte in the middle."""
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        byte = opened.read(1)
        opened.seek(-1, 1)
        opened.write(bytes([byte[0] ^ 0xFF]))


async def test_a_backup_that_is_not_what_was_written_is_refused(database: Database, tmp_path: Path) -> None:
    await owed(database, "a@example.vn")
    file = tmp_path / "a.backup"
    await back_up(database, file, NOW)
    flip(file)
    await database.close()
    with pytest.raises(NotAllowedError, match=r"a\.backup\.sha256 says.*nothing was restored"):
        await restore(database, file, LATER)

    assert await addresses(database) == {"a@example.vn"}
    assert await held(database) == []


async def test_without_its_checksum_a_damaged_backup_is_refused_all_the_same(
    local: Database, tmp_path: Path
) -> None:
    file = tmp_path / "a.backup"
    await back_up(local, file, NOW)
    (tmp_path / "a.backup.sha256").unlink()
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xa5" * 4096)
    with pytest.raises(NotAllowedError, match=r"a\.backup.*damaged.*nothing was restored"):
        await restore(local, file, LATER)
    for wrong in (b"", b"This is a letter. " * 1000):
        file.write_bytes(wrong)
        with pytest.raises(NotAllowedError, match="no database of nhacviec"):
            await restore(local, file, LATER)


async def test_the_database_that_is_replaced_is_kept_whole_beside_it(local: Database, tmp_path: Path) -> None:
    await back_up(local, tmp_path / "a.backup", NOW)
    await owed(local, "after@example.vn")
    await local.close()
    restored = await restore(local, tmp_path / "a.backup", LATER)
    assert restored.kept is not None
    before = open_database(f"sqlite:///{restored.kept}")
    kept = await addresses(before)
    await before.close()

    assert kept == {"after@example.vn"}
    assert restored.kept.name.startswith("nhacviec.db.before-restore-20260413T0500")
    assert await addresses(local) == set()


async def test_a_damaged_database_and_a_missing_one_can_be_restored(local: Database, tmp_path: Path) -> None:
    """F42: that is what backups are for."""
    await owed(local, "a@example.vn")
    await back_up(local, tmp_path / "a.backup", NOW)
    await local.close()
    place = tmp_path / "nhacviec.db"
    place.write_bytes(b"\xa5" * 8192)
    damaged = await restore(local, tmp_path / "a.backup", LATER)
    after_damage = await addresses(local)
    await local.close()
    place.unlink()
    missing = await restore(local, tmp_path / "a.backup", LATER)

    assert damaged.kept is not None
    assert damaged.kept.read_bytes() == b"\xa5" * 8192
    assert (missing.kept, after_damage) == (None, {"a@example.vn"})
    assert await addresses(local) == {"a@example.vn"}


async def test_a_path_that_leads_elsewhere_is_followed(local: Database, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to("nhacviec.db")
    await owed(local, "a@example.vn")
    await back_up(local, tmp_path / "a.backup", NOW)
    await local.close()
    async with anew(open_database(f"sqlite:///{tmp_path}/link.db")) as linked:
        await restore(linked, tmp_path / "a.backup", LATER)

    assert (tmp_path / "link.db").is_symlink()
    assert [hold.kind for hold in await held(local)] == [HoldKind.RESTORED]


async def test_nothing_is_restored_under_a_daemon_or_a_command(local: Database, tmp_path: Path) -> None:
    await back_up(local, tmp_path / "a.backup", NOW)
    await local.close()
    with (tmp_path / "nhacviec.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(NotAllowedError, match=r"a daemon works on .*nothing was restored"):
            await restore(local, tmp_path / "a.backup", LATER)
    with closing(sqlite3.connect(tmp_path / "nhacviec.db")) as reader:
        reader.execute("SELECT * FROM message").fetchall()
        with pytest.raises(NotAllowedError, match=r"somebody works on .*nothing was restored"):
            await restore(local, tmp_path / "a.backup", LATER)


async def test_a_server_that_others_work_on_is_not_restored(postgresql_url: str, tmp_path: Path) -> None:
    one, other = (open_database(postgresql_url, durable=False) for _ in range(2))
    await one.upgrade()
    await back_up(one, tmp_path / "a.backup", NOW)
    await one.close()
    await other.ping()
    with pytest.raises(NotAllowedError, match="a daemon or a command works on"):
        await restore(one, tmp_path / "a.backup", LATER)
    await other.close()
    await one.close()


async def test_what_is_loaded_into_a_server_is_held_from_the_first_moment(
    postgresql_url: str, tmp_path: Path
) -> None:
    """F62: a daemon that starts meanwhile sees the old letters, or the new ones with the hold."""
    database = open_database(postgresql_url, durable=False)
    await database.upgrade()
    await owed(database, "a@example.vn")
    async with database.write() as transaction:
        await put(transaction, HoldKind.OPERATOR, "it's \\ 'chờ' {đại hội}", NOW)
        await put(transaction, HoldKind.RESTORED, "of an earlier life", NOW)
    await back_up(database, tmp_path / "a.backup", NOW)
    async with database.write() as transaction:
        await transaction.catalogue.set_value("hold", "")
    await database.close()
    backup_postgresql.load(database.url, tmp_path / "a.backup", "it's \\ {new}", LATER)

    assert [(hold.kind, hold.at, hold.text) for hold in await held(database)] == [
        (HoldKind.OPERATOR, NOW, "it's \\ 'chờ' {đại hội}"),
        (HoldKind.RESTORED, LATER, "it's \\ {new}"),
    ]


async def test_a_dump_that_breaks_off_leaves_a_server_as_it_was(postgresql_url: str, tmp_path: Path) -> None:
    database = open_database(postgresql_url, durable=False)
    await database.upgrade()
    await back_up(database, tmp_path / "a.backup", NOW)
    await owed(database, "a@example.vn")
    await database.close()
    whole = (tmp_path / "a.backup").read_bytes()
    (tmp_path / "a.backup").write_bytes(whole[: len(whole) - 200])
    with pytest.raises(NotAllowedError):
        backup_postgresql.load(database.url, tmp_path / "a.backup", "held", LATER)

    assert await addresses(database) == {"a@example.vn"}
    assert await held(database) == []


async def test_a_copy_by_hand_takes_its_newest_pages_along(local: Database, tmp_path: Path) -> None:
    """Somebody copied the file of a running database and what lay beside it."""
    await owed(local, "a@example.vn")
    for suffix in ("", "-wal"):
        (tmp_path / f"copy{suffix}").write_bytes((tmp_path / f"nhacviec.db{suffix}").read_bytes())
    await local.close()
    await restore(local, tmp_path / "copy", LATER)

    assert await addresses(local) == {"a@example.vn"}
    assert [hold.kind for hold in await held(local)] == [HoldKind.RESTORED]
