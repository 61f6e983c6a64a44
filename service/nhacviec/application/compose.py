"""Compose: a claimed message becomes words and bytes, or nothing is left to say (S-58, P4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.evidence import misses_in
from nhacviec.application.freshness import is_late, still_true
from nhacviec.application.identity import Identity
from nhacviec.application.letters import Scribe, Subject
from nhacviec.application.ports import Composer, Serialiser, Transaction, Vocabulary
from nhacviec.application.records import Event, ReminderRecord
from nhacviec.domain.letter import Envelope, Letter, LetterKind, Words
from nhacviec.domain.message import Line, Message, kind_of
from nhacviec.domain.occurrence import DONE, EventKind, Occurrence
from nhacviec.domain.planning import Planner

#: Which decision each notice tells; where one is told by several, the one that says most stands first.
NOTICE_OF = {
    LetterKind.QUALITY: EventKind.REPORTED,
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

    def expect(self, letters: int) -> None:
        """So many are to be written soon."""

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
        scribe: of the catalogue in force.
        message: claimed, or about to be shown.
        subjects: what of it still stands; empty when nothing is left to say (P4).
        late: whether it goes more than an hour after its moment.
    """

    scribe: Scribe
    message: Message
    subjects: Sequence[Subject]
    late: bool

    @property
    def planner(self) -> Planner:
        """The planner of the catalogue in force."""
        return self.scribe.planner


@dataclass(slots=True, kw_only=True)
class Compose:
    """Reads the facts anew, so that a letter never asks for what is done."""

    current: CurrentCatalogue
    identity: Identity
    vocabulary: Vocabulary
    composer: Composer
    serialise: Serialiser
    #: Of the newest catalogue; what it remembers goes with it.
    _scribe: Scribe | None = field(default=None, init=False, repr=False)

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
        scribe = self._scribe_of(await self.current.planner(transaction))
        contents = await transaction.outbox.contents([message.id for message in messages])
        ids = list({record.occurrence: None for records in contents.values() for record in records})
        found = {o.id or 0: o for o in await transaction.occurrences.by_ids(ids)}
        reminded = await transaction.occurrences.sent_counts(ids)
        told = []
        for message in messages:
            records = contents[message.id]
            told.append(
                Facts(
                    scribe=scribe,
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
        message, kind = facts.message, self._kind(facts.message, facts.subjects)
        if kind is not message.kind:
            message = replace(message, kind=kind)
        late = facts.late or is_late(message, now)
        letter = facts.scribe.letter(message, facts.subjects, now, late=late)
        return Draft(letter=letter, envelope=self._envelope(facts, letter.at))

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
            if record.kind is LetterKind.QUALITY and not (occurrence.state in DONE and misses_in(facts)):
                continue
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

    def _envelope(self, facts: Facts, at: datetime) -> Envelope:
        message, sender = facts.message, facts.scribe.catalogue.organisation.sender
        only = len(facts.subjects) == 1
        return Envelope(
            sender_name=sender.name,
            sender_email=sender.email,
            recipient_name=message.recipient.name,
            recipient_email=message.recipient.email,
            reply_to=sender.email,
            message_id=message.message_id,
            thread=self.identity.thread(facts.subjects[0].occurrence, sender) if only else "",
            date=at,
        )

    def _scribe_of(self, planner: Planner) -> Scribe:
        """The scribe of a planner: the same as before while the catalogue is."""
        if self._scribe is None or self._scribe.planner is not planner:
            self._scribe = Scribe(planner=planner, vocabulary=self.vocabulary)
        return self._scribe
