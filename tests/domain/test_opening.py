"""An occurrence opens, and is read back as a track: S-43, S-50, S-54, S-72, S-73."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nhacviec.domain.occurrence import State
from nhacviec.domain.opening import first_attention, opened, period_of, stages_of, track_of
from nhacviec.domain.planning import Planner
from nhacviec.domain.reminder import Reason
from nhacviec.domain.time.period import calendar_period
from tests.domain.builders import at, on
from tests.domain.committee import REPORT, TAM, catalogue
from tests.domain.test_occurrence import OPEN

_PLANNER = Planner(catalogue())
_EXPECTED = _PLANNER.expected_in(REPORT, TAM, calendar_period("2017-06"))
assert _EXPECTED is not None
_STAGES = _PLANNER.stages("BC-01", _EXPECTED.period, _EXPECTED.due)  # due Tuesday 20 June 2017


@pytest.mark.parametrize(
    ("now", "state", "late", "next_at"),
    [
        ("2017-01-01T09:00", State.OPEN, False, "2017-06-09T07:30"),
        ("2017-06-15T09:00", State.OPEN, False, "2017-06-15T09:00"),  # at once: stages have passed
        ("2017-06-20T09:00", State.OPEN, False, "2017-06-20T09:00"),
        ("2017-06-21T00:00", State.OPEN, True, "2017-06-21T00:00"),
        ("2017-08-19T09:00", State.OPEN, True, "2017-08-19T09:00"),
        ("2017-08-20T09:00", State.MISSED, True, None),
    ],
)
def test_s72_s73_what_is_opened_late_says_so_and_what_is_too_old_is_missed(
    now: str, state: State, *, late: bool, next_at: str | None
) -> None:
    assert _EXPECTED is not None
    found = opened(_EXPECTED, _STAGES, at(now), at(now).date() if now < "2017-06-21" else on(now[:10]))

    assert (found.state, found.opened_late) == (state, late)
    assert found.next_at == (at(next_at) if next_at else None)
    assert (found.speaks_from, found.opened_at, found.catch_up) == (at(now), at(now), True)
    assert (found.duty, found.unit, found.period, found.nominal, found.due) == (
        "BC-01",
        "cb-tam",
        "2017-06",
        on("2017-06-20"),
        on("2017-06-20"),
    )


def test_s73_the_window_is_a_setting() -> None:
    assert _EXPECTED is not None
    found = opened(_EXPECTED, _STAGES, at("2017-06-25T09:00"), on("2017-06-25"), timedelta(days=3))

    assert found.state is State.MISSED


def test_without_stages_it_never_needs_attention() -> None:
    assert first_attention((), at("2017-06-01T00:00")) is None


def test_the_period_is_read_back_whole() -> None:
    assert period_of(OPEN) == calendar_period("2026-06")


def test_a_track_carries_what_triage_needs() -> None:
    spoken = replace(
        OPEN, last_spoken_on=on("2026-06-15"), done=1, late_after=on("2026-06-25"), catch_up=False
    )

    track = track_of(spoken, frozenset({"-3d"}))

    assert (track.due, track.speaks_from, track.settled) == (OPEN.due, OPEN.speaks_from, frozenset({"-3d"}))
    assert (track.last_spoken_on, track.done, track.catch_up) == (on("2026-06-15"), 1, False)
    assert (track.last_good_day, track_of(OPEN, frozenset()).last_good_day) == (on("2026-06-25"), OPEN.due)


@pytest.mark.parametrize("state", list(State))
def test_only_what_is_asked_for_is_spoken_of(state: State) -> None:
    assert track_of(replace(OPEN, state=state), frozenset()).closed is (
        state not in (State.OPEN, State.RETURNED)
    )


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({}, Reason.CREATED_LATE),
        ({"speaks_from": at("2026-06-01T00:00")}, Reason.REOPENED),
        ({"speaks_from": at("2026-06-01T00:00"), "revision": 1}, Reason.DUE_MOVED),
    ],
)
def test_past_stages_know_what_came_after_them(change: dict[str, object], cause: Reason) -> None:
    assert track_of(replace(OPEN, **change), frozenset()).cause is cause  # type: ignore[arg-type]


def test_the_stages_of_a_tracked_occurrence_are_those_of_its_due_date() -> None:
    assert stages_of(_PLANNER, OPEN) == _PLANNER.stages("BC-01", period_of(OPEN), OPEN.due)


def test_an_occurrence_whose_duty_is_gone_has_no_stages() -> None:
    assert stages_of(_PLANNER, replace(OPEN, duty="GONE")) == ()
