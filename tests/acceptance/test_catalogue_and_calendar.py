"""DESIGN §5, §6: what the secretary writes becomes what the database holds, and is told beforehand."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.acceptance.program import CATALOGUE, Program

AT = ("--at", "2017-05-22T09:00")
DUTY = """
nhacviec: 1
duties:
  - code: BC-03
    title: Báo cáo sơ kết công tác Đảng {period}
    kind: report
    area: xây dựng tổ chức cơ sở Đảng
    assigned: {kinds: [cell]}
    every: half-year
    months: [6]
    due: {date: %(date)s}
    roll: prev
    policy: chuan
    evidence: [number, date]
    basis: Quy chế làm việc của Đảng ủy Sở
    enabled: %(enabled)s
"""


@pytest.fixture
def planned(sample: Program) -> Program:
    """The sample organisation on Monday 22 May, its occurrences planned, its letters waiting for a server."""
    sample.tick("2017-05-22T07:30", code=69)
    return sample


def written(program: Program, *, date: str = "06-05", enabled: str = "true") -> str:
    file = program.folder / f"duty-{date}-{enabled}.yaml"
    file.write_text(DUTY % {"date": date, "enabled": enabled}, encoding="utf-8")
    return str(file)


def dues(program: Program, duty: str = "BC-03", period: str = "2017-H1") -> set[str]:
    listed = program.json("occurrence", "list", "--duty", duty, "--period", period, *AT)
    return {one["due"] for one in listed}


def test_check_counts_what_there_is(empty: Program) -> None:
    found = empty.json("catalogue", "check", *CATALOGUE)

    assert (found["units"], found["duties"]) == (13, 38)
    assert set(found) == {"units", "policies", "duties", "enabled", "warnings"}
    assert not empty.file.exists()


def test_an_export_applied_changes_nothing_to_the_byte(planned: Program) -> None:
    first = planned.ok("catalogue", "export").out
    (planned.folder / "export.yaml").write_bytes(first)
    again = planned.json("catalogue", "apply", "export.yaml", *AT)
    pruned = planned.json("catalogue", "diff", "export.yaml", "--prune", *AT)
    second = planned.ok("catalogue", "export").out

    assert len(first) > 10_000
    assert (again["changes"], pruned["changes"]) == ([], [])
    assert second == first


def test_a_diff_tells_in_entries_dates_and_letters_and_writes_nothing(planned: Program) -> None:
    later = written(planned, date="06-14")
    told = planned.json("catalogue", "diff", later, *AT)
    words = planned.ok("catalogue", "diff", later, *AT).text
    unchanged = dues(planned)
    applied = planned.json("catalogue", "apply", later, *AT)

    assert told["changes"] == [{"section": "duties", "code": "BC-03", "what": "changed"}]
    moves = told["occurrences"]["moved"]
    assert len([move for move in moves if move["period"] == "2017-H1"]) == 9
    assert {(move["from"], move["to"]) for move in moves if move["period"] == "2017-H1"} == {
        ("2017-06-05", "2017-06-14")
    }
    assert set(told["letters"]) == {"cancelled", "new", "moved"}
    stage = next(move for move in told["letters"]["moved"] if move["unit"] == "cb-van-phong")
    assert set(stage) == {"to", "duty", "unit", "period", "from", "at"}
    assert stage["from"] == "2017-05-25T07:30:00+07:00"
    assert stage["at"] == "2017-06-05T07:30:00+07:00"
    assert "changed  duties BC-03" in words
    assert "moved    BC-03 cb-van-phong 2017-H1: due 2017-06-05 → 2017-06-14" in words
    assert "letters of the next 90 days:" in words
    assert unchanged == {"2017-06-05"}
    assert applied["occurrences"] == told["occurrences"]
    assert dues(planned) == {"2017-06-14"}


def test_a_duty_switched_off_takes_its_untouched_future_with_it(planned: Program) -> None:
    off = written(planned, enabled="false")
    told = planned.json("catalogue", "diff", off, *AT)
    planned.ok("catalogue", "apply", off, *AT)
    gone = dues(planned)
    planned.ok("catalogue", "apply", written(planned), *AT)
    planned.tick("2017-05-22T10:00", code=69)

    assert told["occurrences"]["cancelled"] >= 9
    assert told["letters"]["cancelled"] > 0
    assert gone == set()
    assert dues(planned) == {"2017-06-05"}


def test_prune_removes_what_the_files_do_not_have(planned: Program) -> None:
    yaml = YAML(typ="safe", pure=True)
    document = yaml.load(planned.ok("catalogue", "export").text)
    document["duties"] = [duty for duty in document["duties"] if duty["code"] != "BC-03"]
    file = planned.folder / "without.yaml"
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(document, stream)
    kept = planned.json("catalogue", "diff", str(file), *AT)
    pruned = planned.json("catalogue", "diff", str(file), "--prune", *AT)

    assert kept["changes"] == []
    assert pruned["changes"] == [{"section": "duties", "code": "BC-03", "what": "removed"}]


def test_one_fault_and_nothing_is_applied(planned: Program) -> None:
    (planned.folder / "bad.yaml").write_text("nhacviec: 1\nunits:\n  - {code: x, kind: cell}\n")
    done = planned.run("catalogue", "apply", written(planned, date="06-14"), "bad.yaml", *AT)

    assert (done.code, done.out) == (78, b"")
    assert "bad.yaml:3:" in done.err
    assert dues(planned) == {"2017-06-05"}


def test_a_day_off_moves_what_fell_on_it_and_says_so_first(planned: Program) -> None:
    words = ("calendar", "add", "2017-06-05", "Nghỉ bù")
    dry: dict[str, Any] = planned.json(*words, "--dry-run", *AT)
    before = dues(planned)
    told = planned.json(*words, *AT)
    listed = planned.json("calendar", "list", "--year", "2017")
    after = dues(planned)
    back = planned.json("calendar", "remove", "2017-06-05", *AT)

    assert set(told) == {"added", "removed", "moved"}
    moved = {
        "duty": "BC-03",
        "unit": "cb-van-phong",
        "period": "2017-H1",
        "from": "2017-06-05",
        "to": "2017-06-02",
    }
    assert moved in told["moved"]
    assert dry == told
    assert (before, after) == ({"2017-06-05"}, {"2017-06-02"})
    assert {
        "date": "2017-06-05",
        "working": False,
        "label": "Nghỉ bù",
        "source": "office",
        "status": "official",
    } in listed
    assert back["removed"] == 1
    assert {(move["from"], move["to"]) for move in back["moved"] if move["duty"] == "BC-03"} == {
        ("2017-06-02", "2017-06-05")
    }


def test_a_list_of_days_is_imported_whole_or_not_at_all(planned: Program) -> None:
    (planned.folder / "bad.csv").write_text(
        "date,kind,label,swap_with,status\n2017-06-05,off,Nghỉ,,official\n2017-13-01,off,X,,official\n"
    )
    (planned.folder / "good.csv").write_text(
        "date,kind,label,swap_with,status\n2017-06-05,off,Nghỉ,,official\n2017-06-10,working,Bù,,official\n"
    )
    bad = planned.run("calendar", "import", "bad.csv", *AT)
    good = planned.json("calendar", "import", "good.csv", *AT)
    checked = planned.run("calendar", "check", "--at", "2026-06-01", "--json")
    late = planned.run("calendar", "check", "--at", "2030-06-01", "--json")

    assert (bad.code, bad.out) == (78, b"")
    assert "bad.csv:3:" in bad.err
    assert (good["added"], good["removed"]) == (2, 0)
    assert checked.code == 0
    assert set(checked.document) == {"official_until", "days_left", "provisional"}
    assert checked.document["official_until"] >= "2026-12-31"
    assert late.code == 1


def test_an_event_opens_one_occurrence_for_each_unit_once(planned: Program) -> None:
    (planned.folder / "event.yaml").write_text(
        "nhacviec: 1\nadjust:\n  - {code: QT-01, enabled: true}\n", encoding="utf-8"
    )
    planned.ok("catalogue", "apply", "event.yaml", *AT)
    words = (
        "event",
        "add",
        "QT-01",
        "--on",
        "2017-05-22",
        "--number",
        "11-NQ/TU",
        "--title",
        "Nghị quyết",
        *AT,
    )
    opened = planned.json(*words)
    again = planned.json(*words)
    dated = planned.json("event", "add", "QT-01", "--on", "2017-05-19", "--due", "2017-05-31", *AT)
    wrong = planned.run("event", "add", "BC-03", "--on", "2017-05-22", *AT)

    assert len(opened) == 10
    assert {(one["period"], one["due"]) for one in opened} == {("2017-05-22", "2017-06-21")}
    assert again == opened
    assert {(one["period"], one["due"]) for one in dated} == {("2017-05-19", "2017-05-31")}
    assert (wrong.code, "only every: event is opened by events" in wrong.err) == (1, True)


def test_the_forecast_of_files_needs_no_database_and_has_its_keys(empty: Program) -> None:
    span = ("forecast", "--from", "2017-05-22", "--to", "2017-06-05", "--catalogue", *CATALOGUE)
    told = empty.json(*span)
    unit = empty.json(*span, "--unit", "cb-van-phong", "--duty", "BC-03")
    lines = empty.ok(*span, "--jsonl").lines

    assert set(told) == {"from", "to", "letters", "days", "peak"}
    assert (told["from"], told["to"]) == ("2017-05-22", "2017-06-05")
    for letter in told["letters"]:
        assert set(letter) == {"at", "to", "recipient", "unit", "kind", "subject", "items"}
        assert all(
            set(item) == {"duty", "unit", "period", "due", "stage", "reason"} for item in letter["items"]
        )
    assert told["letters"] == sorted(told["letters"], key=lambda letter: (letter["at"], letter["to"]))
    assert sum(day["letters"] for day in told["days"]) == len(told["letters"]) > 50
    assert told["peak"]["letters"] == max(day["letters"] for day in told["days"])
    asked = [
        (item["stage"], letter["at"][:10])
        for letter in unit["letters"]
        for item in letter["items"]
        if item["duty"] == "BC-03"
    ]
    assert asked == [("-7wd", "2017-05-25"), ("-3wd", "2017-05-31"), ("0d", "2017-06-05")]
    assert lines == told["letters"]
    assert not empty.file.exists()
