"""Letters: what a message holds becomes a Letter, item by item (S-41, S-58); no word is chosen here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

from nhacviec.application.evidence import misses_in
from nhacviec.application.ports import Vocabulary
from nhacviec.domain.addressing import spoken_due
from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.duty import Duty
from nhacviec.domain.letter import Letter, LetterItem, LetterKind
from nhacviec.domain.message import Message, Recipient, most_urgent_first
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.opening import period_of
from nhacviec.domain.planning import Planner
from nhacviec.domain.target import pace_points, required_by
from nhacviec.domain.time.calendar import ONE_DAY
from nhacviec.domain.time.period import Every, Period
from nhacviec.domain.time.zone import local
from nhacviec.domain.vocabulary import titled

#: How many cases a scribe remembers: what a large organisation speaks of in a day.
_KEPT = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One occurrence a letter speaks of.

    Args:
        occurrence: as it stands when the letter is composed.
        kind: the kind of letter it would be on its own.
        reminded: main-line letters sent before this one.
        facts: of the decision a notice tells: ``number``, ``reported_on``, ``misses``, ``note``.
    """

    occurrence: Occurrence
    kind: LetterKind
    reminded: int = 0
    facts: Mapping[str, object] = field(default_factory=dict)


class Case(NamedTuple):
    """What a letter's words about an occurrence hang on, whichever unit it is of and whoever reads them.

    Args:
        duty: its code.
        first: the period's first day.
        last: its last day.
        every: the rhythm the period belongs to.
        due: the effective due date.
        late_after: the day after which it is late; None stands for ``due``.
        spoken: the date the letter names.
        target: how many are planned; None for a duty that is done once.
        language: of the letter.
        today: the local day on which it goes.
    """

    duty: str
    first: date
    last: date
    every: str
    due: date
    late_after: date | None
    spoken: date
    target: int | None
    language: str
    today: date

    @property
    def period(self) -> Period:
        """The occurrence's period."""
        return Period(self.first, self.last, Every(self.every))


def case_of(occurrence: Occurrence, language: str, today: date) -> Case:
    """The case that an occurrence is on a day."""
    return Case(
        occurrence.duty,
        occurrence.period_first,
        occurrence.period_last,
        occurrence.every,
        occurrence.due,
        occurrence.late_after,
        spoken_due(occurrence, today),
        occurrence.target,
        language,
        today,
    )


@dataclass(frozen=True, kw_only=True)
class Scribe:
    """Knows how to say what is known; the words themselves are the composer's.

    Units share their duties: what hangs on the case alone is said once for all of them, and remembered for as
    long as the scribe lives.
    """

    planner: Planner
    vocabulary: Vocabulary

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue in force."""
        return self.planner.catalogue

    def letter(
        self, message: Message, subjects: Sequence[Subject], now: datetime, *, late: bool = False
    ) -> Letter:
        """The letter of a message as of a moment; the days in it are the true ones (S-41).

        Args:
            message: to whom, which line, which kind.
            subjects: at least one.
            now: aware; the local moment stands in the letter.
            late: whether it goes more than an hour after its moment.
        """
        catalogue, recipient = self.catalogue, message.recipient
        organisation = catalogue.organisation
        unit = organisation.units.get(recipient.unit)
        moment = local(now, catalogue.zone)
        today = moment.date()
        return Letter(
            kind=message.kind,
            language=recipient.language,
            at=moment,
            recipient_name=recipient.name,
            unit_name=unit.name if unit else organisation.name,
            organisation=organisation.name,
            office=organisation.office,
            late=late,
            items=most_urgent_first([self.item(subject, recipient, today) for subject in subjects]),
        )

    def item(self, subject: Subject, recipient: Recipient, today: date) -> LetterItem:
        """One occurrence as a letter to this reader speaks of it today."""
        occurrence = subject.occurrence
        unit = self.catalogue.organisation.units.get(occurrence.unit)
        return self._begun(case_of(occurrence, recipient.language, today))(
            kind=subject.kind,
            unit_name=unit.name if unit else occurrence.unit,
            minutes_by=self._minutes_by(occurrence),
            reminded=subject.reminded,
            done=occurrence.done,
            reported_number=str(subject.facts.get("number", "")),
            reported_on=occurrence.reported_on,
            misses=misses_in(subject.facts),
            note=str(subject.facts.get("note", "")),
        )

    @cached_property
    def _begun(self) -> Callable[[Case], Callable[..., LetterItem]]:
        """An item of a case that lacks only what is the occurrence's own."""
        return lru_cache(maxsize=_KEPT)(self._begin)

    def _begin(self, case: Case) -> Callable[..., LetterItem]:
        due, today, period = case.spoken, case.today, case.period
        duty = self.catalogue.duty(case.duty).at(period)
        required, by = _pace(duty, case)
        count = self.catalogue.calendar.count
        return partial(
            LetterItem,
            duty=duty.code,
            title=titled(duty.title, self.vocabulary.period_phrase(period, case.language)),
            period_label=self.vocabulary.period_label(period, case.language),
            due=due,
            days_left=max((due - today).days, 0),
            working_days_left=count(today + ONE_DAY, due + ONE_DAY) if due > today else 0,
            days_late=max((today - due).days, 0),
            working_days_late=count(due + ONE_DAY, today + ONE_DAY) if due < today else 0,
            evidence=tuple(evidence.title or evidence.name for evidence in duty.evidence),
            basis=duty.basis,
            least_minutes=least_minutes(duty, case.due),
            escalates_on=self._escalates_on(case),
            target=case.target,
            pace_required=required,
            pace_by=by,
        )

    def _minutes_by(self, occurrence: Occurrence) -> date | None:
        """When the duty that leans on this one falls due for the same unit: a meeting's minutes."""
        leaning = self.catalogue.leaning_on(occurrence.duty)
        unit = self.catalogue.organisation.units.get(occurrence.unit) if leaning else None
        if unit is None:
            return None
        period = period_of(occurrence)
        for duty in leaning:
            found = self.planner.due_in(duty, unit, period)
            if found and found.due > occurrence.due:
                return found.due
        return None

    def _escalates_on(self, case: Case) -> date | None:
        stages = self.planner.stages(
            case.duty, case.period, case.due, target=case.target, late_after=case.late_after
        )
        days = (local(stage.at, self.catalogue.zone).date() for stage in stages if stage.level)
        return min((day for day in days if day > case.today), default=None)


def _pace(duty: Duty, case: Case) -> tuple[int | None, date | None]:
    """How many the next pace point asks for, and when it is; the target itself after the last."""
    if case.target is None:
        return None, None
    points = pace_points(duty.pace, case.target, case.period)
    coming = next((point.by for point in points if point.by >= case.today), None)
    if coming is None:
        return case.target, case.due
    return required_by(points, coming), coming


def least_minutes(duty: Duty, day: date) -> int | None:
    """The minutes a meeting has to last by the criterion in force on a day (12-HD/BTCTW, 42-HD/BTCTW)."""
    for criterion in duty.criteria:
        if criterion.field == "duration_minutes" and not criterion.when and criterion.valid_on(day):
            return None if criterion.at_least is None else int(criterion.at_least)
    return None
