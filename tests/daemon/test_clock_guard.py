"""S-74, S-75: a daemon does not believe a wall clock that leaps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.daemon.clock_guard import ClockGuard, ClockReason, ClockVerdict

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86400
MONTH, YEAR, CENTURY = 30 * DAY, 365 * DAY, 36_525 * DAY


def story(*looks: tuple[float, float], mark: datetime | None = None) -> list[str]:
    """Tell what a guard says to looks given as (wall, monotonic) in seconds after noon."""
    guard, said = ClockGuard(mark=mark), []
    for wall, monotonic in looks:
        guard, sight = guard.observe(NOON + timedelta(seconds=wall), monotonic)
        said.append(f"{sight.verdict} {sight.reason.removeprefix('clock_')}{' !' if sight.alarm else ''}")
    return said


GO, HOLD, WAIT, ALARM = "go steady", "hold jump !", "wait back", "wait back !"
FAR = "hold far_jump !"


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        # both clocks go together, also over a long tick or a machine that slept (its clock counted that)
        ([(0, 0), (20, 20), (3 * DAY, 3 * DAY)], [GO] * 3),
        # up to 25 hours ahead is a clock set right
        ([(0, 0), (25 * HOUR, 0)], [GO, GO]),
        ([(0, 0), (25 * HOUR + 1, 0)], [GO, HOLD]),
        # a leap of weeks, as of a machine that was paused, is believed after it has stood for ten minutes
        (
            [(0, 0), (MONTH, 20), (MONTH + 580, 600), (MONTH + 599, 619), (MONTH + 600, 620)],
            [GO, HOLD, HOLD, HOLD, "go believed"],
        ),
        ([(0, 0), (60 * DAY, 0), (60 * DAY + 600, 600)], [GO, HOLD, "go believed"]),
        # set right again it goes on at once: nothing was done in the wrong month
        ([(0, 0), (MONTH, 20), (40, 40), (60, 60)], [GO, HOLD, GO, GO]),
        # leaping on, it begins to count anew
        (
            [(0, 0), (MONTH, 20), (MONTH + DAY, 640), (MONTH + DAY + 600, 1240)],
            [GO, HOLD, HOLD, "go believed"],
        ),
        # also when it leaps on by no more than two minutes
        (
            [(0, 0), (MONTH, 20), (MONTH + 420, 320), (MONTH + 720, 620), (MONTH + 1020, 920)],
            [GO, HOLD, HOLD, HOLD, "go believed"],
        ),
        # and when it was in the past meanwhile
        ([(0, 0), (MONTH, 20), (-HOUR, 40), (MONTH + 600, 620)], [GO, HOLD, ALARM, HOLD]),
        # a wrong year is held for as long as the daemon lives, however long it stands
        ([(0, 0), (60 * DAY + 1, 0), (YEAR, 20), (2 * YEAR, YEAR)], [GO, FAR, FAR, FAR]),
        ([(0, 0), (10 * YEAR, 20), (10 * YEAR + MONTH, 20 + MONTH)], [GO, FAR, FAR]),
        ([(0, 0), (CENTURY, 20), (CENTURY + DAY, 20 + DAY)], [GO, FAR, FAR]),
        # set right again it goes on at once
        ([(0, 0), (10 * YEAR, 20), (10 * YEAR + DAY, 20 + DAY), (40 + DAY, 40 + DAY)], [GO, FAR, FAR, GO]),
        # set to another wrong day nearby, it waits for ten minutes from then on
        ([(0, 0), (YEAR, 20), (MONTH, 620), (MONTH + 600, 1220)], [GO, FAR, HOLD, "go believed"]),
        # back by seconds: wait quietly until the mark is reached
        ([(0, 0), (-5, 20), (-1, 24), (0, 25), (15, 40)], [GO, WAIT, WAIT, GO, GO]),
        # back by more than five minutes is an alarm
        ([(0, 0), (-300, 20), (-301, 40)], [GO, WAIT, ALARM]),
        # back by a day and right again: the leap forward is measured from what was last trusted
        ([(0, 0), (-2 * DAY, 20), (40, 40)], [GO, ALARM, GO]),
        # a leap that ends in the past waits like any other way back
        ([(0, 0), (YEAR, 20), (-HOUR, 40), (YEAR, 60)], [GO, FAR, ALARM, FAR]),
    ],
)
def test_what_a_daemon_does_when_its_clock_moves(looks: list[tuple[float, float]], said: list[str]) -> None:
    """F55, F56: back and forth, by seconds and by a century."""
    assert story(*looks) == said


def test_a_mark_kept_from_an_earlier_life_is_waited_for_and_a_stop_of_a_year_is_no_leap() -> None:
    """S-74 at a start; S-75 asks for a leap without a stop in between."""
    assert story((0, 0), (HOUR, HOUR), mark=NOON + timedelta(hours=1)) == [ALARM, GO]
    assert story((YEAR, 0), mark=NOON) == [GO]


def test_a_restart_confirms_a_clock_that_had_leapt_by_ten_years_and_the_alarm_says_so() -> None:
    """S-75, F56: the mark of the earlier life is not behind the new one."""
    assert story((10 * YEAR, 0), (10 * YEAR + 20, 20), mark=NOON + timedelta(seconds=20)) == [GO, GO]
    assert "restart" in ClockReason.FAR_JUMP.said
    assert "restart" not in ClockReason.JUMP.said


@pytest.mark.parametrize("reason", ClockReason)
def test_every_reason_but_that_all_is_well_has_words(reason: ClockReason) -> None:
    assert bool(reason.said) is (reason is not ClockReason.STEADY)


@given(
    st.lists(
        st.tuples(st.integers(-2 * DAY, 2 * DAY), st.integers(0, DAY)).map(
            lambda step: (step[0], step[1] / 2)
        ),
        max_size=30,
    )
)
def test_ticks_never_see_time_go_back_whatever_the_clock_does(steps: list[tuple[int, float]]) -> None:
    guard, wall, monotonic, ticks = ClockGuard(), NOON, 0.0, []
    for step, elapsed in steps:
        wall, monotonic = wall + timedelta(seconds=step), monotonic + elapsed
        guard, sight = guard.observe(wall, monotonic)
        if sight.verdict is ClockVerdict.GO:
            ticks.append(wall)

    assert ticks == sorted(ticks)
    assert guard.mark == (ticks[-1] if ticks else None)
