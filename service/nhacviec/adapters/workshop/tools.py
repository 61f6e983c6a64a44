"""What a letter is written with, in a form that a process can hand to another."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nhacviec.domain.letter import Envelope, Letter, Words
from nhacviec.domain.vocabulary import Vocabulary

#: A letter's subject, and the bytes that go.
Written = tuple[str, bytes]
#: Writes one letter.
Pen = Callable[[Letter, Envelope], Written]


class Composer(Protocol):
    """Turns a letter into words."""

    def compose(self, letter: Letter) -> Words:
        """Subject, text and HTML of a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """How to make a pen; all are functions and classes of modules, for only their names are handed over.

    Args:
        folder: the folder of templates.
        vocabulary: reads the words in it.
        composer: opens the templates in it.
        serialise: turns words into bytes.
    """

    folder: Path
    vocabulary: Callable[[Path], Vocabulary]
    composer: Callable[[Path, Vocabulary], Composer]
    serialise: Callable[[Words, Envelope], bytes]

    def pen(self) -> Pen:
        """Open the templates.

        Raises:
            TemplateError: there are no words.
        """
        composer = self.composer(self.folder, self.vocabulary(self.folder))

        def write(letter: Letter, envelope: Envelope) -> Written:
            words = composer.compose(letter)
            return words.subject, self.serialise(words, envelope)

        return write
