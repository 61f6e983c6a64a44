"""The file of a SQLite database: on a local disk, and the same one for as long as it is open."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nhacviec.domain.errors import DatabaseDamaged, DatabaseUnreachable, SettingsError

#: Locks and memory shared over these lie, and a database that believes them breaks (sqlite.org/wal.html).
NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "coda", "lustre", "glusterfs", "fuse.glusterfs",
    "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "davfs", "fuse.davfs", "ncpfs", "beegfs", "gfs2", "ocfs2",
    "vboxsf",
})  # fmt: skip
MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which file a path named when it was opened.

    Args:
        path: its name.
        device: where it lies.
        inode: which one it is there.
    """

    path: Path
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "Identity":
        """Say which file a path names now.

        Raises:
            DatabaseDamaged: it names none.
        """
        try:
            found = path.stat()
        except OSError as error:
            raise DatabaseDamaged(f"the database {path} is gone ({error.strerror}): restart") from None
        return cls(path, found.st_dev, found.st_ino)

    def require(self) -> None:
        """Stop where the path names another file by now: what is written would be written to nowhere (F41).

        Raises:
            DatabaseDamaged: it does.
        """
        if Identity.of(self.path) != self:
            raise DatabaseDamaged(f"the database {self.path} has been replaced: restart")


def require_local(file: Path, mounts: Path | None = None) -> None:
    """Refuse a SQLite file on a network filesystem (DELIVERY §2.12).

    Args:
        file: whether it is there or not.
        mounts: as proc_pid_mountinfo(5) has them, by default this machine's; where they cannot be read,
            nothing is refused.

    Raises:
        SettingsError: it lies on one.
    """
    kind = _filesystem(file.resolve(), mounts or MOUNTS)
    if kind in NETWORK:
        raise SettingsError(
            f"the database {file} lies on a network filesystem ({kind}), where SQLite breaks: "
            "put it on a local disk, or use PostgreSQL"
        )


def make_file(file: Path) -> None:
    """Make the file of a database, and its folder, unless they are there.

    Raises:
        DatabaseUnreachable: they cannot be made.
        SettingsError: it would lie on a network filesystem.
    """
    require_local(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)  # what the letters say is for their readers
    except OSError as error:
        raise DatabaseUnreachable(f"the file {file} cannot be made: {error.strerror}") from None


def belong_like(file: Path, other: Path) -> None:
    """Give a file to the owner of another, where we may: the daemon's stays the daemon's."""
    owner = other.stat()
    with suppress(PermissionError):
        os.chown(file, owner.st_uid, owner.st_gid)


def _filesystem(file: Path, mounts: Path) -> str:
    """Name the kind of filesystem that a file lies on; empty when that cannot be told."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    best, kind = -1, ""
    for line in lines:
        about, _, rest = line.partition(" - ")
        point = Path(_unescaped(about.split()[4]))
        # The deepest one holds it; of several at one point the last one covers the others.
        if file.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), rest.split()[0]
    return kind


def _unescaped(text: str) -> str:
    """Blanks, tabs, line ends and backslashes are written as octal numbers there."""
    for code, sign in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, sign)
    return text
