"""Addressing: who reads about a ruling, in which slot, as which kind of letter (S-47, S-57)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.duty import Duty, DutyKind
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line, Recipient, Reminder, Slot
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.organisation import Contact, Mail, Unit
from nhacviec.domain.reminder import Reason, Ruling, Verdict
from nhacviec.domain.stage import Stage, StageKind
from nhacviec.domain.triage import kind_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a ruling is about: the occurrence, its duty as it stands, its unit, and the moment."""

    catalogue: Catalogue
    occurrence: Occurrence
    duty: Duty
    unit: Unit
    now: datetime
    today: date


def letter_kind(matter: Matter, stage: Stage) -> LetterKind:
    """Which letter a stage would be on its own, by the true day on which it goes."""
    if stage.level:
        return LetterKind.ESCALATION
    match kind_on(matter.today, spoken_due(matter.occurrence, matter.today)):
        case StageKind.DUE:
            return LetterKind.DUE_TODAY
        case StageKind.OVERDUE:
            return LetterKind.OVERDUE
        case _ if stage.kind is StageKind.PACE:
            return LetterKind.PACE
        case _:
            return LetterKind.MEETING if matter.duty.kind is DutyKind.MEETING else LetterKind.REMINDER


def spoken_due(occurrence: Occurrence, today: date) -> date:
    """The date a letter names: the due date, and inside an open window its last good day."""
    return occurrence.due if today <= occurrence.due else occurrence.last_good_day


def address(matter: Matter, ruling: Ruling) -> list[tuple[Reminder, str]]:
    """One reminder per reader, each with why its letter waits for a human (empty when it does not).

    Args:
        matter: what it is about.
        ruling: of triage; only ``SEND`` has readers.

    Returns:
        At least one reminder: where nobody reads, it says why.
    """
    unaddressed = _unaddressed(matter, ruling)
    if ruling.verdict is not Verdict.SEND or ruling.slot_at is None:
        return [(unaddressed, "")]
    line = Line.ESCALATION if ruling.stage.level else Line.MAIN
    kind = letter_kind(matter, ruling.stage)
    found: dict[str, tuple[Reminder, str]] = {}
    for unit, contact in _readers(matter, ruling):
        email = contact.email.lower()
        if email in found:
            continue
        if not contact.takes(kind):
            muted = replace(unaddressed, verdict=Verdict.MUTED, reason=Reason.RECEIVES)
            found[email] = (muted, "")
            continue
        slot = Slot(line=line, email=email, at=ruling.slot_at)
        reader = recipient(contact, unit, matter.catalogue)
        found[email] = (replace(unaddressed, recipient=reader, slot=slot, kind=kind), waits_for(unit))
    if not found:
        vacant = replace(unaddressed, verdict=Verdict.NO_RECIPIENT, reason=Reason.ROLE_VACANT)
        return [(vacant, "")]
    return list(found.values())


def waits_for(unit: Unit) -> str:
    """Why letters to a unit wait for a human; empty when they go by themselves."""
    return "draft" if unit.mail is Mail.DRAFT else ""


def recipient(contact: Contact, unit: Unit, catalogue: Catalogue) -> Recipient:
    """A contact as the reader of one letter."""
    return Recipient(
        email=contact.email,
        name=contact.name,
        unit=unit.code,
        language=contact.language or catalogue.organisation.language,
    )


def _readers(matter: Matter, ruling: Ruling) -> tuple[tuple[Unit, Contact], ...]:
    organisation = matter.catalogue.organisation
    if ruling.stage.level:
        return organisation.escalation_readers(matter.unit, ruling.stage.to)
    policy = matter.catalogue.policies[matter.duty.policy]
    return tuple((matter.unit, contact) for contact in organisation.readers(matter.unit, policy.to))


def _unaddressed(matter: Matter, ruling: Ruling) -> Reminder:
    """A reminder of a ruling, before anybody reads it."""
    return Reminder(
        occurrence=matter.occurrence.id or 0,
        revision=matter.occurrence.revision,
        stage=ruling.stage.key,
        name=ruling.name,
        verdict=ruling.verdict,
        reason=ruling.reason,
        decided_at=matter.now,
        late=ruling.late,
        merged=ruling.merged,
    )
