"""What ought to be, reckoned apart from the program: tables, and days off read with csv alone.

Nothing here imports the program, so that a fault of its calendar, periods or rolls cannot agree with itself.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from tests.support.checkout import ROOT

TABLES = Path(__file__).parent / "default_catalogue"
DAY = timedelta(days=1)
YEARS = (2017, 2026)

#: The sample organisation's units, by the words of the tables.
COMMITTEE_CELLS = ("cb-van-phong", "cb-ke-hoach", "cb-trung-hoc", "cb-khao-thi")
CELLS = (
    *COMMITTEE_CELLS,
    "cb-to-chuc",
    "cb-thanh-tra",
    "cb-tieu-hoc",
    "cb-mam-non",
    "cb-thuong-xuyen",
)
UNITS = {
    "cell": CELLS,
    "chi-uy": COMMITTEE_CELLS,
    "cell-of-2015-06": tuple(cell for cell in CELLS if cell != "cb-mam-non"),
    "cell-of-2015-08": ("cb-mam-non",),
    "committee": ("dang-uy",),
    "commission": ("ubkt",),
    "mass-org": ("cong-doan",),
}


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def units_of(words: str) -> list[str]:
    """The codes of the units that a table names by their kinds."""
    return [code for word in words.split() for code in UNITS[word]]


@dataclass(frozen=True)
class Row:
    """One duty in one period: what it says, which way it rolls, when it is due, and why."""

    duty: str
    units: tuple[str, ...]
    period: str
    nominal: date
    roll: str
    due: date
    window: tuple[date, date] | None
    why: str


def due_rows(year: int) -> list[Row]:
    """What every duty asks for in the periods that begin in a year."""
    return [
        Row(
            duty=row["duty"],
            units=tuple(units_of(row["units"])),
            period=row["period"],
            nominal=date.fromisoformat(row["nominal"]),
            roll=row["roll"],
            due=date.fromisoformat(row["due"]),
            window=window_of(row),
            why=row["why"],
        )
        for row in table(f"dues-{year}")
    ]


def window_of(row: dict[str, str]) -> tuple[date, date] | None:
    """From when the work may be reported, and after which day it is late; None where no rule names it."""
    return (date.fromisoformat(row["opens"]), date.fromisoformat(row["closes"])) if row["opens"] else None


@cache
def listed_days() -> dict[date, bool]:
    """The days that differ from the week's pattern: whether each is worked."""
    with (ROOT / "config" / "calendar" / "vn.csv").open(encoding="utf-8", newline="") as lines:
        return {date.fromisoformat(row["date"]): row["kind"] == "working" for row in csv.DictReader(lines)}


def worked(day: date) -> bool:
    """Whether a day is worked: a working Saturday beats a day off, a day off the week's pattern."""
    return listed_days().get(day, day.weekday() < 5)


def step(day: date, days: int) -> date:
    """So many working days after a day, or before it where the number is negative."""
    way = DAY if days > 0 else -DAY
    for _ in range(abs(days)):
        day += way
        while not worked(day):
            day += way
    return day


def rolled(day: date, way: str, last_month: int) -> date:
    """A date moved off a day off; ``next stay`` turns back where it would leave its period's last month."""
    if worked(day) or way == "none":
        return day
    after, before = step(day, 1), step(day, -1)
    left = (after.year, after.month) > (day.year, last_month)
    return before if way == "prev" or (way == "next stay" and left) else after


def last_month(period: str) -> int:
    """The last month of a period, by its code: 2017-06, 2017-Q2, 2017-H1, 2017-9M, 2017."""
    part = period[5:]
    known = {"": 12, "9M": 9, "H1": 6, "H2": 12, "Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12}
    return known.get(part) or int(part)
