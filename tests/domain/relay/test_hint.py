"""DELIVERY §2.8: what a server asks for is done, within reason."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.relay.hint import LATEST_AFTER, LONGEST, SHORTEST, after, hint


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4.7.1 Greylisted, please try again in 300 seconds", 300),
        ("4.7.1 please try again in 5 minutes", 300),
        ("Try Again In 1 Hour", 3600),
        ("retry after 90 sec", 90),
        ("retry in 10m", 600),
        ("Please wait 2 min", 120),
        ("Greylisting in action, please come back in 00:05:00", 300),
        ("come back in 01:00:01", 3600),  # an hour at most
        ("greylisted for 120 seconds", 120),
        ("temporarily delayed, 90s", 90),
        ("try again later (300 seconds)", 300),
        ("try again in 5 seconds", 60),  # a minute at least
        ("try again in 2 hrs", 3600),
        ("try again in 999999 hours", 3600),
        ("try again in 1 day", None),
        ("try again later", None),
        ("try again in 300", None),
        ("try again in 3000000 seconds", None),  # nobody means that
        ("450 4.7.1 try again later. 20 messages in 60 seconds is the limit", None),
        ("too many messages in 60 seconds", None),
        ("", None),
    ],
)
def test_f30_a_hint_is_read_and_bounded(text: str, seconds: int | None) -> None:
    """F30: greylisting says when to come back, in many ways."""
    assert hint(text) == (None if seconds is None else timedelta(seconds=seconds))


@given(st.text(max_size=500) | st.from_regex(r"try again in \d{1,9} [smh]"))
def test_whatever_a_server_writes_a_hint_is_between_a_minute_and_an_hour(text: str) -> None:
    found = hint(text)

    assert found is None or SHORTEST <= found <= LONGEST


@given(st.floats(0, 1))
def test_nobody_comes_too_early_nor_more_than_half_a_minute_later(share: float) -> None:
    asked = timedelta(minutes=5)

    assert asked < after(asked, share) <= asked + LATEST_AFTER
