"""F29: refused credentials are not shown again and again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.relay.credentials import REST, refuses, rest, resting_until

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "stage", "refused"),
    [
        (535, "auth", True),
        (534, "auth", True),
        (530, "auth", True),
        (504, "auth", True),  # nor will this way of showing them ever do
        (454, "auth", False),
        (421, "auth", False),
        (0, "auth", False),
        (535, "mail", False),
        (554, "greeting", False),
    ],
)
def test_f29_only_a_5yz_to_auth_refuses_credentials(code: int, stage: str, refused: bool) -> None:
    """F29: which replies make credentials rest."""
    assert refuses(code, stage) is refused


def test_f29_at_most_five_tries_lie_in_an_hour() -> None:
    """F29: 535 for an hour; the fifth try, an hour after the first, finds the server well again."""
    tries = [NOON]
    while tries[-1] < NOON + timedelta(hours=1):
        tries.append(resting_until(tries[-1]))

    assert len(tries) == 5
    assert tries[-1] == NOON + timedelta(hours=1)


@given(st.timedeltas(timedelta(days=-3000), timedelta(days=3000)) | st.timedeltas(-REST, REST))
def test_after_a_restart_they_rest_for_what_is_left_and_never_longer_whatever_the_clock_did(
    passed: timedelta,
) -> None:
    now = NOON + passed

    left = rest(NOON, now)

    assert timedelta() <= left <= REST
    assert now < NOON or now + left == max(resting_until(NOON), now)


def test_credentials_that_were_not_refused_do_not_rest() -> None:
    assert rest(None, NOON) == timedelta()
