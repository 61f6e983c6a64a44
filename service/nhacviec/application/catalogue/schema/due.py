"""Shapes of when in its period a duty falls due (DESIGN §6.1)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from nhacviec.application.catalogue.schema.base import Plain, Shape, wrong
from nhacviec.application.catalogue.schema.fields import (
    Code,
    Day,
    EveryWord,
    Lunar,
    Moment,
    Month,
    MonthDay,
    Offset,
    Weekday,
)
from nhacviec.application.catalogue.schema.policy import scalar_or_mapping
from nhacviec.application.catalogue.schema.scalars import read_text, shown
from nhacviec.domain.errors import RuleError
from nhacviec.domain.time import rrule

_LONGEST_RULE = 16_384
_LONGEST_MONTH = 31
#: More than any month has of one weekday, or of working days.
_MOST_WEEKDAYS, _MOST_WORKING_DAYS = 5, 23
LAST = "last"


def _read_day_of_month(value: object) -> int | str:
    if value == LAST or (type(value) is int and 1 <= value <= _LONGEST_MONTH):
        return value if isinstance(value, int) else LAST
    raise RuleError(f"{shown(value)} is not a day of a month", mend="use 1 to 31, or last")


def _number(most: int, what: str) -> Plain:
    """A number from the start or, below 0, from the end."""

    def read(value: object) -> int:
        if type(value) is int and 1 <= abs(value) <= most:
            return value
        mend = f"use 1 to {most}, or -1 to -{most} from the end"
        raise RuleError(f"{shown(value)} is not {what}", mend=mend)

    return Plain(read, int, {"type": "integer", "minimum": -most, "maximum": most, "not": {"const": 0}})


_DAY_SCHEMA = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": _LONGEST_MONTH}, {"const": LAST}]}
DayOfMonth = Annotated[int | Literal["last"], Plain(_read_day_of_month, lambda value: value, _DAY_SCHEMA)]


class PlaceShape(Shape):
    """A place in a period: one key that says which, and what belongs to it."""

    day: DayOfMonth | None = None
    month: Annotated[int, Field(ge=1, le=600)] | None = None
    working_day: Annotated[int, _number(_MOST_WORKING_DAYS, "a working day of a month")] | None = None
    weekday: Weekday | None = None
    nth: Annotated[int, _number(_MOST_WEEKDAYS, "a place in a month")] | None = None
    after_end: Offset | None = None
    after_start: Offset | None = None
    date: MonthDay | None = None
    lunar: Lunar | None = None
    leap: bool | None = None
    skip: bool | None = None
    on: Day | None = None

    #: The keys of which there is exactly one; a duty's due and a window's edge know one more.
    leading: ClassVar[tuple[str, ...]] = (
        "day",
        "working_day",
        "weekday",
        "after_end",
        "after_start",
        "date",
        "lunar",
        "on",
    )
    #: Which keys need another beside them.
    beside: ClassVar[dict[str, tuple[str, ...]]] = {
        "month": ("day", "working_day", "weekday"),
        "nth": ("weekday",),
        "leap": ("lunar",),
        "skip": ("lunar",),
        "offset": ("duty",),
    }

    @model_validator(mode="after")
    def _says_one_thing(self) -> "PlaceShape":
        given = [key for key in self.leading if getattr(self, key) is not None]
        if not given:
            raise wrong("it does not say when", f"use one of {', '.join(self.leading)}")
        if len(given) > 1:
            raise wrong(f"{given[0]} and {given[1]} stand together", "keep one of them", at=given[1])
        for key, needed in self.beside.items():
            if getattr(self, key, None) is not None and given[0] not in needed:
                mend = f"it belongs to {' or '.join(needed)}"
                raise wrong(f"{key} says nothing beside {given[0]}", mend, at=key)
        if self.month is not None and self.weekday is not None and self.nth is None:
            raise wrong("month says nothing beside weekday without nth", "add nth: 1", at="month")
        return self


class FormShape(PlaceShape):
    """When in its period a duty of one unit falls due."""

    duty: Code | None = None
    offset: Offset | None = None

    leading: ClassVar[tuple[str, ...]] = (*PlaceShape.leading, "duty")


class DueShape(FormShape):
    """``due``; ``before`` makes it exclusive, ``units`` gives some units a rule of their own."""

    before: bool | None = None
    units: dict[Code, FormShape] | None = None


class EdgeShape(PlaceShape):
    """One end of a window: a place in the period, or an offset from the due date."""

    due: Offset | None = None

    leading: ClassVar[tuple[str, ...]] = (*PlaceShape.leading, "due")


class SpanShape(Shape):
    """From when the work may be reported, and after which day only it is late."""

    opens: EdgeShape | None = Field(default=None, alias="open")
    closes: EdgeShape | None = Field(default=None, alias="close")


class WindowShape(SpanShape):
    """``window``, with spans of their own for some units."""

    units: dict[Code, SpanShape] | None = None


class UnitTermShape(Shape):
    """A unit's own terms; the months of the others where it gives none."""

    start: Day
    months: Annotated[int, Field(ge=1, le=600)] | None = None


class TermShape(UnitTermShape):
    """``term``: terms of office (S-19)."""

    units: dict[Code, UnitTermShape] | None = None


class RruleShape(Shape):
    """``{rrule: FREQ=MONTHLY;BYDAY=-1FR, start: 2017-01-01}`` (S-10)."""

    rrule: Annotated[str, Plain(lambda value: read_text(value, _LONGEST_RULE), str, {"type": "string"})]
    start: Moment

    @model_validator(mode="after")
    def _can_be_read(self) -> "RruleShape":
        try:
            rrule.parse(self.rrule, start=self.start)
        except RuleError as error:
            raise wrong(error.problem, error.mend, at="rrule") from error
        return self


Rhythm = Annotated[
    Annotated[EveryWord, Tag("(text)")] | Annotated[RruleShape, Tag("(mapping)")],
    Discriminator(scalar_or_mapping),
]


class RhythmShape(Shape):
    """How often, and when in each period."""

    every: Rhythm | None = None
    months: list[Month] | None = None
    due: DueShape | None = None
    term: TermShape | None = None


class PeriodShape(RhythmShape):
    """One of ``periods``."""

    every: Rhythm
