"""The launcher needs nothing but Python, and its stdout belongs to the command that it starts."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def test_every_command_that_it_hands_to_a_tool_has_that_tool() -> None:
    tree = ast.parse(LAUNCHER.read_text(encoding="utf-8"))
    (settled,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SETTLED"
    )

    assert {name: tool for name, tool in settled.items() if not (ROOT / "tools" / tool).is_file()} == {}
    assert set(settled) == {"test", "check", "bench", "chaos"}


def test_what_it_says_itself_goes_to_stderr(tmp_path: Path) -> None:
    """Given a folder in which no .venv can be set up."""
    shutil.copy(LAUNCHER, tmp_path / "nhacviec")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / ".venv.lock").mkdir()

    done = subprocess.run(
        [sys.executable, tmp_path / "nhacviec", "status"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "cannot set up .venv" in done.stderr
