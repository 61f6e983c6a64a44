"""The throttle: a domain that puts letters off is given fewer, and no other domain is touched (F31).

A bucket per recipient domain exists only after that domain has put off letters to two recipients: one alone
may be the mailbox's own matter.  Each further deferral halves its rate, which then rises evenly until the
bucket is taken away, the more slowly the more often it was halved: a single one is over within a minute.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from nhacviec.domain.relay.enhanced import enhanced

#: Letters a second at the first deferral, and at which a bucket is taken away.
FIRST = 1.0
FREE = 2.0
#: One letter a minute goes whatever happens: no domain starves.
LEAST = 1 / 60
#: Seconds in which the rate rises by ``FREE`` after the first deferral; twice as many after each further one.
RECOVERY = 60.0
LONGEST_RECOVERY = 7200.0
#: Letters that were not sent in the last so many seconds may follow at once: a queue is looked at every few.
BURST = 30.0
#: A second recipient must be put off within so many seconds of the first.
SECOND = 600.0
#: Letters that have to wait are told to come back one after the other within so many seconds.
LATEST = 300.0
#: So many domains are remembered, those that deferred last.
MOST_DOMAINS = 1000

#: Replies that speak of rate or policy where no enhanced code says what they speak of.
_CODES = (421, 450, 451, 452)
#: Security or policy, whatever the detail …
_POLICY = "4.7."
#: … mailbox disabled, system not accepting, congestion, too many recipients (RFC 3463 §3).
_REASONS = ("4.2.1", "4.3.2", "4.4.5", "4.5.3")
#: Greylisting is about one letter and not about how many there are.
_GREYLISTED = re.compile(r"gr[ae]y-?list", re.IGNORECASE)


def slows(code: int, text: str) -> bool:
    """Whether a reply asks for fewer letters.

    Args:
        code: three digits.
        text: what was said.
    """
    if code // 100 != 4 or _GREYLISTED.search(text):  # noqa: PLR2004 -- RFC 5321 §4.2.1
        return False
    reason = enhanced(code, text)
    if not reason:
        return code in _CODES
    return reason.startswith(_POLICY) or reason in _REASONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """How fast letters may go to one domain.

    Args:
        rate: letters a second at ``since``; it rises from there.
        since: when it was set, in seconds of a clock that only rises.
        halved: how often the domain has deferred.
        next_at: when the next letter may go.
        told: up to when letters were told to come back.
    """

    rate: float
    since: float
    halved: int
    next_at: float
    told: float = 0.0

    def rate_at(self, now: float) -> float:
        """Letters a second by now."""
        recovery = min(RECOVERY * 2.0 ** min(self.halved - 1, 30), LONGEST_RECOVERY)
        return self.rate + FREE * (now - self.since) / recovery

    def deferred(self, now: float) -> "Bucket":
        """Once more: half the rate; what was under way when it was halved last does not halve it again."""
        if now - self.since < 1 / self.rate:
            return self
        rate = max(self.rate_at(now) / 2, LEAST)
        return Bucket(rate=rate, since=now, halved=self.halved + 1, next_at=now + 1 / rate)

    def taken(self, now: float) -> "Bucket":
        """A letter goes; the next ones at even intervals."""
        return replace(self, next_at=max(self.next_at, now - BURST) + 1 / self.rate_at(now))

    def turned_away(self, now: float) -> tuple["Bucket", float]:
        """A letter has to wait: it comes back after those that were told so before it, in so many seconds."""
        turn = max(self.told, self.next_at)
        if turn - now > LATEST:
            turn = self.next_at  # the queue is longer: the rest comes between those that were told before
        return replace(self, told=turn + 1 / self.rate_at(now)), turn - now


class Throttle:
    """The buckets of the domains that have deferred."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._first: dict[str, tuple[str, float]] = {}

    def __len__(self) -> int:
        """How many domains have one."""
        return len(self._buckets)

    def wait_for(self, domain: str, now: float) -> float:
        """Whether a letter may go to a domain.

        Args:
            domain: in lower case.
            now: seconds of a clock that only rises.

        Returns:
            0 when it may, and then it counts; else seconds until one may.
        """
        bucket = self._buckets.get(domain)
        if bucket is None:
            return 0.0
        if bucket.rate_at(now) >= FREE:
            del self._buckets[domain]
            return 0.0
        if now < bucket.next_at:
            self._buckets[domain], wait = bucket.turned_away(now)
            return wait
        self._buckets[domain] = bucket.taken(now)
        return 0.0

    def deferred(self, email: str, now: float) -> None:
        """A letter was put off: its domain may ask for fewer.

        Args:
            email: the recipient, in lower case.
            now: seconds of a clock that only rises.
        """
        domain = email.rpartition("@")[2]
        bucket = self._buckets.pop(domain, None)
        if bucket is None and self._alone(email, domain, now):
            return
        if bucket is None or bucket.rate_at(now) >= FREE:
            bucket = Bucket(rate=FIRST, since=now, halved=1, next_at=now + 1 / FIRST)
        else:
            bucket = bucket.deferred(now)
        self._buckets[domain] = bucket  # it is from now on the one that did so last
        _forget(self._buckets)

    def _alone(self, email: str, domain: str, now: float) -> bool:
        """Whether nobody else at this domain was put off lately."""
        first, at = self._first.pop(domain, (email, now))
        if first != email and now - at <= SECOND:
            return False
        self._first[domain] = (email, now)
        _forget(self._first)
        return True


def _forget(domains: dict[str, Any]) -> None:
    """The domain that was heard of longest ago, where there are too many."""
    if len(domains) > MOST_DOMAINS:
        del domains[next(iter(domains))]
