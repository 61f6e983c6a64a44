"""DOMAIN §3.2: the official days off, as that table has them, are those that ship and those that count."""

from datetime import date, timedelta

import pytest

from tests.acceptance.almanac import DAY, YEARS, listed_days, rolled, step, table, worked
from tests.acceptance.program import Program
from tests.acceptance.shipped import expected, shipped

#: Year: weekdays off, as day/month.
OFF = {
    2017: "2/1 26/1 27/1 30/1 31/1 1/2 6/4 1/5 2/5 4/9",
    2018: "1/1 14/2 15/2 16/2 19/2 20/2 25/4 30/4 1/5 3/9 31/12",
    2019: "1/1 4/2 5/2 6/2 7/2 8/2 15/4 29/4 30/4 1/5 2/9",
    2020: "1/1 23/1 24/1 27/1 28/1 29/1 2/4 30/4 1/5 2/9",
    2021: "1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9",
    2022: "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9",
    2023: "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9",
    2024: "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9",
    2025: "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9",
    2026: "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
    2027: "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11",
}
WORKING_SATURDAYS = [
    date(2019, 1, 5),
    date(2019, 5, 4),
    date(2024, 5, 4),
    date(2025, 4, 26),
    date(2026, 1, 10),
    date(2026, 8, 22),
]
#: Seven cells with a meeting day of their own, and two that keep the fifth.
OWN_DAYS = {
    "cb-to-chuc": 1,
    "cb-ke-hoach": 2,
    "cb-thanh-tra": 10,
    "cb-trung-hoc": 16,
    "cb-tieu-hoc": 22,
    "cb-thuong-xuyen": 24,
    "cb-khao-thi": 31,
}


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", OFF)
def test_the_shipped_list_is_the_official_one(year: int) -> None:
    off = [day for day in days_of(year) if day.weekday() < 5 and not worked(day)]

    assert " ".join(f"{day.day}/{day.month}" for day in off) == OFF[year]


def test_a_saturday_is_worked_only_where_a_swap_says_so() -> None:
    assert sorted(day for day, working in listed_days().items() if working) == WORKING_SATURDAYS
    assert {day.weekday() for day in WORKING_SATURDAYS} == {5}


@pytest.mark.parametrize("year", YEARS)
def test_the_program_works_on_the_days_that_are_worked(year: int, empty: Program) -> None:
    days = days_of(year)
    questions = [{"id": day.isoformat(), "ask": "working_day", "date": day.isoformat()} for day in days]

    answers = {answer["id"]: answer["answer"] for answer in empty.ask(*questions)}

    assert answers == {day.isoformat(): worked(day) for day in days}


def test_the_table_of_own_days_follows_the_list_of_days_off() -> None:
    for row in table("own-days"):
        nominal, due = date.fromisoformat(row["nominal"]), date.fromisoformat(row["due"])

        assert due == rolled(nominal, "next stay", nominal.month), row
        assert step(due, -1).isoformat() == row["day_before"], row
        assert step(due, 5).isoformat() == row["minutes"], row
        assert nominal.day == int(row["day"]) or (nominal + DAY).day == 1, row


@pytest.mark.parametrize("year", YEARS)
def test_what_leans_on_a_meeting_follows_each_cell_s_own_day(year: int) -> None:
    """Holidays, working Saturdays and both swaps of 2026: the meeting, what comes before and after it."""
    own = {"day": 5, "units": {unit: {"day": day} for unit, day in OWN_DAYS.items()}}
    adjust = {"code": "SH-01", "due": own, "window": {"open": {"day": 1}, "close": {"day": "last"}}}
    leaning = {"code": "SH-03", "enabled": True}
    catalogue = shipped("", {"nhacviec": 1, "adjust": [adjust, leaning]})
    span = (date(year, 1, 1), date(year, 12, 31))
    found = {
        (one.duty, one.unit, one.period.code): one.due.isoformat()
        for one in expected(catalogue, *span, "SH-01", "SH-03", "SH-04")
    }
    units = {day: unit for unit, day in OWN_DAYS.items()}
    rows = [row for row in table("own-days") if row["period"].startswith(str(year))]

    assert len(rows) >= 10
    for row in rows:
        unit, period = units[int(row["day"])], row["period"]
        assert found["SH-01", unit, period] == row["due"], row
        assert found["SH-03", unit, period] == row["day_before"], row
        assert found["SH-04", unit, period] == row["minutes"], row
