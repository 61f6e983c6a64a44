"""A folder of templates with one kind of letter, written for a test."""

from dataclasses import replace
from pathlib import Path

from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.domain.letter import LetterKind, Words
from nhacviec.resources import shipped
from tests.letters.samples import AN_ITEM, a_letter

VOCABULARY = load_vocabulary(shipped("templates"))

#: A reminder whose title is what HTML would take for its own.
LETTER = a_letter(LetterKind.REMINDER, "vi", replace(AN_ITEM, title="<b>&</b>"))


def composed(folder: Path, body: str) -> Words:
    """What a folder with one kind of letter makes of a reminder; its text and HTML are one template."""
    home = folder / "mail" / "reminder" / "vi"
    home.mkdir(parents=True, exist_ok=True)
    (folder / "mail" / "_form.txt").write_text("", encoding="utf-8")
    (folder / "mail" / "_form.html").write_text("", encoding="utf-8")
    (home / "subject.txt").write_text("x", encoding="utf-8")
    for part in ("body.txt", "body.html"):
        (home / part).write_text(body, encoding="utf-8")
    return JinjaComposer(folder, VOCABULARY).compose(LETTER)
