"""Whole letters, as a person reads them (DOMAIN 4.3), and what every letter keeps."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.domain.letter import LetterKind
from nhacviec.resources import shipped
from tests.letters.reading import Reading, words_of_text
from tests.letters.samples import (
    AN_ITEM,
    ESCALATION,
    REPORT_PAGE,
    a_letter,
)

EXPECTED = Path(__file__).parent / "expected"
COMPOSER = JinjaComposer(shipped("templates"), load_vocabulary(shipped("templates")))

every_kind = pytest.mark.parametrize("kind", LetterKind)
every_language = pytest.mark.parametrize("language", ["vi", "en"])


@every_language
@every_kind
def test_a_letter_reads_as_expected_from_subject_to_signature(kind: LetterKind, language: str) -> None:
    expected = (EXPECTED / f"{kind}.{language}.txt").read_text(encoding="utf-8")

    words = COMPOSER.compose(a_letter(kind, language))

    assert f"{words.subject}\n\n{words.text}" == expected


def test_every_expected_letter_belongs_to_a_kind_and_a_language() -> None:
    names = {file.name for file in EXPECTED.iterdir()}

    assert names == {f"{kind}.{language}.txt" for kind in LetterKind for language in ("vi", "en")}


@every_language
@every_kind
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("report_url", [REPORT_PAGE, ""])
def test_text_and_html_say_the_same_words_in_the_same_order(
    kind: LetterKind, language: str, late: bool, report_url: str
) -> None:
    items = tuple(replace(item, report_url=report_url) for item in a_letter(kind).items)

    words = COMPOSER.compose(a_letter(kind, language, *items, late=late))

    reading = Reading(words.html)
    labels = ("Báo đã hoàn thành:", "Cập nhật kết quả:", "Report it done:", "Record a result:")
    text = words.text
    for label in labels:
        text = text.replace(f"{label}\n", label.removesuffix(":") + "\n")
    assert reading.words == words_of_text(text)
    assert reading.links == re.findall(r"https://\S+", words.text)


@every_language
@every_kind
def test_the_lines_before_the_letter_claim_nothing_the_letter_does_not_say(
    kind: LetterKind, language: str
) -> None:
    words = COMPOSER.compose(a_letter(kind, language))

    hidden = " ".join("".join(Reading(words.html).hidden).split("}")[-1].split())
    assert hidden
    assert set(re.findall(r"\d+", hidden)) <= set(re.findall(r"\d+", words.text))


@every_language
@every_kind
def test_html_is_one_small_page_without_images_scripts_or_foreign_links(
    kind: LetterKind, language: str
) -> None:
    words = COMPOSER.compose(a_letter(kind, language))

    reading = Reading(words.html)
    assert reading.language == language
    assert reading.tags <= {
        "a", "body", "br", "div", "head", "html", "li", "meta", "ol", "p", "strong", "style",
        "table", "td", "th", "title", "tr", "ul",
    }  # fmt: skip
    assert not {name for name in reading.attributes if name.startswith("on") or name in {"src", "background"}}
    assert "url(" not in words.html
    assert set(reading.links) <= {REPORT_PAGE}
    assert len(words.html.encode()) <= 30_000
    assert "prefers-color-scheme: dark" in words.html
    assert "max-width:600px" in words.html


def test_an_escalation_of_sixty_rows_stays_below_the_size_at_which_mail_programs_cut() -> None:
    items = ESCALATION * 30

    words = COMPOSER.compose(a_letter(LetterKind.ESCALATION, "vi", *items))

    assert len(words.html.encode()) <= 30_000
    assert words.subject == "[Báo cáo] Đến 27/7: 60 việc quá hạn, kính đề nghị cho ý kiến"


@every_language
@every_kind
@pytest.mark.parametrize("late", [False, True])
def test_no_letter_blames(kind: LetterKind, language: str, late: bool) -> None:
    words = COMPOSER.compose(a_letter(kind, language, late=late))

    said = f"{words.subject}\n{words.text}\n{words.html}".casefold()
    for blame in ("vi phạm", "phê bình", "kỷ luật", "chây ì", "yêu cầu", "violat", "critici", "failed to"):
        assert blame not in said, blame


@every_language
@every_kind
def test_words_are_in_composed_form_and_the_subject_is_one_line(kind: LetterKind, language: str) -> None:
    title = unicodedata.normalize("NFD", "Báo cáo\n  công tác\tĐảng")

    words = COMPOSER.compose(a_letter(kind, language, replace(a_letter(kind).items[0], title=title)))

    assert all(unicodedata.is_normalized("NFC", part) for part in (words.subject, words.text, words.html))
    assert len(words.subject.splitlines()) == 1
    assert "Báo cáo công tác Đảng" in " ".join(words.text.split())


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (LetterKind.REMINDER, "Hạn thứ Năm 20/7"),
        (LetterKind.MEETING, "Thứ Tư 05/7"),
        (LetterKind.DUE_TODAY, "Đến hạn hôm nay 20/7"),
        (LetterKind.OVERDUE, "Quá hạn 02 ngày làm việc"),
        (LetterKind.ESCALATION, "Đến 27/7: 02 việc quá hạn"),
        (LetterKind.DIGEST, "20/7: 04 việc, 01 quá hạn"),
        (LetterKind.PACE, "Đến 20/6: đạt 01/04 (25%)"),
        (LetterKind.RECEIPT, "Ngày 19/7"),
        (LetterKind.RETURNED, "Hạn thứ Ba 25/7"),
        (LetterKind.EXTENDED, "Đến hết thứ Hai 31/7"),
        (LetterKind.QUALITY, "chất lượng] Ngày 09/7"),
    ],
)
def test_the_fact_and_its_date_stand_in_the_first_forty_characters(kind: LetterKind, facts: str) -> None:
    assert facts in COMPOSER.compose(a_letter(kind)).subject[:40]


@every_language
@every_kind
def test_a_late_letter_says_so_in_one_sentence(kind: LetterKind, language: str) -> None:
    on_time = COMPOSER.compose(a_letter(kind, language))

    late = COMPOSER.compose(a_letter(kind, language, late=True))

    apology = {"vi": "Do gián đoạn kỹ thuật", "en": "Owing to a technical interruption"}[language]
    assert apology in late.text
    assert apology not in on_time.text
    assert late.subject == on_time.subject


def test_without_a_page_to_report_on_the_letter_asks_for_an_answer() -> None:
    words = COMPOSER.compose(a_letter(LetterKind.REMINDER, "vi", replace(AN_ITEM, report_url="")))

    said = " ".join(words.text.split())
    assert "xin đồng chí trả lời thư này; thư trả lời được chuyển đến Văn phòng Đảng ủy." in said
    assert "Báo đã hoàn thành" not in words.text + words.html
    assert "<a " not in words.html


@pytest.mark.parametrize("kind", [LetterKind.REMINDER, LetterKind.DIGEST, LetterKind.PACE])
@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", " https://x.example.vn"])
def test_an_address_that_is_no_page_of_the_web_is_no_link(kind: LetterKind, address: str) -> None:
    """DELIVERY S07."""
    words = COMPOSER.compose(a_letter(kind, "vi", replace(AN_ITEM, report_url=address)))

    assert Reading(words.html).links == []
    assert address not in words.text


@every_language
@every_kind
def test_markup_in_a_field_reaches_the_reader_as_characters(kind: LetterKind, language: str) -> None:
    """DELIVERY S06: escaped in HTML, plain in text."""
    attack = "<img src=x onerror=1>\"&'<script>"
    items = tuple(
        replace(
            item, title=attack, unit_name=attack, basis=attack, note=attack, evidence=(attack,),
            reported_number=attack, report_url=f"https://x.example.vn/?{attack}",
        )
        for item in a_letter(kind).items
    )  # fmt: skip
    letter = replace(
        a_letter(kind, language, *items),
        recipient_name=attack, unit_name="", office=attack, organisation=attack,
    )  # fmt: skip

    words = COMPOSER.compose(letter)

    reading = Reading(words.html)
    assert not reading.tags & {"img", "script"}
    assert "<img src=x onerror=1>\"&'<script>" in " ".join(words.text.split())
    assert "<img src=x onerror=1>\"&'<script>" in " ".join(reading.words)


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if kind is not LetterKind.ESCALATION])
def test_no_one_but_the_readers_of_an_escalation_sees_a_table_of_units(kind: LetterKind) -> None:
    assert "Đơn vị" not in COMPOSER.compose(a_letter(kind)).html


def test_no_organisation_is_named_in_a_template() -> None:
    """DESIGN §1: units, kinds, roles and words of one organisation are data."""
    for file in shipped("templates").joinpath("mail").rglob("*.*"):
        said = file.read_text(encoding="utf-8")
        for name in ("Đảng ủy", "Chi bộ", "chi bộ", "chi ủy", "Sở ", "Giáo dục", "example"):
            assert name not in said, f"{file.name}: {name}"
