"""States, the four-way status and days late: S-06, S-54 to S-56, DESIGN §5.3."""

from dataclasses import replace

import pytest

from nhacviec.domain.errors import NotAllowedError
from nhacviec.domain.occurrence import EventKind, Occurrence, State, Status, decided
from tests.domain.builders import at, on, vietnam

OPEN = Occurrence(
    duty="BC-01",
    unit="cb-tam",
    period="2026-06",
    period_first=on("2026-06-01"),
    period_last=on("2026-06-30"),
    every="month",
    nominal=on("2026-06-18"),
    due=on("2026-06-18"),
    opened_at=at("2026-01-01T00:00"),
    speaks_from=at("2026-01-01T00:00"),
)
_CLOSED = (State.REPORTED, State.ACCEPTED, State.WAIVED, State.NOT_APPLICABLE, State.SUSPENDED, State.MISSED)

_PERMITTED = {
    EventKind.REPORTED: {State.OPEN: State.REPORTED, State.RETURNED: State.REPORTED},
    EventKind.ACCEPTED: {State.REPORTED: State.ACCEPTED},
    EventKind.RETURNED: {State.REPORTED: State.RETURNED, State.ACCEPTED: State.RETURNED},
    EventKind.EXTENDED: {State.OPEN: State.OPEN, State.RETURNED: State.RETURNED},
    EventKind.WAIVED: dict.fromkeys((State.OPEN, State.RETURNED, State.SUSPENDED), State.WAIVED),
    EventKind.NOT_APPLICABLE: dict.fromkeys(
        (State.OPEN, State.RETURNED, State.SUSPENDED), State.NOT_APPLICABLE
    ),
    EventKind.REOPENED: dict.fromkeys(_CLOSED, State.OPEN),
    EventKind.SUSPENDED: {State.OPEN: State.SUSPENDED, State.RETURNED: State.SUSPENDED},
}


@pytest.mark.parametrize("event", list(_PERMITTED))
@pytest.mark.parametrize("state", list(State))
def test_a_decision_leads_from_a_state_to_a_state_or_is_refused_with_the_reason(
    state: State, event: EventKind
) -> None:
    permitted = _PERMITTED[event]
    if state in permitted:
        assert decided(state, event) is permitted[state]
        return
    with pytest.raises(NotAllowedError, match=f"it is {state}: only what is .* can be {event}"):
        decided(state, event)


@pytest.mark.parametrize(
    ("state", "reported", "today", "status"),
    [
        (State.OPEN, None, "2026-06-18", Status.OPEN_IN_TIME),
        (State.OPEN, None, "2026-06-19", Status.OPEN_OVERDUE),
        (State.RETURNED, None, "2026-06-18", Status.OPEN_IN_TIME),
        (State.RETURNED, None, "2026-06-19", Status.OPEN_OVERDUE),
        (State.REPORTED, "2026-06-18", "2026-07-01", Status.DONE_ON_TIME),
        (State.REPORTED, "2026-06-19", "2026-07-01", Status.DONE_LATE),
        (State.ACCEPTED, "2026-06-18", "2026-07-01", Status.DONE_ON_TIME),
        (State.ACCEPTED, None, "2026-07-01", Status.DONE_ON_TIME),
        (State.WAIVED, None, "2026-07-01", Status.WAIVED),
        (State.NOT_APPLICABLE, None, "2026-07-01", None),
        (State.SUSPENDED, None, "2026-07-01", None),
        (State.MISSED, None, "2026-07-01", None),
    ],
)
def test_s06_s55_s56_the_status_is_one_of_four_or_waived_or_none(
    state: State, reported: str | None, today: str, status: Status | None
) -> None:
    occurrence = replace(OPEN, state=state, reported_on=on(reported) if reported else None)

    assert occurrence.status(on(today)) is status


def test_inside_an_open_window_it_is_in_time_and_a_window_closed_before_the_due_date_changes_nothing() -> (
    None
):
    window = replace(OPEN, late_after=on("2026-06-25"))

    assert window.last_good_day == on("2026-06-25")
    assert window.status(on("2026-06-25")) is Status.OPEN_IN_TIME
    assert replace(OPEN, late_after=on("2026-06-10")).last_good_day == OPEN.due


@pytest.mark.parametrize(
    ("state", "reported", "today", "days"),
    [
        (State.OPEN, None, "2026-06-18", 0),
        (State.OPEN, None, "2026-06-22", 2),
        (State.RETURNED, "2026-06-19", "2026-06-22", 2),
        (State.REPORTED, "2026-06-19", "2026-06-30", 1),
        (State.ACCEPTED, "2026-06-17", "2026-06-30", 0),
        (State.REPORTED, None, "2026-06-19", 1),
        (State.WAIVED, None, "2026-06-30", 0),
        (State.SUSPENDED, None, "2026-06-30", 0),
    ],
)
def test_days_late_are_working_days_after_the_last_good_day(
    state: State, reported: str | None, today: str, days: int
) -> None:
    occurrence = replace(OPEN, state=state, reported_on=on(reported) if reported else None)

    assert occurrence.late_working_days(on(today), vietnam()) == days
