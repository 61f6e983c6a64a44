"""Forecast: every letter that would be sent in a window if nothing is reported (DESIGN §5.2).

It follows each occurrence with ``foretell``, the function behind gather, and gathers by the same slots.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.gather import promised
from nhacviec.application.identity import Identity
from nhacviec.application.letters import Scribe, Subject
from nhacviec.application.ports import Composer, Transaction, Vocabulary, Work
from nhacviec.application.records import Filter
from nhacviec.domain.addressing import Matter, address
from nhacviec.domain.foretell import foretell
from nhacviec.domain.message import Message, Reminder, Slot, kind_of
from nhacviec.domain.occurrence import ASKED_FOR, Occurrence
from nhacviec.domain.opening import opened, period_of, stages_of, track_of
from nhacviec.domain.planning import Planner
from nhacviec.domain.reminder import Manner, Verdict
from nhacviec.domain.time.period import ONE_DAY
from nhacviec.domain.time.zone import instant, local


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One reminder of a forecast letter, with the occurrence as it will stand then."""

    reminder: Reminder
    occurrence: Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastLetter:
    """One letter that would go."""

    at: datetime
    message: Message
    subject: str
    spoken: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The letters of a window, sorted by instant and address."""

    first: date
    last: date
    letters: tuple[ForecastLetter, ...]

    def days(self) -> Mapping[date, int]:
        """Letters per local date; ``at`` is local already."""
        return Counter(letter.at.date() for letter in self.letters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Occurrences that exist, and per row the stages that have a verdict."""

    occurrences: tuple[Occurrence, ...] = ()
    settled: Mapping[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A pure simulation: the catalogue, what is open, and a moment from which time runs on."""

    planner: Planner
    scribe: Scribe
    composer: Composer
    identity: Identity

    def __call__(
        self,
        known: Sequence[Occurrence],
        settled: Mapping[int, frozenset[str]],
        at: datetime,
        span: tuple[date, date],
    ) -> Outlook:
        """The letters whose local date lies in the window.

        Args:
            known: occurrences as they stand, planned ones beside them.
            settled: per occurrence the stages that have a verdict.
            at: the moment from which the service runs.
            span: first and last local date, both included.
        """
        end = instant(datetime.combine(span[1] + ONE_DAY, datetime.min.time()), self.planner.catalogue.zone)
        slots: dict[Slot, list[Spoken]] = {}
        for occurrence in known:
            for spoken in self._follow(occurrence, settled.get(occurrence.id or 0, frozenset()), (at, end)):
                if spoken.reminder.slot is not None:
                    slots.setdefault(spoken.reminder.slot, []).append(spoken)
        letters = [self._letter(slot, spoken) for slot, spoken in slots.items()]
        inside = (letter for letter in letters if span[0] <= letter.at.date() <= span[1])
        ordered = sorted(
            inside, key=lambda letter: (letter.at, letter.message.recipient.email, letter.message.key)
        )
        return Outlook(first=span[0], last=span[1], letters=tuple(ordered))

    def _follow(
        self, occurrence: Occurrence, settled: frozenset[str], span: tuple[datetime, datetime]
    ) -> Iterator[Spoken]:
        catalogue = self.planner.catalogue
        unit = catalogue.organisation.units.get(occurrence.unit)
        duty = catalogue.duties.get(occurrence.duty)
        if unit is None or duty is None or occurrence.state not in ASKED_FOR or occurrence.next_at is None:
            return
        version = duty.at(period_of(occurrence))
        stages = stages_of(self.planner, occurrence)
        manner = Manner(policy=catalogue.policies[version.policy], place=catalogue.place)
        start = max(occurrence.next_at, span[0])
        reminded = occurrence.reminded
        for moment, attention, _ in foretell(stages, track_of(occurrence, settled), manner, (start, span[1])):
            today = local(moment, catalogue.zone).date()
            if not unit.valid_on(today):
                return
            then = replace(occurrence, reminded=reminded)
            matter = Matter(
                catalogue=catalogue, occurrence=then, duty=version, unit=unit, now=moment, today=today
            )
            for ruling in attention.rulings:
                yield from (
                    Spoken(reminder=reminder, occurrence=then) for reminder, _ in address(matter, ruling)
                )
                reminded += ruling.verdict is Verdict.SEND and not ruling.stage.level

    def _letter(self, slot: Slot, spoken: Iterable[Spoken]) -> ForecastLetter:
        spoken = tuple(spoken)
        first = spoken[0].reminder
        catalogue = self.planner.catalogue
        message = promised(first, self.identity, catalogue.organisation.sender)
        subjects = {
            (s.occurrence.duty, s.occurrence.unit, s.occurrence.period): Subject(
                occurrence=s.occurrence, kind=s.reminder.kind or message.kind, reminded=s.occurrence.reminded
            )
            for s in spoken
        }
        message = replace(message, kind=kind_of(slot.line, [subject.kind for subject in subjects.values()]))
        moment = max(s.reminder.decided_at for s in spoken)
        letter = self.scribe.letter(message, list(subjects.values()), moment)
        return ForecastLetter(
            at=local(slot.at, catalogue.zone),
            message=message,
            subject=self.composer.subject(letter),
            spoken=spoken,
        )


def expected_occurrences(
    planner: Planner, applied: Mapping[str, date], at: datetime, until: date
) -> Iterator[Occurrence]:
    """What plan would open from a moment on, for dues up to a day.

    Args:
        planner: of the catalogue in force.
        applied: since when each duty is applied; no due before it is opened (S-79).
        at: when plan runs first.
        until: the last due date of interest.
    """
    today = local(at, planner.catalogue.zone).date()
    for duty in planner.catalogue.duties.values():
        if not duty.comes_back:
            continue
        for expected in planner.expected(duty, applied.get(duty.code, today) - ONE_DAY, until):
            yield opened(expected, planner.expected_stages(expected), at, today)


#: No stage stands further before its due date than this; what is due later says nothing in the window.
LONGEST_LEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasting:
    """Puts a forecast together from a catalogue and what is known."""

    vocabulary: Vocabulary
    composer: Composer
    identity: Identity

    def outlook(
        self,
        planner: Planner,
        known: Known,
        applied: Mapping[str, date],
        when: tuple[datetime, tuple[date, date]],
    ) -> Outlook:
        """The letters of a window: what is known, and what plan would open beside it.

        Args:
            planner: of the catalogue.
            known: occurrences that exist.
            applied: since when each duty is applied.
            when: the moment from which time runs on, and first and last local date.
        """
        at, span = when
        there = {(o.duty, o.unit, o.period) for o in known.occurrences}
        fresh = expected_occurrences(planner, applied, at, span[1] + LONGEST_LEAD)
        everything = [*known.occurrences, *(o for o in fresh if (o.duty, o.unit, o.period) not in there)]
        scribe = Scribe(planner=planner, vocabulary=self.vocabulary)
        forecast = Forecast(planner=planner, scribe=scribe, composer=self.composer, identity=self.identity)
        return forecast(everything, known.settled, at, span)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveForecast:
    """A forecast from the live database."""

    work: Work
    current: CurrentCatalogue
    forecasting: Forecasting

    async def __call__(self, at: datetime, span: tuple[date, date]) -> Outlook:
        """The letters of a window.

        Args:
            at: the moment from which time runs on; later facts are not known.
            span: first and last local date.
        """
        async with self.work.read() as transaction:
            planner = await self.current.planner(transaction)
            planner.overrides = await transaction.occurrences.overrides()
            known = await known_now(transaction)
            marks = await transaction.catalogue.marks()
        applied = {mark.code: mark.applied_on for mark in marks.values()}
        return self.forecasting.outlook(planner, known, applied, (at, span))


async def known_now(transaction: Transaction) -> Known:
    """Every occurrence; the closed ones stand in the way of being planned again."""
    occurrences = await transaction.occurrences.find(Filter())
    still_asked = [occurrence for occurrence in occurrences if occurrence.state in ASKED_FOR]
    return Known(occurrences=tuple(occurrences), settled=await transaction.occurrences.settled(still_asked))
