"""One process and its mail server: what is tried, and what is told (DELIVERY §2.8, §2.9)."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.application.relay import RESTING, Judged, Relay
from nhacviec.domain.delivery import (
    MessageState,
)
from nhacviec.domain.relay.trouble import Trouble, TroubleReason
from tests.application.relays import NOW, Time, answers, letter, opening

HOUR = 3600.0


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def relay(clock: Time) -> Relay:
    return Relay(connections=4, clock=clock, chance=lambda: 1.0)


@pytest.mark.parametrize(
    ("stage", "code", "reason", "alarm"),
    [
        ("connect", 0, TroubleReason.UNREACHABLE, False),
        ("greeting", 421, TroubleReason.UNREACHABLE, False),
        ("greeting", 554, TroubleReason.GREETING, True),
        ("ehlo", 502, TroubleReason.EHLO, True),
        ("starttls", 0, TroubleReason.UNSAFE, True),
        ("tls", 0, TroubleReason.UNSAFE, True),
        ("auth", 535, TroubleReason.CREDENTIALS, True),
        ("auth", 454, TroubleReason.UNREACHABLE, False),
    ],
)
def test_no_line_is_told_once_until_a_letter_is_answered(
    relay: Relay, clock: Time, stage: str, code: int, reason: TroubleReason, alarm: bool
) -> None:
    """F13, F26, F28, F29, F32, F33: replies and breaks before the first letter."""
    said = "what was said" if not code else f"{code} what was said"
    assert relay.failed(opening(stage, code)) == Trouble(reason=reason, text=said, alarm=alarm)
    assert relay.capacity() == 0
    clock.now += relay.rest()
    again = relay.failed(opening(stage, code))
    assert again is None or (again.reason is TroubleReason.CREDENTIALS and not again.alarm)
    assert relay.troubles == {reason}

    clock.now += relay.rest()
    relay.opened()
    answers(relay, 450, "rcpt")
    assert relay.troubles == set()
    assert relay.failed(opening(stage, code)) == Trouble(reason=reason, text=said, alarm=alarm)


def test_who_is_sent_away_because_the_server_rests_is_no_failure(relay: Relay) -> None:
    assert relay.failed(opening(RESTING)) is None
    assert relay.capacity() == 1


def test_another_trouble_is_told_too(relay: Relay, clock: Time) -> None:
    relay.failed(opening("connect"))
    clock.now += relay.rest()

    assert relay.failed(opening("tls")) is not None


def test_f13_three_days_without_a_server_cost_no_letter_anything(relay: Relay, clock: Time) -> None:
    """F13: 72 hours of fake time: few tries, one notice; then 1, 2, 4 lines."""
    tries, told, end = 0, 0, clock.now + 72 * HOUR
    while clock.now < end:
        assert relay.capacity() == 1
        tries += 1
        told += relay.failed(opening("connect")) is not None
        assert relay.capacity() == 0
        clock.now += relay.rest()

    seen = []
    for _ in range(4):
        seen.append(relay.capacity())
        relay.opened()

    assert (told, seen) == (1, [1, 2, 4, 4])
    assert tries < 72 * 12 + 10


def test_f29_credentials_refused_for_an_hour_are_shown_five_times_and_told_once(
    relay: Relay, clock: Time
) -> None:
    """F29: 535 for 1 h then ok."""
    begun, tries, alarms = clock.now, 0, []
    while True:
        clock.now += relay.rest()
        tries += 1
        if clock.now >= begun + HOUR:
            break
        trouble = relay.failed(opening("auth", 535))
        assert trouble is not None
        alarms.append(trouble.alarm)
    relay.opened()

    assert (tries, alarms) == (5, [True, False, False, False])
    assert relay.capacity() == 2


def test_f29_refused_credentials_are_told_also_while_another_line_has_just_failed(relay: Relay) -> None:
    """F29: two lines at once."""
    relay.failed(opening("connect"))
    trouble = relay.failed(opening("auth", 535))

    assert trouble is not None
    assert trouble.reason is TroubleReason.CREDENTIALS
    assert relay.rest() == 15 * 60
    assert relay.failed(opening("connect")) is None


def test_f29_a_process_that_begins_anew_lets_them_rest_for_what_is_left(relay: Relay, clock: Time) -> None:
    """F29: a restart is no new try."""
    relay.rest_credentials(0)
    assert relay.capacity() == 1

    relay.rest_credentials(120)
    assert (relay.capacity(), relay.rest()) == (0, 120)
    clock.now += 120
    assert (relay.capacity(), relay.rest()) == (1, 0)
    trouble = relay.failed(opening("auth", 535))
    assert trouble is not None
    assert not trouble.alarm


def test_a_server_that_takes_no_third_line_keeps_two(relay: Relay) -> None:
    relay.opened()
    relay.opened()
    answers(relay, 250, "dot")

    trouble = relay.failed(opening("greeting", 421))

    assert trouble == Trouble(reason=TroubleReason.UNREACHABLE, text="421 what was said", alarm=False)
    assert relay.capacity() == 2


def test_f36_a_slow_server_is_no_trouble(relay: Relay, clock: Time) -> None:
    """F36: one letter in ten seconds."""
    relay.opened()
    for _ in range(100):
        clock.now += 10
        assert answers(relay, 250, "dot").trouble is None

    assert (relay.capacity(), relay.rest()) == (4, 0)


def events() -> st.SearchStrategy[tuple[str, int, float]]:
    """What may happen: a line, or a reply at a stage; and how much later."""
    stages = ("opened", "connect", "greeting", "tls", "auth", "mail", "rcpt", "data", "dot", "fence")
    codes = (0, 250, 354, 421, 450, 535, 550, 554)
    return st.tuples(st.sampled_from(stages), st.sampled_from(codes), st.floats(0, 400))


def happen(relay: Relay, clock: Time, happenings: list[tuple[str, int, float]]) -> Iterator[Judged]:
    """Let it happen."""
    for number, (stage, code, seconds) in enumerate(happenings, 1):
        clock.now += seconds
        if stage == "opened":
            relay.opened()
        elif stage in {"connect", "greeting", "tls", "auth"}:
            relay.failed(opening(stage, code))
        else:
            yield answers(relay, code, stage, message=letter(number))


@given(st.lists(events(), max_size=80))
def test_whatever_happens_the_capacity_is_within_its_limit_and_comes_back(
    happenings: list[tuple[str, int, float]],
) -> None:
    clock = Time()
    relay = Relay(connections=4, clock=clock, chance=lambda: 0.5)
    for _ in happen(relay, clock, happenings):
        assert 0 <= relay.capacity() <= 4
        assert (relay.rest() > 0) == (relay.capacity() == 0)
        assert relay.rest() <= 15 * 60 + 0.001

    clock.now += relay.rest()
    assert relay.capacity() > 0


@given(st.lists(events(), max_size=80))
def test_whatever_happens_only_a_5yz_ends_a_letter_and_only_a_2yz_to_the_dot_sends_it(
    happenings: list[tuple[str, int, float]],
) -> None:
    clock = Time()
    relay = Relay(connections=4, clock=clock)
    said = [
        (stage, code) for stage, code, _ in happenings if stage in {"mail", "rcpt", "data", "dot", "fence"}
    ]

    for (stage, code), judged in zip(said, happen(relay, clock, happenings), strict=True):
        state = judged.settlement(NOW).state
        assert state is not MessageState.DEAD or code >= 500
        assert (state is MessageState.SENT) == (stage == "dot" and code == 250)
