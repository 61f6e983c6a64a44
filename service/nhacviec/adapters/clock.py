"""The one place that knows what time it is."""

from dataclasses import dataclass
from datetime import UTC, datetime


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return datetime.now(UTC)  # noqa: TID251 -- this is the Clock port's home


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands at the moment a command was told with ``--at``."""

    at: datetime

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.at
