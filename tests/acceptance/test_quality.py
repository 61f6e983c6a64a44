"""A meeting that was too short, as the office sees it on the command line."""

from tests.acceptance.program import Program

KEY = ("SH-01", "cb-van-phong", "2017-06")
AT = ("--at", "2017-06-12T09:00")


def held(minutes: int, present: int = 13) -> list[str]:
    said = {"held_on": "2017-06-05", "duration_minutes": minutes, "present": present, "total": 20}
    return [part for name, value in said.items() for part in ("--evidence", f"{name}={value}")]


def test_a_meeting_that_was_too_short_says_so_beside_being_on_time(sample: Program) -> None:
    """The norm of 2017 is 60 minutes: held in time, too short; returned, reported with good figures."""
    sample.tick("2017-05-20T08:00")
    short = sample.json("occurrence", "report", *KEY, *held(45), *AT)
    shown = sample.ok("occurrence", "show", *KEY, *AT).text
    (listed,) = sample.json("occurrence", "list", "--duty", KEY[0], "--unit", KEY[1], "--period", KEY[2], *AT)
    returned = sample.json("occurrence", "return", *KEY, *AT)
    good = sample.json("occurrence", "report", *KEY, *held(60), *AT)
    history = sample.json("occurrence", "show", *KEY, *AT)["history"]

    (miss,) = short["misses"]
    assert short["status"] == "done_on_time"
    assert (miss["field"], miss["found"], miss["at_least"]) == ("duration_minutes", 45, 60)
    assert miss["basis"] == "Quy chế làm việc của Đảng ủy Sở"
    assert "misses             duration_minutes 45, at least 60 asked  Quy chế" in shown
    assert (listed["misses"], returned["misses"], good["misses"]) == ([miss], [], [])
    assert [event.get("misses") for event in history if event["event"] == "reported"] == [[miss], None]


def test_what_looks_odd_is_said_aside_and_taken(sample: Program) -> None:
    sample.tick("2017-05-20T08:00")

    done = sample.ok("occurrence", "report", *KEY, *held(60, present=19), "--evidence", "number=12", *AT)

    assert "number '12' has an unusual form: a document's number looks like 05-BC/CB" in done.err
    assert "present 19 is more than the 14 members of cb-van-phong in the catalogue" in done.err
    assert "reported" in done.text
