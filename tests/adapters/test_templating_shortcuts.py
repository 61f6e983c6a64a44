"""What is done to compose quickly changes no letter: shortcuts round the sandbox, and what is kept ready."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.templating.filters import wrap
from nhacviec.adapters.templating.phrases import Phrases
from nhacviec.domain.letter import Letter, LetterKind
from nhacviec.domain.miss import Miss
from nhacviec.resources import shipped
from tests.adapters.mail_folder import LETTER, VOCABULARY, composed
from tests.letters.samples import a_letter


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            "{% macro m(a, b='z') %}{{ a }}{{ b }} {% endmacro %}{{ m(1) }}{{ m(1, b=2) }}{{ m(1, 2) }}",
            "1z 12 12",
        ),
        (
            "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }}{{ m(**{'a': 3, 'b': 4}) }}",
            "1234",
        ),
        (
            "{% macro m(a) %}{{ varargs | length }}{{ kwargs | length }}{% endmacro %}{{ m(1, 2, 3, x=4) }}",
            "21",
        ),
        ("{% macro m(a) %}x{% endmacro %}{{ m() }}", "x"),
        ("{% macro m() %}{{ caller(1) }}{% endmacro %}{% call(n) m() %}{{ n }}{% endcall %}", "1"),
        ("{% macro m(a) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(1) %}2{% endcall %}", "12"),
        ("{% macro m(a) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(a=1) %}2{% endcall %}", "12"),
        ("{% macro m(a) %}{{ m(a - 1) if a else '' }}{{ a }}{% endmacro %}{{ m(3) }}", "0123"),
        ("{% for n in [1, 2, 3] %}{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}", "1,2,3"),
        ("{{ letter.items | selectattr('kind', 'in', ('reminder',)) | list | length }}", "1"),
        ("{{ letter.items | rejectattr('due.year') | list | length }}", "0"),
        ("{{ 'a' ~ 1 ~ item.done }}", "a10"),
    ],
)
def test_macros_loops_and_filters_work_however_they_are_called(tmp_path: Path, body: str, text: str) -> None:
    words = composed(tmp_path, body)

    assert (words.text, words.html) == (f"{text}\n", f"{text}\n")


def test_what_a_macro_made_is_html_and_what_is_put_to_it_is_escaped(tmp_path: Path) -> None:
    """DELIVERY S06, S12."""
    macro = "{% macro m(a) %}<i>{{ a }}</i>{% endmacro %}"

    words = composed(tmp_path, macro + "{{ m(item.title) ~ item.title }}{{ (item.title ~ '<u>') | line }}")

    title = "&lt;b&gt;&amp;&lt;/b&gt;"
    assert words.html == f"<i>{title}</i>{title}{title}&lt;u&gt;\n"
    assert words.text == "<i><b>&</b></i><b>&</b><b>&</b><u>\n"


def others(letter: Letter) -> list[Letter]:
    """The same letter as often as it has fields, each time with another one changed."""
    changes: dict[type, Any] = {
        str: lambda value: f"{value} <khác>", int: lambda value: value + 1, bool: lambda value: not value,
        date: lambda value: value + timedelta(days=40),
        datetime: lambda value: value + timedelta(days=40, hours=9),
        tuple: lambda value: (*value[:-1], "Tên khác"), type(None): lambda _: None,
    }  # fmt: skip

    def changed(part: Any, name: str) -> Any:  # noqa: ANN401
        value = getattr(part, name)
        if name == "misses":
            return replace(part, misses=(Miss(field="present", part=len(value), at_least=9),))
        return replace(part, **{name: changes[type(value)](value)})

    item = letter.items[0]
    names = [field.name for field in fields(item) if field.name != "kind"]
    rest = [replace(letter, items=(changed(item, name), *letter.items[1:])) for name in names]
    kept = {"kind", "language", "items"}
    return [changed(letter, field.name) for field in fields(letter) if field.name not in kept] + rest


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_owes_nothing_to_the_letters_composed_before_it(kind: LetterKind) -> None:
    """Whatever is kept ready, no field of one letter shows in another, in whichever order they come."""
    letters = [other for language in ("vi", "en") for other in others(a_letter(kind, language))]
    letters[::2], letters[1::2] = letters[: (len(letters) + 1) // 2], letters[(len(letters) + 1) // 2 :]
    one, another = (JinjaComposer(shipped("templates"), VOCABULARY) for _ in "ab")
    one.compose(a_letter(kind, "vi"))

    there = [one.compose(letter) for letter in letters]
    back = [another.compose(letter) for letter in reversed(letters)]

    assert there == back[::-1]
    assert there == [one.compose(letter) for letter in letters]


def test_two_folders_of_templates_do_not_mix(tmp_path: Path) -> None:
    for name in ("a", "b"):
        composed(tmp_path / name, f"{name} {{{{ item.title }}}}")
    one, another = (JinjaComposer(tmp_path / name, VOCABULARY) for name in ("a", "b"))

    texts = [composer.compose(LETTER).text for composer in (one, another, one, another)]

    assert texts == ["a <b>&</b>\n", "b <b>&</b>\n"] * 2


def test_what_is_equal_and_not_alike_is_said_each_in_its_own_way() -> None:
    """One instant by two clocks, safe HTML and a string of the same characters, 1 and true."""
    say = Phrases(VOCABULARY, "vi").filters()
    at = datetime(2017, 7, 20, 23, 30, tzinfo=UTC)
    here = at.astimezone(timezone(timedelta(hours=7)))

    assert [say["full_date"](day) for day in (at, here)] == ["20/7/2017", "21/7/2017"]
    assert [say["clock"](day) for day in (at, here)] == ["23 giờ 30", "06 giờ 30"]
    assert isinstance(say["addressed"](Markup("Ban <b>"), ""), Markup)
    assert type(say["addressed"]("Ban <b>", "")) is str
    assert type(wrap(Markup("<b>"))) is type(wrap("<b>")) is str
    assert say["count"](1) == "01"
    with pytest.raises(ValueError, match="format code"):
        say["count"](1.0)
