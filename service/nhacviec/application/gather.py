"""Gather: occurrences whose instant has come become reminders with verdicts, and messages (DESIGN §2)."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.identity import Identity
from nhacviec.application.ports import Transaction, Work
from nhacviec.application.records import Event
from nhacviec.domain.addressing import Matter, address
from nhacviec.domain.errors import NhacViecError
from nhacviec.domain.foretell import after
from nhacviec.domain.message import Line, Message, Reminder, Slot
from nhacviec.domain.occurrence import EventKind, Occurrence, State
from nhacviec.domain.opening import period_of, stages_of, track_of
from nhacviec.domain.organisation import Contact
from nhacviec.domain.planning import Planner
from nhacviec.domain.reminder import Attention, Manner, Track, Verdict
from nhacviec.domain.time.zone import local
from nhacviec.domain.triage import triage
from nhacviec.failpoint import reach

log = logging.getLogger(__name__)

#: Occurrences decided in one transaction.
BATCH = 500
#: An occurrence that cannot be decided rests so long, so that it stops itself and not its neighbours.
REST = timedelta(days=1)


@dataclass(slots=True)
class Gathered:
    """What one run decided."""

    reminders: Counter[Verdict] = field(default_factory=Counter)
    messages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """All of a batch in one transaction: verdicts, letters promised, the next instant."""

    work: Work
    current: CurrentCatalogue
    identity: Identity

    async def __call__(self, now: datetime) -> Gathered:
        """Decide everything whose instant has come, in batches, until nothing is left.

        Args:
            now: aware.
        """
        gathered = Gathered()
        while await self._anything_ripe(now):
            async with self.work.write() as transaction:
                ripe = await transaction.occurrences.ripe(now, BATCH)
                if not ripe:
                    break
                await self._decide(transaction, ripe, now, gathered)
            reach("W2")
        return gathered

    async def _anything_ripe(self, now: datetime) -> bool:
        async with self.work.read() as transaction:
            return await transaction.occurrences.first_ripe(now) is not None

    async def _decide(
        self, transaction: Transaction, ripe: Sequence[Occurrence], now: datetime, gathered: Gathered
    ) -> None:
        planner = await self.current.planner(transaction)
        settled = await transaction.occurrences.settled(ripe)
        batch = Batch(planner=planner, identity=self.identity, now=now)
        for occurrence in ripe:
            batch.take(occurrence, settled.get(occurrence.id or 0, frozenset()))
        gathered.messages += await transaction.outbox.promise(batch.messages, batch.reminders)
        gathered.reminders.update(reminder.verdict for reminder in batch.reminders)
        await transaction.occurrences.save(batch.occurrences)
        await transaction.occurrences.log(batch.events)
        reach("W1")


@dataclass(slots=True, kw_only=True)
class Batch:
    """Decides occurrences one by one and keeps what follows from it; pure but for its log."""

    planner: Planner
    identity: Identity
    now: datetime
    reminders: list[Reminder] = field(default_factory=list)
    messages: dict[Slot, Message] = field(default_factory=dict)
    occurrences: list[Occurrence] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The local date."""
        return local(self.now, self.planner.catalogue.zone).date()

    def take(self, occurrence: Occurrence, settled: frozenset[str]) -> None:
        """Decide one occurrence; its trouble is not its neighbours'."""
        try:
            self._take(occurrence, settled)
        except NhacViecError as error:
            log.exception("occurrence set aside", extra={"action": "gather_failed", "problem": str(error)})
            self.occurrences.append(replace(occurrence, next_at=self.now + REST))

    def _take(self, occurrence: Occurrence, settled: frozenset[str]) -> None:
        catalogue = self.planner.catalogue
        duty, unit = catalogue.duties.get(occurrence.duty), catalogue.organisation.units.get(occurrence.unit)
        if duty is None or unit is None or not unit.valid_on(self.today):
            self._suspend(occurrence)
            return
        version = duty.at(period_of(occurrence))
        attention, track = attend(self.planner, occurrence, settled, self.now)
        matter = Matter(
            catalogue=catalogue,
            occurrence=occurrence,
            duty=version,
            unit=unit,
            now=self.now,
            today=self.today,
        )
        addressed = [pair for ruling in attention.rulings for pair in address(matter, ruling)]
        for reminder, waits_for in addressed:  # all of an occurrence or nothing of it
            self.reminders.append(reminder)
            if reminder.slot is not None:
                message = promised(reminder, self.identity, catalogue.organisation.sender)
                self.messages.setdefault(reminder.slot, replace(message, held=waits_for))
        spoke = track.last_spoken_on == self.today and occurrence.last_spoken_on != self.today
        self.occurrences.append(
            replace(
                occurrence,
                next_at=attention.next_at,
                last_spoken_on=track.last_spoken_on,
                reminded=occurrence.reminded + spoke,
            )
        )

    def _suspend(self, occurrence: Occurrence) -> None:
        """S-56: the unit or the duty is no longer there; a decision is waited for."""
        self.occurrences.append(replace(occurrence, state=State.SUSPENDED, next_at=None))
        self.events.append(
            Event(occurrence=occurrence.id or 0, kind=EventKind.SUSPENDED, at=self.now, data={})
        )


def attend(
    planner: Planner, occurrence: Occurrence, settled: frozenset[str], now: datetime
) -> tuple[Attention, Track]:
    """What to do about one occurrence now, and its track afterwards."""
    catalogue = planner.catalogue
    period = period_of(occurrence)
    duty = catalogue.duty(occurrence.duty).at(period)
    stages = stages_of(planner, occurrence)
    track = track_of(occurrence, settled)
    manner = Manner(policy=catalogue.policies[duty.policy], place=catalogue.place)
    attention = triage(stages, track, manner, now)
    return attention, after(track, attention.rulings, local(now, catalogue.zone).date())


def promised(reminder: Reminder, identity: Identity, sender: Contact) -> Message:
    """The message a reminder opens; others of its slot join it.

    Args:
        reminder: one that has a recipient, a slot and a kind.
        identity: gives the Message-ID.
        sender: whose domain the Message-ID carries.
    """
    slot, kind, recipient = reminder.slot, reminder.kind, reminder.recipient
    if slot is None or kind is None or recipient is None:
        raise ValueError("only a reminder that goes opens a message")
    return Message(
        key=slot.key,
        message_id=identity.message_id(slot.key, sender),
        recipient=recipient,
        line=Line(slot.line),
        kind=kind,
        slot_at=slot.at,
        due_at=slot.at,
    )
