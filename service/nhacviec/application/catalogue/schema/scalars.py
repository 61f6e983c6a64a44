"""The smallest parts of a catalogue: codes, texts, dates, offsets, addresses; each read strictly."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from difflib import get_close_matches

from email_validator import EmailNotValidError, validate_email

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.calendar import weekday_number
from nhacviec.domain.time.offset import Measure, Offset, parse_offset
from nhacviec.domain.time.zone import zone

LONGEST_NAME = 200
LONGEST_TEXT = 500
_LONGEST_SHOWN = 60
#: Years a catalogue may speak of; the lunar calendar is known no farther than this.
FIRST_YEAR, LAST_YEAR = 1900, 2100
#: Days that no offset of a policy or a window may pass: three years.
FARTHEST = 1_100
_DAYS = {Measure.DAYS: 1.0, Measure.WORKING_DAYS: 1.4, Measure.WEEKS: 7.0, Measure.MONTHS: 30.5}

CODE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
WORD = r"[^\W_](?:[\w-]{0,63})"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
MONTH_DAY = r"[0-9]{2}-[0-9]{2}"
WALL = r"[0-9]{2}:[0-9]{2}"
OFFSET = r"[+-]?[0-9]{1,4}(wd|d|w|m)"
#: Letters that turn the direction of writing: nothing in a catalogue needs them, and they disguise.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
#: A leap year, in which every day of a month exists.
_LEAP = 2000


def shown(value: object) -> str:
    """A value as a message quotes it: on one line, and not for ever."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def did_you_mean(word: str, known: list[str]) -> str:
    """The nearest of the known words as a question, else a list of them; empty where none is known."""
    if near := get_close_matches(word, known, n=1, cutoff=0.6):
        return f"did you mean {near[0]!r}?"
    most = 24
    if not known or len(known) > most:
        return ""
    return "known are " + ", ".join(known)


def read_text(value: object, longest: int) -> str:
    """One line of text in NFC, without blanks around it and without control characters."""
    if not isinstance(value, str):
        mend = "put it in quotes" if isinstance(value, int | float) else "write text"
        raise RuleError(f"text is wanted, not {'nothing' if value is None else shown(value)}", mend=mend)
    text = unicodedata.normalize("NFC", value)
    for letter in "" if text.isprintable() else text:
        if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or letter in _TURNING:
            raise RuleError(f"control character U+{ord(letter):04X} in text", mend="write it on one line")
    if not text.strip():
        raise RuleError("the text is empty", mend="write something, or leave the key out")
    if len(text) > longest:
        raise RuleError(f"the text has {len(text)} characters", mend=f"at most {longest} are kept")
    return text.strip()


def matching(pattern: str, problem: str, mend: str) -> Callable[[object], str]:
    """A reader of text that has a given shape from end to end."""
    compiled = re.compile(pattern)

    def read(value: object) -> str:
        text = read_text(value, LONGEST_TEXT)
        if not compiled.fullmatch(text):
            raise RuleError(f"{shown(text)} {problem}", mend=mend)
        return text

    return read


def read_day(value: object) -> date:
    """``2017-06-30``, within the years that are served."""
    mend = "write year, month and day, such as 2017-06-30"
    if not isinstance(value, str) or not re.fullmatch(DAY, value, re.ASCII):
        raise RuleError(f"{shown(value)} is not a date", mend=mend)
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise RuleError(f"{value} is not in the calendar", mend="name a day that exists") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        raise RuleError(f"{value} is outside the years {years}", mend="leave it out for no end")
    return day


def read_moment(value: object) -> date | datetime:
    """A date, or a local date and time such as ``2017-06-30T09:00``."""
    if not isinstance(value, str) or "T" not in value:
        return read_day(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise RuleError(f"{shown(value)} is not a moment", mend="write 2017-06-30T09:00") from error
    read_day(value[:10])
    return moment


def _two_numbers(value: object, problem: str) -> tuple[int, int]:
    if not isinstance(value, str) or not re.fullmatch(MONTH_DAY, value, re.ASCII):
        raise RuleError(f"{shown(value)} is not {problem}", mend="write month and day, such as 03-10")
    return int(value[:2]), int(value[3:])


def read_month_day(value: object) -> tuple[int, int]:
    """``11-30``: month and day of any year; 29 February exists."""
    month, day = _two_numbers(value, "a day of the year")
    try:
        date(_LEAP, month, day)
    except ValueError as error:
        raise RuleError(f"{value} is not in the calendar", mend="name a day that exists") from error
    return month, day


def read_lunar_day(value: object) -> tuple[int, int]:
    """``03-10``: month and day of the lunar calendar (S-20)."""
    month, day = _two_numbers(value, "a lunar day")
    if not (1 <= month <= 12 and 1 <= day <= 30):  # noqa: PLR2004 -- of a lunar year and month
        raise RuleError(f"{value} is not in the lunar calendar", mend="use months 01 to 12, days 01 to 30")
    return month, day


def read_wall(value: object) -> time:
    """``07:30``."""
    if isinstance(value, str) and re.fullmatch(WALL, value, re.ASCII):
        hour, minute = int(value[:2]), int(value[3:])
        if hour < 24 and minute < 60:  # noqa: PLR2004 -- a clock
            return time(hour, minute)
    raise RuleError(f"{shown(value)} is not a time of day", mend='write "07:30", from "00:00" to "23:59"')


def days_of(offset: Offset) -> float:
    """How many calendar days an offset is, about; signed."""
    return offset.count * _DAYS[offset.measure]


def read_offset(value: object) -> Offset:
    """``-7wd``, ``3d``, ``-6m``: no farther than three years."""
    if not isinstance(value, str):
        mend = "write a number and d, wd, w or m, such as -7wd"
        raise RuleError(f"{shown(value)} is not an offset", mend=mend)
    offset = parse_offset(value)
    if abs(days_of(offset)) > FARTHEST:
        raise RuleError(f"offset {value} is too far", mend="three years are the most")
    return offset


def read_lead(value: object) -> Offset:
    """An offset before the due date, or on it."""
    offset = read_offset(value)
    if offset.count > 0:
        mend = f"write -{offset}, or move it to overdue"
        raise RuleError(f"remind {value} is after the due date", mend=mend)
    return offset


def read_lag(value: object) -> Offset:
    """An offset after the due date."""
    offset = read_offset(value)
    if offset.count <= 0:
        raise RuleError(f"{value} is not after the due date", mend="write a number above 0, such as 1wd")
    return offset


def read_email(value: object) -> str:
    """One plain address; a domain with foreign letters becomes its ASCII form."""
    text = read_text(value, LONGEST_TEXT)
    mend = "write one plain address such as van.phong@dangbo.example.vn"
    if not text.isascii() and not text.rpartition("@")[0].isascii():
        raise RuleError(f"address {shown(text)} has letters beyond a-z before the @", mend=mend)
    try:
        # not every organisation's domain is known to the world: mail may stay inside
        found = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False
        )
    except EmailNotValidError as error:
        problem = f"{shown(text)} is not an e-mail address: {str(error).rstrip('.')}"
        raise RuleError(problem, mend=mend) from error
    if "." not in found.ascii_domain:
        raise RuleError(f"address {shown(text)} has no whole domain", mend=mend)
    return f"{found.local_part}@{found.ascii_domain}"


def read_zone_name(value: object) -> str:
    """The IANA name of a time zone."""
    name = read_text(value, LONGEST_TEXT)
    zone(name)
    return name


def read_weekday(value: object) -> int:
    """``mon`` to ``sun``; Monday is 0."""
    if not isinstance(value, str):
        raise RuleError(f"{shown(value)} is not a weekday", mend="use mon, tue, wed, thu, fri, sat or sun")
    return weekday_number(value)
