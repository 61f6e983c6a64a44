"""Evidence: what a report of "done" carries, read strictly and compared with what the duty asks for."""

from collections.abc import Mapping
from datetime import date

from nhacviec.domain.duty import KNOWN_EVIDENCE, Duty
from nhacviec.domain.errors import RuleError

_DATES = ("date", "held_on")
_NUMBERS = ("duration_minutes", "present", "total", "handed_in")
_FLAGS = ("nothing_to_report",)
_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
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
    present, total = read.get("present"), read.get("total")
    if isinstance(present, int) and isinstance(total, int) and present > total:
        raise RuleError(f"present {present} is more than total {total}", mend="mend one of them")
    return read


def _read(name: str, text: str) -> object:
    if len(text) > LONGEST or any(ord(sign) < ord(" ") for sign in text):
        raise RuleError(
            f"evidence {name} is too long or holds control characters", mend="give one short line"
        )
    if name in _DATES:
        return _date(name, text).isoformat()
    if name in _NUMBERS:
        if not text.isascii() or not text.isdigit() or len(text) > 6:  # noqa: PLR2004 -- a million of anything
            raise RuleError(f"evidence {name}: {text!r} is not a whole number", mend="write digits only")
        return int(text)
    if name in _FLAGS:
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
