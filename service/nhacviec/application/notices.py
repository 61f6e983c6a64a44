"""Notices: receipt, quality, returned, extended; sent only where the organisation switched them on (S-71)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from nhacviec.application.compose import NOTICE_OF
from nhacviec.application.evidence import misses_in
from nhacviec.application.gather import promised
from nhacviec.application.identity import Identity
from nhacviec.application.ports import Transaction
from nhacviec.application.records import Event
from nhacviec.domain.addressing import recipient, waits_for
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line, Message, Reminder, Slot
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.opening import period_of
from nhacviec.domain.organisation import Organisation
from nhacviec.domain.planning import Planner
from nhacviec.domain.policy import allowed_instant
from nhacviec.domain.reminder import Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Promises the letter that tells a unit what was decided about its work."""

    identity: Identity

    async def __call__(
        self, transaction: Transaction, planner: Planner, occurrence: Occurrence, decided: Event
    ) -> int:
        """Promise the notice of one decision; returns how many letters that is."""
        organisation, at = planner.catalogue.organisation, decided.at
        kinds = list(_kinds(decided, organisation))
        unit = organisation.units.get(occurrence.unit)
        if not kinds or unit is None:
            return 0
        duty = planner.catalogue.duty(occurrence.duty).at(period_of(occurrence))
        policy = planner.catalogue.policies[duty.policy]
        messages: dict[Slot, Message] = {}
        reminders: list[Reminder] = []
        for contact in organisation.readers(unit, policy.to):
            kind = next((kind for kind in kinds if contact.takes(kind)), None)
            if kind is None:
                continue
            reminder = Reminder(
                occurrence=occurrence.id or 0,
                revision=occurrence.revision,
                stage=f"{kind}-{at:%Y%m%dT%H%M%SZ}",
                name=kind,
                verdict=Verdict.SEND,
                reason=Reason.PLANNED,
                decided_at=at,
                recipient=recipient(contact, unit, planner.catalogue),
                slot=self._slot(
                    contact.email, occurrence, kind, allowed_instant(at, policy, planner.catalogue.place)
                ),
                kind=kind,
            )
            message = promised(reminder, self.identity, organisation.sender)
            if reminder.slot is not None and not waits_for(unit):
                reminders.append(reminder)
                messages[reminder.slot] = message
        return await transaction.outbox.promise(messages, reminders)

    def _slot(self, email: str, occurrence: Occurrence, kind: LetterKind, at: datetime) -> Slot:
        about = f"{kind}|{occurrence.id}|{occurrence.revision}"
        return Slot(line=Line.NOTICE, email=email.lower(), at=at, about=about)


def _kinds(decided: Event, organisation: Organisation) -> Iterator[LetterKind]:
    """Letters that may tell of a decision; a reader gets the first: a note on quality says thanks, too."""
    missed = misses_in(decided.data)
    for kind, told in NOTICE_OF.items():
        if (
            told is decided.kind
            and kind in organisation.notices
            and (missed or kind is not LetterKind.QUALITY)
        ):
            yield kind
