"""Letters out of ``templates/mail/``; the only home of Jinja.

``mail/<kind>/<lang>/body.txt`` holds a letter's words once.  It marks them with the macros of ``form``
(paragraph, points, table, button), which are plain lines in a text letter and tables in an HTML one; so
``body.html`` dresses the same words and the two can never disagree.

Templates are data that an office may edit, so they run in a sandbox with nothing but the letter, the
filters of :mod:`.phrases` and no way out of autoescaping (S07, S08, S10-S12).
"""

import re
import traceback
import unicodedata
from functools import partial
from pathlib import Path

import jinja2

from nhacviec.adapters.templating.filters import in_one_line
from nhacviec.adapters.templating.phrases import Phrases
from nhacviec.adapters.templating.sandbox import Sandbox
from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.letter import Letter, LetterKind, Words
from nhacviec.domain.vocabulary import Vocabulary

_GAPS = re.compile(r"\n(?:[ \t]*\n){2,}")

#: What may go wrong while words are put in: Jinja's own, and what an expression can raise.
_FAILURES = (
    jinja2.TemplateError, RuleError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError,
    SyntaxError, UnicodeError, ValueError,
)  # fmt: skip


class JinjaComposer:
    """Composes letters from the templates of a folder.

    Args:
        folder: the folder that holds ``mail/``; nothing outside it can be read.
        vocabulary: the words that templates share with the rest of the product.
    """

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._vocabulary = vocabulary
        self._phrases: dict[str, Phrases] = {}
        self._environments: dict[tuple[str, str], jinja2.Environment] = {}
        self._templates: dict[str, jinja2.Template] = {}

    def compose(self, letter: Letter) -> Words:
        """Put a letter into words.

        Raises:
            TemplateError: a template is missing, wrong, or uses what a letter does not have.
        """
        home = f"mail/{letter.kind}/{letter.language}"
        return Words(
            subject=self.subject(letter),
            text=_closed(self._render(f"{home}/body.txt", letter)),
            html=_closed(self._render(f"{home}/body.html", letter)),
        )

    def subject(self, letter: Letter) -> str:
        """The subject alone, for lists of letters; one line, never empty.

        Raises:
            TemplateError: its template is missing, wrong, or gives nothing.
        """
        name = f"mail/{letter.kind}/{letter.language}/subject.txt"
        subject = in_one_line(self._render(name, letter))
        if not subject:
            raise TemplateError(name, "the subject is empty")
        return subject

    def check(self) -> None:
        """Compile every template in every language, so that a fault shows before a letter is owed.

        Raises:
            TemplateError: the first one that is missing or wrong.
        """
        for language in self._vocabulary.languages:
            for kind in LetterKind:
                for part in ("subject.txt", "body.txt", "body.html"):
                    self._template(f"mail/{kind}/{language}/{part}", language)

    def _render(self, name: str, letter: Letter) -> str:
        template = self._template(name, letter.language)
        try:
            words = template.render(letter=letter, item=letter.items[0])
        except _FAILURES as error:
            raise self._fault(name, error) from error
        return unicodedata.normalize("NFC", words)

    def _template(self, name: str, language: str) -> jinja2.Template:
        found = self._templates.get(name)
        if found is None:
            try:
                found = self._environment(language, name.rpartition(".")[2]).get_template(name)
            except _FAILURES as error:
                raise self._fault(name, error) from error
            self._templates[name] = found
        return found

    def _environment(self, language: str, form: str) -> jinja2.Environment:
        found = self._environments.get((language, form))
        if found is None:
            found = Sandbox(self._folder, html=form == "html")
            if language not in self._phrases:
                self._phrases[language] = Phrases(self._vocabulary, language)
            found.filters.update(self._phrases[language].filters())
            found.globals["word"] = partial(self._vocabulary.word, language=language)
            found.globals["form"] = found.get_template(f"mail/_form.{form}").module
            self._environments[language, form] = found
        return found

    def _fault(self, name: str, error: Exception) -> TemplateError:
        """Say where it went wrong: the deepest place that lies in a template, for words may be imported."""
        problem = str(error) or type(error).__name__
        if isinstance(error, jinja2.TemplateSyntaxError):
            return TemplateError(error.name or name, f"line {error.lineno}: {error.message}")
        if isinstance(error, jinja2.TemplateNotFound):
            return TemplateError(name, f"there is no {error.name}")
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if Path(frame.filename).is_relative_to(self._folder):
                place = Path(frame.filename).relative_to(self._folder).as_posix()
                return TemplateError(place, f"line {frame.lineno}: {problem}")
        return TemplateError(name, problem)


def _closed(words: str) -> str:
    """One empty line between paragraphs however many macros left one, and one end."""
    return _GAPS.sub("\n\n", words).strip() + "\n"
