"""Is the wall clock to be believed?  Asked before every tick of a running daemon (S-74, S-75); pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

#: More than this ahead of the monotonic clock between two looks is a jump (S-75).
FORWARD = timedelta(hours=25)
#: More than this behind the mark is an alarm; less is a clock being trimmed (S-74).
BACK = timedelta(minutes=5)
#: How long a jump must have stood before it is believed: a wrong clock is often set right within minutes.
BELIEVED_AFTER = timedelta(minutes=10)
#: How far the two clocks may differ while a jump stands.
TOLERANCE = timedelta(minutes=1)


class ClockVerdict(StrEnum):
    """May a tick work now?"""

    GO = "go"
    HOLD = "hold"  #: the clock has leapt forward; a wrong year must not escalate everything
    WAIT = "wait"  #: the clock has gone back; what is due up to the mark has been done


class ClockReason(StrEnum):
    """Why; also the log's ``action``."""

    STEADY = "clock_steady"
    JUMP = "clock_jump"
    BELIEVED = "clock_believed"
    BACK = "clock_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one look at the clocks says."""

    verdict: ClockVerdict
    reason: ClockReason
    alarm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Both clocks at one moment.

    Args:
        wall: aware.
        monotonic: seconds; only differences mean something.
    """

    wall: datetime
    monotonic: float

    def leap_to(self, later: "Look") -> timedelta:
        """By how much the wall clock has outrun the monotonic clock since then; negative: fallen behind."""
        return (later.wall - self.wall) - timedelta(seconds=later.monotonic - self.monotonic)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockGuard:
    """What has to be remembered between two looks.

    Args:
        mark: the latest wall time at which a tick was allowed; it only rises (S-74).
        trusted: the last look that was allowed.
        jumped: the look at which a leap forward was first seen, while it is not believed.
    """

    mark: datetime | None = None
    trusted: Look | None = None
    jumped: Look | None = None

    def observe(self, wall: datetime, monotonic: float) -> tuple["ClockGuard", Sight]:
        """Look at both clocks.

        A leap is measured from the last look that was allowed; so a clock that is set right again goes on at
        once, and one that stands by its leap for ten minutes is believed.

        Args:
            wall: aware.
            monotonic: seconds; it must count while the machine sleeps.

        Returns:
            What to remember, and what to do.
        """
        look = Look(wall=wall, monotonic=monotonic)
        if self.mark is not None and wall < self.mark:
            alarm = self.mark - wall > BACK
            back = Sight(verdict=ClockVerdict.WAIT, reason=ClockReason.BACK, alarm=alarm)
            return replace(self, jumped=None), back
        if self.trusted is None or self.trusted.leap_to(look) <= FORWARD:
            return self._allow(look, ClockReason.STEADY)
        if self.jumped is None or abs(self.jumped.leap_to(look)) > TOLERANCE:
            return replace(self, jumped=look), _JUMP
        if monotonic - self.jumped.monotonic >= BELIEVED_AFTER.total_seconds():
            return self._allow(look, ClockReason.BELIEVED)
        return self, _JUMP

    def _allow(self, look: Look, reason: ClockReason) -> tuple["ClockGuard", Sight]:
        return ClockGuard(mark=look.wall, trusted=look), Sight(verdict=ClockVerdict.GO, reason=reason)


_JUMP = Sight(verdict=ClockVerdict.HOLD, reason=ClockReason.JUMP, alarm=True)
