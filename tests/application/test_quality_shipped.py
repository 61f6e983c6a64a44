"""The thresholds that ship, under each regime, begin and end on their days (DOMAIN 2.2)."""

from datetime import date
from functools import cache

import pytest

from nhacviec.domain.quality import judge
from nhacviec.domain.time.period import calendar_period
from tests.acceptance.shipped import shipped

catalogue_of = cache(shipped)


@pytest.mark.parametrize(
    ("preset", "duty", "held_on", "minutes", "present", "combined", "missed"),
    [
        ("2017", "SH-01", "2017-06-05", 59, 1, False, {"duration_minutes": 60}),
        ("2017", "SH-01", "2017-06-05", 60, 1, False, {}),
        ("2017", "SH-05", "2017-06-20", 1, 1, False, {}),
        ("", "SH-01", "2018-07-05", 1, 1, False, {}),
        ("", "SH-01", "2018-07-06", 89, 17, False, {"duration_minutes": 90, "attendance": 85}),
        ("", "SH-01", "2018-07-06", 90, 18, True, {}),
        ("", "SH-01", "2025-10-27", 90, 17, True, {"attendance": 85}),
        ("", "SH-01", "2025-10-28", 90, 17, False, {}),
        ("", "SH-01", "2025-10-28", 90, 17, True, {"duration_minutes": 120}),
        ("", "SH-05", "2025-10-27", 90, 1, True, {}),
        ("", "SH-05", "2025-10-28", 119, 1, True, {"duration_minutes": 120}),
        ("2026", "SH-01", "2026-03-05", 89, 1, False, {"duration_minutes": 90}),
        ("2026", "SH-05", "2026-03-20", 119, 1, True, {"duration_minutes": 120}),
    ],
)
def test_a_meeting_is_judged_by_the_regime_of_its_day(
    *,
    preset: str,
    duty: str,
    held_on: str,
    minutes: int,
    present: int,
    combined: bool,
    missed: dict[str, float],
) -> None:
    day = date.fromisoformat(held_on)
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    period = calendar_period(held_on[:7] if duty == "SH-01" else quarter)
    evidence = {"duration_minutes": minutes, "present": present, "total": 20, "combined": combined}

    found = judge(catalogue_of(preset).duty(duty).at(period).criteria, evidence, day)

    assert {miss.field: miss.asked for miss in found} == missed
