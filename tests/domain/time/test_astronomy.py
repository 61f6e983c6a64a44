"""Sun and moon against the worked examples of the book their series come from."""

from datetime import UTC, datetime

import pytest

from nhacviec.domain.time.astronomy import delta_t, new_moon, sun_longitude

_SECOND = 1 / 86_400


def test_the_new_moon_of_february_1977_is_that_of_meeus_example_49a() -> None:
    assert new_moon(-283) == pytest.approx(2_443_192.65118, abs=0.00001)


def test_the_sun_of_13_october_1992_is_that_of_meeus_example_25a() -> None:
    assert sun_longitude(2_448_908.5) == pytest.approx(199.90895, abs=0.00002)


@pytest.mark.parametrize(
    ("lunation", "published"),
    [
        # UTC to the minute, from published almanacs
        (0, "2000-01-06T18:14"),
        (218, "2017-08-21T18:30"),
        (299, "2024-03-10T09:00"),
        (300, "2024-04-08T18:21"),
    ],
)
def test_a_new_moon_is_within_a_minute_of_the_almanac(lunation: int, published: str) -> None:
    moon = new_moon(lunation)

    expected = datetime.fromisoformat(published).replace(tzinfo=UTC).timestamp() / 86_400 + 2_440_587.5
    assert moon - delta_t(moon) == pytest.approx(expected, abs=60 * _SECOND)


@pytest.mark.parametrize(
    ("year", "seconds"),
    [(1910, 10), (1930, 24), (1955, 31), (1977, 48), (2000, 64), (2025, 70), (2060, 101), (2100, 203)],
)
def test_delta_t_is_near_what_was_measured_or_foretold(year: int, seconds: float) -> None:
    day = 2_451_545 + 365.25 * (year - 2000)

    assert delta_t(day) / _SECOND == pytest.approx(seconds, rel=0.17)
