"""Auditing: the daemon looks at its own work, and beats the heart while all is well (DELIVERY §2.15)."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from nhacviec.application.findings import Finding, FindingKind, Gravity
from nhacviec.application.watch import Watched
from nhacviec.domain.errors import NhacViecError

log = logging.getLogger(__name__)

#: From one audit to the next, in seconds.
AUDIT = 300.0
#: How often to look whether an audit is due, in seconds; the first one follows the first tick so soon.
LOOK = 5.0
_LEVELS = {Gravity.RED: logging.CRITICAL, Gravity.ASK: logging.ERROR, Gravity.TELL: logging.WARNING}


@dataclass(slots=True, kw_only=True)
class Auditing:
    """Audits in a rhythm of its own; a finding is logged once while it lasts, and its end.

    Args:
        watch: looks; raises where the database does not answer.
        beat: tells a monitor elsewhere that all is well, and says why that did not arrive; None without one.
        ticked: whether a tick has ended in this life; before that nothing has been attended to.
        seconds: from one audit to the next.
        monotonic: a clock that nobody sets, in seconds.
    """

    watch: Callable[[], Awaitable[Watched]]
    ticked: Callable[[], bool]
    beat: Callable[[], Awaitable[str]] | None = None
    seconds: float = AUDIT
    monotonic: Callable[[], float] = time.monotonic
    _audited: float | None = field(default=None, init=False)
    _standing: dict[FindingKind, Gravity] = field(default_factory=dict, init=False)
    _unheard: bool = field(default=False, init=False)

    async def run(self) -> None:
        """One look whether an audit is due, and that audit: for a job every ``LOOK`` seconds."""
        now = self.monotonic()
        if not self.ticked() or (self._audited is not None and now - self._audited < self.seconds):
            return
        try:
            watched = await self.watch()
        except NhacViecError as error:
            # Whoever works with the database tells what is wrong with it; the heart is silent meanwhile.
            log.debug("no audit", extra={"action": "audit_failed", "problem": str(error)})
            return
        self._audited = now
        self._tell(watched)
        if not watched.red and self.beat is not None:
            self._heard(await self.beat())

    def _tell(self, watched: Watched) -> None:
        """Log what is new or has become graver, and what is over."""
        found = _gravest(watched.findings)
        for kind in [kind for kind in self._standing if kind not in found]:
            del self._standing[kind]
            log.info("over", extra={"action": "finding_over", "finding": kind})
        for kind, finding in found.items():
            known = self._standing.get(kind) is finding.gravity
            self._standing[kind] = finding.gravity
            log.log(
                logging.DEBUG if known else _LEVELS[finding.gravity],
                finding.said,
                extra={
                    "action": "finding",
                    "finding": kind,
                    "gravity": finding.gravity,
                    "count": finding.count,
                    "oldest": finding.oldest and finding.oldest.isoformat(),
                    "mend": finding.mend,
                },
            )

    def _heard(self, problem: str) -> None:
        if problem:
            level = logging.DEBUG if self._unheard else logging.WARNING
            log.log(
                level, "the heartbeat is not heard", extra={"action": "heartbeat_unheard", "problem": problem}
            )
        elif self._unheard:
            log.info("the heartbeat is heard again", extra={"action": "heartbeat_heard"})
        self._unheard = bool(problem)


def _gravest(findings: tuple[Finding, ...]) -> dict[FindingKind, Finding]:
    """One finding of each kind; they come with the gravest first."""
    return {finding.kind: finding for finding in reversed(findings)}
