"""Sun and moon as far as a lunisolar calendar needs them, for the years 1900 to 2100.

The series are those of Jean Meeus, *Astronomical Algorithms*, 2nd edition: chapter 49 for new moons
(good to some 20 seconds) and chapter 25 for the sun (good to 0.01 degree, which it passes in 15
minutes). The difference between dynamical and universal time follows the polynomials that F. Espenak
and J. Meeus published with NASA's canon of eclipses; past 2025 it is a forecast, off by seconds.
"""

from math import inf, radians, sin

#: Julian day of the epoch J2000.0, 1 January 2000, 12:00.
_J2000 = 2_451_545.0
_DAYS_PER_CENTURY = 36_525.0
_SECONDS_PER_DAY = 86_400.0
#: Lunations in a century of 36,525 days.
_LUNATIONS_PER_CENTURY = 1_236.85

#: Meeus chapter 49, new moon: days; power of the eccentricity; multiples of M, M', F and the node.
_NEW_MOON: tuple[tuple[float, int, int, int, int, int], ...] = (
    (-0.40720, 0, 0, 1, 0, 0),
    (0.17241, 1, 1, 0, 0, 0),
    (0.01608, 0, 0, 2, 0, 0),
    (0.01039, 0, 0, 0, 2, 0),
    (0.00739, 1, -1, 1, 0, 0),
    (-0.00514, 1, 1, 1, 0, 0),
    (0.00208, 2, 2, 0, 0, 0),
    (-0.00111, 0, 0, 1, -2, 0),
    (-0.00057, 0, 0, 1, 2, 0),
    (0.00056, 1, 1, 2, 0, 0),
    (-0.00042, 0, 0, 3, 0, 0),
    (0.00042, 1, 1, 0, 2, 0),
    (0.00038, 1, 1, 0, -2, 0),
    (-0.00024, 1, -1, 2, 0, 0),
    (-0.00017, 0, 0, 0, 0, 1),
    (-0.00007, 0, 2, 1, 0, 0),
    (0.00004, 0, 0, 2, -2, 0),
    (0.00004, 0, 3, 0, 0, 0),
    (0.00003, 0, 1, 1, -2, 0),
    (0.00003, 0, 0, 2, 2, 0),
    (-0.00003, 0, 1, 1, 2, 0),
    (0.00003, 0, -1, 1, 2, 0),
    (-0.00002, 0, -1, 1, -2, 0),
    (-0.00002, 0, 1, 3, 0, 0),
    (0.00002, 0, 0, 4, 0, 0),
)

#: Meeus chapter 49, pull of the planets: millionths of a day; degrees at lunation 0; degrees a lunation.
_PLANETS: tuple[tuple[float, float, float], ...] = (
    (325, 299.77, 0.107408),
    (165, 251.88, 0.016321),
    (164, 251.83, 26.651886),
    (126, 349.42, 36.412478),
    (110, 84.66, 18.206239),
    (62, 141.74, 53.303771),
    (60, 207.14, 2.453732),
    (56, 154.84, 7.306860),
    (47, 34.52, 27.261239),
    (42, 207.19, 0.121824),
    (40, 291.34, 1.844379),
    (37, 161.72, 24.198154),
    (35, 239.56, 25.513099),
    (23, 331.55, 3.592518),
)

#: Delta T in seconds: up to which year; the year from which time is counted, in which unit of years;
#: the coefficients of its powers.
_DELTA_T: tuple[tuple[float, float, float, tuple[float, ...]], ...] = (
    (1920, 1900, 1, (-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197)),
    (1941, 1920, 1, (21.20, 0.84493, -0.076100, 0.0020936)),
    (1961, 1950, 1, (29.07, 0.407, -1 / 233, 1 / 2547)),
    (1986, 1975, 1, (45.45, 1.067, -1 / 260, -1 / 718)),
    (2005, 2000, 1, (63.86, 0.3345, -0.060374, 0.0017275, 0.000651814, 0.00002373599)),
    (2050, 2000, 1, (62.92, 0.32217, 0.005589)),
    (inf, 1820, 100, (-20 - 0.5628 * 330, 56.28, 32)),
)


def new_moon(lunation: int) -> float:
    """Say when a new moon is.

    Args:
        lunation: counted from the one of 6 January 2000, which is 0.

    Returns:
        Julian day in dynamical time.
    """
    century = lunation / _LUNATIONS_PER_CENTURY
    squared, cubed, fourth = century**2, century**3, century**4
    eccentricity = 1 - 0.002516 * century - 0.0000074 * squared
    sun = 2.5534 + 29.10535670 * lunation - 0.0000014 * squared - 0.00000011 * cubed
    moon = (
        201.5643 + 385.81693528 * lunation + 0.0107582 * squared + 0.00001238 * cubed - 0.000000058 * fourth
    )
    latitude = (
        160.7108 + 390.67050284 * lunation - 0.0016118 * squared - 0.00000227 * cubed + 0.000000011 * fourth
    )
    node = 124.7746 - 1.56375588 * lunation + 0.0020672 * squared + 0.00000215 * cubed
    mean = 2_451_550.09766 + 29.530588861 * lunation + 0.00015437 * squared - 0.00000015 * cubed
    periodic = sum(
        days * eccentricity**power * _sine(m * sun + mp * moon + f * latitude + om * node)
        for days, power, m, mp, f, om in _NEW_MOON
    )
    # the first of the planets' arguments alone has a term in the square of time
    planets = sum(
        size * _sine(angle + rate * lunation - (0.009173 * squared if number == 0 else 0))
        for number, (size, angle, rate) in enumerate(_PLANETS)
    )
    return mean + 0.00000000073 * fourth + periodic + planets / 1_000_000


def sun_longitude(day: float) -> float:
    """Say where the sun stands.

    Args:
        day: Julian day in dynamical time.

    Returns:
        Apparent geocentric longitude in degrees, from 0 to 360.
    """
    century = (day - _J2000) / _DAYS_PER_CENTURY
    mean = 280.46646 + 36_000.76983 * century + 0.0003032 * century**2
    anomaly = 357.52911 + 35_999.05029 * century - 0.0001537 * century**2
    centre = (
        (1.914602 - 0.004817 * century - 0.000014 * century**2) * _sine(anomaly)
        + (0.019993 - 0.000101 * century) * _sine(2 * anomaly)
        + 0.000289 * _sine(3 * anomaly)
    )
    nutation_and_aberration = -0.00569 - 0.00478 * _sine(125.04 - 1_934.136 * century)
    return (mean + centre + nutation_and_aberration) % 360


def delta_t(day: float) -> float:
    """Say by how much dynamical time is ahead of universal time.

    Args:
        day: Julian day.

    Returns:
        Days; in 2026 some 70 seconds.
    """
    year = 2000 + (day - _J2000) / 365.25
    _, origin, unit, coefficients = next(row for row in _DELTA_T if year < row[0])
    elapsed = (year - origin) / unit
    return float(sum(each * elapsed**power for power, each in enumerate(coefficients))) / _SECONDS_PER_DAY


def _sine(degrees: float) -> float:
    return sin(radians(degrees))
