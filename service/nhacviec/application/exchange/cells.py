"""One cell: what it says in the catalogue's own form, and how that form is shown in a cell."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from nhacviec.application.catalogue.schema.scalars import shown
from nhacviec.application.exchange.columns import Column, Form
from nhacviec.application.exchange.sheets import Value
from nhacviec.application.exchange.wording import Wording
from nhacviec.domain.errors import RuleError

#: What a cell says: text, a number, a list of words; None: nothing.
Plain = str | int | bool | list[str] | None

_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)
_DIGITS = re.compile(r"[+-]?[0-9][0-9., ]*", re.ASCII)
_BLANKS = " \u00a0"


def read_cell(column: Column, value: Value, wording: Wording) -> Plain:
    """What a cell says.

    Args:
        column: which it stands in.
        value: what it holds.
        wording: the words of lists.

    Returns:
        Days as ISO text; None for an empty cell.

    Raises:
        RuleError: it holds something else than its column asks for.
    """
    if value is None or (isinstance(value, str) and not value.strip(_BLANKS)):
        return None
    if column.form is Form.NUMBER:
        return _number(value)
    if column.form is Form.DAY:
        return _day(value)
    text = _text(value)
    if column.form is Form.TEXT:
        return text
    if column.form is Form.CHOICE:
        chosen = wording.value(column, text)
        return chosen == "true" if column.choice == "enabled" else chosen
    words = [word.strip(_BLANKS) for word in text.split(",") if word.strip(_BLANKS)]
    if column.form is Form.CHOICES:
        words = [wording.value(column, word) for word in words]
    return words or None


def write_cell(column: Column, plain: Plain, wording: Wording) -> Value:
    """What a cell holds that says this; the reverse of ``read_cell``."""
    if plain is None:
        return None
    if isinstance(plain, bool):
        return wording.label(column, "true" if plain else "false")
    if isinstance(plain, list):
        chosen = column.form is Form.CHOICES
        return ", ".join(wording.label(column, word) if chosen else word for word in plain) or None
    if isinstance(plain, int):
        return float(plain)
    if column.form is Form.DAY:
        return date.fromisoformat(plain)
    return wording.label(column, plain) if column.form is Form.CHOICE else plain


def said(plain: Plain) -> str:
    """What a cell says, for a preview."""
    if isinstance(plain, list):
        return ", ".join(plain)
    return "" if plain is None else str(plain)


def _text(value: Value) -> str:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip(_BLANKS)
    mend = "give the cell the format Text and write it again"
    if isinstance(value, bool):
        raise RuleError(f"{value!s:.5} stands where text is wanted", mend=mend)
    if isinstance(value, float | int):
        problem = f"the number {value:g} stands where text is wanted"
        raise RuleError(problem, mend=f"{mend}, with its leading zeros")
    raise RuleError("a date or time stands where text is wanted", mend=mend)


def _number(value: Value) -> int:
    mend = "write digits alone, in a cell whose format is not Text"
    if isinstance(value, str):
        written = "the number is written as text" if _DIGITS.fullmatch(value.strip(_BLANKS)) else "no number"
        raise RuleError(f"{shown(value)}: {written}", mend=mend)
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise RuleError("a number is wanted", mend=mend)
    if value != value // 1:  # also refuses what is no number at all
        raise RuleError(f"{value:g} is not a whole number", mend="write a whole number")
    return int(value)


def _day(value: Value) -> str:
    mend = "write day, month and year, such as 30/06/2017"
    if isinstance(value, datetime):
        if value.time() != time(0):
            raise RuleError("the date carries a time of day", mend=mend)
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | int | time | timedelta):
        raise RuleError("a number or time stands where a date is wanted", mend=mend)
    text = str(value).strip(_BLANKS)
    found = _DAY.fullmatch(text)
    if found is None:
        raise RuleError(f"{shown(text)} is not a date", mend=mend)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError as error:
        raise RuleError(f"{text} is not in the calendar", mend="name a day that exists") from error
