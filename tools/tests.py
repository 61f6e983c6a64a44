"""``./nhacviec test [paths, pytest options]``: fetch what the tests need from Debian, then run them.

Without arguments the whole suite runs, on all cores, and every line and branch of ``nhacviec.domain`` must be
covered.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHOLE = ("--numprocesses=auto", "--maxprocesses=4", "--cov=nhacviec", "--cov-branch", "--cov-report=")
DOMAIN = ("report", "--include=*/nhacviec/domain/*", "--fail-under=100", "--precision=2")


def has_postgresql() -> bool:
    """Tell whether a PostgreSQL server is installed, where Debian puts it or on the path."""
    return shutil.which("initdb") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def has_systemd() -> bool:
    """Tell whether the program that judges the systemd unit is installed."""
    return shutil.which("systemd-analyze") is not None


def has_strace() -> bool:
    """Tell whether the program that breaks the disk under a process is installed."""
    return shutil.which("strace") is not None


#: What the tests use of Debian, by package, and how one sees that it is there.
NEEDED = {"postgresql": has_postgresql, "strace": has_strace, "systemd": has_systemd}


def fetch() -> None:
    """Install what is missing, where root may do that; elsewhere the tests say what they miss."""
    missing = [package for package, there in NEEDED.items() if not there()]
    if not missing or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(
        f"nhacviec: installing Debian's {', '.join(missing)} for the tests ...", file=sys.stderr, flush=True
    )
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"nhacviec: {' '.join(command)} failed:\n{done.stderr.strip()}", file=sys.stderr)
            return


def run(module: str, *arguments: str) -> int:
    """Run a module of .venv at the root of the checkout and give its exit code."""
    return subprocess.run([sys.executable, "-P", "-m", module, *arguments], cwd=ROOT, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run the tests asked for; 0 when all is well."""
    fetch()
    failed = run("pytest", *(arguments or WHOLE))
    if arguments or failed:
        return failed
    uncovered = run("coverage", *DOMAIN)
    if uncovered:
        print("nhacviec: the lines above of nhacviec.domain are not covered", file=sys.stderr)
    return uncovered


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
