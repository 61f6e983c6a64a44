"""Every use case over one database, wired once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from nhacviec.adapters import host
from nhacviec.adapters.calendar_csv import country_days
from nhacviec.adapters.database.engine import Database
from nhacviec.adapters.mime import serialise
from nhacviec.adapters.smtp import SmtpMailer
from nhacviec.adapters.templating import JinjaComposer, JinjaWriter
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.adapters.zone_data import fingerprint
from nhacviec.application.apply import Apply
from nhacviec.application.attendance import Attendance
from nhacviec.application.calendars import ChangeCalendar
from nhacviec.application.compose import Compose
from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.decide import Decide
from nhacviec.application.diff import Diff
from nhacviec.application.dispatch import Dispatch
from nhacviec.application.events import AddEvent
from nhacviec.application.explain import Explain
from nhacviec.application.forecast import Forecasting, LiveForecast
from nhacviec.application.gather import Gather
from nhacviec.application.identity import Identity
from nhacviec.application.messages import Messages
from nhacviec.application.notices import Notices
from nhacviec.application.overview import Overview
from nhacviec.application.plan import Plan
from nhacviec.application.ports import Clock
from nhacviec.application.rescuers import Rescue
from nhacviec.application.review import MakeReview
from nhacviec.application.send_test import SendTest
from nhacviec.application.stored import CountryDays
from nhacviec.application.tick import Tick
from nhacviec.application.watch import Watch
from nhacviec.application.zone_rules import FollowZoneRules
from nhacviec.bootstrap.mailing import server_of
from nhacviec.bootstrap.sending import dispatch_of
from nhacviec.domain.vocabulary import Vocabulary
from nhacviec.resources import shipped
from nhacviec.settings import Settings


@dataclass(frozen=True)
class Service:
    """Every use case over one database; built once per process."""

    settings: Settings
    database: Database
    identity: Identity
    current: CurrentCatalogue
    clock: Clock
    zone: ZoneInfo
    attendance: Attendance
    #: Asked between two letters whether to begin another.
    going: Callable[[], bool] = lambda: True
    #: Whether it lives on while the database is away.
    lasting: bool = False

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The shipped words."""
        return load_vocabulary(shipped("templates"))

    @cached_property
    def composer(self) -> JinjaComposer:
        """The shipped templates."""
        return JinjaComposer(shipped("templates"), self.vocabulary)

    @cached_property
    def compose(self) -> Compose:
        """Messages become letters."""
        return Compose(
            current=self.current,
            identity=self.identity,
            vocabulary=self.vocabulary,
            composer=self.composer,
            serialise=serialise,
        )

    @cached_property
    def mailer(self) -> SmtpMailer:
        """The mail server of the settings."""
        return SmtpMailer(server=server_of(self.settings))

    @cached_property
    def tick(self) -> Tick:
        """Plan, gather, dispatch."""
        return Tick(
            follow=FollowZoneRules(work=self.database, current=self.current, fingerprint=fingerprint),
            plan=Plan(
                work=self.database,
                current=self.current,
                horizon=timedelta(days=self.settings.horizon_days),
            ),
            gather=Gather(work=self.database, current=self.current, identity=self.identity),
            rescue=self.rescue,
            dispatch=self.dispatch,
        )

    @cached_property
    def dispatch(self) -> Dispatch:
        """Sends what is due."""
        return dispatch_of(self)

    @cached_property
    def rescue(self) -> Rescue:
        """Takes back what dead workers have left."""
        return Rescue(
            work=self.database,
            attendance=self.attendance,
            process=host.process,
            monotonic=time.monotonic,
        )

    @cached_property
    def decide(self) -> Decide:
        """Report, accept, return, extend, waive, reopen, tally."""
        return Decide(work=self.database, current=self.current, notices=Notices(identity=self.identity))

    @cached_property
    def add_event(self) -> AddEvent:
        """A directive opens its occurrences."""
        return AddEvent(work=self.database, current=self.current)

    @cached_property
    def overview(self) -> Overview:
        """Occurrences with status and lateness."""
        return Overview(work=self.database, current=self.current, vocabulary=self.vocabulary)

    @cached_property
    def review(self) -> MakeReview:
        """The review of a period."""
        return MakeReview(
            work=self.database,
            current=self.current,
            vocabulary=self.vocabulary,
            writer=JinjaWriter(shipped("templates"), self.vocabulary),
        )

    @cached_property
    def explain(self) -> Explain:
        """Why a letter went, or did not."""
        return Explain(work=self.database, current=self.current)

    @cached_property
    def forecasting(self) -> Forecasting:
        """Forecasts of any catalogue."""
        return Forecasting(vocabulary=self.vocabulary, composer=self.composer, identity=self.identity)

    @cached_property
    def forecast(self) -> LiveForecast:
        """The letters of a window."""
        return LiveForecast(work=self.database, current=self.current, forecasting=self.forecasting)

    @cached_property
    def watch(self) -> Watch:
        """Whether all is well."""
        return Watch(work=self.database, clock=self.clock)

    @cached_property
    def messages(self) -> Messages:
        """The outbox as people look at it."""
        return Messages(work=self.database, compose=self.compose)

    @cached_property
    def send_test(self) -> SendTest:
        """One letter that proves the way."""
        return SendTest(
            work=self.database,
            current=self.current,
            identity=self.identity,
            composer=self.composer,
            serialise=serialise,
            mailer=self.mailer,
            clock=self.clock,
            sender=self.settings.sender,
        )

    @cached_property
    def change_calendar(self) -> ChangeCalendar:
        """Days off and make-up days."""
        return ChangeCalendar(work=self.database, current=self.current)

    @cached_property
    def apply(self) -> Apply:
        """A catalogue replaces what the database holds."""
        return Apply(work=self.database, current=self.current, country_days=shipped_days())

    @cached_property
    def diff(self) -> Diff:
        """What an apply would change."""
        return Diff(work=self.database, apply=self.apply, forecasting=self.forecasting)


def shipped_days() -> CountryDays:
    """The calendars that ship with the product."""
    return country_days(shipped("config") / "calendar")
