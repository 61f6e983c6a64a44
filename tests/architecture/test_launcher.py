"""The launcher needs nothing but Python, and its stdout belongs to the command that it starts."""

import ast
import os
import subprocess
import sys

import pytest

from tests.support.checkout import ROOT

LAUNCHER = ROOT / "nhacviec"


def imported() -> set[str]:
    """Give the modules that the launcher imports anywhere."""
    nodes = list(ast.walk(ast.parse(LAUNCHER.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_it_imports_the_standard_library_only() -> None:
    assert {name for name in imported() if name.partition(".")[0] not in sys.stdlib_module_names} == set()


@pytest.mark.parametrize("name", ["nhacviec", ".ci/run"])
def test_it_can_be_started_by_its_name(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


def test_what_it_says_itself_goes_to_stderr() -> None:
    done = subprocess.run([sys.executable, LAUNCHER, "chaos"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "not part of this version" in done.stderr
