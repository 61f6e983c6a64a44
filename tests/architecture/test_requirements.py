"""The locks hold what pyproject.toml asks for; mend them with `.venv/bin/python tools/lock.py`."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.checkout import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)


def pins(path: Path) -> dict[str, str]:
    """Give the exact version of each locked package."""
    return {
        canonicalize_name(name): version for name, version in PINNED.findall(path.read_text(encoding="utf-8"))
    }


def asked(part: str) -> list[Requirement]:
    """Give what pyproject.toml asks for in one part: run, dev or boot."""
    project = PROJECT["project"]
    optional = [line for extra in project["optional-dependencies"].values() for line in extra]
    lines = [*project["dependencies"], *optional] if part == "run" else PROJECT["dependency-groups"][part]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("part", ["run", "dev", "boot"])
def test_every_requirement_is_locked_at_a_version_that_it_allows(part: str) -> None:
    locked = pins(ROOT / "requirements" / f"{part}.txt")

    assert [str(need) for need in asked(part) if canonicalize_name(need.name) not in locked] == []
    assert [
        str(need) for need in asked(part) if not need.specifier.contains(locked[canonicalize_name(need.name)])
    ] == []


def test_what_both_locks_hold_they_hold_at_one_version() -> None:
    run, dev = (pins(ROOT / "requirements" / f"{part}.txt") for part in ("run", "dev"))

    assert {name: (run[name], dev[name]) for name in run.keys() & dev.keys() if run[name] != dev[name]} == {}
