"""What a letter says, before any word is chosen: the context of every mail template.

A template sees exactly these fields. Words belong to ``templates/``; numbers, dates and the
choice of what is said belong here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from nhacviec.domain.miss import Miss


class LetterKind(StrEnum):
    """Which letter it is; one folder of ``templates/mail/`` each."""

    REMINDER = "reminder"
    MEETING = "meeting"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    DIGEST = "digest"
    PACE = "pace"
    RECEIPT = "receipt"
    RETURNED = "returned"
    EXTENDED = "extended"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterItem:
    """One occurrence as a letter speaks of it. Lengths in days are never negative."""

    #: The kind of letter this item would be on its own; a digest holds several kinds.
    kind: LetterKind
    #: Code of the duty, as ``BC-01``.
    duty: str
    #: The duty's title with its period in sentence form: "Báo cáo công tác Đảng tháng 7/2017".
    title: str
    #: The unit that has to do it: "Chi bộ Văn phòng Sở".
    unit_name: str
    #: The period for people: "Tháng 7/2017".
    period_label: str
    #: The last good day.
    due: date
    #: Calendar days from the day of sending to the due date; 0 on the day and after it.
    days_left: int
    #: Working days after the day of sending up to and including the due date; 0 on the day and after it.
    working_days_left: int
    #: Calendar days since the due date; 0 until it has passed.
    days_late: int
    #: Working days since the due date.
    working_days_late: int
    #: Known evidence field names or free titles that a report must carry: "number", "date", …
    evidence: tuple[str, ...] = ()
    #: The legal basis; empty when none is recorded.
    basis: str = ""
    #: Minutes a meeting must last by the criterion in force on the due date; None without one.
    least_minutes: int | None = None
    #: Working days after the meeting within which its minutes are asked for; the date they end on.
    minutes_by: date | None = None
    #: How many letters of the main line about it went before this one.
    reminded: int = 0
    #: The day on which the next escalation is due; None when there is none to come.
    escalates_on: date | None = None
    #: For targets: how many are planned, done, and asked for by ``pace_by``.
    target: int | None = None
    done: int = 0
    pace_required: int | None = None
    pace_by: date | None = None
    #: What was reported: the document's number and the day that counts.
    reported_number: str = ""
    reported_on: date | None = None
    #: Which criteria the report does not meet, at most one for each field.
    misses: tuple[Miss, ...] = ()
    #: Free words of the secretary (what is missing, why it was extended).
    note: str = ""
    #: Where to report it done; empty until the page behind it exists.
    report_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one person.

    ``items`` is never empty and stands most urgent first; only a digest and an escalation hold
    more than one.
    """

    kind: LetterKind
    #: ``vi`` or ``en``.
    language: str
    #: The local moment the letter speaks of: "Đến 07 giờ 30 ngày 24/7/2017 …"; aware.
    at: datetime
    #: How the recipient is greeted: "Bí thư Chi bộ".
    recipient_name: str
    #: The recipient's own unit: "Chi bộ Văn phòng Sở".
    unit_name: str
    #: "Đảng bộ Sở Giáo dục và Đào tạo".
    organisation: str
    #: Who signs: "Văn phòng Đảng ủy".
    office: str
    #: True where an outage made it go later than an hour after its moment (S-70).
    late: bool = False
    items: tuple[LetterItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Where a letter goes and the headers that make it a fact on record."""

    sender_name: str
    sender_email: str
    recipient_name: str
    recipient_email: str
    #: The office's own address: answers go there.
    reply_to: str
    #: With angle brackets: ``<…@domain>``; stable over all copies.
    message_id: str
    #: ``References`` root of the occurrence's thread, with angle brackets; empty for a digest.
    thread: str
    #: The local instant of composition, with offset; copies keep it.
    date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A composed letter: the words, before MIME."""

    subject: str
    text: str
    html: str
