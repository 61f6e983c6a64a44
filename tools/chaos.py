"""``./nhacviec chaos [--kills N] [--database URL] [--seed S] [--standby] [--bugs]``: the long fault suite.

Workers are killed at random moments, many times a second, while the mail server drops, defers and delays and
the line to it is cut; then they are left in peace, and what was promised is compared with what was accepted.
``--bugs`` builds known faults into copies of the product instead, and sees whether the tests notice.

Progress goes to stderr; stdout gets one JSON document.  The exit code is 1 when a promise was broken, or when
more than one fault in twenty went unnoticed.
"""

import argparse
import json
import secrets
import sys
import tempfile
from pathlib import Path

from tests.chaos.bugs.runner import hunt
from tests.chaos.nemesis import Campaign, fight

#: Which share of the known faults has to be noticed.
ENOUGH = 0.95
#: How much of the workers' talk is shown when a promise was broken, in characters.
LAST_WORDS = 4000


def say(text: str) -> None:
    """Tell how far it is."""
    print(f"chaos: {text}", file=sys.stderr, flush=True)


def read(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="./nhacviec chaos", description="The long fault suite.")
    parser.add_argument("--kills", type=int, default=1000, help="how many workers to kill (default: 1000)")
    parser.add_argument("--database", default="", metavar="URL", help="an empty database; default: SQLite")
    parser.add_argument("--seed", default="", help="what chance follows from; drawn when left out")
    parser.add_argument("--standby", action="store_true", help="SQLite: one works, the others stand by")
    parser.add_argument("--bugs", action="store_true", help="whether known faults are noticed")
    return parser.parse_args(arguments)


def rage(told: argparse.Namespace) -> int:
    """Kill, count and print; 0 when every promise was kept."""
    seed = told.seed or secrets.token_hex(4)
    say(f"seed {seed}: ./nhacviec chaos --kills {told.kills} --seed {seed}")
    with tempfile.TemporaryDirectory(prefix="nhacviec-chaos-") as name:
        folder = Path(name)
        url = told.database or f"sqlite:///{folder / 'nhacviec.db'}"
        report = fight(
            Campaign(
                folder=folder,
                url=url,
                kills=told.kills,
                seed=seed,
                units=100,
                multi=not told.standby,
                tell=say,
            )
        )
    print(json.dumps(report.as_document(), ensure_ascii=False, indent=2))
    if report.violations:
        say(f"{len(report.violations)} promises broken; the workers said:\n{report.log[-LAST_WORDS:]}")
    return 1 if report.violations else 0


def prove(_told: argparse.Namespace) -> int:
    """Build known faults in, one at a time, and print which were noticed."""
    results = hunt(tell=say)
    escaped = [result.bug for result in results if not result.caught]
    share = 1 - len(escaped) / len(results)
    document = {"bugs": len(results), "caught": len(results) - len(escaped), "escaped": escaped}
    print(json.dumps(document, ensure_ascii=False, indent=2))
    return 0 if share >= ENOUGH else 1


def main(arguments: list[str]) -> int:
    """Do what was asked for; 0 when all is well."""
    told = read(arguments)
    return prove(told) if told.bugs else rage(told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
