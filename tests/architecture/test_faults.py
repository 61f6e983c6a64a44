"""The fault catalogue and its proofs: every fault has a line, and every test that a line names is there."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.support.checkout import ROOT

TABLE = ROOT / "tests" / "chaos" / "README.md"
LINE = re.compile(r"^\| F(\d\d) \| [^|]+ \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
NAMED = re.compile(r"\bF(\d\d)\b|(?<![a-z0-9])f(\d\d)_")
#: Those that DELIVERY wants proved wherever they can be.
WANTED = {*range(1, 35), *range(36, 40), *range(43, 53), *range(55, 65), 69, 70}
#: Of these, what no test shows yet; its line says why.
UNPROVED: set[int] = set()


def lines() -> dict[int, str]:
    """What the table says of each fault."""
    return {int(number): proof for number, proof in LINE.findall(TABLE.read_text(encoding="utf-8"))}


@cache
def functions(file: Path) -> dict[str, str]:
    """The tests of a module, each with its name and docstring."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    found = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name: f"{node.name} {ast.get_docstring(node) or ''}" for node in found}


def named_in_tests() -> set[int]:
    """The faults that a test names, in its docstring or its own name."""
    told = [text for file in (ROOT / "tests").rglob("test_*.py") for text in functions(file).values()]
    return {int(number) for text in told for pair in NAMED.findall(text) for number in pair if number}


def test_every_fault_has_a_line() -> None:
    assert sorted(lines()) == list(range(1, 71))


def test_every_proof_that_a_line_names_is_there() -> None:
    broken = [
        f"F{number:02}: {name}"
        for number, proof in lines().items()
        for path, name in TEST.findall(proof)
        if not (ROOT / path).is_file() or (name and name not in functions(ROOT / path))
    ]

    assert broken == []


def test_what_can_be_proved_is_named_by_a_test_or_its_line_names_one() -> None:
    proved = {number for number, proof in lines().items() if TEST.search(proof)}

    assert WANTED - named_in_tests() - proved == UNPROVED
