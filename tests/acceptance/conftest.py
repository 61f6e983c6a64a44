"""Installations to begin from: an empty one, and the sample organisation as applied on 20 May 2017."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.fortnight import APPLIED, Lived, live
from tests.acceptance.program import CATALOGUE, NOBODY, PostOffice, Program, installed, post_office


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


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Lived:
    """A fortnight, lived through by whichever process of tests needs it first."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "fortnight"
    folder.mkdir(exist_ok=True)
    story, answers = Lived(folder), folder / "answers.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answers.exists():
            live(story)
            answers.write_text(json.dumps(story.said))
    story.said = json.loads(answers.read_text())
    return story
