"""The whole review: whose work is in it, how it compares, and what it says without naming anybody."""

from dataclasses import replace

import pytest

from nhacviec.domain.duty import DutyKind
from nhacviec.domain.occurrence import EventKind
from nhacviec.domain.review.draft import Draft
from nhacviec.domain.review.figures import Figures
from nhacviec.domain.review.findings import Finding, Share, Theme
from nhacviec.domain.review.meetings import Meetings
from nhacviec.domain.review.reckoning import Review, Trend, reckon, trend
from nhacviec.domain.review.record import Happened, Record
from nhacviec.domain.review.span import review_period
from tests.domain.committee import REPORT, catalogue, duty
from tests.domain.review.given import COLLECTION, INSPECTION, MEETING, TODAY, counted, done, still

TASK = replace(duty("KT-01"), kind=DutyKind.TASK)
OTHER_TARGET = replace(INSPECTION, code="NV-01", kind=DutyKind.TASK)
CATALOGUE = catalogue(REPORT, MEETING, COLLECTION, INSPECTION, TASK, OTHER_TARGET)


def review(*records: Record, period: str = "2017-H1") -> Review:
    return reckon(records, CATALOGUE, review_period(period), TODAY)


def said(findings: tuple[Finding, ...]) -> list[tuple[Theme, str, int, int]]:
    return [(each.theme, each.kind, each.units, each.of) for each in findings]


def test_only_the_work_of_the_period_is_counted_and_that_before_is_compared() -> None:
    found = review(
        done("BC-01", "cb-tam", "2017-06", "2017-06-20", "2017-06-20"),
        done("BC-01", "cb-tam", "2016-12", "2016-12-20", "2016-12-22"),
        done("BC-01", "cb-tam", "2017-07", "2017-07-20", "2017-07-01"),
        done("BC-01", "cb-tam", "2016-06", "2016-06-20", "2016-06-20"),
    )

    assert (found.total.done_on_time, found.total.done_late) == (1, 0)
    assert (found.before.done_on_time, found.before.done_late) == (0, 1)
    assert found.duties[0].periods == ("2017-06",)
    assert found.duties[0].before == found.before
    assert found.trend is Trend.BETTER


@pytest.mark.parametrize(
    ("now", "earlier", "expected"),
    [
        ((1, 1), (1, 3), Trend.BETTER),
        ((1, 3), (1, 1), Trend.WORSE),
        ((2, 1), (4, 2), Trend.SAME),
        ((0, 0), (1, 1), Trend.UNKNOWN),
        ((1, 1), (0, 0), Trend.UNKNOWN),
    ],
)
def test_the_trend_compares_shares(now: tuple[int, int], earlier: tuple[int, int], expected: Trend) -> None:
    found, before = (Figures(done_on_time=good, done_late=poor) for good, poor in (now, earlier))

    assert trend(found, before) is expected


def test_units_stand_in_the_catalogues_order_and_only_those_that_had_to_do_something() -> None:
    found = review(
        still("XX-99", "cb-gone", "2017-06", "2017-06-20"),
        still("BC-01", "cb-ba", "2017-06", "2017-06-20"),
        still("BC-01", "cb-tam", "2017-06", "2017-06-20"),
        counted("ubkt", 2),
        counted("cb-away", 2),
    )

    assert [(unit.code, unit.kind) for unit in found.units] == [
        ("cb-tam", "cell"),
        ("cb-ba", "cell"),
        ("ubkt", "inspection_commission"),
        ("cb-gone", ""),
        ("cb-away", ""),
    ]
    assert found.total.open_overdue == 3


def test_a_target_is_in_every_review_that_its_period_touches_and_its_status_in_one() -> None:
    target = counted("ubkt", 4, (1, "2017-02-01"), (1, "2017-05-01"))

    first, second = review(target, period="2017-Q1"), review(target, period="2017-Q2")

    assert [(each.levels[0].done, each.levels[0].asked) for each in (first, second)] == [(1, 1), (2, 2)]
    assert first.total.owed == second.total.owed == 0
    assert review(target, period="2017-Q4").total.owed == 1
    assert review(target, period="2018-Q1").levels == ()


def test_a_duty_tells_its_meetings_or_its_coverage() -> None:
    found = review(
        done("SH-01", "cb-tam", "2017-05", "2017-05-05", "2017-05-05", duration_minutes=30),
        still("CK-01", "cb-tam", "2017", "2017-01-31"),
        done("CK-01", "cb-gone", "2017", "2017-01-31", "2017-01-31", handed_in=3),
    )
    collected, held = found.duties

    assert held.meetings == Meetings(planned=1, held=1, too_short=1)
    assert held.coverage is None
    assert collected.meetings is None
    assert collected.coverage is not None
    assert (collected.coverage.handed_in, collected.coverage.total) == (3, 17)


def test_each_shortcoming_says_how_many_of_those_who_could_be_meant() -> None:
    returned = done("BC-01", "cb-ba", "2017-06", "2017-06-20", "2017-06-20")
    found = review(
        still("BC-01", "cb-tam", "2017-06", "2017-06-20"),
        replace(returned, happened=(*returned.happened, Happened(kind=EventKind.RETURNED, data={}))),
        done("SH-01", "cb-tam", "2017-05", "2017-05-05", "2017-05-05", present=1, total=9),
        done("SH-01", "cb-ba", "2017-05", "2017-05-05", "2017-05-08"),
        still("CK-01", "cb-ba", "2017", "2017-01-31"),
        counted("cb-tam", 2),
        counted("cb-ba", 2, (1, "2017-05-01")),
        counted("cb-ba", 2, code="NV-01"),
        still("KT-01", "dang-uy", "2017-06", "2017-06-20"),
    )

    assert said(found.shortcomings) == [
        (Theme.REPORTS, "cell", 2, 2),
        (Theme.MEETING_QUALITY, "cell", 1, 2),
        (Theme.MEETING_TIME, "cell", 1, 2),
        (Theme.INSPECTION, "cell", 1, 2),
        (Theme.TARGETS, "cell", 1, 1),
        (Theme.COVERAGE, "cell", 1, 1),
        (Theme.OTHER, "committee", 1, 1),
        (Theme.OTHER, "cell", 1, 1),
    ]
    assert found.shortcomings[0].figures == Figures(
        done_on_time=1, open_overdue=1, late_working_days=9, returned=1, returns=1
    )


def test_what_is_as_it_should_be_is_praised_and_what_is_not_judged_yet_is_neither() -> None:
    found = review(
        done("BC-01", "cb-tam", "2017-06", "2017-06-20", "2017-06-20"),
        done("SH-01", "cb-tam", "2017-05", "2017-05-05", "2017-05-05", duration_minutes=60),
        done("CK-01", "cb-tam", "2017", "2017-01-31", "2017-01-31", handed_in=14, total=14),
        still("CK-01", "cb-ba", "2017-06", "2017-07-20"),
        still("BC-01", "cb-ba", "2017-06", "2017-07-20"),
        still("SH-01", "cb-ba", "2017-06", "2017-07-05"),
        counted("cb-tam", 2, (1, "2017-05-01")),
    )

    assert said(found.strengths) == [
        (Theme.REPORTS, "cell", 1, 1),
        (Theme.MEETING_TIME, "cell", 1, 1),
        (Theme.INSPECTION, "cell", 1, 1),
        (Theme.COVERAGE, "cell", 1, 1),
        (Theme.OTHER, "cell", 1, 1),
    ]
    assert found.shortcomings == ()


@pytest.mark.parametrize(
    ("units", "of", "share"),
    [
        (1, 9, Share.FEW),
        (3, 9, Share.FEW),
        (4, 9, Share.SOME),
        (5, 9, Share.MANY),
        (9, 9, Share.ALL),
        (1, 1, Share.ALL),
    ],
)
def test_how_many_is_said_softly(units: int, of: int, share: Share) -> None:
    found = Finding(
        theme=Theme.REPORTS, kind="cell", units=units, of=of, figures=Figures(), meetings=Meetings()
    )

    assert found.share is share


def test_a_draft_names_no_unit_unless_it_is_told_to() -> None:
    draft = Draft(
        review=review(still("BC-01", "cb-tam", "2017-06", "2017-06-20")),
        language="vi",
        organisation="Đảng bộ",
        office="Văn phòng",
        period="6 tháng đầu năm 2017",
        before="6 tháng cuối năm 2016",
        titles={"BC-01": "Báo cáo"},
    )

    assert not draft.names
