"""The types from which the shapes of a catalogue are made."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

from nhacviec.application.catalogue.schema import scalars
from nhacviec.application.catalogue.schema.base import choice, reading
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


class Share(StrEnum):
    """Of what a percentage is taken."""

    MEMBERS = "members"


def _shape(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


def _length(longest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": longest})


def _month_day_text(value: tuple[int, int]) -> str:
    return f"{value[0]:02}-{value[1]:02}"


def _wall_text(value: time) -> str:
    return f"{value:%H:%M}"


Code = Annotated[
    str,
    reading(matching(scalars.CODE, "is not a code", "use 1 to 64 letters a-z, digits, - _ and ., such as BC-01")),
    _shape(scalars.CODE),
]
Word = Annotated[
    str,
    reading(matching(scalars.WORD, "is not one word", "use 1 to 64 letters, digits, - and _")),
    _shape(r"\\w[\\w-]{0,63}".replace("\\\\", "\\")),
]
Addressee = Annotated[
    str,
    reading(
        matching(
            rf"(parent\.){{0,10}}{scalars.WORD}", "addresses nobody", "write overseer, a role, or parent.ROLE"
        )
    ),
    _shape(r"(parent\.)*\w[\w-]{0,63}"),
]
Country = Annotated[
    str,
    reading(lambda value: matching("[A-Za-z]{2}", "is not a country", "write two letters such as VN")(value).upper()),
    _shape("[A-Za-z]{2}"),
]
Name = Annotated[
    str, reading(lambda value: scalars.read_text(value, scalars.LONGEST_NAME)), _length(scalars.LONGEST_NAME)
]
Text = Annotated[
    str, reading(lambda value: scalars.read_text(value, scalars.LONGEST_TEXT)), _length(scalars.LONGEST_TEXT)
]
Email = Annotated[str, reading(scalars.read_email), WithJsonSchema({"type": "string", "format": "email"})]
Zone = Annotated[str, reading(scalars.read_zone_name), _length(scalars.LONGEST_CODE)]
Day = Annotated[
    date,
    reading(scalars.read_day),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Moment = Annotated[
    date | datetime,
    reading(scalars.read_moment),
    PlainSerializer(lambda value: value.isoformat(), return_type=str),
    _shape(scalars.DAY + "(T.+)?"),
]
MonthDay = Annotated[
    tuple[int, int],
    reading(scalars.read_month_day),
    PlainSerializer(_month_day_text, return_type=str),
    _shape(scalars.MONTH_DAY),
]
Lunar = Annotated[
    tuple[int, int],
    reading(scalars.read_lunar_day),
    PlainSerializer(_month_day_text, return_type=str),
    _shape(scalars.MONTH_DAY),
]
Wall = Annotated[
    time, reading(scalars.read_wall), PlainSerializer(_wall_text, return_type=str), _shape(scalars.WALL)
]
Offset = Annotated[
    DomainOffset, reading(scalars.read_offset), PlainSerializer(str, return_type=str), _shape(scalars.OFFSET)
]
Lead = Annotated[
    DomainOffset, reading(scalars.read_lead), PlainSerializer(str, return_type=str), _shape(scalars.OFFSET)
]
Lag = Annotated[
    DomainOffset, reading(scalars.read_lag), PlainSerializer(str, return_type=str), _shape(scalars.OFFSET)
]
Weekday = Annotated[
    int,
    reading(scalars.read_weekday),
    PlainSerializer(lambda value: WEEKDAYS[value], return_type=str),
    WithJsonSchema({"type": "string", "enum": list(WEEKDAYS)}),
]
#: 1 for the first, -1 for the last.
Month = Annotated[int, Field(ge=1, le=12)]
Percent = Annotated[int, Field(ge=1, le=100)]
Many = Annotated[int, Field(ge=0, le=1_000_000)]

LanguageWord = choice(Language)
MailWord = choice(Mail)
NoticeWord = choice(Notice)
ShareWord = choice(Share)
KindWord = choice(DutyKind)
RollWord = choice(Roll)
EveryWord = choice(DomainEvery)
LetterWord = choice(LetterKind)
