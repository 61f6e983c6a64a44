"""``./nhacviec bench [names]``: run tests/benchmarks/bench_*.py, or those named, one after the other."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(names: list[str]) -> int:
    """Run the benchmarks; 0 when all went through, 1 when one failed, 2 for a name that there is not."""
    found = sorted(ROOT.glob("tests/benchmarks/bench_*.py"))
    scripts = {path.stem.removeprefix("bench_"): path for path in found}
    unknown = [name for name in names if name not in scripts]
    if unknown or not scripts:
        known = ", ".join(scripts) or "none yet"
        print(f"bench: no benchmark {', '.join(unknown) or 'found'}; there are: {known}", file=sys.stderr)
        return 2
    failed = 0
    for name in names or scripts:
        print(f"== {name}", file=sys.stderr, flush=True)
        failed |= subprocess.run([sys.executable, "-P", scripts[name]], check=False).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
