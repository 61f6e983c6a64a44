"""The whole story: a fortnight of the sample organisation, day by day, through a real mail server.

Applied on 20 May 2017. BC-03, the half-year report of every cell, falls due on Monday 5 June and is asked
for on 25 and 31 May and on the day itself; KT-02 counts inspections, and its pace is judged on 30 June.
"""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.acceptance.fortnight import REPORT, Lived
from tests.acceptance.program import PostOffice

KEYS = {
    "duty", "unit", "period", "period_label", "nominal_due", "due", "state", "status", "reported_on",
    "extended", "target", "done", "late_working_days", "reminders", "next_reminder_at",
    "misses",
}  # fmt: skip


def test_every_letter_was_taken_once_and_names_itself(lived: Lived) -> None:
    listed = lived.program.json("message", "list", "--at", "2017-06-02T09:00")
    wire = [message_from_bytes(sent, policy=policy.default) for sent in lived.wire]

    assert {letter["state"] for letter in listed} == {"sent"}
    assert sorted(letter["message_id"] for letter in listed) == sorted(
        letter["Message-ID"] for letter in wire
    )
    assert len({letter["Message-ID"] for letter in wire}) == len(wire) > 40
    texts = [str(letter.get_body(("plain",))) for letter in wire]
    assert not any(word in text.lower() for text in texts for word in ("vi phạm", "phê bình"))


def test_the_bytes_shown_are_the_bytes_the_server_received(lived: Lived) -> None:
    by_id = {message_from_bytes(sent)["Message-ID"]: sent for sent in lived.wire}
    for number in (1, len(by_id)):
        letter = lived.program.json("message", "show", str(number))

        assert lived.program.ok("message", "show", str(number), "--eml").out == by_id[letter["message_id"]]


def test_what_was_not_reported_is_asked_for_as_planned(lived: Lived) -> None:
    assert lived.about("cb-khao-thi") == ["2017-05-25", "2017-05-31"]


def test_what_is_reported_is_never_spoken_of_again(lived: Lived) -> None:
    said = lived.said["reported"]

    assert set(said) == KEYS
    assert (said["state"], said["status"], said["reported_on"]) == ("reported", "done_on_time", "2017-05-26")
    assert (said["next_reminder_at"], said["reminders"]) == (None, {"sent": 1, "planned": 0})
    assert (said["period_label"], said["due"], said["nominal_due"]) == (
        "6 tháng đầu năm 2017",
        "2017-06-05",
        "2017-06-05",
    )
    assert "it stands so already" in lived.said["again"]
    assert lived.about("cb-van-phong") == ["2017-05-25"]
    assert lived.about("cb-tieu-hoc") == ["2017-05-25"]
    assert lived.said["accepted"]["state"] == "accepted"


def test_a_report_without_its_evidence_is_refused_and_says_what_is_missing(lived: Lived) -> None:
    bare = lived.said["bare"]

    assert (bare["code"], bare["out"]) == (1, "")
    assert "evidence is missing: number, date" in bare["err"]


def test_an_extension_moves_the_letters_to_the_new_date(lived: Lived) -> None:
    # -7wd and -3wd of Monday 12 June are 1 and 7 June
    assert (lived.said["extended"]["due"], lived.said["extended"]["extended"]) == ("2017-06-12", True)
    assert lived.said["extended"]["nominal_due"] == "2017-06-05"
    assert lived.about("cb-to-chuc") == ["2017-05-25", "2017-06-01"]
    history = lived.program.json("occurrence", "show", "BC-03", "cb-to-chuc", "2017-H1")["history"]
    assert (history[-1]["event"], history[-1]["from"], history[-1]["to"]) == (
        "extended",
        "2017-06-05",
        "2017-06-12",
    )
    assert lived.program.rows(
        "SELECT revision FROM occurrence WHERE duty = 'BC-03' AND unit = 'cb-to-chuc' AND period = '2017-H1'"
    ) == [(1,)]


def test_what_is_waived_is_over(lived: Lived) -> None:
    assert (lived.said["waived"]["state"], lived.said["waived"]["status"]) == ("waived", "waived")
    assert lived.about("cb-ke-hoach") == ["2017-05-25"]


def test_what_is_returned_is_asked_for_by_its_new_date(lived: Lived) -> None:
    said = lived.said["returned"]

    assert (said["state"], said["status"], said["due"]) == ("returned", "open_in_time", "2017-06-07")
    # -7wd of 7 June, 29 May, and -3wd, 2 June
    assert lived.about("cb-thanh-tra") == ["2017-05-25", "2017-05-29", "2017-06-02"]


def test_what_is_reopened_goes_on_at_its_next_stage(lived: Lived) -> None:
    assert (lived.said["reopened"]["state"], lived.said["reopened"]["reported_on"]) == ("open", None)
    assert lived.about("cb-trung-hoc") == ["2017-05-25", "2017-05-31"]


def test_explain_tells_the_whole_way_and_the_exact_reason_of_silence(lived: Lived) -> None:
    told = lived.program.json("explain", *REPORT, "--at", "2017-06-02T09:00")
    words = lived.program.ok("explain", *REPORT, "--at", "2017-06-02T09:00").text
    nobody = lived.program.run("explain", "BC-03", "dang-uy")
    off = lived.program.run("explain", "KT-05", "cb-van-phong")

    assert (told["rule"]["nominal"], told["rule"]["due"], told["rule"]["policy"]) == (
        "2017-06-05",
        "2017-06-05",
        "chuan",
    )
    first, second, *_ = told["stages"]
    assert (first["stage"], first["at"]) == ("-7wd", "2017-05-25T07:30:00+07:00")
    assert [verdict["verdict"] for verdict in first["verdicts"]] == ["send"]
    assert first["verdicts"][0]["to"] == "bt.vp@dangbo.example.vn"
    assert (second["stage"], second["why"]) == ("-3wd", "not sent: the occurrence is reported")
    assert [attempt["outcome"] for attempt in told["letters"][0]["attempts"]] == ["accepted"]
    assert told["letters"][0]["attempts"][0]["reply"] == "250 2.0.0 taken"
    assert "not sent: the occurrence is reported" in words
    assert (nobody.code, "is not assigned to dang-uy" in nobody.err) == (1, True)
    assert (off.code, "is switched off" in off.err) == (1, True)


def test_lists_are_narrowed_by_what_is_asked(lived: Lived) -> None:
    at = ("--at", "2017-06-06T08:00")
    listed = lived.program.json("occurrence", "list", "--duty", "BC-03", "--period", "2017-H1", *at)
    lines = lived.program.ok("occurrence", "list", "--unit", "ubkt", "--jsonl", "--limit", "2", *at).lines
    due = lived.program.json(
        "occurrence", "list", "--from", "2017-06-12", "--to", "2017-06-12", "--duty", "BC-03", *at
    )

    assert [set(one) for one in listed] == [KEYS] * 9
    status = {one["unit"]: one["status"] for one in listed}
    assert status["cb-khao-thi"] == "open_overdue"
    assert status["cb-to-chuc"] == "open_in_time"
    assert status["cb-van-phong"] == "done_on_time"
    late = next(one for one in listed if one["unit"] == "cb-khao-thi")
    assert (late["late_working_days"], late["reminders"]["sent"]) == (1, 2)
    assert [line["unit"] for line in lines] == ["ubkt", "ubkt"]
    assert [one["unit"] for one in due] == ["cb-to-chuc"]


def test_a_target_that_is_met_silences_its_pace(lived: Lived, office: PostOffice, tmp_path: Path) -> None:
    program = lived.program.copied(tmp_path / "targets")
    program.settings["NHACVIEC_SMTP_URL"] = office.url
    key = ("KT-02", "cb-van-phong", "2017")
    count = (
        "occurrence",
        "tally",
        *key,
        "--on",
        "2017-06-01",
        "--at",
        "2017-06-02T10:00",
        "--by",
        "văn phòng",
    )
    one = program.json(*count, "--evidence", "conclusion_number=01-TB/CB")
    two = program.json(*count)
    program.ok("occurrence", "tally", "KT-02", "cb-mam-non", "2017", "--add", "1", "--at", "2017-06-02T10:00")
    wrong = program.run("occurrence", "report", *key, "--at", "2017-06-02T10:00")
    program.tick("2017-06-30T08:00")
    paced = program.rows(
        "SELECT occurrence.unit, reminder.verdict FROM reminder"
        " JOIN occurrence ON occurrence.id = reminder.occurrence"
        " WHERE occurrence.duty = 'KT-02' AND reminder.stage = 'pace-2017-06-30'"
    )
    program.ok("occurrence", "tally", *key, "--add", "-1", "--at", "2017-07-03T10:00")
    back = program.json("occurrence", "show", *key, "--at", "2017-07-03T10:00")

    assert (one["done"], one["target"], one["state"]) == (1, 2, "open")
    assert (two["done"], two["state"], two["reported_on"]) == (2, "reported", "2017-06-01")
    assert (wrong.code, "use nhacviec occurrence tally" in wrong.err) == (1, True)
    # half of two is one: who has that is not behind, and who has both is not spoken of at all
    verdicts = dict(paced)
    assert "cb-van-phong" not in verdicts
    assert verdicts["cb-mam-non"] == "on_pace"
    assert verdicts["cb-khao-thi"] == "send"
    assert (back["state"], back["done"]) == ("open", 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "BC-03", "cb-xa", "2017-H1"), "cb-xa"),
        (("report", "BC-99", "cb-van-phong", "2017-H1"), "BC-99"),
        (("report", "BC-03", "cb-khao-thi", "2017-H9"), "has no occurrence 2017-H9"),
        (("extend", "BC-03", "cb-khao-thi", "2017-H1", "--to", "2017-06-01"), "not later than its due date"),
        (("accept", "BC-03", "cb-khao-thi", "2017-H1"), "it is open"),
        (("waive", "BC-03", "cb-van-phong", "2017-H1"), "it is reported"),
        (("tally", "BC-03", "cb-khao-thi", "2017-H1"), "use nhacviec occurrence report"),
        (("report", "BC-03", "cb-khao-thi", "2017-H1", "--evidence", "colour=red"), "colour is not known"),
    ],
)
def test_a_decision_that_cannot_be_taken_says_why_and_changes_nothing(
    lived: Lived, arguments: tuple[str, ...], said: str
) -> None:
    before = lived.program.rows("SELECT count(*) FROM event")
    done = lived.program.run("occurrence", *arguments, "--at", "2017-06-02T10:00")

    assert (done.code, done.out) == (1, b"")
    assert said in done.err
    assert lived.program.rows("SELECT count(*) FROM event") == before
