"""DOMAIN §6, rows T and E: congresses by terms of 30 and 60 months, and what an event opens."""

from datetime import date
from typing import Any, NamedTuple

import pytest

from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.planning import Planner
from tests.acceptance.almanac import CELLS, UNITS, rolled, table, units_of, window_of
from tests.acceptance.shipped import EVERYTHING_ON, expected, shipped

#: All cells take part in the pilot from its first day: what begins from then on lasts 60 months.
PILOT_TERM = {
    "start": "2025-06-01",
    "months": 60,
    "units": {"cb-mam-non": {"start": "2025-08-01"}},
}
PILOT = {"code": "DH-01", "changes": [{"from": "2025-07-01", "term": PILOT_TERM}]}


class Regime(NamedTuple):
    """A preset with what is written beside it, and the terms to look at by their first days."""

    preset: str
    more: list[dict[str, Any]]
    span: tuple[date, date]

    def catalogue(self) -> Catalogue:
        return shipped(self.preset, EVERYTHING_ON, *self.more)


REGIMES = {
    "30 months": Regime("", [], (date(2015, 1, 1), date(2029, 12, 31))),
    "pilot from 1/7/2025": Regime(
        "", [{"nhacviec": 1, "adjust": [PILOT]}], (date(2015, 1, 1), date(2034, 12, 31))
    ),
    "preset of 2026": Regime("2026", [], (date(2025, 1, 1), date(2034, 12, 31))),
}


def terms(code: str, regime: str) -> dict[tuple[str, str], tuple[str, str, tuple[date, date] | None]]:
    """Nominal date, due date and window of each unit's terms by the table."""
    return {
        (unit, row["period"]): (row["nominal"], row["due"], window_of(row))
        for row in table("terms")
        if (row["duty"], row["regime"]) == (code, regime)
        for unit in units_of(row["units"])
    }


def planned(
    catalogue: Catalogue, code: str, span: tuple[date, date]
) -> dict[tuple[str, str], tuple[str, str, tuple[date | None, date | None]]]:
    """The same by the planner."""
    return {
        (one.unit, one.period.code): (
            one.nominal.isoformat(),
            one.due.isoformat(),
            (one.opens, one.late_after),
        )
        for one in expected(catalogue, *span, code)
    }


def test_the_table_of_terms_follows_the_list_of_days_off() -> None:
    for row in table("terms"):
        assert date.fromisoformat(row["due"]) == rolled(date.fromisoformat(row["nominal"]), "next", 12), row


@pytest.mark.parametrize("regime", REGIMES)
def test_a_cell_s_congress_falls_due_on_the_first_day_of_its_term(regime: str) -> None:
    found = planned(REGIMES[regime].catalogue(), "DH-01", REGIMES[regime].span)

    assert {unit for unit, _ in found} == set(CELLS)
    assert found == terms("DH-01", regime)


@pytest.mark.parametrize("preset", ["", "2017", "2026"])
def test_the_union_s_congress_comes_every_60_months(preset: str) -> None:
    found = planned(shipped(preset, EVERYTHING_ON), "DH-02", (date(2017, 1, 1), date(2031, 12, 31)))

    assert found == terms("DH-02", "any")


@pytest.mark.parametrize(
    ("unit", "period", "mornings"),
    [
        # due 1/12/2017
        ("cb-van-phong", "2017..2020", ["2017-06-01", "2017-09-01", "2017-11-01"]),
        # due 1/2/2018: one month before is New Year's Day, a holiday, after a weekend
        ("cb-mam-non", "2018..2020", ["2017-08-01", "2017-11-01", "2017-12-29"]),
        # due 1/6/2017: six months before, three, one; 1/5 is a holiday after a weekend
        ("cong-doan", "2017..2022", ["2016-12-01", "2017-03-01", "2017-04-28"]),
    ],
)
def test_a_congress_is_spoken_of_six_three_and_one_month_before(
    unit: str, period: str, mornings: list[str]
) -> None:
    catalogue = shipped("2017", EVERYTHING_ON)
    span = (date(2017, 1, 1), date(2018, 12, 31))
    (one,) = (
        one
        for one in expected(catalogue, *span, "DH-01", "DH-02")
        if (one.unit, one.period.code) == (unit, period)
    )
    stages = Planner(catalogue).expected_stages(one)

    assert [stage.at.astimezone(catalogue.zone).date().isoformat() for stage in stages] == mornings


def test_the_table_of_events_counts_thirty_days() -> None:
    for row in table("events"):
        received, nominal = date.fromisoformat(row["received"]), date.fromisoformat(row["nominal"])
        if row["named"]:
            assert row["named"] == row["nominal"] == row["due"], row
        else:
            assert (nominal - received).days == 30, row
            assert rolled(nominal, "next", 12).isoformat() == row["due"], row


@pytest.mark.parametrize("preset", ["2017", "2026"])
@pytest.mark.parametrize("row", table("events"), ids=lambda row: f"{row['received']} {row['named']}".strip())
def test_a_directive_opens_thirty_days_for_the_committee_and_every_cell(
    preset: str, row: dict[str, str]
) -> None:
    catalogue = shipped(preset, EVERYTHING_ON)
    received = date.fromisoformat(row["received"])
    named = date.fromisoformat(row["named"]) if row["named"] else None
    opened = list(Planner(catalogue).on_event(catalogue.duty("QT-01"), received, named))

    assert sorted(one.unit for one in opened) == sorted([*UNITS["committee"], *CELLS])
    assert {one.period.code for one in opened} == {row["received"]}
    assert {(one.nominal.isoformat(), one.due.isoformat()) for one in opened} == {
        (row["nominal"], row["due"])
    }
