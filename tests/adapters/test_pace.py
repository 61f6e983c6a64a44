"""The pace of letters: at most so many a second, whoever asks."""

from nhacviec.adapters.pace import SteadyPace


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_letters_go_at_even_intervals() -> None:
    time = Time()
    pace = SteadyPace(4, time.clock, time.sleep)
    turns = []

    for _ in range(5):
        await pace()
        turns.append(time.now)

    assert turns == [100.0, 100.25, 100.5, 100.75, 101.0]


async def test_a_pause_is_not_made_up_for_by_a_burst() -> None:
    time = Time()
    pace = SteadyPace(2, time.clock, time.sleep)
    await pace()

    time.now += 60
    await pace()
    await pace()

    assert time.now == 160.5


async def test_without_a_rate_nobody_waits() -> None:
    time = Time()
    pace = SteadyPace(0, time.clock, time.sleep)

    for _ in range(1000):
        await pace()

    assert time.now == 100.0
