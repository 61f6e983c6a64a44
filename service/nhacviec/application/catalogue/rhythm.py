"""How often and when in each period: from what was written to the recurrences of the domain (DESIGN §6.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from nhacviec.application.catalogue.schema import read_strictly
from nhacviec.application.catalogue.schema.due import (
    LAST,
    DueShape,
    EdgeShape,
    FormShape,
    PlaceShape,
    RhythmShape,
    RruleShape,
    SpanShape,
    WindowShape,
)
from nhacviec.domain.duty import Edge, Window
from nhacviec.domain.time import rrule
from nhacviec.domain.time.due import (
    AfterEnd,
    AfterStart,
    DateOfYear,
    DayOfMonth,
    Due,
    DueForm,
    LunarDay,
    OfDuty,
    OnDate,
    ThePeriod,
    WeekdayOfMonth,
    WeekdayOfWeek,
    WorkingDayOfMonth,
)
from nhacviec.domain.time.offset import Measure, Offset
from nhacviec.domain.time.period import SCHOOL_YEAR, Every, SchoolYear, Term
from nhacviec.domain.time.recurrence import Recurrence

_LAST_DAY = 31
_SAME_DAY = Offset(0, Measure.DAYS)
_TERM_MONTHS = 60


def build_due(definition: Mapping[str, Any]) -> Due:
    """A duty's ``due``.

    Raises:
        RuleError: naming the key that is wrong.
    """
    return due_of(read_strictly(DueShape, definition))


def due_of(shape: DueShape | None) -> Due:
    """The same from a shape; without one, the period's own day."""
    if shape is None:
        return Due(form=ThePeriod())
    units = {code: form_of(form) for code, form in (shape.units or {}).items()}
    return Due(form=form_of(shape), before=bool(shape.before), units=MappingProxyType(units))


def form_of(shape: FormShape) -> DueForm:
    """The one form that a mapping says."""
    if shape.duty is not None:
        return OfDuty(shape.duty, shape.offset or _SAME_DAY)
    return _place_of(shape)


def _place_of(shape: PlaceShape) -> DueForm:
    return next(_places(shape))


def _places(shape: PlaceShape) -> Iterator[DueForm]:  # noqa: C901 -- one line a form
    """Exactly one, as the shape has made sure."""
    if shape.day is not None:
        yield DayOfMonth(_LAST_DAY if shape.day == LAST else int(shape.day), shape.month)
    if shape.working_day is not None:
        yield WorkingDayOfMonth(shape.working_day, shape.month)
    if shape.weekday is not None and shape.nth is not None:
        yield WeekdayOfMonth(shape.weekday, shape.nth, shape.month)
    if shape.weekday is not None:
        yield WeekdayOfWeek(shape.weekday)
    if shape.after_end is not None:
        yield AfterEnd(shape.after_end)
    if shape.after_start is not None:
        yield AfterStart(shape.after_start)
    if shape.date is not None:
        yield DateOfYear(*shape.date)
    if shape.lunar is not None:
        yield LunarDay(*shape.lunar, leap=bool(shape.leap), skip=bool(shape.skip))
    if shape.on is not None:
        yield OnDate(shape.on)


def _edge_of(shape: EdgeShape | None) -> Edge | None:
    if shape is None:
        return None
    return shape.due if shape.due is not None else _place_of(shape)


def window_of(shape: WindowShape | None) -> Window:
    """A duty's ``window``; empty where none is given."""
    if shape is None:
        return Window()
    common = Window(opens=_edge_of(shape.opens), closes=_edge_of(shape.closes))
    units = {code: _own_span(span, common) for code, span in (shape.units or {}).items()}
    return replace(common, units=MappingProxyType(units))


def _own_span(shape: SpanShape, common: Window) -> Window:
    """A unit's own span; the edge it does not give is the common one."""
    return Window(opens=_edge_of(shape.opens) or common.opens, closes=_edge_of(shape.closes) or common.closes)


def build_recurrence(definition: Mapping[str, Any], *, school_year: SchoolYear = SCHOOL_YEAR) -> Recurrence:
    """``every``, ``months``, ``due`` and ``term`` together.

    Raises:
        RuleError: naming the key that is wrong; whether they fit together, ``check_recurrence`` says.
    """
    return recurrence_of(read_strictly(RhythmShape, definition), school_year)


def recurrence_of(shape: RhythmShape, school_year: SchoolYear = SCHOOL_YEAR) -> Recurrence:
    """The same from a shape whose ``every`` is given."""
    every = shape.every
    return Recurrence(
        every=every_of(shape) or Every.DAY,
        due=due_of(shape.due),
        months=frozenset(shape.months or ()),
        term=term_of(shape),
        rule=rrule.parse(every.rrule, start=every.start) if isinstance(every, RruleShape) else None,
        school_year=school_year,
    )


def recurrences_of(shape: RhythmShape, school_year: SchoolYear = SCHOOL_YEAR) -> Iterator[Recurrence]:
    """The common one, and one for each unit with terms of its own (DESIGN §6, ``units:`` inside term)."""
    common = recurrence_of(shape, school_year)
    own = (shape.term.units or {}) if shape.term else {}
    yield replace(common, excepted=frozenset(own))
    for code, term in own.items():
        months = term.months or (common.term.months if common.term else _TERM_MONTHS)
        yield replace(common, term=Term(start=term.start, months=months), only=frozenset({code}))


def every_of(shape: RhythmShape) -> Every | None:
    """The rhythm by its name."""
    return Every.RRULE if isinstance(shape.every, RruleShape) else shape.every


def term_of(shape: RhythmShape) -> Term | None:
    """The terms of every unit without terms of its own."""
    return Term(start=shape.term.start, months=shape.term.months or _TERM_MONTHS) if shape.term else None
