"""``status`` and ``healthcheck``: what people and monitors are told (DELIVERY §2.15, DESIGN §5)."""

import sqlite3
from contextlib import closing

import pytest

from tests.acceptance.program import PostOffice, Program

MORNING = "2017-05-22T07:30+07:00"
OWED = 11


@pytest.fixture
def posting(sample: Program, office: PostOffice) -> Program:
    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    return sample


def execute(program: Program, statement: str) -> None:
    """Another hand changes the database."""
    with closing(sqlite3.connect(program.file)) as connection:
        connection.execute(statement)
        connection.commit()


def kinds(program: Program, at: str) -> dict[str, str]:
    """The gravity of each finding."""
    found = program.json("status", "--at", at)["findings"]
    return {each["kind"]: each["gravity"] for each in found}


def test_a_service_that_works_says_what_it_did_last(posting: Program) -> None:
    posting.tick(MORNING)

    status = posting.json("status", "--at", MORNING)
    screen = posting.ok("status", "--at", MORNING).text

    assert set(status) == {
        "at", "alive", "last_tick", "last_sent", "messages", "waiting_since", "stuck", "findings", "workers",
        "queue", "holds", "server", "planned_until", "log_bytes",
    }  # fmt: skip
    assert (status["alive"], status["stuck"], status["findings"]) == (True, [], [])
    assert status["last_tick"] == "2017-05-22T07:30:00+07:00"
    assert status["messages"]["sent"] == OWED
    assert status["queue"] == {"owed": 0, "oldest": None, "under_way": 0, "held": 0}
    assert (status["holds"], status["server"]) == ([], None)
    assert "alive          yes\n" in screen
    assert f"letters        {OWED} sent\n" in screen
    assert len(screen.splitlines()) <= 24


def test_a_service_that_stopped_while_letters_are_owed_is_red(sample: Program) -> None:
    """P7: the tick that was to send them was the last one."""
    sample.tick(MORNING, code=69)
    later = "2017-05-22T07:50+07:00"
    execute(sample, "UPDATE setting SET value = '' WHERE key = 'server_trouble'")

    status = sample.json("status", "--at", later)
    health = sample.run("healthcheck", "--at", later, "--json")

    assert kinds(sample, later) == {"no-tick": "red", "not-sent": "red"}
    assert status["queue"] == {"owed": OWED, "oldest": "2017-05-22T07:30:00+07:00", "under_way": 0, "held": 0}
    assert status["stuck"] == [f"{OWED} letters are due and nobody sends them"]
    assert (health.code, health.document["ok"]) == (1, False)
    assert health.document["said"] == f"no tick lately; {OWED} letters are due and nobody sends them"
    assert "RED" in sample.ok("status", "--at", later).text


def test_letters_held_by_hand_are_told_and_fail_no_check(sample: Program) -> None:
    sample.tick(MORNING, code=69)
    sample.json("message", "hold", "--note", "nghỉ lễ", "--at", MORNING)

    health = sample.ok("healthcheck", "--at", "2017-05-22T07:31+07:00")
    (hold,) = sample.json("status", "--at", MORNING)["holds"]

    assert health.text == "ok\n"
    assert (hold["kind"], hold["text"]) == ("operator", "nghỉ lễ")
    assert kinds(sample, MORNING) == {"queue-held": "tell"}


def test_a_letter_that_was_given_up_waits_for_a_human_and_the_check_says_where(
    posting: Program, office: PostOffice
) -> None:
    office.server.answer("RCPT", "550 5.1.1 no such user", recipient="bt.vp@dangbo.example.vn", times=1)
    posting.tick(MORNING, code=3)

    health = posting.run("healthcheck", "--at", MORNING)

    assert (health.code, health.text) == (
        1,
        "1 letters were given up: see nhacviec message list --state dead\n",
    )
    assert kinds(posting, MORNING) == {"dead": "ask"}


def test_letters_in_the_hands_of_a_worker_that_ended_are_red(posting: Program) -> None:
    """Nobody takes them up before nhacviec runs again."""
    posting.tick(MORNING)
    execute(posting, "UPDATE worker SET retired = 1")
    execute(
        posting,
        "UPDATE message SET state = 'claimed', token = 't', worker = (SELECT max(id) FROM worker) "
        "WHERE id = 1",
    )

    assert kinds(posting, MORNING) == {"stranded": "red"}
    (worker,) = [each for each in posting.json("status", "--at", MORNING)["workers"] if each["letters"]]
    assert (worker["alive"], worker["letters"]) == (False, 1)
