"""The types from which the shapes of a catalogue are made."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from nhacviec.application.catalogue.schema import scalars
from nhacviec.application.catalogue.schema.base import Plain, one_of
from nhacviec.application.catalogue.schema.scalars import matching
from nhacviec.domain.duty import DutyKind
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.organisation import Mail
from nhacviec.domain.time.calendar import WEEKDAYS, Roll
from nhacviec.domain.time.offset import Offset as DomainOffset
from nhacviec.domain.time.period import Every as DomainEvery


class Language(StrEnum):
    """In which a letter can be written."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


class Notice(StrEnum):
    """Which decisions may be told by letter; off until switched on (S-71)."""

    RECEIPT = LetterKind.RECEIPT.value
    RETURNED = LetterKind.RETURNED.value
    EXTENDED = LetterKind.EXTENDED.value
    QUALITY = LetterKind.QUALITY.value


class Share(StrEnum):
    """Of what a percentage is taken."""

    MEMBERS = "members"


def _like(pattern: str) -> dict[str, object]:
    return {"type": "string", "pattern": f"^{pattern}$"}


def _line(longest: int) -> Plain:
    schema = {"type": "string", "minLength": 1, "maxLength": longest}
    return Plain(lambda value: scalars.read_text(value, longest), str, schema)


def _month_day_text(value: tuple[int, int]) -> str:
    return f"{value[0]:02}-{value[1]:02}"


def _wall_text(value: time) -> str:
    return f"{value:%H:%M}"


_CODE = matching(scalars.CODE, "is not a code", "use 1 to 64 letters a-z, digits, - _ and ., such as BC-01")
_WORD = matching(scalars.WORD, "is not one word", "use 1 to 64 letters, digits, - and _")
_ADDRESSEE = matching(
    rf"(parent\.){{0,10}}{scalars.WORD}", "addresses nobody", "write overseer, a role, or parent.ROLE"
)
_COUNTRY = matching("[A-Za-z]{2}", "is not a country", "write two letters such as VN")

Code = Annotated[str, Plain(_CODE, str, _like(scalars.CODE))]
Word = Annotated[str, Plain(_WORD, str, _like(r"\w[\w-]{0,63}"))]
Addressee = Annotated[str, Plain(_ADDRESSEE, str, _like(r"(parent\.)*\w[\w-]{0,63}"))]
Country = Annotated[str, Plain(lambda value: _COUNTRY(value).upper(), str, _like("[A-Za-z]{2}"))]
Name = Annotated[str, _line(scalars.LONGEST_NAME)]
Text = Annotated[str, _line(scalars.LONGEST_TEXT)]
Email = Annotated[str, Plain(scalars.read_email, str, {"type": "string", "format": "email"})]
Zone = Annotated[str, Plain(scalars.read_zone_name, str, {"type": "string"})]
Day = Annotated[date, Plain(scalars.read_day, date.isoformat, {"type": "string", "format": "date"})]
Moment = Annotated[
    date | datetime,
    Plain(scalars.read_moment, lambda value: value.isoformat(), _like(scalars.DAY + "(T.+)?")),
]
MonthDay = Annotated[
    tuple[int, int], Plain(scalars.read_month_day, _month_day_text, _like(scalars.MONTH_DAY))
]
Lunar = Annotated[tuple[int, int], Plain(scalars.read_lunar_day, _month_day_text, _like(scalars.MONTH_DAY))]
Wall = Annotated[time, Plain(scalars.read_wall, _wall_text, _like(scalars.WALL))]
Offset = Annotated[DomainOffset, Plain(scalars.read_offset, str, _like(scalars.OFFSET))]
#: An offset that is not after the due date.
Lead = Annotated[DomainOffset, Plain(scalars.read_lead, str, _like(scalars.OFFSET))]
#: An offset after the due date.
Lag = Annotated[DomainOffset, Plain(scalars.read_lag, str, _like(scalars.OFFSET))]
Weekday = Annotated[
    int, Plain(scalars.read_weekday, WEEKDAYS.__getitem__, {"type": "string", "enum": list(WEEKDAYS)})
]

Month = Annotated[int, Field(ge=1, le=12)]
Percent = Annotated[int, Field(ge=1, le=100)]
Many = Annotated[int, Field(ge=0, le=1_000_000)]

LanguageWord = Annotated[Language, one_of(Language)]
MailWord = Annotated[Mail, one_of(Mail)]
NoticeWord = Annotated[Notice, one_of(Notice)]
ShareWord = Annotated[Share, one_of(Share)]
KindWord = Annotated[DutyKind, one_of(DutyKind)]
RollWord = Annotated[Roll, one_of(Roll)]
EveryWord = Annotated[DomainEvery, one_of(DomainEvery)]
LetterWord = Annotated[LetterKind, one_of(LetterKind)]
