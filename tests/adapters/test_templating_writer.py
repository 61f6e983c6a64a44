"""Reviews in words: nothing from the catalogue has a meaning of its own there, and no language is missing."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from nhacviec.adapters.templating import JinjaWriter
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.review.draft import Draft
from nhacviec.domain.review.reckoning import reckon
from nhacviec.domain.review.span import review_period
from nhacviec.resources import shipped
from tests.domain.builders import on
from tests.domain.committee import REPORT, catalogue
from tests.domain.review.given import INSPECTION, MEETING, TODAY, counted, done, still

_CATALOGUE = catalogue(REPORT, MEETING, INSPECTION)
_RECORDS = (
    still("BC-01", "cb-tam", "2017-06", "2017-06-20"),
    done("SH-01", "cb-ba", "2017-05", "2017-05-05", "2017-05-05", duration_minutes=40),
    counted("ubkt", 4, (1, "2017-05-01")),
)


def draft(language: str = "vi", *records: object, **more: object) -> Draft:
    those = records or _RECORDS
    review = reckon(those, _CATALOGUE, review_period("2017-H1"), TODAY)  # type: ignore[arg-type]
    plain = Draft(
        review=review,
        language=language,
        organisation="Đảng bộ Sở",
        office="Văn phòng",
        period="6 tháng đầu năm 2017",
        before="6 tháng cuối năm 2016",
        titles={"BC-01": "Báo cáo", "SH-01": "Sinh hoạt", "KT-02": "Kiểm tra"},
        names={},
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def writer(folder: Path | None = None) -> JinjaWriter:
    return JinjaWriter(folder or shipped("templates"), load_vocabulary(shipped("templates")))


@pytest.mark.parametrize(("language", "word"), [("vi", "DỰ THẢO"), ("en", "DRAFT")])
def test_every_language_writes_the_whole_review_with_tables_that_hold(language: str, word: str) -> None:
    text = writer().write(draft(language))

    assert text.startswith(f"# {word}\n")
    tables = [line for line in text.splitlines() if line.startswith("|")]
    widths = [line.count("|") for line in tables]
    heads = [n for n, line in enumerate(tables) if line.startswith("|---")]
    assert len(heads) == 3
    assert all(widths[n - 1] == widths[n] == widths[n + 1] for n in heads)
    assert "\n\n\n" not in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_review_of_nothing_says_so(language: str) -> None:
    review = reckon((), _CATALOGUE, review_period("2017-H1"), TODAY)

    text = writer().write(draft(language, review=review))

    assert "6 tháng đầu năm 2017" in text.splitlines()[-1]
    assert "|" not in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_period_that_has_only_begun_blames_and_praises_nobody(language: str) -> None:
    review = reckon(_RECORDS[:1], _CATALOGUE, review_period("2017-H1"), on("2017-06-01"))

    text = writer().write(draft(language, review=review))

    assert "%" not in text
    assert text.count("\n- ") == 2


def test_s07_titles_and_names_cannot_break_a_table_or_bring_in_markup() -> None:
    evil = "a|b [x](javascript:1) <b>*c*</b>\n# d `e` {{ 7 * 7 }}"
    names = {unit.code: evil for unit in draft().review.units}

    text = writer().write(draft(titles={"BC-01": evil, "SH-01": evil, "KT-02": evil}, names=names))

    assert r"a\|b \[x\](javascript:1) \<b\>\*c\*\</b\> \# d \`e\` \{\{ 7 \* 7 \}\}" in text
    assert "[x](" not in text.replace(r"\[x\](", "")


def test_an_unknown_language_is_named_with_those_there_are() -> None:
    with pytest.raises(RuleError, match="'de' — use one of en, vi"):
        writer().write(draft("de"))


@pytest.mark.parametrize("wrong", ["{{ draft.nothing }}", "{% if %}", "{{ 1 / 0 }}", "{{ draft.__class__ }}"])
def test_s08_a_wrong_template_is_named(tmp_path: Path, wrong: str) -> None:
    folder = Path(shutil.copytree(shipped("templates"), tmp_path / "templates"))
    (folder / "review" / "vi" / "review.md").write_text(wrong, encoding="utf-8")

    with pytest.raises(TemplateError, match=r"review/vi/review\.md"):
        writer(folder).write(draft())
