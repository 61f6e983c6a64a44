"""``./nhacviec check [--fix] [steps]``: style, types, structure, dependencies, spelling and size.

All steps run, whatever fails before them; the exit code is 1 when any did.  ``--fix`` first mends what a
machine can.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STEPS: dict[str, tuple[str, ...]] = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy", "service", "tests", "tools", "nhacviec"),
    "imports": ("lint-imports",),
    "dependencies": ("deptry", "service", "--no-ansi"),
    "spelling": ("codespell",),
    "size": ("pytest", "-q", "tests/architecture/test_size.py"),
}
MENDS = (("ruff", "check", "--fix", "--quiet", "."), ("ruff", "format", "."))


def run(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run a tool of .venv at the root of the checkout and keep what it says."""
    program, *arguments = command
    plain = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(
        [BIN / program, *arguments], cwd=ROOT, env=plain, text=True, capture_output=True, check=False
    )


def step(name: str) -> bool:
    """Run one step; print its name, result and seconds, and what it said when it failed."""
    began = time.monotonic()
    done = run(STEPS[name])
    verdict = "failed" if done.returncode else "ok"
    print(f"{name:<14}{verdict:<8}{time.monotonic() - began:6.1f} s", flush=True)
    if done.returncode:
        print(f"{done.stdout}{done.stderr}", flush=True)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Run the steps named, or all; 0 when every one is well, 2 for a step that there is not."""
    names = [name for name in arguments if name != "--fix"] or list(STEPS)
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        print(f"check: no step {', '.join(unknown)}; there are {', '.join(STEPS)}", file=sys.stderr)
        return 2
    if "--fix" in arguments:
        for command in MENDS:
            print(run(command).stdout, end="")
    results = [step(name) for name in names]
    print(f"{sum(results)} of {len(results)} checks are well")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
