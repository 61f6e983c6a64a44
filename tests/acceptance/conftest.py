"""Installations to begin from: an empty one, and the sample organisation as applied on 20 May 2017."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.program import CATALOGUE, NOBODY, PostOffice, Program, installed, post_office

APPLIED = "2017-05-20T00:00+07:00"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server of the test's own."""
    with post_office() as server:
        yield server


@pytest.fixture
def empty(tmp_path: Path) -> Program:
    """A program that has no database yet, and a mail server that does not answer."""
    return installed(tmp_path, {"NHACVIEC_SMTP_URL": NOBODY})


@pytest.fixture(scope="session")
def applied_once(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The sample catalogue applied at the beginning of 20 May 2017; nobody may change it."""
    program = installed(tmp_path_factory.mktemp("applied"), {"NHACVIEC_SMTP_URL": NOBODY})
    program.ok("catalogue", "apply", *CATALOGUE, "--at", APPLIED, "--yes")
    return program


@pytest.fixture
def sample(applied_once: Program, tmp_path: Path) -> Program:
    """The sample organisation, the test's own."""
    return applied_once.copied(tmp_path / "sample")
