"""The relay: what one process knows of its mail server, and what its replies mean (DELIVERY §2.8, §2.9).

Nothing is logged and nothing waits here: whoever asks is told, with the reason.
"""

import random  # noqa: TID251 -- processes must not come back in step; what is decided does not hang on it
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from nhacviec.application.holds import HoldKind
from nhacviec.domain.delivery import CLOSING, CLOSING_WAIT, Meaning, Outcome, Settlement, judge, settle
from nhacviec.domain.errors import DeliveryError
from nhacviec.domain.message import Message
from nhacviec.domain.relay import credentials
from nhacviec.domain.relay.brake import Brake, Trip, common_code
from nhacviec.domain.relay.breaker import Breaker
from nhacviec.domain.relay.throttle import Throttle, slows
from nhacviec.domain.relay.trouble import OF_LINES, Trouble, TroubleReason, of_opening

__all__ = ["RESTING", "Judged", "Relay", "Trouble", "TroubleReason"]

#: The stage of an error that says no more than that the server is being given a rest.
RESTING = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What an attempt came to.

    Args:
        message: as it was before it.
        outcome: for the record; ``UNREACHABLE`` costs the letter no attempt.
        meaning: why.
        text: what the server said.
        trouble: what has to be told; None when that is nothing, or known already.
        hold: why the queue has to stand still from now on; None when it need not.
        reopen: messages refused before this one for no fault of theirs: to be tried again, once it is on
            record that they were refused.
    """

    message: Message
    outcome: Outcome
    meaning: Meaning
    text: str = ""
    trouble: Trouble | None = None
    hold: HoldKind | None = None
    reopen: tuple[int, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether the claim was lost: somebody else has the letter, so there is nothing to record."""
        return self.meaning is Meaning.CLAIM_LOST

    def settlement(self, now: datetime) -> Settlement:
        """Where the message goes.

        Args:
            now: aware.
        """
        message = self.message
        ambiguous = self.outcome is Outcome.AMBIGUOUS
        end = settle(
            self.outcome,
            now=now,
            attempts=(message.ambiguous if ambiguous else message.attempts) + 1,
            key=message.key,
            text=self.text if self.meaning is Meaning.LATER else "",
        )
        return replace(end, due_at=now + CLOSING_WAIT) if self.meaning is Meaning.CLOSING else end


class Relay:
    """How much the mail server can take, and what its replies mean.

    Args:
        connections: how many lines there may be at most.
        clock: seconds that only rise.
        chance: 0..1; spreads the waits of many processes.
    """

    def __init__(
        self,
        *,
        connections: int,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._clock, self._chance = clock, chance
        self._breaker = Breaker(limit=connections)
        self._throttle = Throttle()
        self._brake = Brake()
        self._told: set[TroubleReason] = set()

    @property
    def troubles(self) -> frozenset[TroubleReason]:
        """What was told and is not over."""
        return frozenset(self._told)

    def capacity(self) -> int:
        """How many letters may be under way now: 0 in an outage, then 1, 2, 4 and so on up to all lines."""
        return self._breaker.capacity(self._clock())

    def rest(self) -> float:
        """Seconds until the capacity rises from 0; 0 when it is more."""
        return self._breaker.rest(self._clock())

    def wait_for(self, domain: str) -> float:
        """Whether a letter may go to a domain now.

        Args:
            domain: of the recipient.

        Returns:
            0 when it may, and then it counts; else seconds for which letters to this domain should wait.
        """
        return self._throttle.wait_for(domain.lower(), self._clock())

    def opened(self) -> None:
        """A line was opened and is ready for a letter."""
        self._breaker = self._breaker.opened(self._clock())

    def failed(self, error: DeliveryError) -> Trouble | None:
        """No line could be had.

        Args:
            error: what opening one raised, with its stage and code.

        Returns:
            What has to be told; None when it is known, or the server is being given a rest anyway.  Refused
            credentials are told each time, for that moment must be kept; only the first time is an alarm.
        """
        now = self._clock()
        if error.stage == RESTING:
            return None
        if credentials.refuses(error.code, error.stage):
            self._breaker = self._breaker.resting(now + credentials.REST.total_seconds())
            reason = TroubleReason.CREDENTIALS
            again = Trouble(reason=reason, text=str(error), alarm=False)
            return self._tell(reason, str(error), alarm=True) or again
        if self._breaker.rest(now):
            return None
        later = error.code // 100 == 4  # noqa: PLR2004 -- RFC 5321 §4.2.1
        fail = self._breaker.crowded if later else self._breaker.failed
        self._breaker = fail(now, self._chance())
        reason = of_opening(error.code, error.stage)
        return self._tell(reason, str(error), alarm=reason is not TroubleReason.UNREACHABLE)

    def rest_credentials(self, seconds: float) -> None:
        """Open no line for so long: credentials were refused, and that told, before this process began (F29).

        Args:
            seconds: see ``credentials.rest``.
        """
        self._told.add(TroubleReason.CREDENTIALS)
        if seconds > 0:
            self._breaker = self._breaker.resting(self._clock() + seconds)

    def released(self) -> None:
        """A human lets the queue go on: the brake is free, and what goes wrong again is told again."""
        self._brake.released()
        self._told &= OF_LINES

    def judge(self, message: Message, *, code: int, text: str, stage: str) -> Judged:
        """What the end of an attempt means, for the letter and for all others.

        Args:
            message: as claimed.
            code: three digits; 0 when none came.
            text: what was said, or what broke.
            stage: where it ended: mail, rcpt, data, dot or fence.
        """
        found = judge(code, stage, text)
        said = f"{code} {text}" if code else text
        judged = Judged(message=message, outcome=found.outcome, meaning=found.meaning, text=text)
        trouble = self._heed_line(found.meaning, code, said)
        if slows(code, text):
            self._throttle.deferred(message.recipient.email.lower(), self._clock())
        if found.outcome is Outcome.REFUSED:
            return self._refused(judged, common_code(code, text), said)
        if found.outcome is Outcome.ACCEPTED:
            self._brake.accepted()
            self._told &= {TroubleReason.REFUSALS} if self._brake.tripped else set()
        if found.meaning is Meaning.SENDER_REFUSED:
            trouble = self._tell(TroubleReason.SENDER, said, alarm=True)
            return replace(judged, trouble=trouble, hold=HoldKind.SENDER)
        return replace(judged, trouble=trouble) if trouble else judged

    def _heed_line(self, meaning: Meaning, code: int, said: str) -> Trouble | None:
        """What the end of an attempt tells of the line it was made on."""
        if meaning in {Meaning.CLAIM_LOST, Meaning.NO_CONVERSATION}:
            return None
        now = self._clock()
        if not (meaning.ends_line or code == CLOSING):
            self._breaker = self._breaker.answered(now)
            self._told -= OF_LINES
            return None
        before = self._breaker
        self._breaker = before.broke(now, self._chance())
        if self._breaker.tripped and not before.rest(now):
            return self._tell(TroubleReason.UNREACHABLE, said, alarm=False)
        return None

    def _refused(self, judged: Judged, common: str, said: str) -> Judged:
        trip = self._brake.refused(common, judged.message.id)
        if trip is not None:
            return self._held_back(judged, trip, said)
        if self._brake.tripped == common:
            return replace(
                judged, outcome=Outcome.DEFERRED, meaning=Meaning.REFUSED_LIKE_MANY, hold=HoldKind.REFUSALS
            )
        if judged.meaning is Meaning.POLICY:
            return replace(judged, trouble=self._tell(TroubleReason.POLICY, said, alarm=True))
        return judged

    def _held_back(self, judged: Judged, trip: Trip, said: str) -> Judged:
        text = f"{trip.count} letters were refused alike ({trip.code}), the last one with: {said}"
        return replace(
            judged,
            outcome=Outcome.DEFERRED,
            meaning=Meaning.REFUSED_LIKE_MANY,
            trouble=self._tell(TroubleReason.REFUSALS, text, alarm=True),
            hold=HoldKind.REFUSALS,
            reopen=trip.messages,
        )

    def _tell(self, reason: TroubleReason, text: str, *, alarm: bool) -> Trouble | None:
        if reason in self._told:
            return None
        self._told.add(reason)
        return Trouble(reason=reason, text=text, alarm=alarm)
