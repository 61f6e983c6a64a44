"""What a workbook is to us: sheets of values, each value with an address that people know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from nhacviec.application.exchange.columns import Form
from nhacviec.domain.errors import Fault, RuleError

#: What a cell holds; None where it is empty.
Value = str | float | bool | date | datetime | time | timedelta | None

#: Row and column, both from 1.
Cell = tuple[int, int]

_LETTERS = 26


class Spot(NamedTuple):
    """One cell of one sheet; row and column from 1."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        """``Đơn vị!C7``."""
        letters, column = "", self.column
        while column:
            column, letter = divmod(column - 1, _LETTERS)
            letters = chr(ord("A") + letter) + letters
        return f"{self.sheet}!{letters}{self.row}"

    def fault(self, file: str, error: RuleError) -> Fault:
        """What is wrong there, as whoever filled the sheet needs to hear it."""
        return Fault(
            file=file,
            line=self.row,
            column=self.column,
            problem=error.problem,
            mend=error.mend,
            place=str(self),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet as it was read.

    Args:
        name: as its tab says.
        rows: of values, from A1 on; rows may differ in length.
        formulas: cells that hold one.
        errors: cells that show an error such as ``#REF!``.
        merged: the first cell of each merged area.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    formulas: frozenset[Cell] = field(default_factory=frozenset)
    errors: frozenset[Cell] = field(default_factory=frozenset)
    merged: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One column of a sheet that is to be written.

    Args:
        text: the header.
        offers: what its drop-down list offers; empty: no list.
        strict: whether nothing but an offer may be written.
        form: what its cells hold.
    """

    text: str
    offers: tuple[str, ...] = ()
    strict: bool = False
    form: Form = Form.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One sheet that is to be written.

    Args:
        name: of its tab.
        heads: its columns.
        rows: of values, in the order of the columns.
        sample: an example under the header; empty: none.
    """

    name: str
    heads: tuple[Head, ...]
    rows: Sequence[Sequence[Value]]
    sample: tuple[Value, ...] = ()


def whole_fault(file: str, problem: str, mend: str) -> Fault:
    """What is wrong with a workbook as a whole."""
    return Fault(file=file, line=0, column=0, problem=problem, mend=mend, place=file)
