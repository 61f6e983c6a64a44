"""Letters: what a message holds becomes a Letter, item by item (S-41, S-58); no word is chosen here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from nhacviec.application.ports import Vocabulary
from nhacviec.domain.addressing import spoken_due
from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.duty import Duty
from nhacviec.domain.letter import Letter, LetterItem, LetterKind
from nhacviec.domain.message import Message, Recipient, most_urgent_first
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.opening import period_of, stages_of
from nhacviec.domain.planning import Planner
from nhacviec.domain.target import pace_points, required_by
from nhacviec.domain.time.calendar import ONE_DAY
from nhacviec.domain.time.zone import local
from nhacviec.domain.vocabulary import titled


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One occurrence a letter speaks of.

    Args:
        occurrence: as it stands when the letter is composed.
        kind: the kind of letter it would be on its own.
        reminded: main-line letters sent before this one.
        facts: of the decision a notice tells: ``number``, ``reported_on``, ``note``.
    """

    occurrence: Occurrence
    kind: LetterKind
    reminded: int = 0
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scribe:
    """Knows how to say what is known; the words themselves are the composer's."""

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
        organisation = self.catalogue.organisation
        recipient = message.recipient
        unit = organisation.units.get(recipient.unit)
        moment = local(now, self.catalogue.zone)
        items = (self.item(subject, recipient, moment.date()) for subject in subjects)
        return Letter(
            kind=message.kind,
            language=recipient.language,
            at=moment,
            recipient_name=recipient.name,
            unit_name=unit.name if unit else organisation.name,
            organisation=organisation.name,
            office=organisation.office,
            late=late,
            items=most_urgent_first(items),
        )

    def item(self, subject: Subject, recipient: Recipient, today: date) -> LetterItem:
        """One occurrence as a letter to this reader speaks of it today."""
        occurrence = subject.occurrence
        period = period_of(occurrence)
        duty = self.catalogue.duty(occurrence.duty).at(period)
        unit = self.catalogue.organisation.units.get(occurrence.unit)
        due = spoken_due(occurrence, today)
        language = recipient.language
        required, by = self._pace(duty, occurrence, today)
        count = self.catalogue.calendar.count
        return LetterItem(
            kind=subject.kind,
            duty=duty.code,
            title=titled(duty.title, self.vocabulary.period_phrase(period, language)),
            unit_name=unit.name if unit else occurrence.unit,
            period_label=self.vocabulary.period_label(period, language),
            due=due,
            days_left=max((due - today).days, 0),
            working_days_left=count(today + ONE_DAY, due + ONE_DAY) if due > today else 0,
            days_late=max((today - due).days, 0),
            working_days_late=count(due + ONE_DAY, today + ONE_DAY) if due < today else 0,
            evidence=tuple(evidence.title or evidence.name for evidence in duty.evidence),
            basis=duty.basis,
            least_minutes=least_minutes(duty, occurrence.due),
            minutes_by=self._minutes_by(occurrence),
            reminded=subject.reminded,
            escalates_on=self._escalates_on(occurrence, today),
            target=occurrence.target,
            done=occurrence.done,
            pace_required=required,
            pace_by=by,
            reported_number=str(subject.facts.get("number", "")),
            reported_on=occurrence.reported_on,
            note=str(subject.facts.get("note", "")),
        )

    def _pace(self, duty: Duty, occurrence: Occurrence, today: date) -> tuple[int | None, date | None]:
        """How many the next pace point asks for, and when it is; the target itself after the last."""
        if occurrence.target is None:
            return None, None
        points = pace_points(duty.pace, occurrence.target, period_of(occurrence))
        coming = next((point.by for point in points if point.by >= today), None)
        if coming is None:
            return occurrence.target, occurrence.due
        return required_by(points, coming), coming

    def _minutes_by(self, occurrence: Occurrence) -> date | None:
        """When the duty that leans on this one falls due for the same unit: a meeting's minutes."""
        unit = self.catalogue.organisation.units.get(occurrence.unit)
        for duty in self.catalogue.leaning_on(occurrence.duty):
            if unit is None:
                continue
            expected = self.planner.expected_in(duty, unit, period_of(occurrence))
            if expected and expected.due > occurrence.due:
                return expected.due
        return None

    def _escalates_on(self, occurrence: Occurrence, today: date) -> date | None:
        stages = stages_of(self.planner, occurrence)
        days = (local(stage.at, self.catalogue.zone).date() for stage in stages if stage.level)
        return min((day for day in days if day > today), default=None)


def least_minutes(duty: Duty, day: date) -> int | None:
    """The minutes a meeting has to last by the criterion in force on a day (12-HD/BTCTW, 42-HD/BTCTW)."""
    for criterion in duty.criteria:
        if criterion.field == "duration_minutes" and not criterion.when and criterion.valid_on(day):
            return None if criterion.at_least is None else int(criterion.at_least)
    return None
