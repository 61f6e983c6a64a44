"""What the daemon asks of the service that it keeps running."""

from datetime import datetime
from typing import Protocol

from nhacviec.application.dispatch import Dispatched
from nhacviec.application.tick import Prepared


class Service(Protocol):
    """What is kept running."""

    async def tick(self, now: datetime, /) -> Prepared | None:
        """Plan and gather once, as of now; None while another daemon works and this one stands by."""
        ...

    async def send(self) -> Dispatched | None:
        """Send what is due; None when there was no reason to look."""
        ...

    async def ping(self) -> None:
        """Return when the database answers; raise DatabaseUnreachable when it does not."""
        ...

    async def stop(self) -> None:
        """Close everything."""
        ...
