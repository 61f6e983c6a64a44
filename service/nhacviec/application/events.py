"""Events: a directive received on a date opens its occurrences, one per unit (DESIGN §5, ``event add``)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.ports import Work
from nhacviec.application.records import Event, Filter
from nhacviec.domain.errors import NotAllowedError, RuleError
from nhacviec.domain.occurrence import EventKind, Occurrence
from nhacviec.domain.opening import opened
from nhacviec.domain.time.period import Every
from nhacviec.domain.time.zone import local


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """What happened: when, which document, and the date it names itself."""

    duty: str
    on: date
    number: str = ""
    title: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEvent:
    """Idempotent by the unique key: the same event of the same day opens nothing twice."""

    work: Work
    current: CurrentCatalogue

    async def __call__(self, directive: Directive, at: datetime, by: str) -> list[Occurrence]:
        """Open the occurrences of an event.

        Returns:
            All occurrences of that event, new or not.

        Raises:
            NotFoundError: no such duty.
            NotAllowedError: the duty does not wait for events, or is switched off.
            RuleError: the due date lies before the event.
        """
        async with self.work.write() as transaction:
            planner = await self.current.planner(transaction)
            duty = planner.catalogue.duty(directive.duty)
            if not any(recurrence.every is Every.EVENT for recurrence in duty.recurrences):
                raise NotAllowedError(
                    f"{duty.code} comes back by itself: only every: event is opened by events"
                )
            if not duty.enabled:
                raise NotAllowedError(
                    f"{duty.code} is switched off: set enabled: true and apply the catalogue"
                )
            if directive.due is not None and directive.due < directive.on:
                raise RuleError(
                    f"due {directive.due} lies before the event ({directive.on})", mend="check --due"
                )
            today = local(at, planner.catalogue.zone).date()
            fresh: list[Occurrence] = []
            for expected in planner.on_event(duty, directive.on, directive.due):
                stages = planner.expected_stages(expected)
                fresh.append(
                    replace(opened(expected, stages, at, today), overridden=directive.due is not None)
                )
            before = await transaction.occurrences.find(
                Filter(duty=duty.code, period=directive.on.isoformat())
            )
            known = {occurrence.unit for occurrence in before}
            await transaction.occurrences.add(fresh)
            found = await transaction.occurrences.find(
                Filter(duty=duty.code, period=directive.on.isoformat())
            )
            data: dict[str, object] = {"number": directive.number, "title": directive.title}
            await transaction.occurrences.log(
                [
                    Event(occurrence=occurrence.id or 0, kind=EventKind.OPENED, at=at, by=by, data=data)
                    for occurrence in found
                    if occurrence.unit not in known
                ]
            )
            return list(found)
