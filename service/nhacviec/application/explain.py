"""Explain: rule → calendar → stages → verdicts → letters, or the exact reason why nothing was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.ports import Transaction, Work
from nhacviec.application.records import DeliveryRecord, Event, Filter, ReminderRecord
from nhacviec.domain.duty import Duty
from nhacviec.domain.errors import NotFoundError
from nhacviec.domain.message import Message
from nhacviec.domain.occurrence import ASKED_FOR, Occurrence
from nhacviec.domain.opening import period_of, stages_of
from nhacviec.domain.planning import Planner
from nhacviec.domain.stage import Stage
from nhacviec.domain.time.zone import local


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTold:
    """One stage with everything that became of it; ``why`` says what has not been decided yet."""

    stage: Stage
    at: datetime
    reminders: tuple[ReminderRecord, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTold:
    """A message with its attempts."""

    message: Message
    deliveries: tuple[DeliveryRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The whole way of one occurrence."""

    occurrence: Occurrence
    duty: Duty
    working: bool
    shifted: bool
    stages: tuple[StageTold, ...]
    letters: tuple[LetterTold, ...]
    history: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """Reads what was decided, and re-derives what was not."""

    work: Work
    current: CurrentCatalogue

    async def __call__(self, wanted: Filter, at: datetime) -> Explanation:
        """Explain one occurrence: that of the period, else the one due next after a moment, else the last.

        Raises:
            NotFoundError: there is none; says whether the duty is assigned at all.
        """
        async with self.work.read() as transaction:
            planner = await self.current.planner(transaction)
            occurrence = await self._one(transaction, planner, wanted, at)
            return await self._explain(transaction, planner, occurrence, at)

    async def _one(
        self, transaction: Transaction, planner: Planner, wanted: Filter, at: datetime
    ) -> Occurrence:
        duty, unit = planner.catalogue.duty(wanted.duty), planner.catalogue.unit(wanted.unit)
        found = await transaction.occurrences.find(wanted)
        if not found:
            raise NotFoundError(_why_none(planner, duty, unit.code, wanted.period))
        today = local(at, planner.catalogue.zone).date()
        return next((o for o in found if o.due >= today and o.state in ASKED_FOR), found[-1])

    async def _explain(
        self, transaction: Transaction, planner: Planner, occurrence: Occurrence, at: datetime
    ) -> Explanation:
        key = occurrence.id or 0
        reminders = await transaction.occurrences.reminders([key])
        letters = []
        for number in dict.fromkeys(r.message for r in reminders if r.message is not None):
            message = await transaction.outbox.message(number)
            if message is not None:
                deliveries = tuple(await transaction.outbox.deliveries(number))
                letters.append(LetterTold(message=message, deliveries=deliveries))
        period = period_of(occurrence)
        stages = stages_of(planner, occurrence)
        zone = planner.catalogue.zone
        return Explanation(
            occurrence=occurrence,
            duty=planner.catalogue.duty(occurrence.duty).at(period),
            working=planner.catalogue.calendar.is_working(occurrence.nominal),
            shifted=occurrence.nominal != occurrence.due,
            stages=tuple(
                StageTold(
                    stage=stage,
                    at=local(stage.at, zone),
                    reminders=_of_stage(reminders, occurrence, stage),
                    why=_why_open(occurrence, stage, at),
                )
                for stage in sorted(stages, key=lambda stage: stage.at)
            ),
            letters=tuple(letters),
            history=tuple(await transaction.occurrences.history(key)),
        )


def _of_stage(
    reminders: Sequence[ReminderRecord], occurrence: Occurrence, stage: Stage
) -> tuple[ReminderRecord, ...]:
    return tuple(r for r in reminders if r.stage == stage.key and r.revision == occurrence.revision)


def _why_open(occurrence: Occurrence, stage: Stage, at: datetime) -> str:
    if occurrence.state not in ASKED_FOR:
        return f"not sent: the occurrence is {occurrence.state}"
    if stage.at > at:
        return "wait: its moment has not come"
    return "ripe: it is decided at the next tick"


def _why_none(planner: Planner, duty: Duty, unit: str, period: str) -> str:
    """The reason that an occurrence does not exist."""
    if not duty.enabled:
        return f"{duty.code} is switched off (enabled: false)"
    if not duty.assigned.takes(planner.catalogue.unit(unit), planner.catalogue.organisation):
        return f"{duty.code} is not assigned to {unit}"
    named = f" in {period}" if period else ""
    return f"{duty.code} of {unit} has no occurrence{named}: outside its validity, or not planned yet"
