"""Parts of a template that are said once for many letters: which they are, and that no letter shows."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2 import nodes
from markupsafe import Markup

from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.templating.fragments import Setter
from tests.adapters.mail_folder import LETTER, VOCABULARY, composed

MACRO = "{% macro m() %}<{{ caller() }}>{% endmacro %}"
IMPORT = '{% import "mail/_say.txt" as say %}{% set you = word("address.you") %}{% set other = 1 %}'


def apart(body: str) -> int:
    """How many parts of a template are set apart."""
    template = jinja2.Environment(autoescape=True).parse(body)
    setter = Setter(template)
    setter.visit(template)
    assert len([*template.find_all(nodes.CallBlock)]) == body.count("{% call") + len(setter.apart)
    return len(setter.apart)


@pytest.mark.parametrize(
    "body",
    [
        "{% call form.paragraph() %}x{% endcall %}",
        "{% call say.m(letter.office) %}{{ you }}{{ say.you }}{% endcall %}",
        "{% call form.m() %}{% if item.note %}{{ item.due.year }}{% endif %}{% endcall %}",
        "{% call form.m() %}{% call form.n() %}{{ form.b(item.note ~ 'x') }}{% endcall %}{% endcall %}",
        "{% for item in letter.items %}{% call form.m() %}{{ item.title | line }}{% endcall %}{% endfor %}",
    ],
)
def test_what_reads_only_what_letters_share_is_set_apart(body: str) -> None:
    assert apart(IMPORT + body) == 1


@pytest.mark.parametrize(
    "body",
    [
        "{% call form.m() %}{{ item.unit_name }}{% endcall %}",
        "{% call form.m() %}{{ letter.at | clock }}{% endcall %}",
        "{% call form.m() %}{{ say.late(item) }}{% endcall %}",
        "{% call form.m() %}{{ other }}{% endcall %}",
        "{% call form.m() %}{{ you.note }}{% endcall %}",
        "{% call form.m() %}{{ item.__class__ }}{% endcall %}",
        "{% call form.m() %}{{ item.due._x }}{% endcall %}",
        "{% call form.m() %}{% for a in item.evidence %}{{ a }}{% endfor %}{% endcall %}",
        "{% call form.m() %}{% set a = 1 %}{% endcall %}",
        "{% call(a) form.m() %}x{% endcall %}",
        "{% call form.m(a=1) %}x{% endcall %}",
        "{% call form.m(*item.evidence) %}x{% endcall %}",
        "{% call m() %}x{% endcall %}",
        "{% call item.note() %}x{% endcall %}",
        "{% set form = 1 %}{% call form.m() %}x{% endcall %}",
        "{% macro f(say) %}{% call say.m() %}x{% endcall %}{% endmacro %}",
        "{% set you = 2 %}{% call form.m() %}{{ you }}{% endcall %}",
        "{% macro you() %}{% endmacro %}{% call form.m() %}{{ you }}{% endcall %}",
        "{% from 'a' import b as you, say %}{% call form.m() %}{{ you }}{% endcall %}",
    ],
)
def test_what_reads_more_is_not(body: str) -> None:
    assert apart(IMPORT + body) == 0


def test_what_is_equal_and_not_alike_is_not_taken_for_the_other(tmp_path: Path) -> None:
    """S06, S12: a string that is safe HTML and one that is not, alone and among several; 1 and true."""
    body = '{% import "mail/say.txt" as say %}{% call say.m() %}{{ item.note }}{{ item.evidence | first }}'
    body += "{{ item.done }}{% endcall %}"
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "say.txt").write_text(MACRO, encoding="utf-8")
    composed(tmp_path, "x")
    for part in ("txt", "html"):
        (tmp_path / "mail" / "reminder" / "vi" / f"body.{part}").write_text(body, encoding="utf-8")
    composer = JinjaComposer(tmp_path, VOCABULARY)

    def html(**values: Any) -> str:  # noqa: ANN401
        items = (replace(LETTER.items[0], **values),)
        return composer.compose(replace(LETTER, items=items)).html.strip()

    for _ in "ab":
        assert html(note="<b>", evidence=("&",), done=1) == "<&lt;b&gt;&amp;1>"
        assert html(note=Markup("<b>"), evidence=("&",), done=1) == "<<b>&amp;1>"
        assert html(note="<b>", evidence=(Markup("&"),), done=1) == "<&lt;b&gt;&1>"
        assert html(note="<b>", evidence=("&",), done=True) == "<&lt;b&gt;&amp;True>"
