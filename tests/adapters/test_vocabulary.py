"""The shipped words (DOMAIN 4.1) and what is wrong with a file of words."""

import tomllib
from datetime import date, time
from pathlib import Path

import pytest

from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.domain.duty import KNOWN_EVIDENCE
from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.time.period import Every, Period
from nhacviec.domain.vocabulary import joined, titled
from nhacviec.resources import shipped

WORDS = load_vocabulary(shipped("templates"))


def a_period(every: str, first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last), Every(every))


@pytest.mark.parametrize(
    ("every", "first", "last", "label", "phrase"),
    [
        ("day", "2017-06-14", "2017-06-14", "Ngày 14/6/2017", "ngày 14/6/2017"),
        ("once", "2017-06-14", "2017-06-14", "Ngày 14/6/2017", "ngày 14/6/2017"),
        ("event", "2026-01-05", "2026-01-05", "Ngày 05/01/2026", "ngày 05/01/2026"),
        ("rrule", "2017-06-14", "2017-06-14", "Ngày 14/6/2017", "ngày 14/6/2017"),
        ("week", "2017-06-12", "2017-06-18", "Tuần 24/2017", "tuần 24/2017"),
        ("week", "2018-12-31", "2019-01-06", "Tuần 1/2019", "tuần 1/2019"),
        ("month", "2017-06-01", "2017-06-30", "Tháng 6/2017", "tháng 6/2017"),
        ("month", "2017-01-01", "2017-01-31", "Tháng 1/2017", "tháng 1/2017"),
        ("quarter", "2017-04-01", "2017-06-30", "Quý II/2017", "quý II/2017"),
        ("quarter", "2017-10-01", "2017-12-31", "Quý IV/2017", "quý IV/2017"),
        ("half-year", "2017-01-01", "2017-06-30", "6 tháng đầu năm 2017", "6 tháng đầu năm 2017"),
        ("half-year", "2017-07-01", "2017-12-31", "6 tháng cuối năm 2017", "6 tháng cuối năm 2017"),
        ("nine-months", "2017-01-01", "2017-09-30", "9 tháng đầu năm 2017", "9 tháng đầu năm 2017"),
        ("year", "2017-01-01", "2017-12-31", "Năm 2017", "năm 2017"),
        ("school-year", "2017-09-01", "2018-05-31", "Năm học 2017-2018", "năm học 2017-2018"),
        ("term", "2015-06-01", "2020-05-31", "Nhiệm kỳ 2015-2020", "nhiệm kỳ 2015-2020"),
    ],
)
def test_a_period_is_labelled_in_vietnamese(
    every: str, first: str, last: str, label: str, phrase: str
) -> None:
    """DOMAIN 4.1, period labels: in a sentence they begin small."""
    period = a_period(every, first, last)

    assert WORDS.period_label(period, "vi") == label
    assert WORDS.period_phrase(period, "vi") == phrase


@pytest.mark.parametrize(
    ("every", "first", "last", "label", "phrase"),
    [
        ("day", "2017-06-14", "2017-06-14", "14 June 2017", "14 June 2017"),
        ("week", "2017-06-12", "2017-06-18", "Week 24/2017", "week 24/2017"),
        ("month", "2017-06-01", "2017-06-30", "June 2017", "June 2017"),
        ("quarter", "2017-04-01", "2017-06-30", "Q2 2017", "Q2 2017"),
        ("half-year", "2017-01-01", "2017-06-30", "First half of 2017", "the first half of 2017"),
        ("half-year", "2017-07-01", "2017-12-31", "Second half of 2017", "the second half of 2017"),
        (
            "nine-months",
            "2017-01-01",
            "2017-09-30",
            "First nine months of 2017",
            "the first nine months of 2017",
        ),
        ("year", "2017-01-01", "2017-12-31", "2017", "2017"),
        ("school-year", "2017-09-01", "2018-05-31", "School year 2017-2018", "school year 2017-2018"),
        ("term", "2015-06-01", "2020-05-31", "Term 2015-2020", "term 2015-2020"),
    ],
)
def test_a_period_is_labelled_in_english(every: str, first: str, last: str, label: str, phrase: str) -> None:
    period = a_period(every, first, last)

    assert WORDS.period_label(period, "en") == label
    assert WORDS.period_phrase(period, "en") == phrase


@pytest.mark.parametrize("language", WORDS.languages)
@pytest.mark.parametrize("every", Every)
def test_every_rhythm_has_words_in_every_language(every: Every, language: str) -> None:
    period = Period(date(2017, 1, 2), date(2017, 12, 31), every)

    assert "2017" in WORDS.period_label(period, language)
    assert "2017" in WORDS.period_phrase(period, language)


@pytest.mark.parametrize("language", WORDS.languages)
def test_every_known_evidence_has_a_name_in_every_language(language: str) -> None:
    named = [WORDS.word(f"evidence.{field}", language) for field in KNOWN_EVIDENCE]

    assert WORDS.evidence([*KNOWN_EVIDENCE, "Tên chuyên đề"], language).split("; ") == [
        *named,
        "Tên chuyên đề",
    ]


@pytest.mark.parametrize(
    ("day", "short", "full", "long"),
    [
        ("2017-07-20", "20/7", "20/7/2017", "ngày 20 tháng 7 năm 2017"),
        ("2018-04-03", "03/4", "03/4/2018", "ngày 03 tháng 4 năm 2018"),
        ("2026-01-05", "05/01", "05/01/2026", "ngày 05 tháng 01 năm 2026"),
        ("2017-02-28", "28/02", "28/02/2017", "ngày 28 tháng 02 năm 2017"),
        ("2017-10-09", "09/10", "09/10/2017", "ngày 09 tháng 10 năm 2017"),
    ],
)
def test_days_below_ten_and_months_below_three_have_two_digits(
    day: str, short: str, full: str, long: str
) -> None:
    """DOMAIN 4.1, formal dates."""
    on = date.fromisoformat(day)

    assert WORDS.short_date(on, "vi") == short
    assert WORDS.full_date(on, "vi") == full
    assert WORDS.long_date(on, "vi") == long


def test_a_week_has_seven_names() -> None:
    week = [date(2017, 7, day) for day in range(17, 24)]

    assert [WORDS.weekday(day, "vi") for day in week] == [
        "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật",
    ]  # fmt: skip
    assert [WORDS.weekday(day, "en") for day in week][::6] == ["Monday", "Sunday"]


def test_times_counts_and_shares_are_written_as_the_office_writes_them() -> None:
    assert WORDS.clock(time(7, 30), "vi") == "07 giờ 30"
    assert WORDS.clock(time(7, 30), "en") == "07:30"
    assert [WORDS.count(number, "vi") for number in (0, 2, 10, 21914)] == ["00", "02", "10", "21.914"]
    assert [WORDS.count(number, "en") for number in (0, 2, 10, 21914)] == ["0", "2", "10", "21,914"]
    assert [WORDS.percent(part, 3, "vi") for part in (0, 1, 2, 3)] == ["0%", "33,3%", "66,7%", "100%"]
    assert WORDS.percent(1, 8, "en") == "12.5%"
    assert WORDS.percent(1, 0, "vi") == "0%"


@pytest.mark.parametrize(
    ("name", "unit", "greeting"),
    [
        ("Bí thư Chi bộ", "Chi bộ Văn phòng Sở", "Đồng chí Bí thư Chi bộ Văn phòng Sở"),
        ("Thường trực Đảng ủy", "Đảng ủy Sở", "Thường trực Đảng ủy Sở"),
        ("Đảng ủy viên phụ trách", "Đảng ủy Sở", "Đồng chí Đảng ủy viên phụ trách, Đảng ủy Sở"),
        ("Họ Và Tên", "Chi bộ Văn phòng Sở", "Đồng chí Họ Và Tên, Chi bộ Văn phòng Sở"),
        ("Đồng chí Họ Và Tên", "", "Đồng chí Họ Và Tên"),
        ("Chủ nhiệm Ủy ban Kiểm tra", "Ủy ban Kiểm tra", "Đồng chí Chủ nhiệm Ủy ban Kiểm tra"),
        ("", "Văn phòng Sở", "Văn phòng Sở"),
        ("Bana Văn", "", "Đồng chí Bana Văn"),
    ],
)
def test_a_person_is_greeted_by_function_and_unit_and_a_body_by_its_name(
    name: str, unit: str, greeting: str
) -> None:
    assert WORDS.addressed(name, unit, "vi") == greeting


def test_what_a_function_and_a_unit_share_is_said_once() -> None:
    assert joined("a b c", "b c d") == "a b c d"
    assert joined("a b c", "B C") == "a b c"
    assert joined("a", "b") == "a, b"


def test_a_language_that_has_no_words_is_named_with_those_that_have() -> None:
    with pytest.raises(RuleError, match="'fr' — use one of en, vi"):
        WORDS.weekday(date(2017, 7, 20), "fr")


@pytest.mark.parametrize(
    ("words", "ask", "problem"),
    [
        ("", "date.short", "lacks date.short"),
        ("date.short = ['a']", "date.short", "is a list"),
        (
            "date.short = '$nothing'\ndate.months = ['1','2','3','4','5','6','7']",
            "short",
            "cannot be filled: 'nothing'",
        ),
        ("date.short = 'USD$'\ndate.months = ['1','2','3','4','5','6','7']", "short", "cannot be filled"),
        ("date.short = ''\ndate.months = ['1']", "short", "has only 1 words"),
        ("date.short = ''\ndate.months = '1'", "short", "is one string"),
    ],
)
def test_a_wrong_word_is_told_by_its_key_when_it_is_asked_for(
    tmp_path: Path, words: str, ask: str, problem: str
) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "vi.toml").write_text(words, encoding="utf-8")
    vocabulary = load_vocabulary(tmp_path)

    with pytest.raises(RuleError, match=problem):
        vocabulary.short_date(date(2017, 7, 20), "vi") if ask == "short" else vocabulary.word(ask, "vi")


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"a = ", "words/vi.toml"), (b"\xff", "words/vi.toml"), (b"a = 1", "a of words/vi.toml is no word")],
)
def test_a_file_that_holds_no_words_is_a_fault_of_the_templates(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "vi.toml").write_bytes(content)

    with pytest.raises(TemplateError, match=problem):
        load_vocabulary(tmp_path)


def test_a_folder_without_words_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no language"):
        load_vocabulary(tmp_path)


@pytest.mark.parametrize("folder", ["words", "sheets"])
def test_every_language_has_the_same_words(folder: str) -> None:
    keys = {
        file.name: keys_of(tomllib.loads(file.read_text(encoding="utf-8")))
        for file in shipped("templates").glob(f"{folder}/*.toml")
    }

    assert keys["vi.toml"] == keys["en.toml"]


def keys_of(table: dict[str, object], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for key, value in table.items():
        found |= keys_of(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}"}
    return found


@pytest.mark.parametrize(
    ("title", "phrase", "said"),
    [
        ("Báo cáo công tác {period}", "tháng 7/2017", "Báo cáo công tác tháng 7/2017"),
        ("Kiểm tra theo chương trình năm {period}", "năm 2017", "Kiểm tra theo chương trình năm 2017"),
        ("Kế hoạch Năm {period} của Chi bộ", "năm 2017", "Kế hoạch Năm 2017 của Chi bộ"),
        ("{period}: sơ kết", "quý II/2017", "quý II/2017: sơ kết"),
        ("Nộp đảng phí", "quý II/2017", "Nộp đảng phí"),
        ("Report of {period}", "June 2017", "Report of June 2017"),
        ("Năm {period}, so với kế hoạch {period}", "năm 2017", "Năm 2017, so với kế hoạch năm 2017"),
    ],
)
def test_a_title_says_its_period_and_a_word_that_both_have_once(title: str, phrase: str, said: str) -> None:
    assert titled(title, phrase) == said
