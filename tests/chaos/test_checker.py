"""The checker finds each broken promise by its name; else its silence proves nothing."""

from dataclasses import replace

import pytest

from tests.chaos.checker import Attempt, Copy, Dump, Letter, Said, check, repeated

PERIOD = ("BC-01", "cb", "2026-04")
LETTER = Letter(
    id=1,
    key="v1|main|bt@example.vn|2026-04-13T01:00:00Z|",
    message_id="<one@example.vn>",
    email="bt@example.vn",
    line="main",
    slot_at="2026-04-13 01:00:00",
    state="sent",
    sha256="aa",
)
COPY = Copy(message_id="<one@example.vn>", recipient="bt@example.vn", sha256="aa", date="Mon")
ACCEPTED = Attempt(message=1, n=1, outcome="accepted")
SAID = Said(occurrence=7, revision=0, stage="0d", email="bt@example.vn", verdict="send", message=1)
WELL = Dump(letters=[LETTER], attempts=[ACCEPTED], said=[SAID], occurrences=[(7, PERIOD)])


def attempts(*outcomes: str) -> list[Attempt]:
    return [Attempt(message=1, n=n, outcome=outcome) for n, outcome in enumerate(outcomes, 1)]


def dead(**changes: object) -> Dump:
    return replace(WELL, letters=[replace(LETTER, **{"state": "dead", **changes})], attempts=[])  # type: ignore[arg-type]


def test_a_letter_that_was_sent_once_is_well() -> None:
    assert check(WELL, [COPY], owed=[PERIOD]) == []


def test_what_came_up_after_a_letter_was_written_follows_in_another_of_its_slot() -> None:
    second = replace(LETTER, id=2, key=f"{LETTER.key}|2", message_id="<one.2@example.vn>", state="dead")

    assert check(replace(WELL, letters=[LETTER, second]), [COPY]) == []


def test_a_second_copy_after_an_ambiguous_attempt_is_inside_the_window() -> None:
    letter = replace(LETTER, ambiguous=1)
    dump = replace(WELL, letters=[letter], attempts=attempts("ambiguous", "accepted"))

    assert check(dump, [COPY, COPY]) == []
    assert repeated([COPY, COPY]) == 1


def test_a_letter_sent_by_one_who_came_late_is_well() -> None:
    letter = replace(LETTER, ambiguous=1)
    dump = replace(WELL, letters=[letter], attempts=attempts("ambiguous", "late"))

    assert check(dump, [COPY]) == []


def test_an_uncertain_letter_may_have_arrived_or_not() -> None:
    letter = replace(LETTER, state="uncertain", ambiguous=2)
    dump = replace(WELL, letters=[letter], attempts=attempts("ambiguous", "ambiguous"))

    assert check(dump, []) == check(dump, [COPY, COPY]) == []


FAULTS: dict[str, tuple[str, Dump, list[Copy]]] = {
    "a page is broken": ("integrity", replace(WELL, integrity="row 3 missing"), [COPY]),
    "a key twice": (
        "key once",
        replace(WELL, letters=[LETTER, replace(LETTER, id=2, message_id="<b@x>", state="dead")]),
        [COPY],
    ),
    "a Message-ID twice": (
        "message-id once",
        replace(WELL, letters=[LETTER, replace(LETTER, id=1, key="other")]),
        [COPY],
    ),
    "two letters in one slot": (
        "one letter per slot",
        replace(WELL, letters=[LETTER, replace(LETTER, id=2, key="v1|main|||", message_id="<b>")]),
        [COPY],
    ),
    "a period twice": (
        "one occurrence per period",
        replace(WELL, occurrences=[(7, PERIOD), (8, PERIOD)]),
        [COPY],
    ),
    "a stage twice": ("one reminder per stage", replace(WELL, said=[SAID, SAID]), [COPY]),
    "a reminder without letter": (
        "nothing lost",
        replace(WELL, said=[replace(SAID, message=None)]),
        [COPY],
    ),
    "a letter that still waits": ("nothing lost", dead(state="pending"), []),
    "a letter that is for ever under way": ("nothing lost", dead(state="transmitting"), []),
    "sent, but nobody took it": ("sent means accepted", WELL, []),
    "sent, but no attempt": ("sent means accepted", replace(WELL, attempts=attempts("deferred")), [COPY]),
    "taken, but nothing says so": ("accepted is recorded", dead(), [COPY]),
    "superseded and taken": ("accepted is recorded", dead(state="superseded"), [COPY]),
    "two copies without reason": ("bounded copies", WELL, [COPY, COPY]),
    "accepted twice": (
        "bounded copies",
        replace(WELL, attempts=attempts("accepted", "accepted")),
        [COPY, COPY],
    ),
    "ambiguous, not counted": (
        "ambiguity is counted",
        replace(WELL, attempts=attempts("ambiguous", "accepted")),
        [COPY],
    ),
    "ambiguous without end": (
        "bounded ambiguity",
        replace(
            WELL,
            letters=[replace(LETTER, ambiguous=3)],
            attempts=attempts("ambiguous", "ambiguous", "ambiguous", "accepted"),
        ),
        [COPY],
    ),
    "other bytes": (
        "sameness",
        replace(
            WELL, letters=[replace(LETTER, ambiguous=1)], attempts=attempts("ambiguous", "accepted")
        ),
        [COPY, replace(COPY, sha256="bb")],
    ),
    "another date": (
        "sameness",
        replace(
            WELL, letters=[replace(LETTER, ambiguous=1)], attempts=attempts("ambiguous", "accepted")
        ),
        [COPY, replace(COPY, date="Tue")],
    ),
    "another recipient": ("sameness", WELL, [replace(COPY, recipient="ubkt@example.vn")]),
    "a Message-ID nobody knows": ("known", WELL, [COPY, replace(COPY, message_id="<no@x>")]),
    "a gap in the numbers": (
        "attempts are numbered",
        replace(WELL, attempts=[replace(ACCEPTED, n=2)]),
        [COPY],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_broken_promise_is_found(fault: str) -> None:
    invariant, dump, copies = FAULTS[fault]

    assert invariant in {violation.invariant for violation in check(dump, copies)}


@pytest.mark.parametrize(
    "dump",
    [
        replace(WELL, occurrences=[]),
        replace(WELL, said=[]),
        replace(WELL, said=[replace(SAID, verdict="past")]),
    ],
)
def test_what_was_confirmed_and_has_no_letter_is_lost(dump: Dump) -> None:
    (found,) = check(dump, [COPY], owed=[PERIOD])

    assert (found.invariant, found.message) == ("nothing lost", "BC-01 cb 2026-04")


def test_before_all_is_drained_letters_may_wait() -> None:
    assert check(dead(state="pending"), [], drained=False) == []
