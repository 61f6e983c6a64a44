"""Days without a mail server, in a process of their own: how much its memory grows.

python -m tests.simulation.without_server FOLDER     prints the growth in bytes
"""

import asyncio
import gc
import logging
import os
import sys
from datetime import timedelta
from pathlib import Path

from tests.simulation.catalogues import REPORT, REVIEW, catalogue
from tests.simulation.world import Clocks, World, at, settings_of
from tests.support.mailserver import MailServer

PAGE = os.sysconf("SC_PAGE_SIZE")
STEP = timedelta(minutes=2)


async def growth(folder: Path) -> int:
    """Live through 72 hours; how much more memory there is after them than after the half."""
    async with MailServer() as server:
        settings = settings_of(folder, server)
        world = World(settings=settings, server=server, clocks=Clocks(at("2026-06-22T00:00")))
        await world.applied(catalogue(REPORT, REVIEW), folder)
        async with world.life():
            await world.live(at("2026-06-23T12:00"))
            await server.close()
            await world.live(at("2026-06-25T00:00"), STEP)
            half = resident()
            await world.live(at("2026-06-26T12:00"), STEP)
            grown = resident() - half
            assert "server_unreachable" in world.daemon.bulletin.troubles["send"]  # type: ignore[union-attr]
    return grown


def resident() -> int:
    """Memory of this process, in bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


if __name__ == "__main__":
    logging.disable()
    sys.stdout.write(str(asyncio.run(growth(Path(sys.argv[1])))))
