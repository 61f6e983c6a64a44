"""Shapes of the duties, of what is adjusted in them, and of a whole file (DESIGN §6)."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from nhacviec.application.catalogue.schema import scalars
from nhacviec.application.catalogue.schema.base import Plain, Shape, wrong
from nhacviec.application.catalogue.schema.due import PeriodShape, RhythmShape, WindowShape
from nhacviec.application.catalogue.schema.fields import (
    Code,
    Day,
    KindWord,
    Many,
    MonthDay,
    Percent,
    RollWord,
    ShareWord,
    Text,
    Word,
)
from nhacviec.application.catalogue.schema.organisation import CalendarShape, OrganisationShape, UnitShape
from nhacviec.application.catalogue.schema.policy import PolicyShape, scalar_or_mapping
from nhacviec.application.catalogue.schema.scalars import did_you_mean
from nhacviec.domain.duty import FLAGS
from nhacviec.domain.errors import RuleError
from nhacviec.domain.quality import MEASURABLE

#: What a title may leave open.
PLACEHOLDERS = ("period",)
_MOST = 1_000_000
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


def _read_title(value: object) -> str:
    title = scalars.read_text(value, scalars.LONGEST_TEXT)
    for found in _BRACES.finditer(title):
        if found[1] not in PLACEHOLDERS:
            problem = f"{scalars.shown(found[0])} in a title is unknown"
            raise RuleError(problem, mend="write {period}, or no braces")
    return title


Title = Annotated[
    str, Plain(_read_title, str, {"type": "string", "minLength": 1, "maxLength": scalars.LONGEST_TEXT})
]


class AssignedShape(Shape):
    """``assigned``: which units have the duty."""

    kinds: list[Word] | None = None
    units: list[Code] | None = None
    tags: list[Word] | None = None
    excepted: list[Code] | None = Field(default=None, alias="except")
    under: Code | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "AssignedShape":
        if not (self.kinds or self.units or self.tags or self.under):
            raise wrong("it is assigned to nobody", "write kinds, units, tags or under")
        return self


class EvidenceShape(Shape):
    """A free field of a report, under a title of its own."""

    name: Word
    title: Text


EvidenceField = Annotated[
    Annotated[Word, Tag("(text)")] | Annotated[EvidenceShape, Tag("(mapping)")],
    Discriminator(scalar_or_mapping),
]


def _read_threshold(value: object) -> int | float:
    if type(value) in (int, float) and isinstance(value, int | float) and 0 <= value <= _MOST:
        return value
    raise RuleError(f"{scalars.shown(value)} is not a threshold", mend=f"write a number from 0 to {_MOST}")


Threshold = Annotated[
    int | float,
    Plain(_read_threshold, lambda value: value, {"type": "number", "minimum": 0, "maximum": _MOST}),
]


def _name_among(known: Sequence[str]) -> Plain:
    """One of the domain's own names: with any other nothing would ever be judged, and nobody would know."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            mend = did_you_mean(value, list(known)) if isinstance(value, str) else f"use {', '.join(known)}"
            raise RuleError(f"{scalars.shown(value)} is unknown", mend=mend)
        return value

    return Plain(read, str, {"type": "string", "enum": list(known)})


class CriterionShape(Shape):
    """One of ``criteria``."""

    field: Annotated[str, _name_among(MEASURABLE)]
    at_least: Threshold | None = None
    more_than: Threshold | None = None
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    when: Annotated[str, _name_among(FLAGS)] | None = None
    basis: Text | None = None

    @model_validator(mode="after")
    def _one_threshold(self) -> "CriterionShape":
        if (self.at_least is None) == (self.more_than is None):
            raise wrong("a criterion has one threshold", "write at_least or more_than")
        if self.since and self.until and self.since > self.until:
            raise wrong(f"until {self.until} is before from {self.since}", "exchange them", at="until")
        return self


class TargetShape(Shape):
    """``{count: 2, units: {ubkt: 6}}`` or ``{percent: 30, of: members}``."""

    count: Annotated[int, Field(ge=1, le=100_000)] | None = None
    percent: Percent | None = None
    of: ShareWord | None = None
    units: dict[Code, Many] | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> "TargetShape":
        if (self.count is None) == (self.percent is None):
            mend = "write {count: 2}, or {percent: 30, of: members}"
            raise wrong("a target is either count or percent", mend)
        if self.of is not None and self.percent is None:
            raise wrong("of says nothing beside count", "it belongs to percent", at="of")
        return self


class PaceShape(Shape):
    """``{by: 03-31, percent: 25}``."""

    by: MonthDay
    percent: Percent


class ItemShape(Shape):
    """One line of a checklist."""

    code: Code
    title: Text
    owner: Code | None = None


class RuleShape(RhythmShape):
    """What decides on which days a duty falls due: one rhythm or several, and the roll."""

    periods: Annotated[list[PeriodShape], Field(min_length=1, max_length=20)] | None = None
    roll: RollWord | None = None
    stay_in_period: bool | None = None


class DutyKeys(RuleShape):
    """What can be said of a duty, and changed in it."""

    title: Title | None = None
    kind: KindWord | None = None
    area: Text | None = None
    enabled: bool | None = None
    assigned: AssignedShape | None = None
    window: WindowShape | None = None
    policy: Code | None = None
    evidence: list[EvidenceField] | None = None
    criteria: list[CriterionShape] | None = None
    target: TargetShape | None = None
    pace: list[PaceShape] | None = None
    items: list[ItemShape] | None = None
    basis: Text | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _names_once(self) -> "DutyKeys":
        fields = [each if isinstance(each, str) else each.name for each in self.evidence or ()]
        for key, names in (("evidence", fields), ("items", [item.code for item in self.items or ()])):
            if twice := {name for name in names if names.count(name) > 1}:
                raise wrong(f"{min(twice)} stands twice", "keep one of them", at=key)
        return self


class ChangeShape(DutyKeys):
    """One of ``changes``: how the duty stands from a date on (S-33)."""

    since: Day = Field(alias="from")


class AdjustShape(DutyKeys):
    """One of ``adjust``: keys that replace those of a duty written elsewhere, each whole."""

    code: Code
    since: Day | None = Field(default=None, alias="from")
    changes: list[ChangeShape] | None = None


class DutyShape(AdjustShape):
    """One of ``duties``."""

    title: Title
    kind: KindWord
    assigned: AssignedShape
    policy: Code


class CatalogueShape(Shape):
    """A whole file."""

    nhacviec: Literal[1]
    organisation: OrganisationShape | None = None
    calendar: CalendarShape | None = None
    units: list[UnitShape] | None = None
    policies: list[PolicyShape] | None = None
    duties: list[DutyShape] | None = None
    adjust: list[AdjustShape] | None = None


def json_schema() -> dict[str, Any]:
    """The schema by which an editor helps to write a catalogue (``config/schema/catalogue.schema.json``)."""
    schema = CatalogueShape.model_json_schema(by_alias=True)
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft} | schema | {"title": "nhacviec catalogue"}
