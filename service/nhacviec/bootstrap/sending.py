"""Everything that sends, put together: one relay, one ledger and one set of lines for a process."""

import time
from typing import Protocol

from nhacviec.adapters.database.engine import Database
from nhacviec.adapters.pace import SteadyPace
from nhacviec.application.attempt import Attempt
from nhacviec.application.attendance import Attendance
from nhacviec.application.compose import Compose
from nhacviec.application.dispatch import Dispatch
from nhacviec.application.ledger import Ledger
from nhacviec.application.lines import Lines
from nhacviec.application.ports import Clock, Mailer
from nhacviec.application.relay import Relay
from nhacviec.application.take import Take
from nhacviec.application.troubles import Troubles
from nhacviec.settings import Settings


class Sender(Protocol):
    """What sending is put together from."""

    @property
    def settings(self) -> Settings:
        """As read."""

    @property
    def database(self) -> Database:
        """The database."""

    @property
    def attendance(self) -> Attendance:
        """This process among the workers."""

    @property
    def compose(self) -> Compose:
        """Messages become letters."""

    @property
    def mailer(self) -> Mailer:
        """The mail server."""

    @property
    def clock(self) -> Clock:
        """What time it is."""

    def going(self) -> bool:
        """Whether to begin another letter."""


def dispatch_of(sender: Sender) -> Dispatch:
    """Put together what sends."""
    settings, work = sender.settings, sender.database
    relay = Relay(connections=settings.smtp_connections)
    troubles = Troubles(work=work)
    attempt = Attempt(
        compose=sender.compose,
        ledger=Ledger(work=work),
        lines=Lines(mailer=sender.mailer, allowed=relay.capacity, opened=relay.opened),
        relay=relay,
        troubles=troubles,
        clock=sender.clock,
        worker=lambda: sender.attendance.number,
        sender=settings.sender,
        pace=SteadyPace(settings.smtp_rate, time.monotonic),
    )
    take = Take(work=work, compose=sender.compose, worker=sender.attendance.enter, lifted=relay.released)
    return Dispatch(take=take, attempt=attempt, relay=relay, troubles=troubles, going=sender.going)
