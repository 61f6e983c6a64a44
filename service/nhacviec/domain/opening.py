"""Opening: an expected occurrence becomes a tracked one; a tracked one is read back (S-43, S-72)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from nhacviec.domain.occurrence import ASKED_FOR, Occurrence, State
from nhacviec.domain.planning import Expected, Planner
from nhacviec.domain.reminder import CATCH_UP_WINDOW, Reason, Track
from nhacviec.domain.stage import Stage
from nhacviec.domain.time.period import Every, Period


def opened(
    expected: Expected,
    stages: Sequence[Stage],
    now: datetime,
    today: date,
    window: timedelta = CATCH_UP_WINDOW,
) -> Occurrence:
    """The occurrence as it is first recorded.

    Args:
        expected: what ought to be.
        stages: of its due date.
        now: aware UTC.
        today: the local date of ``now``.
        window: what was due longer ago is recorded as missed, not asked for (S-73).
    """
    state = State.MISSED if today - expected.due > window else State.OPEN
    return Occurrence(
        duty=expected.duty,
        unit=expected.unit,
        period=expected.period.code,
        period_first=expected.period.first,
        period_last=expected.period.last,
        every=expected.period.every,
        nominal=expected.nominal,
        due=expected.due,
        state=state,
        opened_at=now,
        speaks_from=now,
        opens=expected.opens,
        late_after=expected.late_after,
        opened_late=expected.due < today,
        target=expected.target,
        next_at=first_attention(stages, now) if state is State.OPEN else None,
    )


def first_attention(stages: Iterable[Stage], now: datetime) -> datetime | None:
    """When a fresh occurrence needs attention first: at once where stages have passed already."""
    first = min((stage.at for stage in stages), default=None)
    return None if first is None else max(first, now)


def track_of(occurrence: Occurrence, settled: frozenset[str]) -> Track:
    """What triage needs to know of an occurrence.

    Args:
        occurrence: as stored.
        settled: keys of the stages of its revision that have a verdict.
    """
    return Track(
        due=occurrence.due,
        speaks_from=occurrence.speaks_from,
        catch_up=occurrence.catch_up,
        settled=settled,
        last_spoken_on=occurrence.last_spoken_on,
        done=occurrence.done,
        closed=occurrence.state not in ASKED_FOR,
        cause=_cause(occurrence),
        late_after=occurrence.late_after,
    )


def _cause(occurrence: Occurrence) -> Reason:
    if occurrence.revision:
        return Reason.DUE_MOVED
    return Reason.CREATED_LATE if occurrence.speaks_from == occurrence.opened_at else Reason.REOPENED


def period_of(occurrence: Occurrence) -> Period:
    """The period of an occurrence."""
    return Period(occurrence.period_first, occurrence.period_last, Every(occurrence.every))


def stages_of(planner: Planner, occurrence: Occurrence) -> tuple[Stage, ...]:
    """The stages of a tracked occurrence; none where its duty is gone."""
    if occurrence.duty not in planner.catalogue.duties:
        return ()
    return planner.stages(
        occurrence.duty,
        period_of(occurrence),
        occurrence.due,
        target=occurrence.target,
        late_after=occurrence.late_after,
    )
