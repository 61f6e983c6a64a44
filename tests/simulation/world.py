"""A service that lives through simulated weeks: real database, real mail server, clocks that a test moves."""

import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.apply import ApplyOptions
from nhacviec.bootstrap import open_service
from nhacviec.daemon.clock_guard import ClockGuard
from nhacviec.daemon.lifecycle import Daemon
from nhacviec.daemon.pulse import Pulse
from nhacviec.daemon.running import Running
from nhacviec.daemon.systemd import Notifier
from nhacviec.settings import Settings, settings_for
from tests.support.mailserver import MailServer

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
#: When something may happen on a day: letters go at half past seven, what is tried again at any time.
HOURS = (time(7, 30), time(12), time(23))


def at(text: str) -> datetime:
    """The instant of a wall time in Hà Nội."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).astimezone(UTC)


@dataclass(slots=True)
class Clocks:
    """The machine's clocks; they go together unless a test sets the one on the wall."""

    wall: datetime
    uptime: float = 1000.0

    def now(self) -> datetime:
        """The present instant, as the machine believes."""
        return self.wall

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.uptime

    def go_on(self, span: timedelta) -> None:
        """Time passes."""
        self.wall += span
        self.uptime += span.total_seconds()

    def leap(self, span: timedelta) -> None:
        """Somebody sets the wall clock."""
        self.wall += span


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter as the mail server took it, and when."""

    at: datetime
    to: str
    subject: str
    text: str
    message_id: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(HANOI):%m-%d %H:%M} {self.to.partition('@')[0]}: {self.subject}"


@dataclass(slots=True, kw_only=True)
class World:
    """One installation: its machine, its database, its mail server.

    Args:
        settings: of the service.
        server: the mail server.
        clocks: of the machine.
        daemon: what lives now; None while the service is down.
        letters: what the server took so far.
        seen: how many letters of the server's have been looked at, those of other worlds among them.
    """

    settings: Settings
    server: MailServer
    clocks: Clocks
    daemon: Daemon | None = None
    letters: list[Letter] = field(default_factory=list)
    seen: int = 0

    @asynccontextmanager
    async def life(self) -> AsyncIterator[Daemon]:
        """From a start of the daemon to its end."""
        pulse = Pulse(monotonic=self.clocks.monotonic)
        running = Running(
            settings=self.settings, pulse=pulse, clock=self.clocks, monotonic=self.clocks.monotonic
        )
        self.daemon = Daemon(
            service=running,
            clock=self.clocks,
            notifier=Notifier(),
            tick_seconds=20,
            pulse=pulse,
            guard=ClockGuard(mark=await running.mark()),
            uptime=self.clocks.monotonic,
        )
        sending = (await running.open()).dispatch
        sending.relay._clock = self.clocks.monotonic
        sending.relay._chance = lambda: 1.0
        sending.attempt.lines.clock = self.clocks.monotonic
        try:
            yield self.daemon
        finally:
            await running.stop()
            self.daemon = None

    async def tick(self) -> None:
        """What the daemon does in its rhythm, once."""
        if self.daemon is not None:
            await self.daemon._tick()
            await self.daemon._send()
        for envelope in self.server.accepted[self.seen :]:
            self.seen += 1
            self.letters.append(_read(envelope.content, envelope.rcpt_tos[0], self.clocks.wall))

    async def live(self, until: datetime, step: timedelta | None = None) -> None:
        """Tick again and again, up to a moment by the wall clock and at it.

        Args:
            until: the moment.
            step: from tick to tick; a few ticks a day when left out.
        """
        await self.tick()
        while self.clocks.wall < until:
            following = self._following() if step is None else self.clocks.wall + step
            self.clocks.go_on(min(following, until) - self.clocks.wall)
            await self.tick()

    def _following(self) -> datetime:
        wall = self.clocks.wall.astimezone(HANOI)
        days = (wall.date(), wall.date() + timedelta(days=1))
        moments = (datetime.combine(day, hour, HANOI) for day in days for hour in HOURS)
        return next(moment for moment in moments if moment > wall).astimezone(UTC)

    def sleep(self, until: datetime) -> None:
        """Time passes while the service is down."""
        self.clocks.go_on(until - self.clocks.wall)

    async def applied(self, catalogue: dict[str, Any], folder: Path) -> None:
        """Apply a catalogue at this moment."""
        file = folder / "catalogue.yaml"
        file.write_text(json.dumps(catalogue, ensure_ascii=False), encoding="utf-8")
        async with open_service(self.settings, clock=self.clocks) as service:
            await service.apply([read_yaml(file)], ApplyOptions(at=self.clocks.wall))

    @property
    def file(self) -> Path:
        """Where the database lies."""
        return Path(self.settings.database_url.get_secret_value().removeprefix("sqlite:///"))

    def rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """What the database holds, seen from outside."""
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(query, given).fetchall()

    def states(self) -> Counter[str]:
        """How many messages are in each state."""
        return Counter(dict(self.rows("SELECT state, count(*) FROM message GROUP BY state")))

    def verdicts(self) -> Counter[tuple[str, str]]:
        """How many reminders have each verdict and reason."""
        found = self.rows("SELECT verdict, reason, count(*) FROM reminder GROUP BY verdict, reason")
        return Counter({(verdict, reason): many for verdict, reason, many in found})

    def said(self, line: str = "main") -> list[tuple[int, str, str, date]]:
        """What was sent: occurrence, address, stage, local date of sending."""
        found = self.rows(
            "SELECT reminder.occurrence, reminder.email, reminder.stage, message.message_id FROM reminder"
            " JOIN message ON message.id = reminder.message"
            " WHERE reminder.verdict = 'send' AND message.state = 'sent' AND message.line = ?",
            line,
        )
        went = {letter.message_id: letter.at.astimezone(HANOI).date() for letter in self.letters}
        return [
            (occurrence, email, stage, went[message_id]) for occurrence, email, stage, message_id in found
        ]

    def kept(self) -> None:
        """Check what must hold in every story: nothing lost, nothing twice (P1, P2, P5, P6)."""
        assert set(self.states()) <= {"sent", "superseded"}, self.states()
        ids = [letter.message_id for letter in self.letters]
        sent = [row[0] for row in self.rows("SELECT message_id FROM message WHERE state = 'sent'")]
        assert sorted(ids) == sorted(sent)
        assert len(set(ids)) == len(ids)
        # at most one main-line letter for an occurrence, a reader and a date (S-42)
        assert _twice((o, email, day) for o, email, _, day in self.said()) == []
        # each escalation once (S-47)
        assert _twice((o, email, stage) for o, email, stage, _ in self.said("escalation")) == []
        # every reminder that is to go went, and every one that did not says why
        lost = self.rows(
            "SELECT reminder.id FROM reminder LEFT JOIN message ON message.id = reminder.message"
            " WHERE verdict = 'send' AND coalesce(message.state, '') <> 'sent' OR reason = ''"
        )
        assert lost == []
        assert self.rows("SELECT count(*) FROM message WHERE attempts > 1 OR ambiguous > 0") == [(0,)]


def _twice(things: Iterator[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [thing for thing, many in Counter(things).items() if many > 1]


def _read(content: bytes, to: str, moment: datetime) -> Letter:
    letter = message_from_bytes(content, policy=policy.default)
    body = letter.get_body(("plain",))
    return Letter(
        at=moment,
        to=to,
        subject=str(letter["Subject"]),
        text="" if body is None else str(body.get_content()),
        message_id=str(letter["Message-ID"]),
    )


def settings_of(folder: Path, server: MailServer) -> Settings:
    """A database of its own, and that server."""
    return settings_for(f"sqlite:///{folder}/nhacviec.db", server.url)
