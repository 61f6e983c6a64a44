"""DESIGN §5: ``audit verify``, as an operator and as somebody with a SQL shell meet it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.program import Program

AT = ("--at", "2017-05-22T08:00+07:00")
EVENT = ("QT-01", "--on", "2017-05-19", "--due", "2017-05-31")


def switched(program: Program, *, on: bool) -> None:
    """Let the duty wait for events, or not."""
    text = f"nhacviec: 1\nadjust:\n  - {{code: QT-01, enabled: {str(on).lower()}}}\n"
    (program.folder / "switch.yaml").write_text(text, encoding="utf-8")
    program.ok("catalogue", "apply", "switch.yaml", *AT)


@pytest.fixture(scope="session")
def told_once(applied_once: Program, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """An event has opened its occurrences, and one of them was reported; nobody may change it."""
    program = applied_once.copied(tmp_path_factory.mktemp("told"))
    switched(program, on=True)
    opened = program.json("event", "add", *EVENT, *AT)
    nothing = ("--evidence", "nothing_to_report=true")
    program.ok("occurrence", "report", "QT-01", opened[0]["unit"], "2017-05-19", *nothing, *AT)
    return program


@pytest.fixture
def told(told_once: Program, tmp_path: Path) -> Program:
    """The same, the test's own."""
    return told_once.copied(tmp_path / "told")


def forge(program: Program, *statements: str) -> None:
    """Write into the file past the program."""
    with closing(sqlite3.connect(program.file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def events(program: Program) -> int:
    ((many,),) = program.rows("SELECT count(*) FROM event")
    return int(many)


def test_an_untouched_history_holds_and_says_what_to_note(told: Program) -> None:
    plain = told.ok("audit", "verify")
    document = told.json("audit", "verify")
    note = f"{document['events']}:{document['digest']}"

    assert document == {"holds": True, "events": events(told), "digest": document["digest"], "broken": None}
    assert document["events"] > 1
    assert plain.text == f"the history holds: {note}\n"

    told.ok("occurrence", "accept", "QT-01", units(told, "reported")[0], "2017-05-19", *AT)
    assert told.json("audit", "verify", "--noted", note)["events"] == document["events"] + 1


def units(program: Program, state: str) -> list[str]:
    """The units whose occurrences of the event are in a state."""
    return [one["unit"] for one in program.json("occurrence", "list", "--duty", "QT-01", "--state", state)]


@pytest.mark.parametrize(
    ("statement", "event", "reason", "said"),
    [
        ("UPDATE event SET note = 'khác' WHERE id = 2", 2, "changed", "event 2 is not what was written"),
        ("DELETE FROM event WHERE id = 2", 2, "missing", "event 2 is missing"),
        ("UPDATE event SET id = 0 WHERE id = 3", 0, "added", "event 0 was put in"),
    ],
)
def test_a_history_that_was_touched_says_where_and_ends_with_one(
    told: Program, statement: str, event: int, reason: str, said: str
) -> None:
    forge(told, statement)
    plain = told.run("audit", "verify")
    document = told.run("audit", "verify", "--json")

    assert (plain.code, plain.text, plain.err) == (1, f"the history does not hold: {said}\n", "")
    assert document.code == 1
    assert document.document["holds"] is False
    assert document.document["broken"] == {"event": event, "reason": reason, "said": said}


def test_the_last_line_and_its_head_cut_off_together_are_missed_by_what_was_noted(told: Program) -> None:
    """Whoever may write to both can make a shorter history that holds; the note says how long it was."""
    document = told.json("audit", "verify")
    last = document["events"]
    ((digest,),) = told.rows(f"SELECT digest FROM event WHERE id = {last - 1}")  # noqa: S608
    forge(
        told,
        f"DELETE FROM event WHERE id = {last}",  # noqa: S608
        f"UPDATE event_head SET events = {last - 1}, digest = '{digest}'",  # noqa: S608
    )
    unnoted = told.run("audit", "verify")
    noted = told.run("audit", "verify", "--noted", f"{last}:{document['digest']}")

    assert unnoted.code == 0
    assert (noted.code, noted.text) == (1, f"the history does not hold: event {last} is missing\n")


def test_a_note_that_is_none_is_refused(told: Program) -> None:
    done = told.run("audit", "verify", "--noted", "12")

    assert done.code == 1
    assert done.err == "'12' is no EVENTS:DIGEST — copy it as audit verify printed it\n"


def test_without_tables_it_says_what_to_do(empty: Program) -> None:
    done = empty.run("audit", "verify")

    assert (done.code, done.out) == (78, b"")
    assert "run nhacviec db upgrade" in done.err


def test_what_a_changed_catalogue_takes_away_stays_in_the_history(told: Program) -> None:
    """Nothing was said yet of what an event had opened, so it goes with its duty; that it was there stays."""
    before, open_units = events(told), units(told, "open")
    switched(told, on=False)
    gone = units(told, "open")
    after = told.json("audit", "verify")["events"]
    switched(told, on=True)
    told.ok("event", "add", *EVENT, *AT)
    shown = told.json("occurrence", "show", "QT-01", open_units[0], "2017-05-19")

    assert gone == []
    assert after == before + len(open_units)
    assert [event["event"] for event in shown["history"]] == ["opened", "removed", "opened"]
    assert told.json("audit", "verify")["holds"]


def test_a_backup_that_is_put_back_has_the_chain_it_had(told: Program) -> None:
    before = told.json("audit", "verify")
    told.ok("db", "backup", "a.backup")
    forge(told, "UPDATE event SET note = 'khác' WHERE id = 1")
    assert told.run("audit", "verify").code == 1

    told.ok("db", "restore", "a.backup")
    assert told.json("audit", "verify") == before
    told.ok("db", "adopt", "--hold-back")
    assert told.json("audit", "verify") == before
