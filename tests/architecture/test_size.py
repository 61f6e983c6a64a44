"""Small and flat: a module fits in a few screens, a function in one.  The numbers may only go down."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.checkout import ROOT, own_modules

MODULE_LINES = 250
FUNCTION_LINES = 40  # without decorators and docstring

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    """Give the functions and methods of a module, inner ones too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def lines(function: Function) -> int:
    """Count from `def` to the last line, less the docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def test_no_module_is_longer_than_it_may_be() -> None:
    counted = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in own_modules()
    }

    assert {str(path): count for path, count in counted.items() if count > MODULE_LINES} == {}


def test_no_function_is_longer_than_it_may_be() -> None:
    too_long = {
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}": lines(function)
        for path in [*own_modules(), ROOT / "nhacviec"]
        for function in functions(path)
        if lines(function) > FUNCTION_LINES
    }

    assert too_long == {}


def test_a_docstring_and_decorators_do_not_count() -> None:
    source = (
        '@staticmethod\ndef answer(of: str) -> int:\n    """One.\n\n    Four.\n    """\n    return len(of)\n'
    )
    (function,) = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))

    assert lines(function) == 2
