"""Quiet hours and allowed instants: S-44, S-45, and the cadences of SCHEDULE §1."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from nhacviec.domain.errors import RuleError
from nhacviec.domain.policy import Cadence, Quiet, allowed_instant
from nhacviec.domain.time.offset import parse_offset
from nhacviec.domain.time.zone import local
from tests.domain.builders import at, place, policy

NIGHT = Quiet(start=time(17), end=time(7))
NOON = Quiet(start=time(11, 30), end=time(13, 30))


@pytest.mark.parametrize(
    ("quiet", "wall", "held", "planned"),
    [
        (NIGHT, "06:59", True, "07:00"),
        (NIGHT, "07:00", False, "07:00"),
        (NIGHT, "16:59", False, "16:59"),
        (NIGHT, "17:00", True, "16:59"),
        (NIGHT, "23:59", True, "16:59"),
        (NIGHT, "00:00", True, "07:00"),
        (NOON, "11:29", False, "11:29"),
        (NOON, "11:30", True, "13:30"),
        (NOON, "13:29", True, "13:30"),
        (NOON, "13:30", False, "13:30"),
    ],
)
def test_s44_the_morning_part_goes_to_the_end_the_evening_part_a_minute_before_the_start(
    quiet: Quiet, wall: str, *, held: bool, planned: str
) -> None:
    assert quiet.holds(time.fromisoformat(wall)) is held
    assert quiet.planned(time.fromisoformat(wall)) == time.fromisoformat(planned)


def test_s44_a_window_up_to_midnight_has_only_an_evening() -> None:
    quiet = Quiet(start=time(23), end=time(0))

    assert quiet.over_midnight
    assert quiet.planned(time(23, 30)) == time(22, 59)
    assert quiet.planned(time(0)) == time(0)


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(RuleError, match="begin and end at the same time"):
        Quiet(start=time(7), end=time(7))


@pytest.mark.parametrize("every", ["0d", "-1wd"])
def test_a_cadence_that_stands_still_is_refused(every: str) -> None:
    with pytest.raises(RuleError, match="does not go on"):
        Cadence(every=parse_offset(every))


# Friday 12 June 2026
@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2026-06-12T06:00", "2026-06-12T07:30"),  # not before the send time
        ("2026-06-12T07:30", "2026-06-12T07:30"),
        ("2026-06-12T12:00:01", "2026-06-12T12:00:01"),
        ("2026-06-12T16:59:59", "2026-06-12T16:59:59"),
        ("2026-06-12T17:00", "2026-06-15T07:30"),  # quiet, then a weekend
        ("2026-06-13T12:00", "2026-06-15T07:30"),
        ("2026-06-15T03:00", "2026-06-15T07:30"),
        ("2026-09-01T09:00", "2026-09-03T07:30"),  # 1 and 2 September are off
    ],
)
def test_s45_the_first_instant_on_a_working_day_not_quiet_not_before_the_send_time(
    now: str, allowed: str
) -> None:
    quiet = policy("", quiet="17:00-07:00")

    assert allowed_instant(at(now), quiet, place()) == at(allowed)


def test_s45_the_send_time_is_the_one_that_quiet_hours_have_moved() -> None:
    evening = policy("", at="20:00", quiet="17:00-07:00")

    assert evening.send_time == time(16, 59)
    assert allowed_instant(at("2026-06-12T10:00"), evening, place()) == at("2026-06-12T16:59")
    assert allowed_instant(at("2026-06-12T18:00"), evening, place()) == at("2026-06-15T16:59")


def test_s45_quiet_hours_at_noon_end_the_same_day_and_midnight_starts_another() -> None:
    noon = policy("", quiet="11:30-13:30")
    last = policy("", quiet="23:00-23:59", working_days_only=False)

    assert allowed_instant(at("2026-06-12T12:00"), noon, place()) == at("2026-06-12T13:30")
    assert allowed_instant(at("2026-06-12T23:30"), last, place()) == at("2026-06-12T23:59")


def test_s45_a_policy_for_every_day_does_not_wait_for_monday() -> None:
    every_day = policy("", working_days_only=False)

    assert allowed_instant(at("2026-06-13T12:00"), every_day, place()) == at("2026-06-13T12:00")


def test_the_instant_is_in_utc_whatever_zone_it_is_asked_in() -> None:
    now = datetime(2026, 6, 12, 12, tzinfo=timezone(timedelta(hours=7)))

    found = allowed_instant(now, policy(""), place())

    assert (found, found.tzinfo) == (now, UTC)


def test_s03_quiet_hours_in_the_hour_that_is_shown_twice_end_ahead_not_behind() -> None:
    # New York, 1 November 2026: 01:15 for the second time, 06:15 UTC
    quiet = policy("", at="00:30", quiet="01:00-01:30", working_days_only=False)
    now = datetime(2026, 11, 1, 6, 15, tzinfo=UTC)

    found = allowed_instant(now, quiet, place("America/New_York"))

    assert found == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_s04_a_day_that_is_left_out_is_no_allowed_day() -> None:
    found = allowed_instant(
        at("2011-12-29T23:00", "Pacific/Apia"), policy("", quiet="20:00-07:00"), place("Pacific/Apia")
    )

    assert local(found, place("Pacific/Apia").zone).isoformat() == "2012-01-02T07:30:00+14:00"
