"""A duty and its changes: S-33, DESIGN §6."""

from dataclasses import replace
from datetime import date

import pytest

from nhacviec.domain.duty import KNOWN_EVIDENCE, Criterion
from nhacviec.domain.time.due import DayOfMonth, Due, OfDuty
from nhacviec.domain.time.offset import parse_offset
from nhacviec.domain.time.period import Every, calendar_period
from tests.domain.committee import REPORT, duty

_FROM_2026 = replace(REPORT, title="From 2026")
_FROM_2027 = replace(REPORT, title="From 2027", until=date(2030, 12, 31))
_CHANGED = replace(REPORT, changes=((date(2026, 1, 1), _FROM_2026), (date(2027, 1, 1), _FROM_2027)))


@pytest.mark.parametrize(
    ("period", "title"),
    [
        ("2025-12", "Report {period}"),
        ("2025-Q4", "Report {period}"),
        ("2026-01", "From 2026"),
        ("2026-12", "From 2026"),
        ("2027-01", "From 2027"),
    ],
)
def test_s33_a_change_holds_from_the_first_period_that_begins_then(period: str, title: str) -> None:
    version = _CHANGED.at(calendar_period(period))

    assert (version.title, version.changes) == (title, ())


def test_a_duty_without_changes_is_its_only_version() -> None:
    assert REPORT.at(calendar_period("2026-01")) is REPORT
    assert list(REPORT.versions()) == [REPORT]


def test_versions_share_out_the_time_without_a_gap() -> None:
    spans = [(version.title, version.since, version.until) for version in _CHANGED.versions()]

    assert spans == [
        ("Report {period}", date(2017, 1, 1), date(2025, 12, 31)),
        ("From 2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("From 2027", date(2027, 1, 1), date(2030, 12, 31)),
    ]


def test_the_duty_bounds_its_versions_and_one_without_a_beginning_begins_with_its_change() -> None:
    bounded = replace(_CHANGED, since=None, until=date(2026, 6, 30))

    assert [(version.since, version.until) for version in bounded.versions()] == [
        (None, date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 6, 30)),
        (date(2027, 1, 1), date(2026, 6, 30)),
    ]


def test_a_duty_leans_on_whatever_one_of_its_versions_leans_on() -> None:
    leaning = duty(
        "BC-02", Every.MONTH, Due(form=DayOfMonth(3), units={"cb-tam": OfDuty("SH-01", parse_offset("-1wd"))})
    )

    assert replace(REPORT, changes=((date(2026, 1, 1), leaning),)).leans_on() == {"SH-01"}
    assert REPORT.leans_on() == frozenset()


def test_a_criterion_is_in_force_from_and_until_both_included() -> None:
    criterion = Criterion(
        field="duration_minutes", at_least=90, since=date(2018, 7, 6), until=date(2025, 10, 27)
    )

    days = [date(2018, 7, 5), date(2018, 7, 6), date(2025, 10, 27), date(2025, 10, 28)]
    assert [criterion.valid_on(day) for day in days] == [False, True, True, False]
    assert Criterion(field="attendance").valid_on(date(1900, 1, 1))


def test_known_evidence_is_what_the_design_lists() -> None:
    assert len(set(KNOWN_EVIDENCE)) == len(KNOWN_EVIDENCE) == 13


def test_a_duty_comes_back_when_it_is_switched_on_now_or_by_a_change_to_come() -> None:
    off = replace(REPORT, enabled=False)

    assert REPORT.comes_back
    assert not off.comes_back
    assert replace(off, changes=((date(2026, 1, 1), REPORT),)).comes_back
