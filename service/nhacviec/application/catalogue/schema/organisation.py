"""Shapes of the organisation, its calendar and its units (DESIGN §6)."""

from pydantic import Field, model_validator

from nhacviec.application.catalogue.schema.base import Shape, wrong
from nhacviec.application.catalogue.schema.fields import (
    Code,
    Country,
    Day,
    Email,
    LanguageWord,
    LetterWord,
    MailWord,
    Many,
    MonthDay,
    Name,
    NoticeWord,
    Text,
    Weekday,
    Word,
    Zone,
)
from nhacviec.application.catalogue.schema.scalars import shown

_LEAP_DAY = (2, 29)


class Sender(Shape):
    """From whom letters come."""

    name: Name
    email: Email


class SchoolYear(Shape):
    """From which day to which a school year runs (S-19)."""

    start: MonthDay = (9, 1)
    end: MonthDay = (5, 31)

    @model_validator(mode="after")
    def _exists_every_year(self) -> "SchoolYear":
        for key in ("start", "end"):
            if getattr(self, key) == _LEAP_DAY:
                raise wrong("02-29 does not exist every year", "take 02-28 or 03-01", at=key)
        if self.start == self.end:
            raise wrong("the school year begins and ends on the same day", "give two days")
        return self


class OrganisationShape(Shape):
    """``organisation``: once in all files."""

    name: Name
    timezone: Zone = "Asia/Ho_Chi_Minh"
    language: LanguageWord = Field(default="vi", validate_default=True)
    office: Name | None = None
    sender: Sender
    notices: list[NoticeWord] | None = None
    school_year: SchoolYear | None = None


class CalendarDayShape(Shape):
    """One day off, or one make-up day, and what it is called."""

    date: Day
    off: Text | None = None
    working: Text | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "CalendarDayShape":
        if (self.off is None) == (self.working is None):
            raise wrong("a day is either off or working", "write {date: 2026-01-02, off: Nghỉ hoán đổi}")
        return self


class CalendarShape(Shape):
    """``calendar``: which country's days off, which weekend, which days besides (S-16)."""

    country: Country | None = None
    weekend: list[Weekday] | None = None
    days: list[CalendarDayShape] | None = None

    @model_validator(mode="after")
    def _leaves_a_day(self) -> "CalendarShape":
        if len(set(self.weekend or ())) == 7:  # noqa: PLR2004 -- days of a week
            raise wrong("weekend holds all seven days", "leave at least one working day", at="weekend")
        return self


class OverseerShape(Shape):
    """Who watches over a unit."""

    name: Name
    email: Email
    language: LanguageWord | None = None
    receives: list[LetterWord] | None = None


class ContactShape(OverseerShape):
    """One reader of a unit's letters."""

    role: Word


class UnitShape(Shape):
    """One of ``units``."""

    code: Code
    name: Name
    kind: Word
    parent: Code | None = None
    mail: MailWord | None = None
    members: Many | None = None
    overseer: OverseerShape | None = None
    tags: list[Word] | None = None
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    contacts: list[ContactShape] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "UnitShape":
        if self.since and self.until and self.since > self.until:
            raise wrong(f"until {self.until} is before from {self.since}", "exchange them", at="until")
        if self.parent == self.code:
            raise wrong(f"unit {shown(self.code)} is its own parent", "name the unit above it", at="parent")
        return self
