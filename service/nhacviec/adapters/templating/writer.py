"""Reviews out of ``templates/review/<language>/review.md``, in the same sandbox as letters (S08, S10-S12).

A review is Markdown.  What comes from the catalogue goes through the filter ``plain``, so that a title or a
name can neither break a table nor bring in a link, a picture or HTML.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import jinja2

from nhacviec.adapters.templating.filters import in_one_line
from nhacviec.adapters.templating.phrases import Phrases
from nhacviec.adapters.templating.sandbox import Sandbox
from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.review.draft import Draft
from nhacviec.domain.vocabulary import Vocabulary

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_GAPS = re.compile(r"\n{3,}")


class JinjaWriter:
    """Writes reviews from the templates of a folder; ``application.reviews.Writer``.

    Args:
        folder: the folder that holds ``review/``; nothing outside it can be read.
        vocabulary: the words that templates share with the rest of the product.
    """

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._vocabulary = vocabulary

    def write(self, draft: Draft) -> str:
        """Put a review into words: paragraphs and tables, one empty line between them.

        Raises:
            RuleError: there are no words for its language.
            TemplateError: its template is missing, wrong, or uses what a draft does not have.
        """
        if draft.language not in self._vocabulary.languages:
            known = ", ".join(self._vocabulary.languages)
            raise RuleError(f"there are no words for language {draft.language!r}", mend=f"use one of {known}")
        name = f"review/{draft.language}/review.md"
        try:
            words = self._sandbox(draft.language).get_template(name).render(draft=draft, review=draft.review)
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(error.name or name, f"line {error.lineno}: {error.message}") from error
        except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise TemplateError(name, str(error) or type(error).__name__) from error
        lines = (line.rstrip() for line in unicodedata.normalize("NFC", words).splitlines())
        return _GAPS.sub("\n\n", "\n".join(lines)).strip() + "\n"

    def _sandbox(self, language: str) -> Sandbox:
        sandbox = Sandbox(self._folder, html=False)
        sandbox.filters.update(Phrases(self._vocabulary, language).filters())
        sandbox.filters["plain"] = plain
        sandbox.filters["counted"] = partial(self._counted, language=language)
        sandbox.filters["filled"] = filled
        sandbox.globals["word"] = partial(self._vocabulary.word, language=language)
        return sandbox

    def _counted(self, number: int, words: str, language: str) -> str:
        """So many of something; nothing of none."""
        return f"{self._vocabulary.count(number, language)} {words}" if number else ""


def plain(words: str) -> str:
    r"""Words as they stand in Markdown, in one line, without a meaning of their own.

    >>> print(plain("a|b *c*"))
    a\|b \*c\*
    """
    return _MARKS.sub(r"\\\1", in_one_line(words))


def filled(words: Iterable[str]) -> list[str]:
    """Those that say something."""
    return [each for each in words if each]
