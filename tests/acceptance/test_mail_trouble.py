"""DELIVERY §2.1, §2.8–§2.10: what becomes of letters when mail servers do what mail servers do."""

import sqlite3
from contextlib import closing
from email import message_from_bytes, policy
from typing import Any

import pytest

from tests.acceptance.program import PostOffice, Program
from tests.support.mail_protocol import CUT

MORNING = "2017-05-22T07:30+07:00"
#: The cells are asked for the reports of May, the committee for its conference.
OWED = 11


def letters(program: Program, *options: str) -> dict[str, dict[str, Any]]:
    listed = program.json("message", "list", "--at", MORNING, *options)
    assert len({letter["to"] for letter in listed}) == len(listed)
    return {letter["to"]: letter for letter in listed}


def identifiers(office: PostOffice) -> list[str]:
    return [message_from_bytes(sent.content)["Message-ID"] for sent in office.accepted]


@pytest.fixture
def posting(sample: Program, office: PostOffice) -> Program:
    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    return sample


def test_with_no_mail_server_everything_is_kept_and_goes_once_when_there_is_one(
    sample: Program, office: PostOffice
) -> None:
    # given: nobody listens
    down = sample.run("tick", "--at", MORNING, "--json")
    kept = letters(sample)
    again = sample.tick("2017-05-22T07:40+07:00", code=69)

    # then: planned and gathered, said in one line, nothing counted against the letters
    assert down.code == 69
    assert down.err.count("\n") == 1
    assert "mail server unreachable" in down.err
    assert set(down.document) == {"at", "planned", "gathered", "dispatched"}
    assert down.document["at"] == "2017-05-22T07:30:00+07:00"
    assert set(down.document["planned"]) == {"occurrences", "seconds"}
    assert down.document["planned"]["occurrences"] > 400
    assert set(down.document["gathered"]) == {"reminders", "messages", "seconds"}
    assert down.document["gathered"]["messages"] == OWED == len(kept)
    assert "sent" not in down.document["dispatched"]
    assert again["gathered"]["messages"] == 0
    for letter in kept.values():
        assert set(letter) >= {
            "id", "to", "kind", "subject", "state", "due_at", "attempts", "message_id", "last_reply",
        }  # fmt: skip
        assert (letter["state"], letter["attempts"]) == ("pending", 0)
        assert letter["due_at"] == "2017-05-22T07:30:00+07:00"
        assert letter["subject"].startswith("[Nhắc việc] ")

    # when: one does
    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    sent = sample.tick("2017-05-22T08:00+07:00")
    sample.tick("2017-05-22T08:10+07:00")

    # then: once each, under the Message-ID they have always had
    assert sent["dispatched"]["sent"] == OWED
    assert sorted(identifiers(office)) == sorted(letter["message_id"] for letter in kept.values())


def test_with_no_mail_server_and_nothing_owed_nothing_is_wrong(sample: Program) -> None:
    assert sample.tick("2017-05-20T06:00+07:00")["dispatched"].keys() == {"seconds"}


def test_a_server_that_hangs_up_at_once_is_as_good_as_none(posting: Program, office: PostOffice) -> None:
    office.server.answer("CONNECT", CUT)
    posting.tick(MORNING, code=69)

    assert {letter["attempts"] for letter in letters(posting).values()} == {0}


def test_a_letter_put_off_waits_by_itself_and_goes_later(posting: Program, office: PostOffice) -> None:
    late = "bt.vp@dangbo.example.vn"
    office.server.answer("RCPT", "451 4.7.1 try later", recipient=late, times=2)
    first = posting.tick(MORNING)
    waiting = letters(posting)[late]
    too_soon = posting.tick("2017-05-22T07:34+07:00")
    second = posting.tick("2017-05-22T07:35+07:00")
    third = posting.tick("2017-05-22T07:45+07:00")

    assert first["dispatched"].items() >= {"sent": OWED - 1, "pending": 1}.items()
    assert (waiting["state"], waiting["attempts"]) == ("pending", 1)
    assert waiting["last_reply"] == "451 4.7.1 try later"
    assert waiting["next_attempt_at"] == "2017-05-22T07:35:00+07:00"
    assert too_soon["dispatched"].keys() == {"seconds"}
    assert second["dispatched"].get("pending") == 1
    assert third["dispatched"].get("sent") == 1
    assert letters(posting)[late]["attempts"] == 3
    assert len(office.accepted) == OWED
    # and: what goes in the end is the letter of the first attempt, to the byte (S-58)
    assert b"\r\nDate: Mon, 22 May 2017 07:30:00 +0700\r\n" in office.accepted[-1].content


def test_a_letter_refused_is_dead_with_its_reply_and_a_human_may_try_again(
    posting: Program, office: PostOffice
) -> None:
    gone = "bt.vp@dangbo.example.vn"
    office.server.answer("RCPT", "550 5.1.1 no such user", recipient=gone, times=1)
    done = posting.tick(MORNING, code=3)
    (dead,) = letters(posting, "--state", "dead").values()
    health = posting.run("healthcheck", "--at", MORNING)
    retried = posting.json("message", "retry", str(dead["id"]), "--at", "2017-05-22T09:00")
    sent = posting.tick("2017-05-22T09:00+07:00")

    assert done["dispatched"].items() >= {"sent": OWED - 1, "dead": 1}.items()
    assert (dead["to"], dead["last_reply"]) == (gone, "550 5.1.1 no such user")
    assert health.code == 1
    assert "message list --state dead" in health.text
    assert retried["state"] == "pending"
    assert sent["dispatched"]["sent"] == 1
    assert office.accepted[-1].rcpt_tos == (gone,)


def test_any_2yz_to_the_final_dot_means_taken(posting: Program, office: PostOffice) -> None:
    replies = {"251 2.1.5 will forward", "252 2.0.0 cannot tell", "299 kept"}
    for reply in replies:
        office.server.answer("DOT", reply, times=1)

    assert posting.tick(MORNING)["dispatched"]["sent"] == OWED
    assert {letter["last_reply"] for letter in letters(posting).values()} == {*replies, "250 2.0.0 taken"}


def test_a_full_mailbox_is_a_4yz_in_disguise(posting: Program, office: PostOffice) -> None:
    office.server.answer("RCPT", "552 5.2.2 full", recipient="bt.vp@dangbo.example.vn")

    assert posting.tick(MORNING)["dispatched"]["pending"] == 1


def test_what_may_have_been_taken_is_repeated_to_the_letter(posting: Program, office: PostOffice) -> None:
    # given: taken, but the line broke before the reply (RFC 1047)
    office.server.answer("DOT", CUT, recipient="bt.vp@dangbo.example.vn", times=1, keep=True)
    posting.tick(MORNING)
    first = letters(posting)["bt.vp@dangbo.example.vn"]
    posting.tick("2017-05-22T08:30+07:00")
    shown = posting.json("message", "show", str(first["id"]))
    twice = [sent.content for sent in office.accepted if sent.rcpt_tos == ("bt.vp@dangbo.example.vn",)]

    assert first["state"] == "pending"
    assert shown["state"] == "sent"
    assert [delivery["outcome"] for delivery in shown["deliveries"]] == ["ambiguous", "accepted"]
    assert twice[0] == twice[1]
    assert len(twice) == 2


def test_a_letter_with_an_impossible_address_stops_itself_alone(posting: Program, office: PostOffice) -> None:
    # given: an address no check let through, put there by another hand
    posting.tick("2017-05-22T07:00+07:00")
    posting.settings["NHACVIEC_SMTP_URL"] = "smtp://127.0.0.1:9"
    posting.tick(MORNING, code=69)
    with closing(sqlite3.connect(posting.file)) as connection:
        connection.execute(
            "UPDATE message SET email = 'a@b>, <c@example.vn' WHERE email = 'bt.vp@dangbo.example.vn'"
        )
        connection.commit()
    posting.settings["NHACVIEC_SMTP_URL"] = office.url
    done = posting.tick(MORNING, code=3)

    assert done["dispatched"].items() >= {"sent": OWED - 1, "dead": 1}.items()
    assert "is no e-mail address" in posting.json("message", "list", "--state", "dead")[0]["last_reply"]


def test_a_letter_is_held_until_it_is_released(sample: Program, office: PostOffice) -> None:
    sample.tick(MORNING, code=69)
    number = str(letters(sample)["bt.vp@dangbo.example.vn"]["id"])
    held = sample.json("message", "hold", number, "--note", "chờ ý kiến")
    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    without = sample.tick("2017-05-22T08:00+07:00")
    released = sample.json("message", "release", number, "--at", "2017-05-22T09:00")
    refused = sample.run("message", "hold", str(int(number) % OWED + 1))
    with_it = sample.tick("2017-05-22T09:00+07:00")

    assert (held["state"], held["held"]) == ("pending", "chờ ý kiến")
    assert without["dispatched"]["sent"] == OWED - 1
    assert released["held"] == ""
    assert (refused.code, "is sent" in refused.err) == (1, True)
    assert with_it["dispatched"]["sent"] == 1


def test_send_test_says_what_the_server_answered(posting: Program, office: PostOffice) -> None:
    told = posting.json("send-test", "someone@example.vn")
    office.server.answer("RCPT", "451 4.3.0 not now", recipient="later@example.vn")
    office.server.answer("RCPT", "550 5.1.1 unknown", recipient="never@example.vn")
    later = posting.run("send-test", "later@example.vn")
    never = posting.run("send-test", "never@example.vn")
    wrong = posting.run("send-test", "nobody")
    unreachable = posting.run("send-test", "someone@example.vn", NHACVIEC_SMTP_URL="smtp://127.0.0.1:9")
    (sent,) = office.accepted

    assert set(told) == {"to", "reply", "message_id"}
    assert told["reply"] == "250 2.0.0 taken"
    assert message_from_bytes(sent.content, policy=policy.default)["Message-ID"] == told["message_id"]
    assert [done.code for done in (later, never, wrong, unreachable)] == [75, 1, 1, 69]
    assert "451 4.3.0 not now" in later.err
    assert "550 5.1.1 unknown" in never.err


def test_a_tally_below_the_target_takes_no_letter_back_that_is_still_owed(
    sample: Program, office: PostOffice
) -> None:
    """P1: nobody listens when the commission is told of its pace, and one of six is counted meanwhile."""
    sample.tick(MORNING, code=69)
    sample.json("occurrence", "tally", "KT-02", "ubkt", "2017", "--at", "2017-05-22T07:35+07:00")

    sample.settings["NHACVIEC_SMTP_URL"] = office.url
    sample.tick("2017-05-22T08:00+07:00")

    assert "02 việc" in letters(sample)["cn.ubkt@dangbo.example.vn"]["subject"]
