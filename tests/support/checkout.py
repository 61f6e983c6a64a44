"""The checkout as the architecture tests read it."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "service" / "nhacviec"
MIGRATIONS = PACKAGE / "adapters" / "database" / "migrations"


@cache
def own_files() -> tuple[Path, ...]:
    """Every file that is ours: what git tracks or would track; where there is no git, all."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        found = []
    else:
        found = [ROOT / name for name in done.stdout.split("\0") if name]
    if not found:
        found = [path for path in ROOT.rglob("*") if not hidden(path)]
    return tuple(sorted(path for path in found if path.is_file()))


def hidden(path: Path) -> bool:
    """Tell whether a path lies in a folder that tools keep for themselves."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(ROOT).parent.parts)


def own_modules() -> list[Path]:
    """Every Python file that is ours, but for migrations, which alembic writes and nobody edits."""
    return [path for path in own_files() if path.suffix == ".py" and MIGRATIONS not in path.parents]
