"""A service manager for the tests: the other end of the socket."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from nhacviec.daemon.systemd import Notifier


class Manager:
    """Hears what a daemon tells its service manager.

    Args:
        address: as ``NOTIFY_SOCKET`` names it.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.setblocking(False)  # noqa: FBT003 -- the library's signature
        self.line.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)

    def notifier(self, watchdog_seconds: float = 0) -> Notifier:
        """Give what a daemon under this manager would have."""
        return Notifier(address=self.address, watchdog_seconds=watchdog_seconds)

    def heard(self) -> list[str]:
        """Give what has been said so far and not been asked for yet."""
        words = []
        while True:
            try:
                words.append(self.line.recv(4096).decode())
            except BlockingIOError:
                return words

    async def hear(self, start: str) -> str:
        """Wait until something is said that begins so; forget what was said before it."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            while True:
                said = (await loop.sock_recv(self.line, 4096)).decode()
                if said.startswith(start):
                    return said


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    """A service manager that listens."""
    manager = Manager(str(tmp_path / "notify"))
    yield manager
    manager.line.close()
