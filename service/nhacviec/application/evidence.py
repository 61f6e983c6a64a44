"""Evidence: what a report of "done" carries, read strictly and compared with what the duty asks for."""

import re
from collections.abc import Mapping
from datetime import date

from nhacviec.domain.duty import FLAGS, KNOWN_EVIDENCE, NUMBERS, Duty
from nhacviec.domain.errors import RuleError
from nhacviec.domain.miss import Miss, read_miss
from nhacviec.domain.organisation import Unit

_DATES = ("date", "held_on")
_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
#: Where a report in the history keeps the criteria it does not meet; left out where there are none.
MISSES = "misses"
#: What number and symbol of a document look like, spelt with some freedom: "05-BC/CB" (36-HD/VPTW).
_NUMBERED = re.compile(r"\d{1,4}\s*-\s*[A-Za-zĐđ]+(/[\w.-]+)?")
_NUMBER_FIELDS = ("number", "conclusion_number")
#: A part, and what it is a part of.
_PARTS = (("present", "total"), ("handed_in", "total"))
#: Longer values are a mistake; the evidence names a document, it is not the document.
LONGEST = 500


def read_evidence(duty: Duty, given: Mapping[str, str]) -> dict[str, object]:
    """Read what was given, and refuse what is wrong or missing.

    Args:
        duty: as it stands for the period.
        given: field → text, as typed.

    Returns:
        field → text, number, flag or ISO date.

    Raises:
        RuleError: a field nobody knows, a value of the wrong shape, or something missing.
    """
    own = {evidence.name for evidence in duty.evidence}
    unknown = [name for name in given if name not in own and name not in KNOWN_EVIDENCE]
    if unknown:
        raise RuleError(
            f"evidence {', '.join(unknown)} is not known",
            mend=f"use {', '.join(sorted(own | set(KNOWN_EVIDENCE)))}",
        )
    read = {name: _read(name, text.strip()) for name, text in given.items()}
    missing = [evidence.name for evidence in duty.evidence if read.get(evidence.name) in (None, "")]
    if missing and not read.get("nothing_to_report"):
        raise RuleError(
            f"evidence is missing: {', '.join(missing)}",
            mend="add --evidence FIELD=VALUE for each, or --evidence nothing_to_report=true",
        )
    for of, among in _PARTS:
        part, whole = read.get(of), read.get(among)
        if isinstance(part, int) and isinstance(whole, int) and part > whole:
            raise RuleError(f"{of} {part} is more than {among} {whole}", mend="mend one of them")
    return read


def doubts(evidence: Mapping[str, object], unit: Unit) -> tuple[str, ...]:
    """What looks odd about evidence, one line each; it is taken all the same (DOMAIN 4.2).

    The numbers of State documents look otherwise than those of the Party, and ``members`` of the catalogue
    counts full members only: the office knows better.
    """
    odd = [
        f"{name} {text!r} has an unusual form: a document's number looks like 05-BC/CB"
        for name in _NUMBER_FIELDS
        if isinstance(text := evidence.get(name), str) and not _NUMBERED.fullmatch(text)
    ]
    present = evidence.get("present")
    if isinstance(present, int) and unit.members is not None and present > unit.members:
        odd.append(
            f"present {present} is more than the {unit.members} members of {unit.code} in the catalogue"
        )
    return tuple(odd)


def misses_in(data: Mapping[str, object]) -> tuple[Miss, ...]:
    """The criteria that a report does not meet, from what the history keeps of it."""
    kept = data.get(MISSES)
    return tuple(read_miss(each) for each in kept) if isinstance(kept, list) else ()


def _read(name: str, text: str) -> object:
    if len(text) > LONGEST or any(ord(sign) < ord(" ") for sign in text):
        raise RuleError(
            f"evidence {name} is too long or holds control characters", mend="give one short line"
        )
    if name in _DATES:
        return _date(name, text).isoformat()
    if name in NUMBERS:
        if not text.isascii() or not text.isdigit() or len(text) > 6:  # noqa: PLR2004 -- a million of anything
            raise RuleError(f"evidence {name}: {text!r} is not a whole number", mend="write digits only")
        return int(text)
    if name in FLAGS:
        if text.lower() not in _YES:
            raise RuleError(
                f"evidence {name}: {text!r} is neither true nor false", mend="write true or false"
            )
        return _YES[text.lower()]
    return text


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RuleError(f"evidence {name}: {text!r} is not a date", mend="write YYYY-MM-DD") from error


def counting_day(duty: Duty, evidence: Mapping[str, object], reported: date) -> date:
    """The day that counts: ``held_on`` for a meeting, else the day of the report (S-06)."""
    held_on = evidence.get("held_on")
    return date.fromisoformat(held_on) if isinstance(held_on, str) and duty.kind == "meeting" else reported
