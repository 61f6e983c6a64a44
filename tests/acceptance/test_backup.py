"""DELIVERY §2.12: backup, restore, adoption and the queue that stands still, as an operator meets them."""

import hashlib
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.program import PostOffice, Program, installed

MORNING = "2017-05-22T07:30+07:00"
NEXT = "2017-05-25T07:30+07:00"
#: The letters of that morning, and those of the days up to the next.
OWED = 11


@pytest.fixture
def posting(sample: Program, office: PostOffice) -> Program:
    """The sample organisation with a mail server that takes its letters."""
    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    return sample


@pytest.fixture(scope="session")
def owed_once(applied_once: Program, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The letters of a morning are promised and backed up, and nobody took them; nobody may change it."""
    program = applied_once.copied(tmp_path_factory.mktemp("owed"))
    program.tick(MORNING, code=69)
    program.ok("db", "backup", "a.backup")
    return program


@pytest.fixture
def owing(owed_once: Program, tmp_path: Path, office: PostOffice) -> Program:
    """The same, the test's own, with a mail server that takes its letters."""
    program = owed_once.copied(tmp_path / "owing")
    for file in owed_once.folder.glob("a.backup*"):
        shutil.copyfile(file, program.folder / file.name)
    program.settings["NHACVIEC_SMTP_URL"] = office.url
    return program


def waiting(program: Program) -> list[Any]:
    listed: list[Any] = program.json("message", "list", "--state", "pending")
    return listed


def message_ids(office: PostOffice) -> list[str]:
    ids = [line for sent in office.accepted for line in sent.content.splitlines() if b"Message-ID:" in line]
    return [line.decode() for line in ids]


def test_a_backup_says_what_is_in_it_and_sha256sum_agrees(posting: Program) -> None:
    posting.tick(MORNING)
    told = posting.json("db", "backup", "a.backup")
    again = posting.run("db", "backup", "a.backup")
    forced = posting.ok("db", "backup", "a.backup", "--force")
    checked = subprocess.run(["sha256sum", "--check", "a.backup.sha256"], cwd=posting.folder, check=False)

    assert set(told) == {"file", "bytes", "sha256", "schema", "letters"}
    assert told["letters"] == OWED
    assert told["schema"] == posting.json("db", "status")["schema"]
    assert (again.code, "a.backup is there already" in again.err) == (1, True)
    assert f"{OWED} letters" in forced.text
    assert checked.returncode == 0


def test_a_restored_database_sends_nothing_until_it_is_adopted(owing: Program, office: PostOffice) -> None:
    """F62: the backup was made before the letters went; nobody gets a second one without a decision."""
    owing.tick("2017-05-22T09:00+07:00")
    sent = len(office.accepted)
    restored = owing.json("db", "restore", "a.backup", "--at", NEXT)
    owing.run("tick", "--at", NEXT)
    asked = owing.run("db", "adopt", "--at", NEXT)
    held = len(office.accepted)

    assert set(restored) == {"file", "database", "schema", "kept", "doubtful"}
    assert {letter["state"] for letter in restored["doubtful"]} == {"pending"}
    assert len(restored["doubtful"]) >= OWED
    assert Path(restored["kept"]).exists()
    assert (sent, held) == (OWED, OWED)
    assert (asked.code, asked.out) == (2, b"")
    assert f"{len(restored['doubtful'])} letters may have been sent already" in asked.err
    assert "--resend, --mark-sent, --hold-back" in asked.err

    adopted = owing.json("db", "adopt", "--resend", "--at", NEXT)
    owing.tick(NEXT)
    ids = message_ids(office)

    assert [hold["kind"] for hold in adopted["lifted"]] == ["restored"]
    assert adopted["choice"] == "resend"
    # what goes a second time can be known by its Message-ID
    assert set(ids[:sent]) <= set(ids[sent:])


def test_letters_in_doubt_count_as_sent_when_the_operator_says_so(owing: Program, office: PostOffice) -> None:
    owing.ok("db", "restore", "a.backup", "--at", MORNING)
    owing.ok("db", "adopt", "--mark-sent", "--at", MORNING)
    owing.tick("2017-05-22T09:00+07:00")
    letters = owing.json("message", "list", "--state", "sent")

    assert office.accepted == []
    assert {letter["last_reply"] for letter in letters} == {"taken as sent at adoption"}
    assert len(letters) == OWED


def test_letters_in_doubt_wait_for_a_human_one_by_one(owing: Program, office: PostOffice) -> None:
    owing.ok("db", "restore", "a.backup", "--at", MORNING)
    told = owing.ok("db", "adopt", "--hold-back", "--at", MORNING)
    owing.tick("2017-05-22T09:00+07:00")
    first, *others = waiting(owing)
    owing.ok("message", "release", str(first["id"]), "--at", "2017-05-22T09:00+07:00")
    owing.tick("2017-05-22T09:05+07:00")

    assert f"{OWED} letters in doubt: hold-back" in told.text
    assert all("may have been sent" in letter["held"] for letter in (first, *others))
    assert len(office.accepted) == 1


def test_a_copy_of_a_database_that_sends_does_not_send(
    posting: Program, office: PostOffice, tmp_path: Path
) -> None:
    """F61: the folder was copied, and both are started."""
    posting.tick(MORNING)
    copy = posting.copied(tmp_path / "copy")
    copy.run("tick", "--at", NEXT)
    by_copy = len(office.accepted) - OWED
    doctor = copy.run("doctor", "--json", "--at", NEXT)
    posting.tick(NEXT)
    by_original = len(office.accepted) - OWED
    copy.ok("db", "adopt", "--hold-back", "--at", NEXT)

    assert (by_copy, by_original > 0) == (0, True)
    (queue,) = [check for check in doctor.document["checks"] if check["name"] == "queue"]
    assert (queue["ok"], "may be a copy" in queue["said"]) == (False, True)


def test_the_same_disk_in_another_machine_does_not_send(posting: Program, office: PostOffice) -> None:
    """F61: a virtual machine was cloned before its first letter; neither path nor file tells."""
    posting.ok("status", NHACVIEC_TEST_HOST="máy-1|b1|s1")
    posting.settings["NHACVIEC_TEST_HOST"] = "máy-2|b1|s1"
    posting.run("tick", "--at", MORNING)
    cloned = len(office.accepted)
    posting.ok("db", "adopt", "--resend", "--at", MORNING)
    posting.tick(MORNING)

    assert (cloned, len(office.accepted)) == (0, OWED)


def test_a_backup_opened_as_it_is_sends_nothing_either(
    posting: Program, office: PostOffice, tmp_path: Path
) -> None:
    posting.ok("db", "backup", str(tmp_path / "by-hand.db"))
    by_hand = {"NHACVIEC_DATABASE_URL": f"sqlite:///{tmp_path / 'by-hand.db'}"}
    posting.run("tick", "--at", MORNING, **by_hand)

    assert office.accepted == []
    assert len(posting.json("occurrence", "list", **by_hand)) > 0


def test_the_queue_is_held_and_released_by_a_word(posting: Program, office: PostOffice) -> None:
    held = posting.json("message", "hold", "--note", "chờ đại hội", "--at", MORNING)
    posting.run("tick", "--at", MORNING)
    while_held = len(office.accepted)
    told = posting.run("message", "hold", "--at", MORNING)
    released = posting.json("message", "release", "--at", MORNING)
    nothing = posting.ok("message", "release", "--at", MORNING)
    posting.tick(MORNING)

    assert held == {
        "held": [{"kind": "operator", "at": MORNING.replace("+07", ":00+07"), "text": "chờ đại hội"}]
    }
    assert while_held == 0
    assert "chờ đại hội" in told.text
    assert (released["lifted"], released["held"]) == (held["held"], [])
    assert nothing.text == "nothing holds the queue\n"
    assert len(office.accepted) == OWED


def test_a_word_does_not_lift_what_asks_for_an_adoption(posting: Program) -> None:
    posting.ok("db", "backup", "a.backup")
    posting.ok("db", "restore", "a.backup")
    posting.ok("message", "hold")
    released = posting.run("message", "release", "--json")

    assert released.code == 3
    assert [hold["kind"] for hold in released.document["lifted"]] == ["operator"]
    assert [hold["kind"] for hold in released.document["held"]] == ["restored"]
    assert "nhacviec db adopt" in released.err


def test_what_cannot_be_restored_is_said_in_one_line(posting: Program) -> None:
    posting.ok("db", "backup", "a.backup")
    file = posting.folder / "a.backup"
    spoiled = bytearray(file.read_bytes())
    spoiled[len(spoiled) // 2] ^= 0xFF
    (posting.folder / "b.backup").write_bytes(spoiled)
    (posting.folder / "b.backup.sha256").write_text(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  b.backup"
    )
    for name in ("b.backup", "none.backup", "."):
        refused = posting.run("db", "restore", name)
        assert (refused.code, refused.err.count("\n")) == (1, 1)
        assert "nothing was restored" in refused.err


def test_a_backup_of_a_newer_version_is_refused(posting: Program, tmp_path: Path) -> None:
    """F53: the tables are of a form that this version has never heard of."""
    newer = installed(tmp_path, posting.settings)
    posting.copied(tmp_path)
    with closing(sqlite3.connect(newer.file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = posting.run("db", "restore", str(newer.file))

    assert refused.code == 78
    assert "was made by a newer nhacviec" in refused.err
    assert posting.json("db", "status")["ok"]


def test_one_choice_and_no_more(posting: Program) -> None:
    refused = posting.run("db", "adopt", "--resend", "--mark-sent")

    assert refused.code == 2
    assert "choose one of --resend, --mark-sent, --hold-back" in " ".join(refused.err.split())
