"""``nhacviec review``: figures and a draft, from the shell."""

from pathlib import Path

import pytest

from tests.acceptance.program import Program

JULY = "2017-07-03T08:00+07:00"


@pytest.fixture
def half_year(sample: Program) -> Program:
    """What the sample organisation owes is planned, and one cell has reported."""
    sample.tick("2017-05-22T07:30+07:00", code=69)
    said = (
        "--evidence",
        "number=05-BC/CB",
        "--evidence",
        "date=2017-05-26",
        "--at",
        "2017-05-26T09:00+07:00",
    )
    sample.ok("occurrence", "report", "BC-03", "cb-van-phong", "2017-H1", *said)
    return sample


def test_the_review_is_a_draft_on_stdout(half_year: Program) -> None:
    text = half_year.ok("review", "2017-H1", "--at", JULY).text

    assert text.startswith("# DỰ THẢO\n")
    assert "6 tháng đầu năm 2017" in text
    assert "Chi bộ Văn phòng Sở" not in text


def test_a_table_by_name_and_english_are_there_for_the_asking(half_year: Program) -> None:
    text = half_year.ok("review", "2017-H1", "--names", "--language", "en", "--at", JULY).text

    assert text.startswith("# DRAFT\n")
    assert "| Chi bộ Văn phòng Sở |" in text


def test_figures_are_json_and_agree_with_the_list_of_occurrences(half_year: Program) -> None:
    document = half_year.json("review", "2017-H1", "--names", "--at", JULY)
    listed = half_year.json("occurrence", "list", "--duty", "BC-03", "--period", "2017-H1", "--at", JULY)

    (duty,) = (each for each in document["duties"] if each["duty"] == "BC-03")
    assert duty["title"] == "Báo cáo sơ kết công tác Đảng 6 tháng đầu năm 2017"
    assert duty["late_working_days"] == sum(each["late_working_days"] for each in listed)
    for status in ("done_on_time", "done_late", "open_in_time", "open_overdue", "waived"):
        assert duty[status] == sum(each["status"] == status for each in listed)
    assert duty["on_time_percent"] == pytest.approx(11.1)
    assert (document["period"], document["from"], document["as_of"]) == (
        "2017-H1",
        "2017-01-01",
        "2017-07-03",
    )
    assert {unit["unit"] for unit in document["units"]} >= {"dang-uy", "cb-van-phong"}
    assert "units" not in half_year.json("review", "2017-H1", "--at", JULY)


def test_it_is_written_to_a_file_and_the_figures_may_be_told_beside_it(half_year: Program) -> None:
    told = half_year.ok("review", "2017-06", "--output", "review.md", "--at", JULY)
    figures = half_year.json("review", "2017-06", "--output", "again.md", "--at", JULY)

    written = (half_year.folder / "review.md").read_text(encoding="utf-8")
    assert (told.out, told.err) == (b"", "review.md is written\n")
    assert written == (half_year.folder / "again.md").read_text(encoding="utf-8")
    assert written == half_year.ok("review", "2017-06", "--at", JULY).text
    assert figures["period"] == "2017-06"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("2017-H1", "--format", "docx"), 2, "--format docx is not written: use md"),
        (("2017-9M",), 2, "write 2017-06, 2017-Q2, 2017-H1 or 2017"),
        (("June",), 2, "'June' is not a period"),
        (("2017-H1", "--language", "de"), 1, "there are no words for language 'de'"),
        (("2017-H1", "--output", "nowhere/review.md"), 1, f"{Path('nowhere/review.md')} cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    half_year: Program, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = half_year.run("review", *arguments, "--at", JULY)

    assert (done.code, done.out) == (code, b"")
    assert said in " ".join(done.err.replace("│", " ").split())
    assert "Traceback" not in done.err
