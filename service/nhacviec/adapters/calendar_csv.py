"""Days off and make-up days as CSV: ``date,kind,label,swap_with,status`` (``config/calendar/README.md``)."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from unicodedata import normalize

from nhacviec.application.definitions import CalendarDay
from nhacviec.domain.errors import CatalogueError, Fault, RuleError

#: The kind of row that makes a day worked; every other kind makes it a day off.
WORKING = "working"
STATUSES = ("official", "provisional")
_NEEDED = ("date", "kind", "label", "status")


def country_days(folder: Path) -> Callable[[str], Sequence[CalendarDay]]:
    """The shipped days of a country, by its code (``VN`` is ``vn.csv``).

    Args:
        folder: where the calendars lie.
    """

    def days(code: str) -> Sequence[CalendarDay]:
        file = folder / f"{code.lower()}.csv"
        if not code.isalpha() or not file.is_file():
            shipped = ", ".join(sorted(path.stem.upper() for path in folder.glob("*.csv")))
            raise RuleError(f"no calendar of {code!r} is shipped", mend=f"use {shipped}, or list the days")
        return read_days(file, source="country")

    return days


def read_days(path: Path, *, source: str = "office") -> list[CalendarDay]:
    """Read one file.

    Args:
        path: a CSV file with a header line; ``;`` or ``,`` between fields, UTF-8 with or without BOM.
        source: recorded beside each day.

    Raises:
        CatalogueError: every bad row, with its line.
    """
    try:
        text = normalize("NFC", path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError([_fault(path, 0, str(error), "give a UTF-8 CSV file")]) from error
    separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        problem = f"no column {', '.join(missing)}"
        raise CatalogueError([_fault(path, 1, problem, "see config/calendar/README.md")])
    days: dict[date, CalendarDay] = {}
    faults: list[Fault] = []
    for row in rows:
        try:
            day = _day(row, source)
        except RuleError as error:
            faults.append(_fault(path, rows.line_num, error.problem, error.mend))
            continue
        if day.day in days:
            faults.append(_fault(path, rows.line_num, f"{day.day} stands twice", "keep one row"))
        days[day.day] = day
    if faults:
        raise CatalogueError(faults)
    return list(days.values())


def _day(row: dict[str, str], source: str) -> CalendarDay:
    values = {name: (row.get(name) or "").strip() for name in _NEEDED}
    try:
        day = date.fromisoformat(values["date"])
    except ValueError as error:
        raise RuleError(f"{values['date']!r} is not a date", mend="write YYYY-MM-DD") from error
    if values["status"] not in STATUSES:
        raise RuleError(f"status {values['status']!r} is not known", mend=f"use {' or '.join(STATUSES)}")
    if not values["label"] or any(ord(sign) < ord(" ") for sign in values["label"]):
        raise RuleError("a label is missing or holds control characters", mend="say what the day is called")
    return CalendarDay(
        day=day,
        working=values["kind"] == WORKING,
        label=values["label"],
        source=source,
        status=values["status"],
    )


def _fault(path: Path, line: int, problem: str, mend: str) -> Fault:
    return Fault(file=str(path), line=line, column=1, problem=problem, mend=mend)
