"""The composer: what a template may do, what it may not, and how a fault is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.templating.filters import (
    TEXT_COLUMNS,
    columns,
    in_one_line,
    sentence,
    short_of,
    web_link,
    wrap,
)
from nhacviec.domain.errors import TemplateError
from nhacviec.domain.letter import LetterKind
from nhacviec.resources import shipped
from tests.adapters.mail_folder import VOCABULARY, composed
from tests.letters.samples import a_letter


def test_every_shipped_template_compiles() -> None:
    JinjaComposer(shipped("templates"), VOCABULARY).check()


def test_a_file_called_html_is_escaped_and_a_file_called_txt_is_not(tmp_path: Path) -> None:
    words = composed(tmp_path, "{{ item.title }}")

    assert words.html == "&lt;b&gt;&amp;&lt;/b&gt;\n"
    assert words.text == "<b>&</b>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "{{ item.title | safe }}",
        "{{ item | attr('__class__') }}",
        "{% autoescape false %}{{ item.title }}{% endautoescape %}",
        "{% autoescape true %}{{ item.title }}{% endautoescape %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ item.__class__ }}",
        "{{ letter.__init__.__globals__ }}",
        "{{ item.title.format.__globals__ }}",
        "{{ '{0.__class__}'.format(item) }}",
        "{{ self.__init__ }}{{ self._TemplateReference__context.environment }}",
        "{{ cycler.__init__ }}",
        "{{ lipsum(n=20000) }}",
        "{{ range(999999999) }}",
        "{{ namespace() }}",
        "{{ dict() }}",
        "{{ letter.items.append(1) }}",
        "{% include '../secret.txt' %}",
        "{% include '/etc/hostname' %}",
        "{% import 'mail/../../secret.txt' as x %}",
        "{{ item.nothing }}",
        "{{ nothing }}",
        "{{ item.title.nothing }}",
        "{{ 1 / 0 }}",
        "{{ item.due | weekday | weekday }}",
        "{{ letter.items[7].title }}",
        "{{ word('table.nothing') }}",
        "{% if %}",
        "{% for %}",
        "{{ item.title | nothing }}",
        "{{ item.title is nothing }}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{% extends 'mail/nothing.txt' %}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=1) }}",
        "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}",
        "{% macro m() %}x{% endmacro %}{{ m._run() }}",
        "{% macro m() %}x{% endmacro %}{{ m._environment }}",
        "{% macro m() %}x{% endmacro %}{{ m.__init__.__globals__ }}",
        "{{ form.__init__ }}{{ form._body_stream }}",
        "{{ form.nothing() }}",
        "{{ word.func }}{{ word.func.__self__ }}",
        "{{ item.due.replace.__self__.__class__ }}",
        "{{ item() }}",
        "{{ (item.title ~ '').format.__self__.__class__ }}",
        "{% set f = '{0.__class__}'.format %}{{ f(item) }}",
        "{{ letter.items | selectattr('__class__') | list }}",
        "{{ letter.items | selectattr('title.__class__') | list }}",
        "{{ letter.items | selectattr('title', 'nothing') | list }}",
        "{{ letter.items | rejectattr('nothing') | list }}",
        "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
        "{{ item" + ".title" * 300 + " }}",
        "{{ " + "word(" * 300 + "1" + ")" * 300 + " }}",
    ],
)
def test_a_template_that_reaches_for_more_than_the_letter_is_refused(tmp_path: Path, attack: str) -> None:
    """DELIVERY S08, S10-S12: an error of one class, never a letter with a hole in it."""
    (tmp_path.parent / "secret.txt").write_text("secret", encoding="utf-8")

    with pytest.raises(TemplateError) as refusal:
        composed(tmp_path, f"line one\n{attack}")

    assert refusal.value.problem
    assert len(str(refusal.value).splitlines()) == 1


def test_a_fault_names_the_file_and_the_line_even_where_the_words_are_borrowed(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "_say.txt").write_text(
        "{% macro hello(item) %}\n\n{{ item.mistyped }}{% endmacro %}", encoding="utf-8"
    )

    with pytest.raises(TemplateError) as fault:
        composed(tmp_path, "{% import 'mail/_say.txt' as say %}\n{{ say.hello(item) }}")

    assert fault.value.template == "mail/_say.txt"
    assert fault.value.problem.startswith("line 3: ")
    assert "mistyped" in fault.value.problem


def test_a_fault_of_grammar_names_the_file_and_the_line(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as fault:
        composed(tmp_path, "one\ntwo {% endif %}")

    assert fault.value.template == "mail/reminder/vi/body.txt"
    assert fault.value.problem.startswith("line 2: ")


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    composer = JinjaComposer(tmp_path, VOCABULARY)

    with pytest.raises(TemplateError, match=r"mail/_form\.txt"):
        composer.compose(a_letter(LetterKind.REMINDER))


def test_a_language_without_words_is_a_fault_of_the_templates() -> None:
    composer = JinjaComposer(shipped("templates"), VOCABULARY)

    with pytest.raises(TemplateError, match=r"mail/reminder/fr/subject\.txt"):
        composer.compose(a_letter(LetterKind.REMINDER, "fr"))


def test_a_template_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    composed(tmp_path, "fine")
    (tmp_path / "mail" / "reminder" / "vi" / "body.txt").write_bytes(b"\xff")

    with pytest.raises(TemplateError, match=r"mail/reminder/vi/body\.txt: .*utf-8"):
        JinjaComposer(tmp_path, VOCABULARY).compose(a_letter(LetterKind.REMINDER))


def test_an_empty_subject_is_a_fault_of_its_template(tmp_path: Path) -> None:
    composed(tmp_path, "fine")
    (tmp_path / "mail" / "reminder" / "vi" / "subject.txt").write_text(" \n", encoding="utf-8")

    with pytest.raises(TemplateError, match="the subject is empty"):
        JinjaComposer(tmp_path, VOCABULARY).compose(a_letter(LetterKind.REMINDER))


def test_the_same_letter_gives_the_same_words() -> None:
    letter = a_letter(LetterKind.DIGEST)

    first = JinjaComposer(shipped("templates"), VOCABULARY).compose(letter)
    second = JinjaComposer(shipped("templates"), VOCABULARY).compose(letter)

    assert first == second


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("item.due | weekday", "thứ Năm"),
        ("item.due | short_date", "20/7"),
        ("item.due | full_date", "20/7/2017"),
        ("item.due | long_date", "ngày 20 tháng 7 năm 2017"),
        ("item.due | near_date(letter.at)", "20/7"),
        ("letter.at | clock", "07 giờ 30"),
        ("2 | count", "02"),
        ("1 | percent_of(8)", "12,5%"),
        ("3 | short_of(4)", "1"),
        ("item.evidence | evidence", "số, ký hiệu văn bản; ngày ban hành"),
        ("'Bí thư Chi bộ' | addressed('Chi bộ Sở')", "Đồng chí Bí thư Chi bộ Sở"),
        ("'đã' | sentence", "Đã"),
        ("word('table.unit')", "Đơn vị"),
    ],
)
def test_the_words_a_template_may_ask_for(tmp_path: Path, expression: str, words: str) -> None:
    assert composed(tmp_path, f"{{{{ {expression} }}}}").text == f"{words}\n"


def test_letters_leave_no_more_than_one_empty_line(tmp_path: Path) -> None:
    assert composed(tmp_path, "\n\none\n\n  \n\n\n  two\n\n").text == "one\n\n  two\n"


@given(st.text(), st.sampled_from(["", "   "]), st.sampled_from(["", "- ", "12. "]))
def test_wrapping_changes_white_space_only_and_keeps_to_the_columns(
    words: str, indent: str, mark: str
) -> None:
    lines = wrap(words, indent, mark).split("\n")

    assert " ".join(lines).split() == [*mark.split(), *words.split()]
    room = TEXT_COLUMNS - len(indent + mark)
    assert all(len(line) <= TEXT_COLUMNS or max(map(len, line.split())) > room for line in lines)


def test_wrapping_sets_a_marked_paragraph_in() -> None:
    assert wrap("một " * 20, "   ", "- ") == (
        "   - một một một một một một một một một một một một một một một một một\n     một một một"
    )


@pytest.mark.parametrize("mark", ["", "- "])
def test_a_word_longer_than_a_line_stands_alone_on_it(mark: str) -> None:
    long, hanging = "x" * 80, " " * len(mark)

    assert wrap(f"{long} a - {long} {long}", "", mark).split("\n") == [
        f"{mark}{long}", f"{hanging}a -", f"{hanging}{long}", f"{hanging}{long}",
    ]  # fmt: skip
    assert wrap(f"- {long}", "", mark).split("\n") == [f"{mark}-", f"{hanging}{long}"]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns("a\tbbb\n\nccc\td\n") == "a   | bbb\nccc | d"


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://a.example.vn/x", "https://a.example.vn/x"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("javascript:alert(1)", ""),
        ("HTTPS://a.example.vn", ""),
        ("//a.example.vn", ""),
        ("", ""),
    ],
)
def test_only_pages_of_the_web_are_links(address: str, link: str) -> None:
    """DELIVERY S07."""
    assert web_link(address) == link


def test_small_words() -> None:
    assert sentence("văn phòng Đảng ủy") == "Văn phòng Đảng ủy"
    assert sentence("") == ""
    assert in_one_line(" a\r\n b\tc ") == "a b c"
    assert short_of(5, 4) == 0
