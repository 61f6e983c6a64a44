"""Everything that sends, put together: one relay, one ledger and one set of lines for a process."""

import time
from typing import Protocol

from nhacviec.adapters.database.engine import Database
from nhacviec.adapters.mime import serialise
from nhacviec.adapters.pace import SteadyPace
from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.adapters.workshop.beside import Workshop
from nhacviec.adapters.workshop.tools import Tools
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
from nhacviec.resources import shipped
from nhacviec.settings import Settings

#: What letters are written with where there are many: the same as in this process.
TOOLS = Tools(
    folder=shipped("templates"), vocabulary=load_vocabulary, composer=JinjaComposer, serialise=serialise
)


#: A command tries so often to write down what a server has said, some twenty seconds; a daemon without end.
TRIES = 7


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

    @property
    def lasting(self) -> bool:
        """Whether it lives on while the database is away."""

    def going(self) -> bool:
        """Whether to begin another letter."""


def dispatch_of(sender: Sender) -> Dispatch:
    """Put together what sends."""
    settings, work = sender.settings, sender.database
    relay = Relay(connections=settings.smtp_connections)
    tries = None if sender.lasting else TRIES
    troubles = Troubles(work=work, tries=tries)
    attempt = Attempt(
        compose=sender.compose,
        workshop=Workshop(pen=sender.compose.write, tools=TOOLS),
        ledger=Ledger(work=work, tries=tries),
        lines=Lines(mailer=sender.mailer, allowed=relay.capacity, opened=relay.opened),
        relay=relay,
        troubles=troubles,
        clock=sender.clock,
        worker=lambda: sender.attendance.number,
        sender=settings.sender,
        pace=SteadyPace(settings.smtp_rate, time.monotonic),
    )
    take = Take(work=work, compose=sender.compose, worker=sender.attendance.enter, lifted=relay.released)
    dispatch = Dispatch(take=take, attempt=attempt, relay=relay, troubles=troubles, going=sender.going)

    def opened() -> None:
        relay.opened()
        dispatch.widen()

    attempt.lines.opened = opened
    return dispatch
