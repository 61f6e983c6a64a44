"""The breaker: a mail server that cannot be reached is asked by one line at a time, and never in a hurry.

Failures of the connection cost the letters nothing (DELIVERY §2.8).  Closed, the breaker allows lines: after
a start or an outage 1, then 2, 4 and so on.  A failure opens it: no line for a while.  Then it is half open:
one line may try.
"""

from dataclasses import dataclass, replace

#: The ceiling of the first wait after a failure, in seconds; it doubles with each further one.
FIRST = 1.0
LONGEST = 300.0
#: The least wait: a chance of 0 must not become a loop without a pause.
SHORTEST = 0.1
#: A server that takes no further line beside those that work is not asked for one for so long, in seconds.
CROWDED = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What has to be remembered of a mail server's line.

    Args:
        limit: how many lines there may be at most.
        allowed: how many there may be while it is closed.
        failures: how many there were since a letter was last answered.
        tripped: whether it is open, or half open.
        until: while it is tripped, no line before this moment, in seconds of a clock that only rises.
        steady_until: no more lines than are allowed before this moment.
        proven: whether a letter was answered since the last thing that went wrong.
    """

    limit: int
    allowed: int = 1
    failures: int = 0
    tripped: bool = False
    until: float = 0.0
    steady_until: float = 0.0
    proven: bool = False

    def capacity(self, now: float) -> int:
        """How many letters may be under way just now; what is beyond it ends when its letter does."""
        if self.tripped:
            return 0 if now < self.until else 1
        return self.allowed

    def rest(self, now: float) -> float:
        """Seconds until a line may try; 0 when one may now."""
        return max(self.until - now, 0.0) if self.tripped else 0.0

    def opened(self, now: float) -> "Breaker":
        """A line is ready: the outage may be over, and twice as many lines may follow."""
        if self.rest(now):
            return self  # it was begun before the failure
        return self._grown(now, self.allowed * 2)

    def answered(self, now: float) -> "Breaker":
        """A letter got an answer, whatever it was: the server works."""
        if self.rest(now):
            return self
        if self.proven and self.allowed == self.limit:
            return self  # all is well, and that is nearly always
        return replace(self._grown(now, self.allowed + 1), proven=True, failures=0)

    def failed(self, now: float, chance: float) -> "Breaker":
        """No line could be had.

        Args:
            now: seconds of a clock that only rises.
            chance: 0..1; the wait is that share of its ceiling (full jitter).
        """
        if self.rest(now):
            return self  # the same outage, told by a line that was begun before it
        ceiling = min(FIRST * 2.0 ** min(self.failures, 30), LONGEST)
        wait = max(ceiling * chance, SHORTEST)
        failures = self.failures + 1
        return replace(self, tripped=True, until=now + wait, allowed=1, failures=failures, proven=False)

    def broke(self, now: float, chance: float) -> "Breaker":
        """A line broke that had been ready.

        Servers hang up after so many letters, and a letter may be such that they always do.  So a line that
        breaks while letters are answered costs nothing; if the next goes wrong too, the breaker opens.
        """
        return replace(self, proven=False) if self.proven else self.failed(now, chance)

    def crowded(self, now: float, chance: float) -> "Breaker":
        """The server put a further line off (4yz): where others work, it has as many as it wants."""
        if not self.proven or self.tripped or self.allowed == 1:
            return self.failed(now, chance)
        return replace(self, allowed=self.allowed // 2, steady_until=now + CROWDED, proven=False)

    def resting(self, until: float) -> "Breaker":
        """No line before a moment, and then a single one."""
        return replace(self, tripped=True, until=max(self.until, until), allowed=1, proven=False)

    def _grown(self, now: float, allowed: int) -> "Breaker":
        if now >= self.steady_until:
            return replace(self, tripped=False, allowed=min(allowed, self.limit))
        return replace(self, tripped=False)
