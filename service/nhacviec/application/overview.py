"""Overview: occurrences as outsiders see them (DESIGN §5.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.evidence import misses_in
from nhacviec.application.ports import Vocabulary, Work
from nhacviec.application.records import Filter
from nhacviec.domain.miss import Miss
from nhacviec.domain.occurrence import DONE, Occurrence, Status
from nhacviec.domain.opening import period_of, stages_of
from nhacviec.domain.planning import Planner
from nhacviec.domain.time.zone import local


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceView:
    """One occurrence with what is derived from it as of a moment."""

    occurrence: Occurrence
    period_label: str
    status: Status | None
    late_working_days: int
    sent: int
    planned: int
    next_reminder_at: datetime | None
    #: Which criteria its standing report does not meet; none while it is open or returned.
    misses: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Reads occurrences and works out status, lateness and what is still to come."""

    work: Work
    current: CurrentCatalogue
    vocabulary: Vocabulary

    async def __call__(self, wanted: Filter, at: datetime) -> list[OccurrenceView]:
        """The occurrences a filter means, by due date, unit and duty; complete unless it has a limit.

        Args:
            wanted: which ones.
            at: the moment as of which status and lateness are told, aware.
        """
        async with self.work.read() as transaction:
            planner = await self.current.planner(transaction)
            found = await transaction.occurrences.find(wanted)
            sent = await transaction.occurrences.sent_counts([occurrence.id or 0 for occurrence in found])
            done = [occurrence.id or 0 for occurrence in found if occurrence.state in DONE]
            reports = await transaction.reports.last(done)
        missed = {key: misses_in(report) for key, report in reports.items()}
        views = self._views(planner, found, sent, at)
        return [replace(view, misses=missed.get(view.occurrence.id or 0, ())) for view in views]

    def _views(
        self, planner: Planner, found: Sequence[Occurrence], sent: Mapping[int, int], at: datetime
    ) -> list[OccurrenceView]:
        catalogue = planner.catalogue
        today = local(at, catalogue.zone).date()
        language = catalogue.organisation.language
        return [
            OccurrenceView(
                occurrence=occurrence,
                period_label=self.vocabulary.period_label(period_of(occurrence), language),
                status=occurrence.status(today),
                late_working_days=occurrence.late_working_days(today, catalogue.calendar),
                sent=sent.get(occurrence.id or 0, 0),
                planned=planned_letters(planner, occurrence),
                next_reminder_at=occurrence.next_at and local(occurrence.next_at, catalogue.zone),
            )
            for occurrence in found
        ]


def planned_letters(planner: Planner, occurrence: Occurrence) -> int:
    """Main-line letters still to come if nothing is reported; one per date."""
    if occurrence.next_at is None:
        return 0
    stages = stages_of(planner, occurrence)
    zone = planner.catalogue.zone
    days = {
        local(stage.at, zone).date() for stage in stages if not stage.level and stage.at >= occurrence.next_at
    }
    return len({day for day in days if occurrence.last_spoken_on is None or day > occurrence.last_spoken_on})
