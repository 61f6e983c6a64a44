"""Freshness: whether what a letter says still holds, and whether now is a time to say it; pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from nhacviec.application.records import ReminderRecord
from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.message import Line, Message
from nhacviec.domain.occurrence import ASKED_FOR, Occurrence
from nhacviec.domain.opening import period_of
from nhacviec.domain.triage import LATE_AFTER

#: A letter that nobody can have yet is put into words anew when its moment is longer ago than this.
STALE = timedelta(hours=24)


def still_true(message: Message, record: ReminderRecord, occurrence: Occurrence) -> bool:
    """Whether what a reminder says still holds: open, and due when it was (P4, S-52)."""
    if message.line is Line.NOTICE:
        return True
    return occurrence.state in ASKED_FOR and occurrence.revision == record.revision


def kept(message: Message, now: datetime) -> bytes | None:
    """The bytes of an earlier attempt, where they go again as they were (P3, S-58).

    What a server may have goes again whatever happens.  What none can have is said anew after a day: "còn 03
    ngày" would be no longer true (DELIVERY §2.7).
    """
    stale = not message.ambiguous and now - message.slot_at > STALE
    return None if stale else message.mime


def is_late(message: Message, now: datetime) -> bool:
    """Whether it goes so late that it says so, whoever kept it (S-70); a notice has no moment of its own."""
    return message.line is not Line.NOTICE and now - message.slot_at > LATE_AFTER


def not_before(
    message: Message, about: Iterable[Occurrence], catalogue: Catalogue, now: datetime
) -> datetime:
    """When a letter may go that has waited for more than an hour since it might have gone (S-45).

    So an outage of the mail server is made up for as one of the service is: at an hour at which letters go,
    and after the regular letters of that date have taken its place (S-42).  Who was put off for a while, or
    released by a human, does not wait.

    Args:
        message: claimed.
        about: the occurrences it speaks of.
        catalogue: in force.
        now: aware.
    """
    if message.line is Line.NOTICE or now - message.due_at <= LATE_AFTER:
        return now
    policies = {catalogue.duty(each.duty).at(period_of(each)).policy for each in about}
    return max((catalogue.allowed(code, now) for code in policies), default=now)
