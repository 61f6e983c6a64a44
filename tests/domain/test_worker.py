"""Who is dead, and by what evidence (DELIVERY §2.5)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nhacviec.domain.worker import (
    BEAT,
    BLINK,
    SILENCE,
    Presence,
    Process,
    Sighting,
    Worker,
    is_neighbour,
    presence,
    sighted,
)

NOW = datetime(2026, 4, 13, 1, 0, tzinfo=UTC)
ME = Worker(id=1, machine="m", boot="b", space="s", pid=100, pid_start=5000, started_at=NOW, beat_at=NOW)
OTHER = replace(ME, id=2, pid=71, pid_start=4000)
RUNNING = Process(exists=True, start=4000)


def judged(
    worker: Worker, process: Process | None = RUNNING, still: float = 0.0, me: Worker = ME
) -> Presence:
    return presence(worker, me, process=process, still=still)


@pytest.mark.parametrize(
    ("process", "expected"),
    [
        (RUNNING, Presence.ALIVE),
        (Process(exists=True), Presence.ALIVE),
        (Process(exists=False), Presence.GONE),
        (Process(exists=True, start=4001), Presence.REPLACED),
        (None, Presence.ALIVE),
    ],
)
def test_a_neighbour_is_judged_by_its_process_at_once(process: Process | None, expected: Presence) -> None:
    """F12: the number alone proves nothing; it may belong to another by now."""
    assert judged(OTHER, process) is expected


def test_who_has_ended_of_its_own_will_is_not_asked_about() -> None:
    assert judged(replace(OTHER, retired=True)) is Presence.RETIRED


@pytest.mark.parametrize("process", [None, RUNNING])
def test_a_machine_that_has_started_again_has_no_old_processes(process: Process | None) -> None:
    """F11: not even one with the same number."""
    assert judged(replace(OTHER, boot="before"), process) is Presence.REBOOTED


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"machine": "another", "boot": "another"},
        {"machine": "another", "boot": ""},
        {"machine": "", "boot": ""},
        {"machine": "", "boot": "another"},
        {"space": "a container"},
        {"space": "a container", "boot": "before"},
    ],
)
def test_whom_the_machine_cannot_be_asked_about_is_dead_by_silence_alone(elsewhere: dict[str, str]) -> None:
    """F50: no clock of anybody else is looked at."""
    worker = replace(OTHER, **elsewhere)  # type: ignore[arg-type]

    assert not is_neighbour(worker, ME)
    assert judged(worker, Process(exists=False), still=SILENCE - 1) is Presence.ALIVE
    assert judged(worker, None, still=SILENCE) is Presence.SILENT


@pytest.mark.parametrize(
    ("worker", "me", "expected"),
    [
        ({}, {}, True),
        ({"machine": "another"}, {}, True),
        ({"machine": ""}, {"machine": ""}, True),
        ({"boot": ""}, {}, True),
        ({"boot": ""}, {"boot": ""}, True),
        ({"boot": "", "machine": ""}, {"boot": "", "machine": ""}, False),
        ({"boot": "before"}, {}, False),
        ({"space": "another"}, {}, False),
    ],
)
def test_neighbours_share_a_machine_a_start_of_it_and_its_numbers(
    worker: dict[str, str], me: dict[str, str], expected: bool
) -> None:
    """One start belongs to one machine, named or not; where a start is hidden, the machine's name decides."""
    theirs, mine = replace(OTHER, **worker), replace(ME, **me)  # type: ignore[arg-type]

    assert is_neighbour(theirs, mine) is expected


def test_a_neighbour_that_hangs_is_dead_by_silence() -> None:
    """F08: a loop that stands still must lose its letters, though its process is there."""
    assert judged(OTHER, still=SILENCE) is Presence.SILENT


def test_only_the_living_are_not_dead() -> None:
    assert {each for each in Presence if not each.dead} == {Presence.ALIVE}


def test_beats_stand_still_only_while_they_are_watched() -> None:
    seen = sighted(None, 7, 1000.0)
    assert seen == Sighting(beat=7, since=1000.0, at=1000.0)

    for second in range(1, 31):
        seen = sighted(seen, 7, 1000.0 + second)
    assert seen.still == 30.0

    assert sighted(seen, 8, 1031.0).still == 0.0
    assert sighted(seen, 3, 1031.0).still == 0.0


def test_who_could_not_look_has_seen_nothing() -> None:
    """While the database is away nobody can beat: its return must not find all others dead."""
    seen = sighted(sighted(None, 7, 1000.0), 7, 1000.0 + BLINK)
    assert seen.still == BLINK

    assert sighted(seen, 7, seen.at + BLINK + 0.1).still == 0.0


def test_one_beat_may_be_missed_without_harm() -> None:
    assert 2 * BEAT <= BLINK < SILENCE
