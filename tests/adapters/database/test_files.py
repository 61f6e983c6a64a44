"""The file of a SQLite database stays the same one, and lies on a local disk."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from nhacviec.adapters.database import files
from nhacviec.adapters.database.engine import Database, open_database
from nhacviec.domain.errors import DatabaseUnreachable, SettingsError

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv/with\\040blank rw master:2 - nfs4 server:/export rw
31 22 8:2 / /srv rw - xfs /dev/sda2 rw
32 31 0:41 / /srv/share rw - cifs //server/share rw
33 32 8:3 / /srv/share rw - ext4 /dev/sda3 rw
34 22 0:42 / /srvother rw - 9p share rw
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    file = tmp_path / "mountinfo"
    file.write_text(MOUNTS)
    return file


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")
    await database.upgrade()
    yield database
    await database.close()


def replace(file: Path) -> None:
    """Another file under the same name, as a careless restore leaves it."""
    with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(f"{file}.new")) as new:
        old.backup(new)
    Path(f"{file}.new").rename(file)


def move_away(file: Path) -> None:
    shutil.move(file, file.with_suffix(".old"))


@pytest.mark.parametrize(
    ("fault", "said"), [(replace, "replaced"), (move_away, "gone"), (Path.unlink, "gone")]
)
async def test_a_file_that_is_replaced_under_us_stops_us(
    database: Database, fault: Callable[[Path], object], said: str
) -> None:
    """F41: what is written into the old one nobody would ever read."""
    await database.ping()
    assert database.file
    fault(database.file)

    async def write() -> None:
        async with database.write() as transaction:
            await transaction.catalogue.set_value("key", "value")

    for ask in (database.ping, write, write):
        with pytest.raises(DatabaseUnreachable, match=rf"{said}.*: restart"):
            await ask()


async def test_a_transaction_whose_file_goes_meanwhile_fails(database: Database) -> None:
    """F41: whoever waits for this commit before the dot must not hear that all is well."""
    assert database.file

    async def write(file: Path) -> None:
        async with database.write() as transaction:
            await transaction.catalogue.set_value("key", "value")
            move_away(file)

    with pytest.raises(DatabaseUnreachable, match="gone"):
        await write(database.file)


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/var/lib/nhacviec.db", "ext4"),
        ("/srv/nhacviec.db", "xfs"),
        ("/srv/with blank/var/nhacviec.db", "nfs4"),
        ("/srv/share/nhacviec.db", "ext4"),
        ("/srvother/nhacviec.db", "9p"),
    ],
)
def test_a_file_lies_where_the_deepest_and_latest_mount_is(file: str, kind: str, mounts: Path) -> None:
    assert files._filesystem(Path(file), mounts) == kind
    if kind != "nfs4":
        files.require_local(Path(file), mounts)


async def test_a_network_filesystem_is_refused_with_a_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mounts").write_text(f"22 1 0:9 / {tmp_path} rw - cifs //server/share rw\n")
    monkeypatch.setattr(files, "MOUNTS", tmp_path / "mounts")
    database = open_database(f"sqlite:///{tmp_path}/nhacviec.db")

    with pytest.raises(SettingsError, match=r"network filesystem \(cifs\).*local disk, or use PostgreSQL"):
        await database.upgrade()
    assert database.file
    database.file.touch()
    with pytest.raises(SettingsError, match="network filesystem"):
        await database.ping()
    await database.close()


def test_where_mounts_cannot_be_read_nothing_is_refused(tmp_path: Path) -> None:
    files.require_local(tmp_path / "nhacviec.db", tmp_path / "none")
