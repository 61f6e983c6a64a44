"""``rule -``: the pure core as a filter, JSON Lines in, JSON Lines out (DESIGN §5.1)."""

import json
import math
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nhacviec.cli.shell import DONE, SOME_FAILED, tell

if TYPE_CHECKING:
    from nhacviec.application.rule import Rules

#: One question may be no longer than this; a story is a few kilobytes.
LONGEST_LINE = 1_000_000


def rule(
    source: Annotated[str, typer.Argument(metavar="-", help="- reads standard input.")],
) -> None:
    """Answer questions about rules, one JSON object per line; no database.

    Example: echo '{"id": 1, "ask": "roll", "date": "2017-04-06", "roll": "next"}' | nhacviec rule -
    """
    if source != "-":
        raise typer.BadParameter("only - is read: give questions on standard input")
    from nhacviec.bootstrap import rules

    answering = rules()
    failed = False
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        answer = _answer(answering, line)
        failed = failed or "error" in answer
        tell(json.dumps(answer, ensure_ascii=False))
        sys.stdout.flush()
    raise typer.Exit(SOME_FAILED if failed else DONE)


def _answer(answering: "Rules", line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        return {"id": None, "error": f"the line is longer than {LONGEST_LINE} bytes"}
    try:
        question = json.loads(line, parse_constant=_number, parse_float=_number)
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": f"not JSON: {error}"}
    return answering(question)


def _number(text: str) -> float:
    """JSON knows neither NaN nor Infinity (RFC 8259 §6), so neither comes back out."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a number")
    return number
