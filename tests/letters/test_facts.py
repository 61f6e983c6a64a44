"""Facts choose the words: what a letter says of each item, on whatever day it goes (DOMAIN 4.3, S-70)."""

from dataclasses import replace
from datetime import date

import pytest

from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.domain.letter import LetterItem, LetterKind
from nhacviec.domain.miss import Miss
from nhacviec.resources import shipped
from tests.letters.samples import (
    AN_ITEM,
    DIGEST,
    DUE_TODAY,
    ESCALATION,
    MEETING,
    OVERDUE,
    PACE,
    QUALITY,
    RECEIPT,
    a_letter,
)

COMPOSER = JinjaComposer(shipped("templates"), load_vocabulary(shipped("templates")))

SATURDAY = replace(OVERDUE, days_late=1, working_days_late=0)
TODAY_AFTER_ALL = replace(AN_ITEM, days_left=0, working_days_left=0)
LATE_AFTER_ALL = replace(AN_ITEM, days_left=0, working_days_left=0, days_late=2, working_days_late=2)
EVE = replace(AN_ITEM, days_left=1, working_days_left=0)
NEXT_YEAR = replace(AN_ITEM, due=date(2018, 1, 5))


@pytest.mark.parametrize(
    ("kind", "item", "subject", "said"),
    [
        (
            LetterKind.REMINDER,
            TODAY_AFTER_ALL,
            "[Đến hạn hôm nay 20/7] ",
            "Hôm nay, thứ Năm, ngày 20 tháng 7",
        ),
        (LetterKind.REMINDER, LATE_AFTER_ALL, "[Đôn đốc] Quá hạn 02 ngày", "(quá hạn 02 ngày làm việc)"),
        (LetterKind.MEETING, LATE_AFTER_ALL, "[Đôn đốc] Quá hạn 02 ngày", "(quá hạn 02 ngày làm việc)"),
        (LetterKind.DUE_TODAY, LATE_AFTER_ALL, "[Đôn đốc] Quá hạn 02 ngày", "(quá hạn 02 ngày làm việc)"),
        (LetterKind.DUE_TODAY, AN_ITEM, "[Nhắc việc] Hạn thứ Năm 20/7: ", "(còn 05 ngày làm việc)"),
        (LetterKind.OVERDUE, AN_ITEM, "[Nhắc việc] Hạn thứ Năm 20/7: ", "(còn 05 ngày làm việc)"),
        (LetterKind.OVERDUE, TODAY_AFTER_ALL, "[Đến hạn hôm nay 20/7] ", "Hôm nay, thứ Năm, ngày 20 tháng 7"),
        (
            LetterKind.OVERDUE,
            SATURDAY,
            "[Đôn đốc] Quá hạn 01 ngày (hạn 20/7)",
            "(quá hạn 01 ngày; đã nhắc 03 lần)",
        ),
        (LetterKind.REMINDER, EVE, "[Nhắc việc] Hạn thứ Năm 20/7", "(còn 01 ngày)"),
        (LetterKind.REMINDER, NEXT_YEAR, "[Nhắc việc] Hạn thứ Sáu 05/01/2018", "thứ Sáu, ngày 05/01/2018"),
    ],
)
def test_a_letter_that_goes_on_another_day_than_planned_is_still_true(
    kind: LetterKind, item: LetterItem, subject: str, said: str
) -> None:
    """S-70: facts choose the words, not the kind that was planned."""
    words = COMPOSER.compose(a_letter(kind, "vi", item))

    assert words.subject.startswith(subject)
    assert said in " ".join(words.text.split())


def test_a_digest_groups_what_it_holds_and_names_a_unit_only_where_it_is_not_the_readers_own() -> None:
    other = replace(AN_ITEM, unit_name="Chi bộ Phòng Tổ chức cán bộ", title="Việc của chi bộ khác")

    text = COMPOSER.compose(a_letter(LetterKind.DIGEST, "vi", *DIGEST, other, RECEIPT)).text

    headings = ["QUÁ HẠN (01)", "ĐẾN HẠN HÔM NAY (01)", "SẮP ĐẾN HẠN (03)", "THÔNG TIN THÊM (01)"]
    assert [line for line in text.splitlines() if line.endswith(")") and line.isupper()] == headings
    assert text.count("Chi bộ Phòng Tổ chức cán bộ.") == 1
    assert "Chi bộ Văn phòng Sở." not in text


@pytest.mark.parametrize(
    ("items", "subject"),
    [
        ((AN_ITEM,), "[Nhắc việc] 20/7: 01 việc, gần nhất hạn thứ Năm 20/7"),
        ((DUE_TODAY, AN_ITEM), "[Nhắc việc] 20/7: 02 việc, 01 đến hạn hôm nay"),
        ((OVERDUE, OVERDUE, AN_ITEM), "[Nhắc việc] 20/7: 03 việc, 02 quá hạn"),
        ((RECEIPT,), "[Nhắc việc] 20/7: 01 việc"),
    ],
)
def test_the_subject_of_a_digest_counts(items: tuple[LetterItem, ...], subject: str) -> None:
    assert COMPOSER.compose(a_letter(LetterKind.DIGEST, "vi", *items)).subject == subject


def test_an_escalation_aligns_its_columns_in_text() -> None:
    text = COMPOSER.compose(a_letter(LetterKind.ESCALATION)).text

    bars = {
        tuple(index for index, character in enumerate(line) if character == "|")
        for line in text.splitlines()
        if "|" in line
    }
    assert len(bars) == 1


def test_an_escalation_of_one_duty_names_it_in_its_subject() -> None:
    words = COMPOSER.compose(a_letter(LetterKind.ESCALATION, "vi", ESCALATION[1]))

    assert words.subject == (
        "[Báo cáo] Đến 27/7: 01 việc quá hạn 05 ngày làm việc: Báo cáo công tác Đảng tháng 7/2017 "
        "(Chi bộ Phòng Giáo dục Trung học)"
    )


def test_a_meeting_without_a_rule_on_its_length_or_minutes_names_neither() -> None:
    meeting = replace(MEETING, least_minutes=None, minutes_by=None, evidence=())

    text = " ".join(COMPOSER.compose(a_letter(LetterKind.MEETING, "vi", meeting)).text.split())

    assert "3. Bảo đảm thời lượng và chất lượng cuộc họp theo quy định đang áp dụng." in text
    assert "4. Sau cuộc họp, cập nhật kết quả và số biên bản. " in text


def test_a_target_in_thirds_is_told_with_a_decimal_comma() -> None:
    third = replace(PACE, target=3)

    assert "01/03 (33,3%)" in COMPOSER.compose(a_letter(LetterKind.PACE, "vi", third)).subject
    assert "1 of 3 (33.3%)" in COMPOSER.compose(a_letter(LetterKind.PACE, "en", third)).subject


def test_a_receipt_is_silent_about_a_report_that_came_after_its_day() -> None:
    late = replace(RECEIPT, reported_on=date(2017, 7, 25))

    text = COMPOSER.compose(a_letter(LetterKind.RECEIPT, "vi", late)).text

    assert "đúng hạn" not in text
    assert "quá hạn" not in text


@pytest.mark.parametrize(
    ("miss", "vietnamese", "english"),
    [
        (
            Miss(field="duration_minutes", part=100, at_least=120, when="combined", basis="42-HD/BTCTW"),
            "quy định cho buổi sinh hoạt định kỳ kết hợp chuyên đề ít nhất 120 phút (42-HD/BTCTW).",
            "a regular and a thematic meeting in one session is at least 120 minutes (42-HD/BTCTW).",
        ),
        (
            Miss(field="attendance", part=8, whole=9, at_least=90),
            "- Số người có mặt 08/09 (88,9%); quy định ít nhất 90%.",
            "- 8 of 9 were present (88.9%); the rule is at least 90%.",
        ),
        (
            Miss(field="present", part=1, more_than=4, basis="<Quy chế>"),
            "- Số người có mặt: 01; quy định ít nhất 05 (<Quy chế>).",
            "- Number present: 1; the rule is at least 5 (<Quy chế>).",
        ),
    ],
)
def test_a_note_on_quality_tells_what_was_found_and_what_the_rule_is(
    miss: Miss, vietnamese: str, english: str
) -> None:
    for language, said in (("vi", vietnamese), ("en", english)):
        words = COMPOSER.compose(a_letter(LetterKind.QUALITY, language, replace(QUALITY, misses=(miss,))))

        assert said in " ".join(words.text.split())
        assert "<Quy" not in words.html
