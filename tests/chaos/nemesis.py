"""The adversary: kills, a server that drops and defers, a line that is cut; all of it drawn from one seed."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.chaos import dump
from tests.chaos.chance import Chance
from tests.chaos.checker import Violation, check, repeated
from tests.chaos.killer import Killer, Zygote
from tests.chaos.load import Load
from tests.chaos.post import Sink
from tests.chaos.proxy import Proxy
from tests.support.checkout import ROOT

#: What an ambiguous letter rests before it is tried again, and a put off one; minutes in earnest. Seconds.
WAITS = 0.2
#: How long draining may take before it counts as never, in seconds.
NEVER = 15.0
#: Which share of the kills comes at any moment; the others when letters are on their way.
ANY_MOMENT = 0.3
UNDER_WAY = frozenset({"pending", "claimed", "transmitting"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What is done to whom.

    Args:
        folder: for the database, logs and letters.
        url: of an empty database.
        kills: how many.
        seed: of everything that is left to chance.
        units: how many letters one event makes.
        workers: at once.
        multi: whether several may work on one SQLite file; else all but one stand by.
        service: the folder that holds the package.
        tell: told of progress.
    """

    folder: Path
    url: str
    kills: int = 40
    seed: str = "1"
    units: int = 40
    workers: int = 2
    multi: bool = True
    service: Path = ROOT / "service"
    tell: Callable[[str], None] = lambda _text: None


@dataclass(slots=True, kw_only=True)
class Report:
    """How it went; ``as_document`` is what ``./nhacviec chaos`` prints."""

    seed: str
    kills: int = 0
    seconds: float = 0.0
    letters: int = 0
    accepted: int = 0
    repeated: int = 0
    ambiguous: int = 0
    outside: int = 0
    lost: int = 0
    drained_seconds: float = 0.0
    states: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    integrity: str = ""
    violations: list[Violation] = field(default_factory=list)
    log: str = ""

    def as_document(self) -> dict[str, Any]:
        """The figures, without the workers' talk."""
        told = asdict(self)
        del told["log"]
        told["kills_per_second"] = round(self.kills / self.seconds, 1) if self.seconds else 0.0
        return told


def settings(campaign: Campaign, smtp_url: str) -> dict[str, str]:
    """The environment of the workers."""
    told = {
        "NHACVIEC_DATABASE_URL": campaign.url,
        "NHACVIEC_SMTP_URL": smtp_url,
        "NHACVIEC_TICK_SECONDS": "1",
        "NHACVIEC_LOG_FORMAT": "json",
        "NHACVIEC_TEST_UNDURABLE": "1",
    }
    return told | ({"NHACVIEC_TEST_ALLOW_MULTI": "1"} if campaign.multi else {})


def fight(campaign: Campaign) -> Report:
    """Kill workers while everything else goes wrong too; then leave them in peace, and count."""
    chance = Chance(campaign.seed)
    report = Report(seed=campaign.seed)
    campaign.folder.mkdir(parents=True, exist_ok=True)
    with Sink(campaign.folder) as sink, Proxy(sink.port) as proxy:
        told = settings(campaign, f"smtp://127.0.0.1:{proxy.port}")
        with Zygote(campaign.folder, told, service=campaign.service) as zygote:
            load = Load(zygote, campaign.units)
            load.begin(campaign.folder)
            load.happen()
            killer = Killer(zygote, partial(_moment, chance, sink), workers=campaign.workers)
            began = time.monotonic()
            killer.run(campaign.kills, between=_storm(campaign, chance, (sink, proxy, load)), waits=WAITS)
            report.kills, report.seconds = killer.kills, round(time.monotonic() - began, 1)
            sink.mode()
            load.happen()  # whatever the faults let through, the end begins with work
            campaign.tell(f"{killer.kills} kills in {report.seconds} s; draining")
            report.drained_seconds = drain(zygote, campaign.url, campaign.workers)
            report.log = zygote.log
        _count(report, campaign.url, sink, load)
    return report


def _moment(chance: Chance, sink: Sink) -> None:
    """Wait for the moment of the next kill: any moment, or one at which letters are just on their way."""
    if chance.share() < ANY_MOMENT:
        time.sleep(chance.between(0.0, 0.3))
        return
    sink.wait_at_most(0.5, dots=sink.counts().get("dots", 0) + int(chance.between(1, 15)))
    time.sleep(chance.between(0.0, 0.004))


def _storm(campaign: Campaign, chance: Chance, world: tuple[Sink, Proxy, Load]) -> Iterator[None]:
    """After each kill something may change: how the server answers, whether the line holds, what is owed."""
    sink, proxy, load = world
    for kills in range(1, sys.maxsize):
        if chance.share() < 0.25:
            shares = {what: chance.one_of((0.0, 0.0, 0.1)) for what in ("drop_acc", "drop_rej", "defer")}
            delay = chance.one_of((0.0, 0.002, 0.02))
            sink.mode(**shares, delay=delay, seed=f"{campaign.seed}-{kills}")
        if chance.share() < 0.15:
            proxy.cut()
        if dump.states(campaign.url).get("pending", 0) < campaign.units:
            load.happen()  # so that there is always something to be killed at
        if kills % 50 == 0:
            campaign.tell(f"{kills} kills; {dump.states(campaign.url)}")
        yield


def drain(zygote: Zygote, url: str, workers: int = 1, **told: Any) -> float:  # noqa: ANN401
    """Let workers go on in peace until nothing is owed any more, then end them politely.

    Returns:
        After how many seconds.

    Raises:
        RuntimeError: it is never done, or a worker does not end well.
    """
    began = time.monotonic()
    alive = [zygote.fork(**{"waits": WAITS, **told}) for _ in range(workers)]
    until(lambda: _gathered(url) and UNDER_WAY.isdisjoint(dump.states(url)), zygote)
    drained = time.monotonic() - began
    for pid in alive:
        os.kill(pid, signal.SIGTERM)
    codes = [zygote.wait(pid) for pid in alive]
    if set(codes) - {0, -signal.SIGTERM}:  # the latter: told before it could listen, there was nothing to do
        raise RuntimeError(f"workers ended with {codes}:\n{zygote.log[-3000:]}")
    return round(drained, 2)


def until(so: Callable[[], bool], zygote: Zygote) -> None:
    """Wait for something that announces itself to nobody: what a database holds, what a file says.

    Raises:
        RuntimeError: it never comes.
    """
    end = time.monotonic() + NEVER
    while not so():
        if time.monotonic() > end:
            raise RuntimeError(f"it never comes:\n{zygote.log[-3000:]}")
        time.sleep(0.02)


def _gathered(url: str) -> bool:
    """Whether every occurrence that was opened has been decided; asked first, for letters follow from it."""
    return not dump.rows(url, "SELECT 1 FROM occurrence WHERE next_at IS NOT NULL LIMIT 1")


def _count(report: Report, url: str, sink: Sink, load: Load) -> None:
    held, copies = dump.read(url), sink.accepted
    report.violations = check(held, copies, owed=load.owed)
    invariants = Counter(violation.invariant for violation in report.violations)
    report.letters, report.accepted = len(held.letters), len(copies)
    report.repeated = repeated(copies)
    report.states = dict(Counter(letter.state for letter in held.letters))
    report.outcomes = dict(Counter(attempt.outcome for attempt in held.attempts))
    report.ambiguous = report.outcomes.get("ambiguous", 0)
    report.outside = invariants["bounded copies"]
    report.lost = invariants["nothing lost"] + invariants["sent means accepted"]
    report.integrity = held.integrity
