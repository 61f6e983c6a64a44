"""The JSON that outsiders build on: one function per document (DESIGN §5.1–§5.3)."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from nhacviec.application.explain import Explanation, LetterTold, StageTold
    from nhacviec.application.forecast import ForecastLetter, Outlook
    from nhacviec.application.holds import Hold
    from nhacviec.application.overview import OccurrenceView
    from nhacviec.application.records import DeliveryRecord, Event, ReminderRecord
    from nhacviec.application.watch import Watched, WorkerSeen
    from nhacviec.domain.message import Message


def occurrence_document(view: "OccurrenceView") -> dict[str, object]:
    """One line of ``occurrence list --json``."""
    occurrence = view.occurrence
    return {
        "duty": occurrence.duty,
        "unit": occurrence.unit,
        "period": occurrence.period,
        "period_label": view.period_label,
        "nominal_due": occurrence.nominal,
        "due": occurrence.due,
        "state": occurrence.state,
        "status": view.status,
        "reported_on": occurrence.reported_on,
        "extended": occurrence.extended,
        "target": occurrence.target,
        "done": occurrence.done,
        "late_working_days": view.late_working_days,
        "reminders": {"sent": view.sent, "planned": view.planned},
        "next_reminder_at": view.next_reminder_at,
        "misses": [miss.document() for miss in view.misses],
    }


def message_document(message: "Message", subject: str, zone: ZoneInfo) -> dict[str, object]:
    """One line of ``message list --json``."""
    return {
        "id": message.id,
        "to": message.recipient.email,
        "kind": message.kind,
        "subject": subject,
        "state": message.state,
        "due_at": message.slot_at.astimezone(zone),
        "attempts": message.attempts,
        "message_id": message.message_id,
        "last_reply": f"{message.last_code or ''} {message.last_reply}".strip(),
        "held": message.held,
        "next_attempt_at": message.due_at.astimezone(zone) if message.state == "pending" else None,
    }


def hold_document(hold: "Hold", zone: ZoneInfo) -> dict[str, object]:
    """Why the queue stands still, in ``status``, ``message hold|release`` and ``db adopt --json``."""
    return {"kind": hold.kind, "at": hold.at and hold.at.astimezone(zone), "text": hold.text}


def outlook_document(outlook: "Outlook") -> dict[str, object]:
    """``forecast --json``."""
    days = [{"date": day, "letters": n} for day, n in sorted(outlook.days().items())]
    peak = max(outlook.days().items(), key=lambda found: (found[1], -found[0].toordinal()), default=None)
    return {
        "from": outlook.first,
        "to": outlook.last,
        "letters": [letter_document(letter) for letter in outlook.letters],
        "days": days,
        "peak": peak and {"date": peak[0], "letters": peak[1]},
    }


def letter_document(letter: "ForecastLetter") -> dict[str, object]:
    """One letter of a forecast."""
    recipient = letter.message.recipient
    return {
        "at": letter.at,
        "to": recipient.email,
        "recipient": recipient.name,
        "unit": recipient.unit,
        "kind": letter.message.kind,
        "subject": letter.subject,
        "items": [
            {
                "duty": spoken.occurrence.duty,
                "unit": spoken.occurrence.unit,
                "period": spoken.occurrence.period,
                "due": spoken.occurrence.due,
                "stage": spoken.reminder.name,
                "reason": spoken.reminder.reason,
            }
            for spoken in letter.spoken
        ],
    }


def explanation_document(told: "Explanation", zone: ZoneInfo) -> dict[str, object]:
    """``explain --json``."""
    occurrence = told.occurrence
    return {
        "duty": occurrence.duty,
        "unit": occurrence.unit,
        "period": occurrence.period,
        "rule": {
            "nominal": occurrence.nominal,
            "due": occurrence.due,
            "nominal_is_working_day": told.working,
            "shifted": told.shifted,
            "roll": told.duty.roll,
            "revision": occurrence.revision,
            "policy": told.duty.policy,
        },
        "window": {"opens": occurrence.opens, "late_after": occurrence.last_good_day},
        "state": occurrence.state,
        "stages": [_stage_document(stage, zone) for stage in told.stages],
        "letters": [_letter_told(letter, zone) for letter in told.letters],
        "history": [event_document(event, zone) for event in told.history],
    }


def event_document(event: "Event", zone: ZoneInfo) -> dict[str, object]:
    """One line of an occurrence's history."""
    happened = {"at": event.at.astimezone(zone), "event": event.kind, "by": event.by, "note": event.note}
    return {**happened, **event.data}


def delivery_document(delivery: "DeliveryRecord", zone: ZoneInfo) -> dict[str, object]:
    """One attempt to hand a message over."""
    return {
        "n": delivery.n,
        "at": delivery.ended_at.astimezone(zone),
        "stage": delivery.stage,
        "reply": f"{delivery.code or ''} {delivery.text}".strip(),
        "outcome": delivery.outcome,
    }


def status_document(watched: "Watched", zone: ZoneInfo) -> dict[str, object]:
    """``status --json``; its keys are told there."""
    seen, server = watched.seen, watched.seen.server
    return {
        "at": seen.at.astimezone(zone),
        "alive": watched.alive,
        "last_tick": _local(seen.last_tick, zone),
        "last_sent": _local(seen.last_sent, zone),
        "messages": dict(watched.messages),
        "waiting_since": _local(watched.waiting_since, zone),
        "stuck": list(watched.stuck),
        "findings": [
            {
                "kind": found.kind,
                "gravity": found.gravity,
                "count": found.count,
                "oldest": _local(found.oldest, zone),
                "said": found.said,
                "mend": found.mend,
            }
            for found in watched.findings
        ],
        "workers": [_worker_document(each, zone) for each in watched.workers],
        "queue": {
            "owed": seen.owed.many,
            "oldest": _local(seen.owed.oldest, zone),
            "under_way": sum(owner.letters for owner in seen.owners),
            "held": seen.held.many,
        },
        "holds": [hold_document(hold, zone) for hold in watched.holds],
        "server": server and {"unreachable_since": server.at.astimezone(zone), "text": server.text},
        "planned_until": seen.planned_until,
        "log_bytes": seen.log_bytes,
    }


def _worker_document(seen: "WorkerSeen", zone: ZoneInfo) -> dict[str, object]:
    return {
        "id": seen.worker.id,
        "pid": seen.worker.pid,
        "alive": seen.alive,
        "started_at": seen.worker.started_at.astimezone(zone),
        "last_beat": seen.worker.beat_at.astimezone(zone),
        "letters": seen.letters,
    }


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment and moment.astimezone(zone)


def _letter_told(letter: "LetterTold", zone: ZoneInfo) -> dict[str, object]:
    message = letter.message
    return {
        "id": message.id,
        "to": message.recipient.email,
        "kind": message.kind,
        "subject": message.subject,
        "state": message.state,
        "message_id": message.message_id,
        "attempts": [delivery_document(delivery, zone) for delivery in letter.deliveries],
    }


def _stage_document(stage: "StageTold", zone: ZoneInfo) -> dict[str, object]:
    return {
        "stage": stage.stage.key,
        "slot": stage.stage.day,
        "at": stage.at,
        "moved": stage.stage.moved,
        "verdicts": [_verdict_document(reminder, zone) for reminder in stage.reminders],
        "why": "" if stage.reminders else stage.why,
    }


def _verdict_document(reminder: "ReminderRecord", zone: ZoneInfo) -> dict[str, object]:
    decided: datetime = reminder.decided_at
    return {
        "to": reminder.email,
        "verdict": reminder.verdict,
        "reason": reminder.reason,
        "name": reminder.name,
        "merged": list(reminder.merged),
        "decided_at": decided.astimezone(zone),
        "message": reminder.message,
    }
