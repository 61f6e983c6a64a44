"""Is the wall clock to be believed?  Asked before every tick of a running daemon (S-74, S-75); pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from nhacviec.domain.reminder import CATCH_UP_WINDOW

#: More than this ahead of the monotonic clock between two looks is a jump (S-75).
FORWARD = timedelta(hours=25)
#: A jump up to this is believed once it has stood: a machine may be paused for so long, and what it missed is
#: made up for.  After a longer one all that is open would count as missed (S-73): only a human confirms it.
FARTHEST = CATCH_UP_WINDOW
#: More than this behind the mark is an alarm; less is a clock being trimmed (S-74).
BACK = timedelta(minutes=5)
#: How long a jump must have stood before it is believed: a wrong clock is often set right within minutes.
BELIEVED_AFTER = timedelta(minutes=10)
#: How far the two clocks may differ while a jump stands.
TOLERANCE = timedelta(minutes=1)


#: What an operator is told, and what to do.
_SAID = {
    "clock_steady": "",
    "clock_jump": (
        "the clock has leapt forward: nothing is planned or sent until it has stood so for 10 minutes;"
        " set it right if it is wrong"
    ),
    "clock_far_jump": (
        "the clock has leapt forward by more than 60 days: nothing is planned or sent until it is set right,"
        " or confirmed by a restart of the daemon (systemctl restart nhacviec)"
    ),
    "clock_believed": "the clock has stood by its leap for 10 minutes and is believed",
    "clock_back": (
        "the clock has gone back before a tick that has ended: nothing is planned until it passes that again;"
        " set it right if it is wrong"
    ),
}


class ClockVerdict(StrEnum):
    """May a tick work now?"""

    GO = "go"
    HOLD = "hold"  #: the clock has leapt forward; a wrong year must not escalate everything
    WAIT = "wait"  #: the clock has gone back; what is due up to the mark has been done


class ClockReason(StrEnum):
    """Why; also the log's ``action``."""

    STEADY = "clock_steady"
    JUMP = "clock_jump"
    FAR_JUMP = "clock_far_jump"
    BELIEVED = "clock_believed"
    BACK = "clock_back"

    @property
    def said(self) -> str:
        """The same in words, with what to do about it; empty where there is nothing to say."""
        return _SAID[self]


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
        once, and one that stands by a leap of up to ``FARTHEST`` for ten minutes is believed.  A longer leap
        is held for as long as this daemon lives; a new one believes the clock that it finds (S-75).

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
        leap = timedelta(0) if self.trusted is None else self.trusted.leap_to(look)
        if leap <= FORWARD:
            return self._allow(look, ClockReason.STEADY)
        if leap > FARTHEST:
            return replace(self, jumped=None), _FAR_JUMP
        if self.jumped is None or abs(self.jumped.leap_to(look)) > TOLERANCE:
            return replace(self, jumped=look), _JUMP
        if monotonic - self.jumped.monotonic >= BELIEVED_AFTER.total_seconds():
            return self._allow(look, ClockReason.BELIEVED)
        return self, _JUMP

    def _allow(self, look: Look, reason: ClockReason) -> tuple["ClockGuard", Sight]:
        return ClockGuard(mark=look.wall, trusted=look), Sight(verdict=ClockVerdict.GO, reason=reason)


_FAR_JUMP = Sight(verdict=ClockVerdict.HOLD, reason=ClockReason.FAR_JUMP, alarm=True)
_JUMP = Sight(verdict=ClockVerdict.HOLD, reason=ClockReason.JUMP, alarm=True)
