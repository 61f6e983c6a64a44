"""F31: a domain that wants fewer letters gets fewer; the others flow."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.relay.throttle import LEAST, MOST_DOMAINS, SECOND, Throttle, slows

SLOW, OTHER = "slow.example.vn", "other.example.vn"
MINUTE = 60


def put_off(throttle: Throttle, domain: str, now: float) -> None:
    """Two recipients at a domain are put off."""
    throttle.deferred(f"first@{domain}", now)
    throttle.deferred(f"second@{domain}", now)


def test_one_recipient_put_off_again_and_again_does_not_slow_the_others_of_its_domain() -> None:
    """F27, F30: other recipients unaffected."""
    throttle = Throttle()
    for now in (0.0, 300.0, 600.0):
        throttle.deferred(f"one@{SLOW}", now)
    throttle.deferred(f"another@{SLOW}", 600.0 + SECOND + 1)

    assert throttle.wait_for(SLOW, 1300.0) == 0
    assert len(throttle) == 0


@pytest.mark.parametrize(
    ("code", "text", "slower"),
    [
        (450, "4.7.1 too many messages", True),
        (451, "4.7.650 rate limited", True),
        (421, "4.7.28 unusual rate", True),
        (450, "4.2.1 receiving mail at a rate that prevents delivery", True),
        (452, "4.3.2 not accepting now", True),
        (452, "4.5.3 too many recipients", True),
        (451, "4.4.5 congestion", True),
        (450, "come back later", True),
        (452, "", True),
        (421, "closing", True),
        (455, "parameters", False),
        (450, "4.2.10 something else", False),
        (452, "4.2.2 mailbox full", False),
        (450, "4.1.1 unverified address", False),
        (450, "4.7.1 Greylisted, try again in 300 seconds", False),
        (451, "4.7.1 Grey-listing in action", False),
        (450, "4.2.0 graylisted", False),
        (550, "5.7.1 no", False),
        (250, "ok", False),
        (0, "", False),
    ],
)
def test_rate_and_policy_slow_a_domain_and_nothing_else_does(code: int, text: str, slower: bool) -> None:
    assert slows(code, text) is slower


@dataclass
class Server:
    """Takes so many letters a minute for one domain and puts the rest off."""

    a_minute: int
    throttle: Throttle = field(default_factory=Throttle)
    taken: list[int] = field(default_factory=list)
    put_off: list[int] = field(default_factory=list)

    def send(self, minutes: int) -> None:
        """Offer it ten letters a second, if the throttle lets them go."""
        self.taken, self.put_off = [0] * minutes, [0] * minutes
        for tenth in range(minutes * MINUTE * 10):
            now, minute = tenth / 10, tenth // (MINUTE * 10)
            if self.throttle.wait_for(SLOW, now):
                continue
            if self.taken[minute] < self.a_minute:
                self.taken[minute] += 1
            else:
                self.put_off[minute] += 1
                put_off(self.throttle, SLOW, now)


@pytest.mark.parametrize("a_minute", [5, 20, 60])
def test_f31_the_rate_settles_below_what_the_domain_takes(a_minute: int) -> None:
    """F31: 450 4.7.1 after 20 a minute, and other numbers."""
    server = Server(a_minute)

    server.send(40)

    assert server.put_off[0] <= 10
    assert sum(server.put_off[1:]) <= 0.1 * sum(server.taken)
    assert sum(server.taken[10:]) >= 0.4 * a_minute * 30


@pytest.mark.parametrize("look", [1, 20, 30])
def test_f31_letters_that_come_back_when_told_to_use_what_the_domain_takes(look: int) -> None:
    """F31: 600 letters wait for one domain, and somebody looks for letters every so many seconds."""
    throttle, due, tries = Throttle(), dict.fromkeys(range(600), 0.0), 0
    put_off(throttle, SLOW, 0)
    put_off(throttle, SLOW, 10)
    put_off(throttle, SLOW, 20)

    for now in range(look, 600, look):
        for number in [number for number, at in due.items() if at <= now]:
            tries += 1
            wait = throttle.wait_for(SLOW, now)
            if wait:
                due[number] = now + wait
            else:
                del due[number]

    assert due == {}
    assert tries <= 600 * 4


def test_f31_other_domains_are_not_touched() -> None:
    """F31: only the domain that deferred waits."""
    throttle = Throttle()
    for now in range(100):
        put_off(throttle, SLOW, now)

    assert throttle.wait_for(SLOW, 100) > 0
    assert all(throttle.wait_for(OTHER, 100) == 0 for _ in range(1000))


def test_before_a_domain_has_deferred_there_is_no_bucket() -> None:
    throttle = Throttle()

    assert [throttle.wait_for(SLOW, 0) for _ in range(1000)] == [0.0] * 1000
    assert len(throttle) == 0


def test_one_deferral_slows_to_a_letter_a_second_and_is_forgotten_within_a_minute() -> None:
    throttle = Throttle()
    put_off(throttle, SLOW, 0)

    assert throttle.wait_for(SLOW, 0) == 1
    assert throttle.wait_for(SLOW, 1) == 0
    assert 0 < throttle.wait_for(SLOW, 1) <= 1
    assert throttle.wait_for(SLOW, 60) == 0
    assert len(throttle) == 0


def test_what_was_not_sent_for_half_a_minute_may_go_at_once_and_no_more_than_that() -> None:
    throttle = Throttle()
    for now in (0, 10, 20, 30, 40, 50):
        put_off(throttle, SLOW, now)

    at_once = 0
    while not throttle.wait_for(SLOW, 600):
        at_once += 1

    assert at_once == 20  # 0.66 a second by then


def test_letters_under_way_at_a_deferral_slow_once() -> None:
    throttle = Throttle()
    for _ in range(4):
        put_off(throttle, SLOW, 0)

    assert throttle.wait_for(SLOW, 0) == 1


def test_a_domain_that_has_recovered_begins_anew() -> None:
    throttle = Throttle()
    for now in range(0, 600, 60):
        put_off(throttle, SLOW, now)

    put_off(throttle, SLOW, 10_000)

    assert throttle.wait_for(SLOW, 10_000) == 1


def test_those_that_deferred_last_are_remembered() -> None:
    throttle = Throttle()
    for number in range(MOST_DOMAINS):
        put_off(throttle, f"d{number}.example.vn", 0)
    put_off(throttle, "d0.example.vn", 0)
    put_off(throttle, SLOW, 0)

    assert len(throttle) == MOST_DOMAINS
    assert throttle.wait_for("d0.example.vn", 0) > 0
    assert throttle.wait_for("d1.example.vn", 0) == 0


@given(st.lists(st.tuples(st.floats(0, 1000), st.booleans()), max_size=100))
def test_no_domain_starves(events: list[tuple[float, bool]]) -> None:
    throttle, now = Throttle(), 0.0
    for seconds, defers in events:
        now += seconds
        if not throttle.wait_for(SLOW, now) and defers:
            put_off(throttle, SLOW, now)

    wait = throttle.wait_for(SLOW, now)

    assert 0 <= wait <= 1 / LEAST + 1e-6
    assert throttle.wait_for(SLOW, now + wait + 1e-6) == 0
