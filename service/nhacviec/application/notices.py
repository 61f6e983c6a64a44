"""Notices: receipt, returned, extended; sent only where the organisation switched them on (S-71)."""

from dataclasses import dataclass
from datetime import datetime

from nhacviec.application.compose import NOTICE_OF
from nhacviec.application.gather import promised
from nhacviec.application.identity import Identity
from nhacviec.application.ports import Transaction
from nhacviec.domain.addressing import recipient, waits_for
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line, Message, Reminder, Slot
from nhacviec.domain.occurrence import EventKind, Occurrence
from nhacviec.domain.opening import period_of
from nhacviec.domain.planning import Planner
from nhacviec.domain.policy import allowed_instant
from nhacviec.domain.reminder import Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Promises the letter that tells a unit what was decided about its work."""

    identity: Identity

    async def __call__(
        self,
        transaction: Transaction,
        planner: Planner,
        occurrence: Occurrence,
        decided: EventKind,
        at: datetime,
    ) -> int:
        """Promise the notice of one decision; returns how many letters that is."""
        organisation = planner.catalogue.organisation
        kind = next((kind for kind, event in NOTICE_OF.items() if event is decided), None)
        unit = organisation.units.get(occurrence.unit)
        if kind is None or kind not in organisation.notices or unit is None:
            return 0
        duty = planner.catalogue.duty(occurrence.duty).at(period_of(occurrence))
        policy = planner.catalogue.policies[duty.policy]
        messages: dict[Slot, Message] = {}
        reminders: list[Reminder] = []
        for contact in organisation.readers(unit, policy.to):
            if not contact.takes(kind):
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
