"""``rule -``: the pure core as a filter, JSON Lines in, JSON Lines out (DESIGN §5.1)."""

import json
import sys
from typing import Annotated

import typer

from nhacviec.cli.shell import DONE, SOME_FAILED, tell

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
    from nhacviec.application.rule import Rules  # noqa: PLC0415
    from nhacviec.bootstrap import rules  # noqa: PLC0415

    answering: Rules = rules()
    failed = False
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        answer = answering(_question(line)) if len(line) <= LONGEST_LINE else {"id": None, "error": "too long"}
        failed = failed or "error" in answer
        tell(json.dumps(answer, ensure_ascii=False))
        sys.stdout.flush()
    raise typer.Exit(SOME_FAILED if failed else DONE)


def _question(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
