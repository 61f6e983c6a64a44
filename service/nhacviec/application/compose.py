"""Compose: a claimed message becomes words and bytes, or nothing is left to say (S-58, P4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.freshness import is_late, still_true
from nhacviec.application.identity import Identity
from nhacviec.application.letters import Scribe, Subject
from nhacviec.application.ports import Composer, Serialiser, Transaction, Vocabulary
from nhacviec.application.records import Event, ReminderRecord
from nhacviec.domain.letter import Envelope, Letter, LetterKind, Words
from nhacviec.domain.message import Line, Message, kind_of
from nhacviec.domain.occurrence import EventKind, Occurrence
from nhacviec.domain.planning import Planner
from nhacviec.domain.time.zone import local

#: Which decision each notice tells.
NOTICE_OF = {
    LetterKind.RECEIPT: EventKind.REPORTED,
    LetterKind.RETURNED: EventKind.RETURNED,
    LetterKind.EXTENDED: EventKind.EXTENDED,
}


#: A letter's subject, and the bytes that go.
Written = tuple[str, bytes]


class Workshop(Protocol):
    """Where letters are written, one or many at a time."""

    async def __call__(self, letter: Letter, envelope: Envelope) -> Written:
        """The letter as it goes; raises TemplateError or RuleError where it cannot be written."""

    async def close(self) -> None:
        """There is nothing to write for now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a letter is written from."""

    letter: Letter
    envelope: Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A letter ready to go."""

    words: Words
    mime: bytes
    kind: LetterKind
    #: The organisation's own address: the envelope's sender.
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a message speaks of, as read in one transaction.

    Args:
        planner: of the catalogue in force.
        message: claimed, or about to be shown.
        subjects: what of it still stands; empty when nothing is left to say (P4).
        late: whether it goes more than an hour after its moment.
    """

    planner: Planner
    message: Message
    subjects: Sequence[Subject]
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """Reads the facts anew, so that a letter never asks for what is done."""

    current: CurrentCatalogue
    identity: Identity
    vocabulary: Vocabulary
    composer: Composer
    serialise: Serialiser

    async def __call__(self, transaction: Transaction, message: Message, now: datetime) -> Composed | None:
        """The letter as of now; None when no fact it speaks of still stands.

        Args:
            transaction: reads the facts.
            message: claimed, or about to be shown.
            now: aware.

        Raises:
            TemplateError: its template cannot be filled.
        """
        (facts,) = await self.facts(transaction, [message])
        return self.letter(facts, now)

    async def facts(self, transaction: Transaction, messages: Sequence[Message]) -> list[Facts]:
        """What these messages speak of, in their order, with a few questions for all of them."""
        planner = await self.current.planner(transaction)
        contents = await transaction.outbox.contents([message.id for message in messages])
        ids = list({record.occurrence: None for records in contents.values() for record in records})
        found = {o.id or 0: o for o in await transaction.occurrences.by_ids(ids)}
        reminded = await transaction.occurrences.sent_counts(ids)
        told = []
        for message in messages:
            records = contents[message.id]
            told.append(
                Facts(
                    planner=planner,
                    message=message,
                    subjects=await self._subjects(transaction, message, records, found, reminded),
                    late=any(record.late for record in records),
                )
            )
        return told

    def letter(self, facts: Facts, now: datetime) -> Composed | None:
        """Put facts into words and bytes, here and now; None when there are none left.

        Args:
            facts: of one message.
            now: aware; its local day is the letter's.

        Raises:
            TemplateError: its template cannot be filled.
        """
        draft = self.draft(facts, now)
        if draft is None:
            return None
        words = self.composer.compose(draft.letter)
        mime = self.serialise(words, draft.envelope)
        return Composed(words=words, mime=mime, kind=draft.letter.kind, sender=draft.envelope.sender_email)

    def draft(self, facts: Facts, now: datetime) -> Draft | None:
        """Gather what a letter is written from; None when there is nothing left to say.

        Args:
            facts: of one message.
            now: aware; its local day is the letter's.

        Raises:
            RuleError: the catalogue does not know what it speaks of.
        """
        if not facts.subjects:
            return None
        planner = facts.planner
        message = replace(facts.message, kind=self._kind(facts.message, facts.subjects))
        scribe = Scribe(planner=planner, vocabulary=self.vocabulary)
        return Draft(
            letter=scribe.letter(message, facts.subjects, now, late=facts.late or is_late(message, now)),
            envelope=self._envelope(planner, message, facts.subjects, now),
        )

    def write(self, letter: Letter, envelope: Envelope) -> Written:
        """Put a letter into bytes, here and now.

        Raises:
            TemplateError: its template cannot be filled.
            RuleError: an address or a name cannot stand in a header.
        """
        words = self.composer.compose(letter)
        return words.subject, self.serialise(words, envelope)

    async def _subjects(
        self,
        transaction: Transaction,
        message: Message,
        records: Sequence[ReminderRecord],
        found: Mapping[int, Occurrence],
        reminded: Mapping[int, int],
    ) -> list[Subject]:
        subjects: dict[int, Subject] = {}
        for record in records:
            occurrence = found.get(record.occurrence)
            if occurrence is None or record.kind is None or not still_true(message, record, occurrence):
                continue
            facts = await self._facts(transaction, message, record) if message.line is Line.NOTICE else {}
            subjects[record.occurrence] = Subject(
                occurrence=occurrence,
                kind=record.kind,
                reminded=reminded.get(record.occurrence, 0),
                facts=facts,
            )
        return list(subjects.values())

    async def _facts(
        self, transaction: Transaction, message: Message, record: ReminderRecord
    ) -> Mapping[str, object]:
        """What the decision that a notice tells was about."""
        wanted = NOTICE_OF[message.kind]
        history = await transaction.occurrences.history(record.occurrence)
        told: list[Event] = [event for event in history if event.kind is wanted]
        return {**told[-1].data, "note": told[-1].note} if told else {}

    def _kind(self, message: Message, subjects: Sequence[Subject]) -> LetterKind:
        if message.line is Line.NOTICE:
            return message.kind
        return kind_of(message.line, [subject.kind for subject in subjects])

    def _envelope(
        self, planner: Planner, message: Message, subjects: Sequence[Subject], now: datetime
    ) -> Envelope:
        organisation = planner.catalogue.organisation
        only = len(subjects) == 1
        return Envelope(
            sender_name=organisation.sender.name,
            sender_email=organisation.sender.email,
            recipient_name=message.recipient.name,
            recipient_email=message.recipient.email,
            reply_to=organisation.sender.email,
            message_id=message.message_id,
            thread=self.identity.thread(subjects[0].occurrence, organisation.sender) if only else "",
            date=local(now, planner.catalogue.zone),
        )
