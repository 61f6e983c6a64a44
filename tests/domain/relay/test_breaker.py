"""DELIVERY §2.8: a server that is away is asked by one line at a time; one that is back is not overrun."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from nhacviec.domain.relay.breaker import CROWDED, LONGEST, SHORTEST, Breaker

HOUR = 3600.0


def test_it_begins_slowly_and_doubles_with_each_line_up_to_the_limit() -> None:
    breaker, seen = Breaker(limit=10), []

    for _ in range(6):
        seen.append(breaker.capacity(0))
        breaker = breaker.opened(0)

    assert seen == [1, 2, 4, 8, 10, 10]


def test_f13_waits_double_up_to_five_minutes() -> None:
    """F13: a server that is down is not hammered."""
    breaker, now, waits = Breaker(limit=4), 0.0, []

    for _ in range(11):
        breaker = breaker.failed(now, 1.0)
        waits.append(breaker.rest(now))
        assert breaker.capacity(now) == 0
        now += waits[-1]
        assert breaker.capacity(now) == 1

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, LONGEST, LONGEST]


def test_f13_after_three_days_one_line_tries_and_then_it_begins_slowly() -> None:
    """F13: 72 hours of fake time."""
    breaker, now, tries = Breaker(limit=4), 0.0, 0
    while now < 72 * HOUR:
        breaker = breaker.failed(now, 0.5)
        tries += 1
        now += breaker.rest(now)

    seen = [breaker.capacity(now)]
    for _ in range(3):
        breaker = breaker.opened(now)
        seen.append(breaker.capacity(now))

    assert tries < 72 * HOUR / 150 + 20
    assert seen == [1, 2, 4, 4]


def test_after_an_outage_it_begins_slowly_again() -> None:
    breaker = Breaker(limit=8, allowed=8).answered(0).failed(0, 1.0)

    assert breaker.opened(1).capacity(1) == 2


@given(st.floats(0, 1), st.integers(0, 10_000))
def test_the_wait_is_a_share_of_its_ceiling_and_never_nothing(chance: float, failures: int) -> None:
    breaker = Breaker(limit=4, failures=failures).failed(0, chance)

    assert SHORTEST <= breaker.rest(0) <= LONGEST
    assert breaker.rest(breaker.until + 1) == 0


def test_a_line_that_opens_does_not_end_the_doubling_only_a_letter_that_is_answered_does() -> None:
    breaker, now = Breaker(limit=4), 0.0
    for _ in range(3):
        breaker = breaker.failed(now, 1.0)
        now = breaker.until
        breaker = breaker.opened(now)

    assert breaker.broke(now, 1.0).rest(now) == 8
    assert breaker.answered(now).failed(now, 1.0).rest(now) == 1


def test_several_lines_that_fail_together_are_one_failure() -> None:
    breaker = Breaker(limit=4).failed(0, 1.0)

    assert breaker.failed(0.5, 1.0) == breaker
    assert breaker.opened(0.5) == breaker
    assert breaker.answered(0.5) == breaker


def test_lines_that_are_kept_grow_in_number_by_the_letters_answered_on_them() -> None:
    breaker = Breaker(limit=4)

    seen = []
    for _ in range(5):
        breaker = breaker.answered(0)
        seen.append(breaker.capacity(0))

    assert seen == [2, 3, 4, 4, 4]
    assert breaker.answered(1) is breaker


def test_f26_a_server_that_hangs_up_after_some_letters_costs_no_time() -> None:
    """F26: 421 while letters are answered; the second in a row opens the breaker."""
    breaker = Breaker(limit=4, allowed=4).answered(0)

    once = breaker.broke(1, 1.0)
    assert once.capacity(1) == 4
    assert once.answered(2).broke(3, 1.0).capacity(3) == 4
    assert once.broke(2, 1.0).capacity(2) == 0


def test_a_server_that_takes_no_further_line_keeps_those_it_has() -> None:
    breaker = Breaker(limit=8, allowed=8).answered(0).crowded(1, 1.0)

    assert breaker.capacity(1) == 4
    assert breaker.answered(2).opened(3).capacity(4) == 4
    assert breaker.answered(1 + CROWDED).capacity(1 + CROWDED) == 5


@pytest.mark.parametrize(
    "breaker", [Breaker(limit=8, allowed=8), Breaker(limit=1, proven=True), Breaker(limit=8, proven=True)]
)
def test_a_server_that_takes_not_even_one_line_is_given_a_rest(breaker: Breaker) -> None:
    assert breaker.crowded(0, 1.0).rest(0) == 1


def test_f29_refused_credentials_rest_though_other_lines_work_and_then_one_line_tries() -> None:
    """F29: nothing shortens the rest."""
    breaker = Breaker(limit=4, allowed=4).answered(0).resting(900)

    assert breaker.opened(10).answered(20).failed(30, 1.0).rest(30) == 870
    assert breaker.resting(100).capacity(899) == 0
    assert breaker.capacity(900) == 1


class OneProbe(RuleBasedStateMachine):
    """A dispatcher that opens as many lines as it may, and a server that does what it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.limit = 5
        self.breaker = Breaker(limit=self.limit)
        self.now = 0.0
        self.opening = 0  # lines begun whose end is not known
        self.before = 0  # of these, begun before the breaker opened
        self.lines = 0

    @property
    def half_open(self) -> bool:
        return self.breaker.tripped and self.now >= self.breaker.until

    @rule(seconds=st.floats(0, 400))
    def time_goes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def a_line_is_begun(self) -> None:
        if self.opening + self.lines < self.breaker.capacity(self.now):
            self.opening += 1

    @precondition(lambda self: self.opening)
    @rule()
    def a_line_opens(self) -> None:
        self.opening -= 1
        self.lines += 1
        self._becomes(self.breaker.opened(self.now))

    @precondition(lambda self: self.opening)
    @rule(chance=st.floats(0, 1), later=st.booleans())
    def no_line_is_had(self, chance: float, later: bool) -> None:
        self.opening -= 1
        fail = self.breaker.crowded if later else self.breaker.failed
        self._becomes(fail(self.now, chance))

    @precondition(lambda self: self.lines)
    @rule(chance=st.floats(0, 1))
    def a_line_breaks(self, chance: float) -> None:
        self.lines -= 1
        self._becomes(self.breaker.broke(self.now, chance))

    @precondition(lambda self: self.lines)
    @rule()
    def a_letter_is_answered(self) -> None:
        self._becomes(self.breaker.answered(self.now))

    @precondition(lambda self: self.lines)
    @rule()
    def a_line_ends(self) -> None:
        self.lines -= 1

    def _becomes(self, after: Breaker) -> None:
        if after.tripped and after.until != self.breaker.until:
            self.before = self.opening
        self.breaker = after
        self.before = min(self.before, self.opening) if after.tripped else 0

    @invariant()
    def never_more_than_the_limit(self) -> None:
        assert 0 <= self.breaker.capacity(self.now) <= self.limit
        assert 1 <= self.breaker.allowed <= self.limit

    @invariant()
    def never_two_probes(self) -> None:
        if self.half_open:
            assert self.breaker.capacity(self.now) == 1
            assert self.opening - self.before <= 1

    @invariant()
    def there_is_always_a_moment_from_which_a_line_may_try(self) -> None:
        rest = self.breaker.rest(self.now)
        assert (rest > 0) == (self.breaker.capacity(self.now) == 0)
        assert rest <= LONGEST
        assert self.breaker.capacity(self.now + rest) >= 1


TestOneProbe = OneProbe.TestCase
