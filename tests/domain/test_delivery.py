"""What a reply means and what follows from it: DELIVERY §2.8, §2.9, RFC 5321 §4.2.1."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.delivery import (
    AMBIGUOUS_WAIT,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    Judgement,
    Meaning,
    MessageState,
    Outcome,
    Settlement,
    broken_off,
    judge,
    settle,
    wait,
)

NOW = datetime(2026, 6, 18, 0, 30, tzinfo=UTC)


def settled(outcome: Outcome, *, attempts: int = 1) -> Settlement:
    return settle(outcome, now=NOW, attempts=attempts, key="v1|main|a@example.vn")


@pytest.mark.parametrize(
    ("code", "stage", "meaning", "outcome"),
    [
        (250, "dot", Meaning.TAKEN, Outcome.ACCEPTED),
        (251, "dot", Meaning.TAKEN, Outcome.ACCEPTED),  # any 2yz
        (252, "dot", Meaning.TAKEN, Outcome.ACCEPTED),
        (299, "dot", Meaning.TAKEN, Outcome.ACCEPTED),
        (354, "dot", Meaning.NO_REPLY, Outcome.AMBIGUOUS),
        (150, "dot", Meaning.NO_REPLY, Outcome.AMBIGUOUS),
        (0, "dot", Meaning.NO_REPLY, Outcome.AMBIGUOUS),
        (999, "dot", Meaning.NO_REPLY, Outcome.AMBIGUOUS),
        (421, "dot", Meaning.LATER, Outcome.DEFERRED),
        (451, "dot", Meaning.LATER, Outcome.DEFERRED),
        (552, "dot", Meaning.LETTER_REFUSED, Outcome.REFUSED),
        (554, "dot", Meaning.LETTER_REFUSED, Outcome.REFUSED),
        (421, "data", Meaning.CLOSING, Outcome.UNREACHABLE),
        (451, "data", Meaning.LATER, Outcome.DEFERRED),
        (554, "data", Meaning.LETTER_REFUSED, Outcome.REFUSED),
        (250, "data", Meaning.PROTOCOL, Outcome.DEFERRED),  # nothing was handed over
        (0, "data", Meaning.LINE_BROKE, Outcome.DEFERRED),
        (421, "rcpt", Meaning.CLOSING, Outcome.UNREACHABLE),
        (450, "rcpt", Meaning.LATER, Outcome.DEFERRED),
        (552, "rcpt", Meaning.LATER, Outcome.DEFERRED),
        (550, "rcpt", Meaning.RECIPIENT_REFUSED, Outcome.REFUSED),
        (551, "rcpt", Meaning.RECIPIENT_REFUSED, Outcome.REFUSED),
        (553, "rcpt", Meaning.RECIPIENT_REFUSED, Outcome.REFUSED),
        (556, "rcpt", Meaning.NO_MAIL, Outcome.REFUSED),
        (354, "rcpt", Meaning.PROTOCOL, Outcome.DEFERRED),
        (0, "rcpt", Meaning.LINE_BROKE, Outcome.DEFERRED),
        (421, "mail", Meaning.CLOSING, Outcome.UNREACHABLE),
        (451, "mail", Meaning.LATER, Outcome.DEFERRED),
        (552, "mail", Meaning.LETTER_TOO_LARGE, Outcome.REFUSED),
        (550, "mail", Meaning.SENDER_REFUSED, Outcome.UNREACHABLE),  # a setting's fault: no letter dies of it
        (530, "mail", Meaning.SENDER_REFUSED, Outcome.UNREACHABLE),
        (354, "mail", Meaning.PROTOCOL, Outcome.UNREACHABLE),
        (0, "mail", Meaning.LINE_BROKE, Outcome.UNREACHABLE),  # it had broken before this letter came
        (0, "fence", Meaning.CLAIM_LOST, Outcome.UNREACHABLE),
        (535, "auth", Meaning.NO_CONVERSATION, Outcome.UNREACHABLE),
        (554, "connect", Meaning.NO_CONVERSATION, Outcome.UNREACHABLE),
        (0, "", Meaning.NO_CONVERSATION, Outcome.UNREACHABLE),
    ],
)
def test_the_first_digit_and_the_stage_say_what_a_reply_means(
    code: int, stage: str, meaning: Meaning, outcome: Outcome
) -> None:
    """F23, F24, F26, F27, F28: replies at each stage."""
    assert judge(code, stage) == Judgement(meaning=meaning, outcome=outcome)


@pytest.mark.parametrize(
    ("code", "stage", "text", "meaning"),
    [
        (554, "mail", "5.3.4 message too big", Meaning.LETTER_TOO_LARGE),
        (554, "mail", "5.7.1 sender refused", Meaning.SENDER_REFUSED),
        (550, "rcpt", "5.7.1 relaying denied", Meaning.POLICY),
        (554, "rcpt", "554 5.7.26 not authenticated", Meaning.POLICY),
        (550, "rcpt", "5.1.1 no such user", Meaning.RECIPIENT_REFUSED),
        (552, "rcpt", "5.7.1 too many", Meaning.LATER),
        (556, "rcpt", "5.1.10 null MX", Meaning.NO_MAIL),
        (554, "dot", "5.7.1 spam", Meaning.LETTER_REFUSED),
    ],
)
def test_the_enhanced_code_tells_size_and_policy(code: int, stage: str, text: str, meaning: Meaning) -> None:
    """F28: 5xx at each stage."""
    assert judge(code, stage, text).meaning is meaning


@given(st.integers(-1, 999), st.sampled_from(("mail", "rcpt", "data", "dot", "fence", "connect")), st.text())
def test_only_a_2yz_to_the_dot_is_taken_for_sent_and_only_after_it_is_anything_unclear(
    code: int, stage: str, text: str
) -> None:
    outcome = judge(code, stage, text).outcome

    assert (outcome is Outcome.ACCEPTED) == (stage == "dot" and 200 <= code <= 299)
    assert outcome is not Outcome.AMBIGUOUS or stage == "dot"
    assert outcome is not Outcome.REFUSED or 500 <= code <= 599
    assert outcome is not Outcome.UNREACHABLE or stage != "dot"


@given(st.integers(-1, 999), st.sampled_from(("mail", "rcpt", "data", "dot", "fence", "connect")))
def test_a_line_goes_on_only_after_a_reply_that_fits(code: int, stage: str) -> None:
    goes_on = not judge(code, stage).meaning.ends_line

    assert not goes_on or code // 100 in {4, 5} or (stage == "dot" and code // 100 == 2)


def test_accepted_and_refused_are_final() -> None:
    assert settled(Outcome.ACCEPTED) == Settlement(state=MessageState.SENT)
    assert settled(Outcome.LATE) == Settlement(state=MessageState.SENT)
    assert settled(Outcome.REFUSED) == Settlement(state=MessageState.DEAD)


def test_p2_one_unclear_end_is_repeated_the_second_waits_for_a_human() -> None:
    again = Settlement(state=MessageState.PENDING, due_at=NOW + AMBIGUOUS_WAIT)

    assert settled(Outcome.AMBIGUOUS, attempts=1) == again
    assert broken_off(1, NOW) == Settlement(state=MessageState.PENDING, due_at=NOW)
    assert broken_off(2, NOW) == Settlement(state=MessageState.UNCERTAIN)
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


@given(st.integers(0, 4), st.text())
def test_f30_what_the_server_asks_for_goes_before_the_first_waits(attempts: int, key: str) -> None:
    """F30: "try again in 300 seconds": the second try in [300, 390] s, a tick of 30 s included."""
    due_at = settle(
        Outcome.DEFERRED, now=NOW, attempts=attempts, key=key, text="4.7.1 try again in 300 seconds"
    ).due_at

    assert due_at is not None
    assert timedelta(seconds=300) < due_at - NOW <= timedelta(seconds=360)


def test_f30_letters_greylisted_together_do_not_come_back_together() -> None:
    """F30: the little that is added is spread."""
    waits = {wait(1, f"message {n}", "4.7.1 try again in 5 minutes") for n in range(100)}

    assert len(waits) > 90


@given(st.integers(5, 200), st.text())
def test_a_server_that_says_in_a_minute_every_time_does_not_end_a_letter_in_an_afternoon(
    attempts: int, key: str
) -> None:
    assert wait(attempts, key, "try again in 1 minute") == wait(attempts, key)
    assert wait(attempts, key, "try again in 60 minutes") >= timedelta(hours=1)
