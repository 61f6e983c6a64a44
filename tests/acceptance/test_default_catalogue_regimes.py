"""DOMAIN §2, §6: what is switched on, which thresholds hold on which day, which documents a duty rests on."""

import re
from datetime import date
from functools import cache

import pytest

from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.duty import Criterion
from tests.acceptance.almanac import table
from tests.acceptance.shipped import EVERYTHING_ON, OFF, ON, expected, shipped

PRESETS = ("", "2017", "2026")
#: The years of the regimes: from the case on.
SPAN = (date(2017, 1, 1), date(2027, 12, 31))
#: A guidance by its number, and the date of a document as a basis gives it.
GUIDANCE = re.compile(r"\d+-HD/BTCTW")
DATED = re.compile(r"\((\d\d?)/(\d\d?)/(\d{4})\)")
#: What had been replaced by 2026 (DOMAIN §2).
REPLACED = (
    *("09-HD/", "12-HD/", "30-QĐ/TW", "22-QĐ/TW", "24-QĐ/TW", "86-QĐ/TW", "357-QĐ/", "76-QĐ/TW"),
    *("27-HD/", "16-HD/", "21-HD/", "132-QĐ/TW", "124-QĐ/TW", "78/2013"),
)


@cache
def catalogue_of(preset: str) -> Catalogue:
    return shipped(preset, EVERYTHING_ON)


@cache
def bases(preset: str) -> dict[tuple[str, str], tuple[date, str]]:
    """What each duty is due by and rests on in each period of the years of regimes."""
    catalogue = catalogue_of(preset)
    return {
        (one.duty, one.period.code): (one.due, catalogue.duty(one.duty).at(one.period).basis)
        for one in expected(catalogue, *SPAN)
    }


def in_force(preset: str, duty: str, field: str, when: str, day: date) -> list[Criterion]:
    criteria = catalogue_of(preset).duty(duty).criteria
    return [one for one in criteria if (one.field, one.when) == (field, when) and one.valid_on(day)]


def words(criterion: Criterion) -> str:
    sign, number = (
        (">=", criterion.at_least) if criterion.at_least is not None else (">", criterion.more_than)
    )
    return f"{sign} {number}"


@pytest.mark.parametrize(("preset", "on"), [("", {*ON}), ("2017", {*ON}), ("2026", {*ON, "SH-03", "DG-04"})])
def test_a_first_installation_begins_with_twenty_duties(preset: str, on: set[str]) -> None:
    duties = shipped(preset).duties

    assert (len(ON), len(duties)) == (20, 38)
    assert set(duties) == {*ON, *OFF}
    assert {code for code, duty in duties.items() if duty.enabled} == on


@pytest.mark.parametrize("preset", PRESETS)
def test_the_evaluation_by_quarters_never_falls_before_it_was_ordered(preset: str) -> None:
    """366-QĐ/TW is of 30/8/2025: the first quarter that begins under it is the fourth."""
    quarters = sorted(period for duty, period in bases(preset) if duty == "DG-04")

    assert quarters[:2] == ["2025-Q4", "2026-Q1"]


@pytest.mark.parametrize(
    "row",
    table("thresholds"),
    ids=lambda row: " ".join(
        filter(None, (row["preset"], row["duty"], row["field"], row["when"], row["day"]))
    ),
)
def test_a_threshold_holds_from_its_first_day_to_its_last(row: dict[str, str]) -> None:
    day = date.fromisoformat(row["day"])
    found = in_force(row["preset"], row["duty"], row["field"], row["when"], day)

    assert [(words(one), one.basis) for one in found] == (
        [(row["asks"], row["basis"])] if row["asks"] else []
    )


def test_no_other_threshold_ships() -> None:
    """Each one of the catalogue and its presets stands in the table with a day on which it holds."""
    told = {
        (row["preset"], row["duty"], row["field"], row["when"], row["asks"], row["basis"])
        for row in table("thresholds")
        if row["asks"]
    }
    there = {
        (preset, duty.code, one.field, one.when, words(one), one.basis)
        for preset in PRESETS
        for duty in catalogue_of(preset).duties.values()
        for one in duty.criteria
    }

    assert there - told == {("2017", "QT-01", "attendance", "", ">= 90", "")}


@pytest.mark.parametrize("row", table("bases"), ids=lambda row: f"{row['duty']} {row['period']}")
def test_a_duty_rests_on_the_document_in_force_when_it_is_due(row: dict[str, str]) -> None:
    due, basis = bases("")[row["duty"], row["period"]]

    assert due.isoformat() == row["due"]
    assert row["cites"] in basis


@pytest.mark.parametrize("preset", ["", "2017"])
def test_nothing_rests_on_a_document_younger_than_its_due_date(preset: str) -> None:
    early = [
        (key, due, basis)
        for key, (due, basis) in bases(preset).items()
        for day, month, year in DATED.findall(basis)
        if date(int(year), int(month), int(day)) > due
    ]

    assert early == []


def test_a_threshold_and_its_duty_name_the_same_guidance() -> None:
    catalogue = catalogue_of("")
    apart = [
        (duty, period, criterion.basis, basis)
        for (duty, period), (due, basis) in bases("").items()
        for criterion in catalogue.duty(duty).criteria
        if criterion.valid_on(due) and set(GUIDANCE.findall(criterion.basis)) - set(GUIDANCE.findall(basis))
    ]

    assert apart == []


def test_with_the_preset_of_2017_nothing_later_than_2017_is_in_force() -> None:
    """DG-04 alone is younger; it is off and begins in 2025."""
    later = {
        code
        for (code, _), (_, basis) in bases("2017").items()
        if any(int(year) > 2017 for _, _, year in DATED.findall(basis))
    }

    assert later == {"DG-04"}


def test_with_the_preset_of_2026_nothing_replaced_is_cited_in_2026() -> None:
    cited = {
        (duty, period): basis
        for (duty, period), (_, basis) in bases("2026").items()
        if period.startswith("2026") and any(number in basis for number in REPLACED)
    }

    assert cited == {}
