"""What the end of an attempt means, for the letter and for all others (DELIVERY §2.8, §2.9)."""

from datetime import timedelta

import pytest

from nhacviec.application.holds import HoldKind
from nhacviec.application.relay import Relay
from nhacviec.domain.delivery import (
    CLOSING_WAIT,
    MAX_AMBIGUOUS,
    MOST_ATTEMPTS,
    Meaning,
    MessageState,
    Outcome,
    Settlement,
)
from nhacviec.domain.relay.trouble import Trouble, TroubleReason
from tests.application.relays import NOW, Time, answers, letter, opening, refuses


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def relay(clock: Time) -> Relay:
    return Relay(connections=4, clock=clock, chance=lambda: 1.0)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_f26_a_server_that_hangs_up_costs_the_letter_no_attempt_and_lets_others_go_first(
    relay: Relay, stage: str
) -> None:
    """F26: 421 at each stage before the dot."""
    relay.opened()
    judged = answers(relay, 421, stage, "4.3.2 closing")

    assert judged.outcome is Outcome.UNREACHABLE
    assert judged.settlement(NOW) == Settlement(state=MessageState.PENDING, due_at=NOW + CLOSING_WAIT)
    assert judged.trouble == Trouble(reason=TroubleReason.UNREACHABLE, text="421 4.3.2 closing", alarm=False)
    assert relay.capacity() == 0


def test_f26_421_to_the_dot_defers_and_one_hang_up_among_answers_stops_nobody(relay: Relay) -> None:
    """F26: the server closes after some letters, as many do."""
    relay.opened()
    answers(relay, 250, "dot")

    judged = answers(relay, 421, "dot", "4.2.0 closing")

    assert (judged.outcome, judged.trouble) == (Outcome.DEFERRED, None)
    assert relay.capacity() > 0
    answers(relay, 0, "mail", "closed")
    assert relay.capacity() == 0


def test_a_line_that_breaks_during_an_outage_says_nothing_new(relay: Relay) -> None:
    relay.failed(opening("tls"))
    rest = relay.rest()

    assert answers(relay, 0, "dot", "reset").trouble is None
    assert relay.rest() == rest


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [
        ("mail", Outcome.UNREACHABLE),
        ("rcpt", Outcome.DEFERRED),
        ("data", Outcome.DEFERRED),
        ("dot", Outcome.AMBIGUOUS),
    ],
)
def test_a_broken_line_is_a_failure_of_the_connection(relay: Relay, stage: str, outcome: Outcome) -> None:
    """F17, F18, F19: RST in the middle of the body, and after the dot."""
    relay.opened()

    judged = answers(relay, 0, stage, "reset")

    assert judged.outcome is outcome
    assert relay.capacity() == 0


def test_p2_ambiguous_ends_are_counted_by_themselves(relay: Relay) -> None:
    first = answers(relay, 0, "dot", message=letter(attempts=50))
    last = answers(relay, 0, "dot", message=letter(attempts=1, ambiguous=MAX_AMBIGUOUS - 1))

    assert first.settlement(NOW).state is MessageState.PENDING
    assert last.settlement(NOW) == Settlement(state=MessageState.UNCERTAIN)


def test_f06_a_lost_claim_counts_nothing_and_changes_nothing(relay: Relay) -> None:
    """F06: the fence held the letter back; the server is not to blame."""
    relay.opened()
    judged = answers(relay, 0, "fence", "the claim had been taken over")

    assert judged.lost
    assert not answers(relay, 250, "dot").lost
    assert relay.capacity() > 0
    assert relay.troubles == set()


def test_f27_a_letter_put_off_too_often_is_given_up(relay: Relay) -> None:
    """F27: 4yz for five days."""
    judged = answers(relay, 452, "rcpt", "4.2.2 full", letter(attempts=MOST_ATTEMPTS - 1))

    assert judged.settlement(NOW) == Settlement(state=MessageState.DEAD)


def test_f30_a_greylisted_letter_comes_back_when_it_is_told_to_and_slows_nobody(relay: Relay) -> None:
    """F30: "try again in 300 seconds"."""
    text = "4.7.1 Greylisted, please try again in 300 seconds"
    due_at = answers(relay, 450, "rcpt", text).settlement(NOW).due_at

    assert due_at is not None
    assert timedelta(seconds=300) < due_at - NOW <= timedelta(seconds=360)
    assert [relay.wait_for("example.vn") for _ in range(100)] == [0.0] * 100


@pytest.mark.parametrize(("code", "stage"), [(450, "mail"), (450, "rcpt"), (451, "data"), (421, "dot")])
def test_f31_a_domain_that_defers_is_given_fewer_and_no_other(
    relay: Relay, clock: Time, code: int, stage: str
) -> None:
    """F31: recipient-domain throttling."""
    for email in ("a@Slow.example.vn", "b@slow.example.vn"):
        answers(relay, code, stage, "4.7.1 too many", letter(email=email))

    assert relay.wait_for("slow.example.VN") == 1
    assert relay.wait_for("example.vn") == 0
    clock.now += 1
    assert relay.wait_for("slow.example.vn") == 0
    assert relay.wait_for("slow.example.vn") > 0


@pytest.mark.parametrize("text", ["5.7.1 sender refused", "no"])
def test_f28_a_refused_sender_holds_the_queue_and_no_letter_dies_of_it(relay: Relay, text: str) -> None:
    """F28: 5xx to MAIL."""
    first, again = answers(relay, 550, "mail", text), answers(relay, 550, "mail", text)

    assert first.trouble == Trouble(reason=TroubleReason.SENDER, text=f"550 {text}", alarm=True)
    assert (first.hold, again.hold, again.trouble) == (HoldKind.SENDER, HoldKind.SENDER, None)
    assert again.settlement(NOW) == Settlement(state=MessageState.PENDING, due_at=NOW)

    relay.released()
    assert answers(relay, 550, "mail", text).trouble is not None


def test_f28_too_large_a_letter_dies_alone(relay: Relay) -> None:
    """F28: 552 to MAIL."""
    judged = answers(relay, 552, "mail", "5.3.4 too big")

    assert judged.settlement(NOW) == Settlement(state=MessageState.DEAD)
    assert (judged.meaning, judged.hold, judged.trouble) == (Meaning.LETTER_TOO_LARGE, None, None)


def test_f28_a_recipient_refused_by_policy_dies_with_an_alarm_until_a_letter_is_taken(relay: Relay) -> None:
    """F28: 5.7.x to RCPT."""
    first, second = refuses(relay, 2)

    assert first.settlement(NOW) == Settlement(state=MessageState.DEAD)
    assert first.trouble is not None
    assert (first.trouble.reason, first.trouble.alarm) == (TroubleReason.POLICY, True)
    assert second.trouble is None

    answers(relay, 250, "dot")
    assert refuses(relay, 1)[0].trouble is not None


def test_f28_the_tenth_alike_holds_the_queue_and_gives_back_the_nine(relay: Relay) -> None:
    """F28: brake after 10 same; a mis-set relay must not end the reminders."""
    judged = refuses(relay, 12)

    tenth = judged[9]
    assert [each.outcome for each in judged] == [Outcome.REFUSED] * 9 + [Outcome.DEFERRED] * 3
    assert (tenth.meaning, tenth.hold) == (Meaning.REFUSED_LIKE_MANY, HoldKind.REFUSALS)
    assert tenth.reopen == tuple(range(1, 10))
    assert tenth.trouble == Trouble(
        reason=TroubleReason.REFUSALS,
        text="10 letters were refused alike (5.7.1), the last one with: 550 5.7.1 relaying denied",
        alarm=True,
    )
    assert tenth.settlement(NOW).state is MessageState.PENDING
    assert [(each.hold, each.trouble, each.reopen) for each in judged[10:]] == [
        (HoldKind.REFUSALS, None, ())
    ] * 2


def test_f28_a_hint_in_a_refusal_is_not_one(relay: Relay) -> None:
    """F28: only a 4yz can say when to come back."""
    judged = refuses(relay, 10, "5.7.1 try again in 55 minutes")[-1]

    assert judged.settlement(NOW).due_at == NOW + timedelta(minutes=5)


def test_f28_a_letter_taken_while_the_brake_is_on_does_not_end_the_trouble(relay: Relay) -> None:
    """F28: a letter that was under way."""
    refuses(relay, 10)
    answers(relay, 250, "dot")

    assert relay.troubles == {TroubleReason.REFUSALS}
    assert refuses(relay, 1)[0].outcome is Outcome.DEFERRED


def test_f28_let_go_by_a_human_it_takes_twice_as_many_and_is_told_again(relay: Relay) -> None:
    """F28: what is refused then is refused indeed."""
    refuses(relay, 10)
    relay.released()

    judged = refuses(relay, 20, first=100)

    assert [each.outcome for each in judged] == [Outcome.REFUSED] * 19 + [Outcome.DEFERRED]
    assert judged[-1].trouble is not None
    assert judged[-1].reopen == tuple(range(100, 119))
