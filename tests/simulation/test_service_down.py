"""The service is down for an hour, for Tết, for more than a year (F60, S-45, S-70 to S-73)."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from nhacviec.domain.reminder import CATCH_UP_WINDOW
from tests.simulation.catalogues import REPORT, REVIEW, catalogue
from tests.simulation.world import HANOI, World, at

Begin = Callable[[datetime], World]
DAY = timedelta(days=1)


async def down(world: World, begin: str, end: str, awake: timedelta = 3 * DAY) -> int:
    """Live up to a moment, be down until another, and live on for some days.

    Returns:
        How many letters had gone before.
    """
    async with world.life():
        await world.live(at(begin))
    before = len(world.letters)
    world.sleep(at(end))
    async with world.life():
        await world.live(at(end) + awake)
    world.kept()
    return before


async def test_forty_days_over_tet_are_made_up_for_by_one_letter_about_each_matter(
    begin: Begin, tmp_path: Path
) -> None:
    """F60, S-45, S-70: down from before Tết 2026 to a Sunday in March; Monday morning makes up for it."""
    world = begin(at("2026-02-02T00:30"))
    await world.applied(catalogue(REPORT, REVIEW), tmp_path)
    before = await down(world, "2026-02-10T12:00", "2026-03-22T12:00", awake=DAY)
    made_up = world.letters[before:]

    assert {f"{letter.at.astimezone(HANOI):%m-%d %H:%M}" for letter in made_up} == {"03-23 07:30"}
    # one digest for each reader, one table for the overseer and one for the standing committee
    readers = {f"{who}bt00{n}@example.vn" for n in (1, 2, 3) for who in ("", "p")}
    assert Counter(letter.to for letter in made_up) == Counter(
        dict.fromkeys(readers | {"dv@example.vn", "tt@example.vn"}, 1)
    )
    spoken = [(o, email) for o, email, _, day in world.said() if day == date(2026, 3, 23)]
    assert len(set(spoken)) == len(spoken)
    # the report of 24 February is overdue, that of March is due tomorrow
    text = next(letter.text for letter in made_up if letter.to == "bt001@example.vn")
    assert "muộn hơn thường lệ" in text
    assert "24/02/2026" in text
    assert "24/3/2026" in text
    assert world.verdicts()[("missed", "catch-up-window")] == 0


@pytest.mark.parametrize(
    ("begin_at", "end_at", "letters", "missed"),
    [
        # -3wd of the report lies at 07:30 on the 19th: an hour late is not called late (S-70)
        ("2026-06-19T07:00", "2026-06-19T08:00", {"06-19 08:00": 6}, False),
        # five days: 0d is missed, +1wd is not: it says both
        ("2026-06-20T00:30", "2026-06-25T06:00", {"06-25 07:30": 6}, False),
        # sixty days: the report of June is overdue, that of July too, that of August comes nearer
        ("2026-06-20T00:30", "2026-08-19T12:00", {"08-19 12:00": 8, "08-20 07:30": 6}, False),
        ("2026-06-20T00:30", "2027-07-25T12:00", {"07-26 07:30": 8, "07-27 07:30": 6}, True),
    ],
    ids=["1 h", "5 d", "60 d", "400 d"],
)
async def test_an_outage_of_any_length_gives_one_letter_about_each_matter(
    begin: Begin, tmp_path: Path, begin_at: str, end_at: str, letters: dict[str, int], missed: bool
) -> None:
    """F60, S-70, S-73."""
    world = begin(at("2026-06-14T00:30"))
    await world.applied(catalogue(REPORT), tmp_path)
    before = await down(world, begin_at, end_at, awake=2 * DAY)
    after = world.letters[before:]

    found = Counter(f"{letter.at.astimezone(HANOI):%m-%d %H:%M}" for letter in after)
    assert found == letters
    assert ("missed" in {verdict for verdict, _ in world.verdicts()}) is missed
    first = min(letter.at for letter in after).astimezone(HANOI).date()
    spoken = Counter((o, email) for o, email, _, day in world.said() if day == first)
    assert set(spoken.values()) == {1}


async def test_what_was_due_longer_ago_than_the_window_is_missed_and_not_sent(
    begin: Begin, tmp_path: Path
) -> None:
    """S-73, F60: after 400 days nothing goes of a stage of more than sixty days ago."""
    world = begin(at("2026-06-14T00:30"))
    await world.applied(catalogue(REPORT, cells=1), tmp_path)
    await down(world, "2026-06-20T00:30", "2027-07-25T12:00")

    old = (at("2027-07-25T12:00") - CATCH_UP_WINDOW).strftime("%Y-%m-%d")
    late = world.rows(
        "SELECT occurrence.due, reminder.stage FROM reminder"
        " JOIN occurrence ON occurrence.id = reminder.occurrence"
        " WHERE verdict = 'missed' AND due < ?",
        old,
    )
    months = {due[:7] for due, _ in late}
    assert {"2026-06", "2026-12", "2027-04"} <= months
    assert all(reason == "catch-up-window" for v, reason in world.verdicts() if v == "missed")


async def test_what_began_and_ended_in_an_outage_is_there_under_its_own_date_and_out_of_the_figures(
    begin: Begin, tmp_path: Path
) -> None:
    """S-72, S-73: planned no further than two months ahead, and down for a year."""
    world = begin(at("2026-06-14T00:30"))
    world.settings = world.settings.model_copy(update={"horizon_days": 60})
    await world.applied(catalogue(REPORT, cells=1), tmp_path)
    before = await down(world, "2026-06-20T00:30", "2027-07-25T12:00", awake=DAY)

    found = world.rows("SELECT period, due, state, opened_late FROM occurrence ORDER BY due")
    assert [period for period, *_ in found] == [
        *(f"2026-{month:02}" for month in range(6, 13)),
        *(f"2027-{month:02}" for month in range(1, 10)),
    ]
    by_period = {period: (due, state, bool(late)) for period, due, state, late in found}
    assert by_period["2026-06"] == ("2026-06-24", "open", False)
    assert by_period["2026-12"] == ("2026-12-24", "missed", True)
    assert by_period["2027-06"] == ("2027-06-24", "open", True)
    assert by_period["2027-08"] == ("2027-08-24", "open", False)
    # June and July 2027 are spoken of at the next allowed instant, in one letter; what is missed is not
    after = [letter for letter in world.letters[before:] if letter.to == "bt001@example.vn"]
    assert [f"{letter.at.astimezone(HANOI):%m-%d %H:%M}" for letter in after] == ["07-26 07:30"]
    assert "24/6/2027" in after[0].text
    assert "2026" not in after[0].text
