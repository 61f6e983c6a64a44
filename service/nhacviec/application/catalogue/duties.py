"""A duty, from what was written to the domain, with every change it goes through (S-33)."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from nhacviec.application.catalogue.coherence import rhythms_of
from nhacviec.application.catalogue.rhythm import recurrences_of, window_of
from nhacviec.application.catalogue.schema import read_strictly
from nhacviec.application.catalogue.schema.duty import (
    AssignedShape,
    ChangeShape,
    CriterionShape,
    DutyShape,
    EvidenceShape,
    ItemShape,
    TargetShape,
)
from nhacviec.application.definitions import standings
from nhacviec.domain.duty import Assigned, ChecklistItem, Criterion, Duty, Evidence
from nhacviec.domain.target import Pace, Target
from nhacviec.domain.time.calendar import Roll
from nhacviec.domain.time.period import SCHOOL_YEAR, SchoolYear


def build_duty(definition: Mapping[str, Any], *, school_year: SchoolYear = SCHOOL_YEAR) -> Duty:
    """A duty with its changes, each as the whole duty it leads to.

    Raises:
        RuleError: naming the key that is wrong.
    """
    (_, first), *later = standings(definition)
    changes = tuple(
        (read_strictly(ChangeShape, change).since, duty_of(read_strictly(DutyShape, whole), school_year))
        for change, whole in later
    )
    return replace(duty_of(read_strictly(DutyShape, first), school_year), changes=changes)


def duty_of(shape: DutyShape, school_year: SchoolYear = SCHOOL_YEAR) -> Duty:
    """A duty as it stands, without its changes."""
    return Duty(
        code=shape.code,
        title=shape.title,
        kind=shape.kind,
        area=shape.area or "",
        enabled=shape.enabled is not False,
        assigned=assigned_of(shape.assigned),
        recurrences=tuple(
            one for _, rhythm in rhythms_of(shape) for one in recurrences_of(rhythm, school_year)
        ),
        roll=shape.roll or Roll.NONE,
        stay_in_period=bool(shape.stay_in_period),
        window=window_of(shape.window),
        policy=shape.policy,
        evidence=tuple(_evidence(field) for field in shape.evidence or ()),
        criteria=tuple(_criterion(criterion) for criterion in shape.criteria or ()),
        target=_target(shape.target),
        pace=tuple(Pace(month=p.by[0], day=p.by[1], percent=p.percent) for p in shape.pace or ()),
        items=tuple(_item(item) for item in shape.items or ()),
        basis=shape.basis or "",
        since=shape.since,
        until=shape.until,
    )


def assigned_of(shape: AssignedShape) -> Assigned:
    """Which units have a duty."""
    return Assigned(
        kinds=frozenset(shape.kinds or ()),
        units=frozenset(shape.units or ()),
        tags=frozenset(shape.tags or ()),
        excepted=frozenset(shape.excepted or ()),
        under=shape.under or "",
    )


def _evidence(field: str | EvidenceShape) -> Evidence:
    return Evidence(name=field) if isinstance(field, str) else Evidence(name=field.name, title=field.title)


def _criterion(shape: CriterionShape) -> Criterion:
    return Criterion(
        field=shape.field,
        at_least=shape.at_least,
        more_than=shape.more_than,
        since=shape.since,
        until=shape.until,
        when=shape.when or "",
        basis=shape.basis or "",
    )


def _target(shape: TargetShape | None) -> Target | None:
    if shape is None:
        return None
    return Target(count=shape.count, percent=shape.percent, units=MappingProxyType(dict(shape.units or {})))


def _item(shape: ItemShape) -> ChecklistItem:
    return ChecklistItem(code=shape.code, title=shape.title, owner=shape.owner or "")
