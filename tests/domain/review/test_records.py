"""Each occurrence is in one review and counted once, whatever happened to it (S-06, DESIGN §5.3)."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.errors import NotAllowedError, RuleError
from nhacviec.domain.occurrence import EventKind, State, decided
from nhacviec.domain.quality import number
from nhacviec.domain.review.figures import Figures, added, figures, percent
from nhacviec.domain.review.record import Happened, Record
from nhacviec.domain.review.span import before, day_of, review_period
from nhacviec.domain.time.period import calendar_period
from tests.domain.builders import on, vietnam
from tests.domain.review.given import TODAY, counted, done, occurrence, still

_DECISIONS = [
    kind for kind in EventKind if kind not in ("opened", "due-moved", "tallied", "missed", "removed")
]


@pytest.mark.parametrize(
    ("period", "nominal", "belongs"),
    [
        ("2017-06", "2017-06-20", "2017-06-20"),  # within its period: the day itself
        ("2017-06", "2017-07-05", "2017-06-30"),  # due later: still June's work
        ("2017-06", "2017-05-31", "2017-06-01"),  # due before it begins: June's as well
        ("2017", "2017-01-31", "2017-01-31"),  # the plan for the year: the first half-year's
    ],
)
def test_an_occurrence_belongs_to_its_nominal_day_held_within_its_period(
    period: str, nominal: str, belongs: str
) -> None:
    assert day_of(occurrence("BC-01", "cb-tam", period, nominal)) == on(belongs)


def test_more_time_that_was_granted_moves_nothing_into_another_review() -> None:
    extended = occurrence("BC-01", "cb-tam", "2017-06", "2017-06-20", extended=True)

    assert day_of(replace(extended, due=on("2017-08-01"))) == on("2017-06-20")


@pytest.mark.parametrize(
    ("code", "earlier"),
    [("2017-01", "2016-12"), ("2017-Q1", "2016-Q4"), ("2017-H1", "2016-H2"), ("2017", "2016")],
)
def test_the_period_before_is_of_the_same_sort(code: str, earlier: str) -> None:
    assert before(review_period(code)) == calendar_period(earlier)


@pytest.mark.parametrize("code", ["2017-9M", "2017-W24", "2017-06-14", "heute", "0001-H1", "0001"])
def test_what_cannot_be_reviewed_is_refused(code: str) -> None:
    with pytest.raises(RuleError):
        review_period(code)


def test_a_report_that_was_returned_says_nothing_and_the_one_after_it_says_all() -> None:
    first = done("BC-01", "cb-tam", "2017-06", "2017-06-20", "2017-06-19", number="1")
    returned = Happened(kind=EventKind.RETURNED, data={})
    second = Happened(kind=EventKind.REPORTED, data={"number": "2"})
    again = replace(first, happened=(*first.happened, returned, second))
    open_again = replace(again, occurrence=replace(again.occurrence, state=State.RETURNED))

    assert (first.evidence, first.returns) == ({"number": "1"}, 0)
    assert (again.evidence, again.returns) == ({"number": "2"}, 1)
    assert open_again.evidence == {}


def test_tallies_count_for_their_own_day_however_late_they_were_entered() -> None:
    record = counted("ubkt", 6, (2, "2017-03-01"), (-1, "2017-03-01"), (3, "2017-07-01"))

    assert [
        record.tallied(on(text)) for text in ("2017-02-28", "2017-03-01", "2017-06-30", "2017-07-01")
    ] == [
        0,
        1,
        1,
        4,
    ]
    assert record.evidence == {}


def test_only_whole_numbers_are_numbers() -> None:
    assert [number({"n": value}, "n") for value in (3, True, "3", None)] == [3, None, None, None]


def test_the_four_ways_the_days_late_and_the_returns_are_counted() -> None:
    late = done("BC-01", "cb-tam", "2017-06", "2017-06-20", "2017-06-22")
    lines = (*late.happened, Happened(kind=EventKind.RETURNED, data={}))
    those = [
        replace(late, happened=(*lines, *lines)),
        done("BC-01", "cb-ba", "2017-06", "2017-06-20", "2017-06-20"),
        still("BC-01", "dang-uy", "2017-06", "2017-06-30"),
        still("BC-01", "ubkt", "2017-06", "2017-07-03"),
        still("BC-01", "ubkt", "2017-05", "2017-05-20", state=State.WAIVED),
        still("BC-01", "ubkt", "2017-04", "2017-04-20", state=State.NOT_APPLICABLE),
    ]

    found = figures(those, TODAY, vietnam())

    assert found == Figures(
        done_on_time=1,
        done_late=1,
        open_in_time=1,
        open_overdue=1,
        waived=1,
        late_working_days=3,
        returned=1,
        returns=2,
    )
    assert (found.owed, found.judged, found.poor) == (4, 3, 2)
    assert added([found, found]).late_working_days == 6


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(1, 3, 33.3), (2, 3, 66.7), (1, 2000, 0.1), (0, 5, 0.0), (0, 0, None)]
)
def test_shares_have_one_decimal(part: int, whole: int, share: float | None) -> None:
    assert percent(part, whole) == share


@given(st.lists(st.lists(st.sampled_from(_DECISIONS), max_size=8), max_size=6))
def test_whatever_happens_each_occurrence_is_counted_once_and_only_a_standing_report_speaks(
    histories: list[list[EventKind]],
) -> None:
    records = [_lived(n, history) for n, history in enumerate(histories)]

    found = figures(records, TODAY, vietnam())

    outside = {State.NOT_APPLICABLE, State.SUSPENDED}
    assert found.owed + found.waived == sum(each.occurrence.state not in outside for each in records)
    assert sum(asdict(found)[name] for name in ("done_on_time", "done_late")) == sum(map(_done, records))
    for record in records:
        assert bool(record.evidence) is _done(record)
        assert not record.evidence or record.evidence["n"] == _reports(record) - 1


def _lived(n: int, history: list[EventKind]) -> Record:
    """What the state permits happens; the n-th report says so."""
    state, lines = State.OPEN, list[Happened]()
    for kind in history:
        try:
            state = decided(state, kind)
        except NotAllowedError:
            continue
        lines.append(Happened(kind=kind, data={"n": sum(line.kind is kind for line in lines)}))
    lived = occurrence("BC-01", f"cb-{n}", "2017-06", "2017-06-20", state=state, reported_on=on("2017-06-20"))
    return Record(occurrence=lived, happened=tuple(lines))


def _done(record: Record) -> bool:
    return record.occurrence.state in (State.REPORTED, State.ACCEPTED)


def _reports(record: Record) -> int:
    return sum(line.kind is EventKind.REPORTED for line in record.happened)
