"""DOMAIN §6: the 38 default duties over 2017 and over 2026, against tables made apart from the program.

``default_catalogue/dues-YEAR.csv`` says for each duty and period what the rule names, which way it rolls,
when it is due, and why. A small reckoning of the tests' own checks the tables against the list of days off;
the planner with its database, ``rule -`` and ``forecast --catalogue`` are then checked against the tables.
"""

import json
from datetime import date
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.acceptance.almanac import CELLS, YEARS, due_rows, last_month, rolled, step
from tests.acceptance.program import NOBODY, Program, installed
from tests.acceptance.shipped import EVERYTHING_ON, OFF, ON, PRESETS, SHIPPED, expected, shipped

#: (duty, unit, period)
Key = tuple[str, str, str]
#: Counted from the due date of SH-01; the others say when by themselves.
LEANING = {"SH-02": -1, "SH-03": -1, "SH-04": 5, "SH-06": 0, "CK-02": 0}
#: What a year of its own does not hold: events come from outside, a congress only where a term begins.
ABSENT = {2017: {"QT-01", "DG-04"}, 2026: {"QT-01", "DH-01", "DH-02"}}
#: 30/9/2017 is a Saturday: what is said on a day off goes the working day before.
PACE = {
    2017: ("2017-03-31", "2017-06-30", "2017-09-29"),
    2026: ("2026-03-31", "2026-06-30", "2026-09-30"),
}


def files(program: Program, year: int) -> list[str]:
    """The catalogue with the preset of a year, every duty switched on."""
    everything_on = program.folder / "everything-on.yaml"
    everything_on.write_text(json.dumps(EVERYTHING_ON))
    return [str(SHIPPED), str(PRESETS / f"{year}.yaml"), str(everything_on)]


def asked(year: int) -> dict[Key, tuple[str, str]]:
    """Nominal and due dates by the table."""
    return {
        (row.duty, unit, row.period): (row.nominal.isoformat(), row.due.isoformat())
        for row in due_rows(year)
        for unit in row.units
    }


@pytest.fixture(scope="module", params=YEARS)
def planned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Any]:
    """A year, and the occurrences that an installation of the December before it has planned."""
    year: int = request.param
    program = installed(tmp_path_factory.mktemp(f"planned-{year}"), {"NHACVIEC_SMTP_URL": NOBODY})
    program.ok("catalogue", "apply", *files(program, year), "--at", f"{year - 1}-12-15T09:00", "--yes")
    program.tick(f"{year - 1}-12-15T10:00", code=69)
    return year, program.json("occurrence", "list")


@pytest.fixture(scope="module", params=YEARS)
def foretold(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Any]:
    """A year, and the letters that the files alone foretell around it."""
    year: int = request.param
    program = installed(tmp_path_factory.mktemp(f"foretold-{year}"), {})
    span = ("--from", f"{year - 1}-12-01", "--to", f"{year + 1}-01-31")
    return year, program.json("forecast", *span, "--catalogue", *files(program, year))["letters"]


@pytest.mark.parametrize("year", YEARS)
def test_the_table_names_every_duty_once_a_period(year: int) -> None:
    rows = due_rows(year)
    keys = [(row.duty, unit, row.period) for row in rows for unit in row.units]

    assert {row.duty for row in rows} == {*ON, *OFF} - ABSENT[year]
    assert len(keys) == len(set(keys))
    assert [row for row in rows if not row.why] == []


@pytest.mark.parametrize("year", YEARS)
def test_the_table_follows_the_list_of_days_off(year: int) -> None:
    rows = [row for row in due_rows(year) if ".." not in row.period]
    found = {
        (row.duty, row.period): rolled(row.nominal, row.roll, last_month(row.period))
        for row in rows
        if row.duty not in LEANING
    }

    assert found == {(row.duty, row.period): row.due for row in rows if row.duty not in LEANING}


@pytest.mark.parametrize("year", YEARS)
def test_the_table_counts_from_the_meeting_in_working_days(year: int) -> None:
    meetings = {row.period: row.due for row in due_rows(year) if row.duty == "SH-01"}
    leaning = [row for row in due_rows(year) if row.duty in LEANING]

    assert len(leaning) == 4 * 12 + 2
    for row in leaning:
        assert row.due == step(meetings[row.period], LEANING[row.duty]), row


def test_the_planner_opens_what_the_table_says_and_nothing_else(planned: tuple[int, Any]) -> None:
    year, occurrences = planned
    found = {
        (one["duty"], one["unit"], one["period"]): (one["nominal_due"], one["due"])
        for one in occurrences
        if one["period"].startswith(str(year))
    }

    assert found == asked(year)


def test_each_month_asks_a_cell_for_exactly_one_report(planned: tuple[int, Any]) -> None:
    """DOMAIN §2.5: the month, the quarter, six months, nine months and the year supersede one another."""
    year, occurrences = planned
    reports = ("BC-01", "BC-02", "BC-03", "BC-04")
    of_a_cell = [one for one in occurrences if one["unit"] == "cb-mam-non" and one["duty"] in reports]
    months = sorted(one["due"][:7] for one in of_a_cell if one["period"].startswith(str(year)))
    cumulative = {one["due"][5:7]: one["period"][5:] for one in of_a_cell if one["duty"] != "BC-01"}

    assert months == [f"{year}-{month:02d}" for month in range(1, 13)]
    assert cumulative == {"03": "Q1", "06": "H1", "09": "9M", "12": ""}


@pytest.mark.parametrize("year", YEARS)
def test_rule_expands_the_very_words_of_the_catalogue(year: int, empty: Program) -> None:
    documents = [
        YAML(typ="safe").load(SHIPPED / "duties.yaml"),
        YAML(typ="safe").load(PRESETS / f"{year}.yaml"),
    ]
    adjusted = {entry["code"]: entry for entry in documents[1]["adjust"]}
    duties = [duty | adjusted.get(duty["code"], {}) for duty in documents[0]["duties"]]
    words = ("every", "months", "due", "roll", "stay_in_period", "term", "periods")
    questions = [
        {"id": duty["code"], "from": f"{year}-01-01", "to": f"{year}-12-31"}
        | {word: duty[word] for word in words if word in duty}
        for duty in duties
        if duty["code"] not in {*LEANING, "QT-01"}
    ]
    answers = empty.ask(*[json.loads(json.dumps(question, default=date.isoformat)) for question in questions])
    found = {
        (answer["id"], period, nominal, due)
        for answer in answers
        for period, nominal, due in zip(answer["periods"], answer["nominal"], answer["due"], strict=True)
        if answer["id"] != "DG-04" or year > 2025
    }
    rows = [row for row in due_rows(year) if row.duty not in LEANING]

    assert len(answers) == 32
    assert found == {(row.duty, row.period, row.nominal.isoformat(), row.due.isoformat()) for row in rows}


def test_the_forecast_speaks_of_the_same_dates(foretold: tuple[int, Any]) -> None:
    year, letters = foretold
    found = {
        (item["duty"], item["unit"], item["period"]): item["due"]
        for letter in letters
        for item in letter["items"]
        if item["period"].startswith(str(year))
    }

    assert found == {key: due for key, (_, due) in asked(year).items()}


def test_a_target_is_spoken_of_at_a_quarter_a_half_and_three_quarters(foretold: tuple[int, Any]) -> None:
    year, letters = foretold
    found: dict[tuple[str, str], list[str]] = {}
    for letter in letters:
        for item in letter["items"]:
            if item["period"] == str(year) and item["stage"].startswith("pace-"):
                found.setdefault((item["duty"], item["unit"]), []).append(letter["at"][:10])

    assert set(found) == {(duty, unit) for duty in ("KT-02", "KT-03") for unit in ("dang-uy", "ubkt", *CELLS)}
    assert {tuple(days) for days in found.values()} == {PACE[year]}


@pytest.mark.parametrize("year", YEARS)
def test_a_window_opens_and_closes_as_the_table_says(year: int) -> None:
    catalogue = shipped(str(year), EVERYTHING_ON)
    windows = {
        (one.duty, one.unit, one.period.code): (one.opens, one.late_after)
        for one in expected(catalogue, date(year, 1, 1), date(year, 12, 31))
    }
    asked_for = {
        (row.duty, unit, row.period): row.window for row in due_rows(year) if row.window for unit in row.units
    }

    assert {key: windows[key] for key in asked_for} == asked_for
    assert {duty for duty, _, _ in asked_for} >= {"SH-01", "HN-02", "HN-03"}
