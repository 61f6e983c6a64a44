"""F28: a server that refuses everything alike does not end the letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.relay.brake import ENOUGH, IN_A_ROW, SHARE, WINDOW, Brake, Trip, common_code


@pytest.mark.parametrize(
    ("code", "text", "common"),
    [
        (550, "5.7.1 relaying denied", "5.7.1"),
        (554, "5.7.1 client host rejected", "5.7.1"),
        (550, "no such user", "550"),
        (550, "4.7.1 is no code of a 5yz", "550"),
    ],
)
def test_refusals_are_compared_by_the_enhanced_code_and_else_by_three_digits(
    code: int, text: str, common: str
) -> None:
    assert common_code(code, text) == common


def told(brake: Brake, answers: str, first: int = 1) -> list[Trip | None]:
    """Tell a brake answers, one a letter: ``.`` taken, anything else refused with that code."""
    trips: list[Trip | None] = []
    for number, answer in enumerate(answers, first):
        if answer == ".":
            brake.accepted()
            trips.append(None)
        else:
            trips.append(brake.refused(answer, number))
    return trips


def test_f28_the_tenth_alike_in_a_row_trips_it_and_gives_back_the_nine_before() -> None:
    """F28: 5xx to everything; the brake after ten that are the same."""
    brake = Brake()

    assert told(brake, "a" * 9) == [None] * 9
    assert brake.tripped == ""
    assert brake.refused("a", 10) == Trip(code="a", count=10, messages=tuple(range(1, 10)))
    assert brake.tripped == "a"


def test_while_it_is_tripped_it_says_so_once_and_other_codes_do_not_change_it() -> None:
    brake = Brake()
    told(brake, "a" * 10)

    assert told(brake, "a" * 30 + "b" * 30 + ".") == [None] * 61
    assert brake.tripped == "a"


@pytest.mark.parametrize("answers", ["aaaaaaaaa.a", "aaaaaaaaab", "aaaaabaaaaab", "." * 100])
def test_a_letter_taken_or_another_code_in_between_ends_a_row(answers: str) -> None:
    assert not any(told(Brake(), answers))


def test_f28_a_fifth_of_the_last_hundred_trips_it_once_fifty_were_seen() -> None:
    """F28: every fifth letter is refused."""
    trips = told(Brake(), "....a" * 20)

    assert [n for n, trip in enumerate(trips, 1) if trip] == [50]
    assert trips[49] == Trip(code="a", count=10, messages=(5, 10, 15, 20, 25, 30, 35, 40, 45))


def test_less_than_a_fifth_never_trips_it_nor_a_fifth_made_of_two_codes() -> None:
    assert not any(told(Brake(), ".....a" * 100))
    assert not any(told(Brake(), "....a....b" * 50))


def test_what_lies_further_back_than_a_hundred_answers_is_forgotten() -> None:
    brake = Brake()
    told(brake, "aaaaaaaaa" + "." * WINDOW)

    trips = told(brake, "a" * 10, first=200)

    assert trips[-1] == Trip(code="a", count=10, messages=tuple(range(200, 209)))


def test_a_letter_refused_twice_is_given_back_once() -> None:
    brake = Brake()
    for _ in range(9):
        brake.refused("a", 7)

    assert brake.refused("a", 8) == Trip(code="a", count=10, messages=(7,))


def test_a_human_who_lets_go_is_asked_again_only_by_twice_as_many() -> None:
    brake = Brake()
    rows = []
    for _ in range(5):
        answers = told(brake, "a" * WINDOW)
        rows.append([n for n, trip in enumerate(answers, 1) if trip])
        brake.released()

    assert rows == [[10], [20], [40], [80], [80]]


def test_after_a_hundred_answers_without_a_trip_it_is_as_watchful_as_ever() -> None:
    brake = Brake()
    told(brake, "a" * 10)
    brake.released()
    told(brake, "." * WINDOW)

    assert told(brake, "a" * 10)[-1] is not None


def test_to_let_go_of_a_brake_that_is_free_changes_nothing() -> None:
    brake = Brake()
    told(brake, "a" * 9)
    brake.released()

    assert brake.refused("a", 10) is not None


@given(st.lists(st.sampled_from(".....ab"), max_size=300).map("".join))
def test_it_trips_exactly_where_the_rule_says(answers: str) -> None:
    brake, trips = Brake(), 0
    for number, answer in enumerate(answers, 1):
        last = answers[max(0, number - WINDOW) : number]
        row = len(last) - len(last.rstrip(answer))
        share = len(last) >= ENOUGH and last.count(answer) >= SHARE * len(last)
        expected = answer != "." and (row >= IN_A_ROW or share)

        found = told(brake, answer, number)[0]

        assert (found is not None) == expected
        if found:
            assert found.messages == tuple(
                n for n in range(max(1, number - WINDOW + 1), number) if answers[n - 1] == answer
            )
            trips += 1
            break
    assert bool(brake.tripped) == bool(trips)
