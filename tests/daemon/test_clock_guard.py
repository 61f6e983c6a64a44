"""S-74, S-75: a daemon does not believe a wall clock that leaps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.daemon.clock_guard import ClockGuard, ClockVerdict

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86400
YEAR = 365 * DAY


def story(*looks: tuple[float, float], mark: datetime | None = None) -> list[str]:
    """Tell what a guard says to looks given as (wall, monotonic) in seconds after noon."""
    guard, said = ClockGuard(mark=mark), []
    for wall, monotonic in looks:
        guard, sight = guard.observe(NOON + timedelta(seconds=wall), monotonic)
        said.append(f"{sight.verdict} {sight.reason.removeprefix('clock_')}{' !' if sight.alarm else ''}")
    return said


GO, HOLD, WAIT, ALARM = "go steady", "hold jump !", "wait back", "wait back !"


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        # both clocks go together, also over a long tick or a machine that slept (its clock counted that)
        ([(0, 0), (20, 20), (3 * DAY, 3 * DAY)], [GO] * 3),
        # up to 25 hours ahead is a clock set right
        ([(0, 0), (25 * HOUR, 0)], [GO, GO]),
        ([(0, 0), (25 * HOUR + 1, 0)], [GO, HOLD]),
        # a wrong year is held, and believed only after it has stood for ten minutes
        (
            [(0, 0), (YEAR, 20), (YEAR + 580, 600), (YEAR + 599, 619), (YEAR + 600, 620)],
            [GO, HOLD, HOLD, HOLD, "go believed"],
        ),
        # set right again it goes on at once: nothing was done in the wrong year
        ([(0, 0), (YEAR, 20), (40, 40), (60, 60)], [GO, HOLD, GO, GO]),
        # leaping on, it begins to count anew
        ([(0, 0), (YEAR, 20), (2 * YEAR, 640), (2 * YEAR + 600, 1240)], [GO, HOLD, HOLD, "go believed"]),
        # also when it leaps on by no more than two minutes
        (
            [(0, 0), (YEAR, 20), (YEAR + 420, 320), (YEAR + 720, 620), (YEAR + 1020, 920)],
            [GO, HOLD, HOLD, HOLD, "go believed"],
        ),
        # and when it was in the past meanwhile
        ([(0, 0), (YEAR, 20), (-HOUR, 40), (YEAR + 600, 620)], [GO, HOLD, ALARM, HOLD]),
        # back by seconds: wait quietly until the mark is reached
        ([(0, 0), (-5, 20), (-1, 24), (0, 25), (15, 40)], [GO, WAIT, WAIT, GO, GO]),
        # back by more than five minutes is an alarm
        ([(0, 0), (-300, 20), (-301, 40)], [GO, WAIT, ALARM]),
        # back by a day and right again: the leap forward is measured from what was last trusted
        ([(0, 0), (-2 * DAY, 20), (40, 40)], [GO, ALARM, GO]),
        # a leap that ends in the past waits like any other way back
        ([(0, 0), (YEAR, 20), (-HOUR, 40), (YEAR, 60)], [GO, HOLD, ALARM, HOLD]),
    ],
)
def test_what_a_daemon_does_when_its_clock_moves(looks: list[tuple[float, float]], said: list[str]) -> None:
    assert story(*looks) == said


def test_a_mark_kept_from_an_earlier_life_is_waited_for_and_a_stop_of_a_year_is_no_leap() -> None:
    """S-74 at a start; S-75 asks for a leap without a stop in between."""
    assert story((0, 0), (HOUR, HOUR), mark=NOON + timedelta(hours=1)) == [ALARM, GO]
    assert story((YEAR, 0), mark=NOON) == [GO]


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
