"""What a reply means and what follows from it: DELIVERY §2.8, §2.9, RFC 5321 §4.2.1."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.delivery import (
    AMBIGUOUS_WAIT,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    MessageState,
    Outcome,
    Settlement,
    judge,
    settle,
    wait,
)

NOW = datetime(2026, 6, 18, 0, 30, tzinfo=UTC)


def settled(outcome: Outcome, *, attempts: int = 1) -> Settlement:
    return settle(outcome, now=NOW, attempts=attempts, key="v1|main|a@example.vn")


@pytest.mark.parametrize(
    ("code", "stage", "outcome"),
    [
        (250, "dot", Outcome.ACCEPTED),
        (251, "dot", Outcome.ACCEPTED),  # any 2yz
        (299, "dot", Outcome.ACCEPTED),
        (354, "dot", Outcome.AMBIGUOUS),
        (150, "dot", Outcome.AMBIGUOUS),
        (0, "dot", Outcome.AMBIGUOUS),
        (421, "dot", Outcome.DEFERRED),
        (554, "dot", Outcome.REFUSED),
        (552, "dot", Outcome.REFUSED),
        (552, "rcpt", Outcome.DEFERRED),
        (552, "mail", Outcome.REFUSED),  # the letter is too large
        (550, "mail", Outcome.DEFERRED),  # the sender is refused: a setting's fault, no letter dies of it
        (550, "rcpt", Outcome.REFUSED),
        (450, "rcpt", Outcome.DEFERRED),
        (0, "rcpt", Outcome.DEFERRED),
        (0, "mail", Outcome.DEFERRED),
        (250, "data", Outcome.DEFERRED),  # a protocol error: nothing was handed over
        (0, "data", Outcome.DEFERRED),
        (421, "mail", Outcome.DEFERRED),
        (535, "auth", Outcome.UNREACHABLE),
        (554, "connect", Outcome.UNREACHABLE),
        (0, "", Outcome.UNREACHABLE),
    ],
)
def test_the_first_digit_and_the_stage_say_what_a_reply_means(
    code: int, stage: str, outcome: Outcome
) -> None:
    assert judge(code, stage) is outcome


@given(st.integers(-1, 999), st.sampled_from(("mail", "rcpt", "data", "dot", "connect")))
def test_only_a_2yz_to_the_dot_is_taken_for_sent_and_only_after_it_is_anything_unclear(
    code: int, stage: str
) -> None:
    outcome = judge(code, stage)

    assert (outcome is Outcome.ACCEPTED) == (stage == "dot" and 200 <= code <= 299)
    assert outcome is not Outcome.AMBIGUOUS or stage == "dot"


def test_accepted_and_refused_are_final() -> None:
    assert settled(Outcome.ACCEPTED) == Settlement(state=MessageState.SENT)
    assert settled(Outcome.REFUSED) == Settlement(state=MessageState.DEAD)


def test_p2_one_unclear_end_is_repeated_the_second_waits_for_a_human() -> None:
    again = Settlement(state=MessageState.PENDING, due_at=NOW + AMBIGUOUS_WAIT)

    assert settled(Outcome.AMBIGUOUS, attempts=1) == again
    assert settled(Outcome.AMBIGUOUS, attempts=2) == Settlement(state=MessageState.UNCERTAIN)


def test_a_server_that_cannot_be_reached_costs_the_message_nothing() -> None:
    found = settled(Outcome.UNREACHABLE, attempts=MOST_ATTEMPTS)

    assert found == Settlement(state=MessageState.PENDING, due_at=NOW)


def test_what_is_put_off_for_five_days_of_trying_is_given_up_visibly() -> None:
    waited = sum((wait(n, "k") for n in range(1, MOST_ATTEMPTS)), timedelta())

    assert timedelta(days=4.5) < waited < timedelta(days=5.5)
    assert settled(Outcome.DEFERRED, attempts=MOST_ATTEMPTS - 1).state is MessageState.PENDING
    assert settled(Outcome.DEFERRED, attempts=MOST_ATTEMPTS) == Settlement(state=MessageState.DEAD)


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 5), (1, 5), (2, 10), (3, 20), (4, 40)])
def test_first_waits_double(attempts: int, minutes: int) -> None:
    assert wait(attempts, "k") == timedelta(minutes=minutes)
    assert settled(Outcome.DEFERRED, attempts=attempts).due_at == NOW + timedelta(minutes=minutes)


@given(st.integers(5, 200), st.text())
def test_later_waits_are_4000_seconds_within_a_fifth_and_the_same_every_time(attempts: int, key: str) -> None:
    found = wait(attempts, key)

    assert LONGEST_WAIT * 0.8 <= found <= LONGEST_WAIT * 1.2
    assert found == wait(attempts, key)


def test_later_waits_of_many_messages_are_spread() -> None:
    assert len({wait(5, f"message {n}") for n in range(100)}) > 90
