"""Resolve pyproject.toml into requirements/*.txt: exact versions with hashes, and no address of any registry.

``.venv/bin/python tools/lock.py`` keeps what is locked and adds what is missing; ``--upgrade`` renews all of
it, ``--upgrade-package NAME`` one package.  The three files are read by the launcher ``nhacviec``.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-annotate", "--no-header"),
)
LOCKS: dict[str, tuple[str, ...]] = {
    "run": ("pyproject.toml", "--extra", "postgres", "--extra", "speed"),
    "dev": ("--group", "dev", "--constraints", "requirements/run.txt"),
    "boot": ("--group", "boot"),
}


def find_uv() -> str:
    """Find uv: on the path, or beside the Python that runs this.

    Raises:
        SystemExit: when there is none, saying where to get it.
    """
    beside = Path(sys.executable).with_name("uv")
    found = shutil.which("uv") or (str(beside) if beside.exists() else None)
    if found is None:
        raise SystemExit("lock: no uv found; install it with: .venv/bin/python -m pip install uv")
    return found


def main(options: list[str]) -> None:
    """Write the three locks, in the order in which they constrain one another."""
    uv = find_uv()
    for name, selection in LOCKS.items():
        output = f"requirements/{name}.txt"
        subprocess.run([uv, *COMPILE, *selection, "--output-file", output, *options], cwd=ROOT, check=True)
        print(f"lock: {output}")


if __name__ == "__main__":
    main(sys.argv[1:])
