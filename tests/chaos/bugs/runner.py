"""Builds bugs into copies of the checkout, one at a time, and runs the tests that must fail then."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.chaos.bugs.bug import Bug
from tests.chaos.bugs.catalogue import BUGS
from tests.support.checkout import ROOT

#: What a copy needs to be tested.
PARTS = ("service", "tests", "templates", "config", "deploy", "tools", "requirements")
FILES = ("pyproject.toml", "nhacviec")
#: How pytest ends when tests failed; anything but this and 0 says that none could be run.
FAILED = 1
#: How long the tests of one bug may take; whoever hangs has been noticed. Seconds.
PATIENCE = 120.0
FAILURE = re.compile(r"^(?:FAILED|ERROR) (tests/\S+\.py::[^\n]+?)(?: - .*)?$", re.MULTILINE)
_PYTEST = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--timeout=60")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Whether a bug was noticed.

    Args:
        bug: its name.
        caught: whether its tests failed.
        detail: by which test, or why nothing can be said.
        seconds: how long that took.
    """

    bug: str
    caught: bool
    detail: str
    seconds: float


def hunt(
    bugs: Sequence[Bug] = BUGS, *, tell: Callable[[str], None] = lambda _text: None, copies: int = 2
) -> list[Result]:
    """Try every bug.

    A test that fails without any bug proves nothing: it is left out, and named.

    Args:
        bugs: to be tried.
        tell: told of progress.
        copies: of the checkout, worked on side by side.

    Raises:
        RuntimeError: tests cannot be run at all.
    """
    with ExitStack() as stack:
        free: SimpleQueue[Path] = SimpleQueue()
        for _ in range(copies):
            free.put(stack.enter_context(_copied()))

        @contextmanager
        def lent() -> Iterator[Path]:
            checkout = free.get()
            try:
                yield checkout
            finally:
                free.put(checkout)

        def without(tests: tuple[str, ...]) -> tuple[str, ...]:
            with lent() as checkout:
                broken = _broken(checkout, tests)
            for test in broken:
                tell(f"fails without a bug already: {test}")
            return broken

        def attempt(bug: Bug) -> Result:
            with lent() as checkout:
                result = _try(bug, checkout, left_out[bug.tests])
            tell(f"{'caught ' if result.caught else 'ESCAPED'} {bug.name}: {result.detail}")
            return result

        with ThreadPoolExecutor(copies) as pool:
            suites = sorted({bug.tests for bug in bugs})
            left_out = dict(zip(suites, pool.map(without, suites), strict=True))
            return list(pool.map(attempt, bugs))


def _broken(checkout: Path, tests: tuple[str, ...]) -> tuple[str, ...]:
    """The tests that fail without a bug."""
    code, said = _run(checkout, tests, PATIENCE)
    if code not in (0, FAILED):
        raise RuntimeError(f"pytest {' '.join(tests)} ended with {code}:\n{said[-3000:]}")
    return tuple(FAILURE.findall(said))


@contextmanager
def _copied() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nhacviec-bugs-", ignore_cleanup_errors=True) as name:
        checkout = Path(name)
        for part in PARTS:
            shutil.copytree(ROOT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__"))
        for file in FILES:
            shutil.copyfile(ROOT / file, checkout / file)
        yield checkout


def _try(bug: Bug, checkout: Path, left_out: Sequence[str]) -> Result:
    if not bug.fits(checkout):
        return Result(bug=bug.name, caught=False, detail=f"{bug.file} has not this text once", seconds=0)
    path = bug.path(checkout)
    sound = path.read_text()
    began = time.monotonic()
    path.write_text(sound.replace(bug.old, bug.new))
    try:
        deselected = [word for test in left_out for word in ("--deselect", test)]
        code, said = _run(checkout, ["-x", *bug.tests, *deselected], PATIENCE)
    finally:
        path.write_text(sound)
    detail = next((line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))), "")
    if code not in (0, FAILED):
        detail = f"pytest ended with {code}: {said[-300:]}"
    seconds = round(time.monotonic() - began, 1)
    return Result(
        bug=bug.name, caught=code == FAILED, detail=detail[:160] or "its tests pass", seconds=seconds
    )


def _run(checkout: Path, tests: Sequence[str], patience: float) -> tuple[int, str]:
    """Run pytest over a copy; who takes too long has failed."""
    kept = {name: told for name, told in os.environ.items() if not name.startswith("NHACVIEC_")}
    kept |= {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", *_PYTEST, *tests]
    try:
        done = subprocess.run(
            command, cwd=checkout, env=kept, capture_output=True, text=True, check=False, timeout=patience
        )
    except subprocess.TimeoutExpired:
        return FAILED, "FAILED: it hangs"
    return done.returncode, done.stdout + done.stderr
