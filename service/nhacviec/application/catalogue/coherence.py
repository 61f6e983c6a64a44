"""Whether the keys of one duty fit together: what no single key can show (DESIGN §6.1)."""

from collections.abc import Iterator

from nhacviec.application.catalogue.rhythm import every_of, form_of, window_of
from nhacviec.application.catalogue.schema import Misfit, Path
from nhacviec.application.catalogue.schema.due import RhythmShape
from nhacviec.application.catalogue.schema.duty import DutyShape, RuleShape
from nhacviec.application.catalogue.schema.scalars import FIRST_YEAR, LAST_YEAR
from nhacviec.domain.duty import Window
from nhacviec.domain.errors import RuleError
from nhacviec.domain.time import lunar
from nhacviec.domain.time.calendar import Roll
from nhacviec.domain.time.due import AfterEnd, DueForm, LunarDay, check_form
from nhacviec.domain.time.offset import Offset
from nhacviec.domain.time.period import SCHOOL_YEAR, Every, SchoolYear

#: Rhythms whose periods are one day of their own, so that ``due`` may be left out.
SINGLE_DAYS = (Every.DAY, Every.RRULE, Every.EVENT)
#: In which months a period can end; the others have none to be kept by ``months``.
_LAST_MONTHS = {
    Every.QUARTER: frozenset({3, 6, 9, 12}),
    Every.HALF_YEAR: frozenset({6, 12}),
    Every.NINE_MONTHS: frozenset({9}),
    Every.YEAR: frozenset({12}),
}
#: Rhythms that ``months`` does not narrow.
_WITHOUT_MONTHS = (Every.ONCE, Every.RRULE, Every.EVENT)
#: Rhythms of which one duty may have several: each has dates of its own.
_SEVERAL = (None, Every.ONCE, Every.RRULE, Every.TERM)
_LUNAR_SPAN = 10
_LUNAR_FIRST = 2017
_LONGEST_LUNAR_MONTH = 30


def rhythms_of(duty: RuleShape) -> Iterator[tuple[Path, RhythmShape]]:
    """Each rhythm of a duty and the path to it."""
    if duty.periods is None:
        yield (), duty
    else:
        yield from ((("periods", number), rhythm) for number, rhythm in enumerate(duty.periods))


def incoherences(duty: DutyShape, school_year: SchoolYear = SCHOOL_YEAR) -> Iterator[Misfit]:
    """Everything in a duty that contradicts itself, as it stands without its changes."""
    yield from rule_faults(duty)
    for path, rhythm in rhythms_of(duty):
        yield from _under(path, _beyond(rhythm, duty, school_year))
    if duty.since and duty.until and duty.since > duty.until:
        problem = f"until {duty.until} is before from {duty.since}"
        yield Misfit(path=("until",), problem=problem, mend="exchange them")
    if duty.pace and not duty.target:
        yield Misfit(path=("pace",), problem="pace stands without target", mend="add target: {count: …}")


def rule_faults(rule: RuleShape) -> Iterator[Misfit]:
    """Everything that contradicts itself in what decides on which days a duty falls due."""
    if rule.periods is not None:
        for key in ("every", "months", "due", "term"):
            if getattr(rule, key) is not None:
                yield Misfit(path=(key,), problem=f"{key} stands beside periods", mend="move it into periods")
    for path, rhythm in rhythms_of(rule):
        yield from _under(path, _rhythm(rhythm))
        yield from _under(path, _against_roll(rhythm, rule))
    yield from _twice(rule)


def _rhythm(rhythm: RhythmShape) -> Iterator[Misfit]:
    """What of one rhythm contradicts itself."""
    every = every_of(rhythm)
    if every is None:
        yield Misfit(path=(), problem="every is missing", mend="write every: month, or periods: […]")
        return
    if every is Every.RRULE and rhythm.every is Every.RRULE:
        yield Misfit(path=("every",), problem="the rule is missing", mend="write every: {rrule: …, start: …}")
    if every is Every.TERM and rhythm.term is None:
        yield Misfit(path=(), problem="every: term needs term", mend="write term: {start: DATE, months: 60}")
    if every is not Every.TERM and rhythm.term is not None:
        yield Misfit(path=("term",), problem=f"term says nothing beside every: {every}", mend="leave it out")
    if rhythm.due is None and every not in SINGLE_DAYS:
        yield Misfit(path=(), problem=f"due is missing, and every: {every} needs it", mend="write due: {…}")
    for path, form in _forms(rhythm):
        if (problem := _unfit(form, every)) is not None:
            yield Misfit(path=path, problem=problem.problem, mend=problem.mend)


def _against_roll(rhythm: RhythmShape, rule: RuleShape) -> Iterator[Misfit]:
    roll = rule.roll or Roll.NONE
    if rhythm.due is not None and rhythm.due.before and roll in (Roll.NEXT, Roll.MODIFIED_NEXT):
        yield Misfit(
            path=("due", "before"),
            problem=f"before: true contradicts roll: {roll}",
            mend="use roll: prev or none",
        )
    for path, form in _forms(rhythm):
        if rule.stay_in_period and isinstance(form, AfterEnd):
            problem = "stay_in_period contradicts after_end"
            yield Misfit(path=(*path, "after_end"), problem=problem, mend="leave one of them out")


def _beyond(rhythm: RhythmShape, duty: DutyShape, school_year: SchoolYear) -> Iterator[Misfit]:
    """What a rhythm and the rest of its duty do not agree in."""
    every = every_of(rhythm)
    if every is None:
        return
    yield from _months(rhythm, every, school_year)
    for path, form in _forms(rhythm):
        if isinstance(form, LunarDay):
            yield from _under(path, _lunar(form, duty))
    for path, form in _edges(window_of(duty.window)):
        if (problem := _unfit(form, every)) is not None:
            yield Misfit(path=path, problem=problem.problem.replace("due", "window"), mend=problem.mend)


def _under(path: Path, misfits: Iterator[Misfit]) -> Iterator[Misfit]:
    for misfit in misfits:
        yield Misfit(path=(*path, *misfit.path), problem=misfit.problem, mend=misfit.mend)


def _forms(rhythm: RhythmShape) -> Iterator[tuple[Path, DueForm]]:
    if rhythm.due is None:
        return
    yield ("due",), form_of(rhythm.due)
    for code, form in (rhythm.due.units or {}).items():
        yield ("due", "units", code), form_of(form)


def _edges(window: Window) -> Iterator[tuple[Path, DueForm]]:
    for key, edge in (("open", window.opens), ("close", window.closes)):
        if edge is not None and not isinstance(edge, Offset):
            yield ("window", key), edge


def _unfit(form: DueForm, every: Every) -> RuleError | None:
    try:
        check_form(form, every)
    except RuleError as error:
        return error
    return None


def _months(rhythm: RhythmShape, every: Every, school_year: SchoolYear) -> Iterator[Misfit]:
    if not rhythm.months:
        return
    if every in _WITHOUT_MONTHS:
        problem = f"months says nothing beside every: {every}"
        yield Misfit(path=("months",), problem=problem, mend="leave it out")
    last = {**_LAST_MONTHS, Every.SCHOOL_YEAR: frozenset({school_year.end[0]})}.get(every)
    for number, month in enumerate(rhythm.months):
        if last is not None and month not in last:
            ends = ", ".join(map(str, sorted(last)))
            yield Misfit(
                path=("months", number),
                problem=f"no {every} ends in month {month}",
                mend=f"months keeps the periods by their last month: use {ends}",
            )


def _lunar(form: LunarDay, duty: DutyShape) -> Iterator[Misfit]:
    """Day 30 where short months are to be skipped: the years that would be left out (S-20)."""
    if not (form.skip and form.day == _LONGEST_LUNAR_MONTH):
        return
    short = [year for year in _years(duty) if _length(form, year) != _LONGEST_LUNAR_MONTH]
    if short:
        named = ", ".join(map(str, short))
        yield Misfit(
            path=("lunar",),
            problem=f"lunar month {form.month} has no day 30 in {named}",
            mend="leave skip out, then it is the 29th in those years",
        )


def _years(duty: DutyShape) -> range:
    """The years a duty stands, at least by one of its ends; else the ten years from 2017."""
    last = duty.until.year if duty.until else None
    open_first = _LUNAR_FIRST if last is None else last - _LUNAR_SPAN + 1
    first = duty.since.year if duty.since else open_first
    return range(max(first, FIRST_YEAR), min(last or first + _LUNAR_SPAN - 1, LAST_YEAR) + 1)


def _length(form: LunarDay, year: int) -> int | None:
    leap = form.leap and lunar.leap_month(year) == form.month
    return lunar.month_length(year, form.month, leap=leap)


def _twice(rule: RuleShape) -> Iterator[Misfit]:
    """Two of ``periods`` that give one and the same period, which can have one occurrence only (S-30)."""
    seen: list[RhythmShape] = []
    for number, rhythm in enumerate(rule.periods or ()):
        for other in seen:
            same = every_of(other) is every_of(rhythm) and every_of(rhythm) not in _SEVERAL
            if same and (not other.months or not rhythm.months or set(other.months) & set(rhythm.months)):
                problem = f"another of periods has every: {every_of(rhythm)} in the same months"
                yield Misfit(path=("periods", number), problem=problem, mend="give each its own months")
        seen.append(rhythm)
