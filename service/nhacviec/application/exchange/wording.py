"""The words of a workbook, written in one language and understood in every one."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from nhacviec.application.catalogue.schema.scalars import did_you_mean, shown
from nhacviec.application.exchange.columns import TABLES, Column, Table
from nhacviec.domain.duty import DutyKind
from nhacviec.domain.errors import RuleError
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.organisation import Mail
from nhacviec.domain.vocabulary import Vocabulary

#: The words of the catalogue that a choice stands for, by the name of the choice.
CHOICES: dict[str, tuple[str, ...]] = {
    "language": ("vi", "en"),
    "mail": tuple(map(str, Mail)),
    "day": ("off", "working"),
    "enabled": ("true", "false"),
    "kind": tuple(map(str, DutyKind)),
    "letter": tuple(map(str, LetterKind)),
}


def folded(text: str) -> str:
    """A text as it is compared: however its letters are composed, capitals and blanks do not count."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of workbooks.

    Args:
        vocabulary: as read from ``templates/sheets/``.
        language: in which is written.
    """

    vocabulary: Vocabulary
    language: str

    def sheet(self, table: Table) -> str:
        """The name of a table's sheet."""
        return self._said(f"{table.key}.sheet")

    def header(self, table: Table, column: Column) -> str:
        """The header of a column."""
        return self._said(f"{table.key}.header.{column.key}")

    def sample(self, table: Table) -> tuple[str, ...]:
        """The example of a sheet, marked as one in its first cell."""
        first, *others = table.columns
        begins = f"{self._said('sample')} {self._said(f'{table.key}.sample.{first.key}')}"
        return (begins, *(self._sampled(f"{table.key}.sample.{column.key}") for column in others))

    def fault(self) -> str:
        """The header of the column that says what is wrong."""
        return self._said("fault")

    def lists(self) -> str:
        """The name of the hidden sheet that feeds the lists."""
        return self._said("lists")

    def label(self, column: Column, value: str) -> str:
        """A word of the catalogue as a list offers it."""
        return self._said(f"choice.{column.choice}.{value}")

    def labels(self, column: Column) -> tuple[str, ...]:
        """All that a list offers."""
        return tuple(self.label(column, value) for value in CHOICES[column.choice])

    def value(self, column: Column, label: str) -> str:
        """What a word of a list means, in whichever language it is written.

        Raises:
            RuleError: the list does not have it.
        """
        for value in CHOICES[column.choice]:
            if folded(label) in map(folded, (value, *self._all(f"choice.{column.choice}.{value}"))):
                return value
        mend = did_you_mean(label, list(self.labels(column))) or "choose from the list"
        raise RuleError(f"{shown(label)} is not in the list", mend=mend)

    def table(self, name: str) -> Table | None:
        """Which table a sheet of this name holds; None: the hidden one that feeds the lists.

        Raises:
            RuleError: there is no such sheet.
        """
        for table in TABLES:
            if folded(name) in map(folded, self._all(f"{table.key}.sheet")):
                return table
        if folded(name) in map(folded, self._all("lists")):
            return None
        known = [self.sheet(table) for table in TABLES]
        raise RuleError(f"there is no sheet named {shown(name)}", mend=did_you_mean(name, known))

    def column(self, table: Table, header: str) -> Column | None:
        """Which column a header names; None: the one that says what is wrong.

        Raises:
            RuleError: there is no such column.
        """
        for column in table.columns:
            if folded(header) in map(folded, self._all(f"{table.key}.header.{column.key}")):
                return column
        if folded(header) in map(folded, self._all("fault")):
            return None
        known = [self.header(table, column) for column in table.columns]
        raise RuleError(f"there is no column {shown(header)}", mend=did_you_mean(header, known))

    def is_sample(self, first: object) -> bool:
        """Whether the first cell of a row says that it is an example."""
        return isinstance(first, str) and folded(first).startswith(tuple(map(folded, self._all("sample"))))

    def _said(self, key: str) -> str:
        return self.vocabulary.word(key, self.language)

    def _all(self, key: str) -> Iterator[str]:
        return (self.vocabulary.word(key, language) for language in self.vocabulary.languages)

    def _sampled(self, key: str) -> str:
        try:
            return self._said(key)
        except RuleError:
            return ""  # a sample leaves out what most rows leave out
