"""The machine's clock is set while the daemon runs (F55, F56, S-74, S-75)."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nhacviec.daemon.clock_guard import ClockReason, ClockVerdict
from tests.simulation import process
from tests.simulation.catalogues import REPORT, REVIEW, catalogue
from tests.simulation.world import HANOI, World, at

Begin = Callable[[datetime], World]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEARS = 3653 * DAY
CENTURIES = datetime(2200, 1, 1, tzinfo=UTC) - at("2026-06-23T12:00")
MEGABYTE = 1 << 20


def verdict(world: World) -> tuple[ClockVerdict, ClockReason]:
    """What the daemon thinks of its clock."""
    assert world.daemon is not None
    sight = world.daemon._sight
    assert sight is not None
    return sight.verdict, sight.reason


async def lives(world: World, span: timedelta, step: timedelta = HOUR) -> None:
    """So much time really passes, whatever the wall says."""
    end = world.clocks.uptime + span.total_seconds()
    while world.clocks.uptime < end:
        world.clocks.go_on(step)
        await world.tick()


async def a_fortnight(world: World, folder: Path, leap: timedelta) -> None:
    """On 23 June at noon the clock is set wrong, and a few hours later it is set right."""
    await world.applied(catalogue(REPORT, cells=1), folder)
    async with world.life():
        await world.live(at("2026-06-23T12:00"))
        if leap:
            world.clocks.leap(leap)
            await lives(world, 3 * HOUR)
            world.clocks.leap(-leap)
        await world.live(at("2026-07-02T12:00"))
    world.kept()


def told(world: World) -> Counter[tuple[str, str, str]]:
    """Which stages of which occurrences were told to whom."""
    lines = [*world.said("main"), *world.said("escalation")]
    periods = dict(world.rows("SELECT id, duty || ' ' || period FROM occurrence"))
    return Counter(
        (periods[occurrence], email.partition("@")[0], stage) for occurrence, email, stage, _ in lines
    )


#: What such a fortnight brings, each stage to its own readers.
UNDISTURBED = Counter(
    [
        *(
            ("BC-01 2026-06", reader, stage)
            for reader in ("bt001", "pbt001")
            for stage in ("-7wd", "-3wd", "0d", "+1wd", "+3wd")
        ),
        ("BC-01 2026-06", "dv", "escalate-1"),
        ("BC-01 2026-06", "tt", "escalate-2"),
    ]
)


@pytest.mark.parametrize(
    "leap",
    [-HOUR, -DAY, -YEARS, HOUR, DAY, YEARS, CENTURIES],
    ids=["-1 h", "-1 d", "-10 y", "+1 h", "+1 d", "+10 y", "to 2200"],
)
async def test_a_clock_set_wrong_and_right_again_costs_no_letter_and_doubles_none(
    begin: Begin, tmp_path: Path, leap: timedelta
) -> None:
    """F55, F56: after it everything has been said that is said without it, each once."""
    world = begin(at("2026-06-14T00:30"))
    await a_fortnight(world, tmp_path, leap)

    assert told(world) == UNDISTURBED


@pytest.mark.parametrize("leap", [YEARS, CENTURIES], ids=["+10 y", "to 2200"])
async def test_a_wrong_year_is_held_whatever_it_promises_and_an_alarm_says_how_to_go_on(
    begin: Begin, tmp_path: Path, caplog: pytest.LogCaptureFixture, leap: timedelta
) -> None:
    """S-75, F56: a day passes and nothing is planned or sent; set right, it all goes on at once."""
    world = begin(at("2026-06-14T00:30"))
    await world.applied(catalogue(REPORT, cells=1), tmp_path)
    async with world.life() as daemon:
        await world.live(at("2026-06-23T12:00"))
        before = everything(world)
        world.clocks.leap(leap)
        await lives(world, 26 * HOUR)
        assert verdict(world) == (ClockVerdict.HOLD, ClockReason.FAR_JUMP)
        assert everything(world) == before
        assert daemon.pulse.silence == 0  # it lives: a new start would believe the clock
        world.clocks.leap(-leap)
        await world.tick()
        assert verdict(world) == (ClockVerdict.GO, ClockReason.STEADY)
        await world.live(at("2026-06-26T12:00"))
    alarms = [record for record in caplog.records if record.__dict__.get("action") == ClockReason.FAR_JUMP]
    assert [record.levelno for record in alarms] == [logging.CRITICAL]
    # what came up on the 24th while the clock was held goes as soon as it is right, in the afternoon
    assert [f"{letter.at.astimezone(HANOI):%m-%d %H:%M}" for letter in world.letters if "bt001" in letter.to][
        -4:
    ] == ["06-24 14:00", "06-24 14:00", "06-25 07:30", "06-25 07:30"]
    world.kept()


def everything(world: World) -> list[object]:
    """What would change if anything were planned or sent."""
    tables = ("occurrence", "reminder", "message", "delivery")
    counts = [world.rows(f"SELECT count(*), max(id) FROM {table}") for table in tables]  # noqa: S608 -- ours
    return [*counts, world.states(), len(world.letters)]


async def test_a_machine_that_was_paused_for_weeks_is_believed_after_ten_minutes(
    begin: Begin, tmp_path: Path
) -> None:
    """S-75, S-70: its clocks stood still and one was set; what was missed is made up for once."""
    world = begin(at("2026-06-14T00:30"))
    await world.applied(catalogue(REPORT, cells=1), tmp_path)
    async with world.life():
        await world.live(at("2026-06-23T12:00"))
        before = len(world.letters)
        world.clocks.leap(20 * DAY)
        await lives(world, timedelta(minutes=9), timedelta(seconds=20))
        assert verdict(world) == (ClockVerdict.HOLD, ClockReason.JUMP)
        assert len(world.letters) == before
        await lives(world, timedelta(minutes=2), timedelta(seconds=20))
        assert verdict(world) == (ClockVerdict.GO, ClockReason.STEADY)
    world.kept()
    after = Counter(letter.to for letter in world.letters[before:])
    assert after == Counter(["bt001@example.vn", "pbt001@example.vn", "dv@example.vn", "tt@example.vn"])


async def test_a_restart_confirms_the_clock_it_finds(begin: Begin, tmp_path: Path) -> None:
    """S-75: with a stop in between it is an outage, which S-70 and S-73 bound."""
    world = begin(at("2026-06-14T00:30"))
    await world.applied(catalogue(REPORT, cells=1), tmp_path)
    async with world.life():
        await world.live(at("2026-06-23T12:00"))
        before = len(world.letters)
        world.clocks.leap(400 * DAY)
        await lives(world, HOUR)
        assert len(world.letters) == before
    async with world.life():
        await lives(world, 2 * DAY)
    world.kept()
    day = {f"{letter.at.astimezone(HANOI):%Y-%m-%d}" for letter in world.letters[before:]}
    assert day <= {"2027-07-28", "2027-07-29", "2027-07-30"}
    assert world.verdicts()[("missed", "catch-up-window")] > 0


async def test_letters_in_flight_follow_no_leap(begin: Begin, tmp_path: Path) -> None:
    """S-75: the moment that a letter is tried again is counted from the last tick that was allowed."""
    world = begin(at("2026-06-24T07:30"))
    await world.applied(catalogue(REPORT, cells=1), tmp_path)
    world.server.answer("RCPT", "451 4.3.0 later", times=2)
    async with world.life() as daemon:
        await world.tick()
        due = sorted(world.rows("SELECT due_at FROM message WHERE state = 'pending' AND line = 'main'"))
        assert [str(moment)[:16] for (moment,) in due] == ["2026-06-24 00:35", "2026-06-24 00:35"]
        world.clocks.leap(YEARS)
        world.clocks.go_on(timedelta(minutes=4))
        daemon.service.wake()  # type: ignore[attr-defined]
        await world.tick()
        assert len(world.letters) == 0
        world.clocks.go_on(timedelta(minutes=2))
        daemon.service.wake()  # type: ignore[attr-defined]
        await world.tick()
        assert ["[Đến hạn hôm nay 24/6]" in letter.subject for letter in world.letters] == [True, True]


@pytest.mark.slow
async def test_planning_in_the_year_2200_is_bounded(begin: Begin, tmp_path: Path) -> None:
    """F56: whoever confirms such a clock gets twenty years of what was missed, not two centuries."""
    world = begin(at("2026-06-14T00:30"))
    duties = [{**REVIEW, "code": f"BC-{n:02}"} for n in range(3, 7)]
    await world.applied(catalogue(REPORT, *duties, cells=9), tmp_path)
    async with world.life():
        await world.live(at("2026-06-15T12:00"))
    url = world.settings.database_url.get_secret_value()
    ran = await asyncio.to_thread(process.tick, url, "2200-01-01T00:30+07:00")

    assert ran.code == 0, ran
    assert ran.peak < 200 * MEGABYTE
    assert ran.seconds < 60
    ((oldest,),) = world.rows("SELECT min(due) FROM occurrence WHERE due > '2030-01-01'")
    assert oldest > "2179-12-01"
