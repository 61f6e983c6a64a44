"""What Debian's SpamAssassin thinks of each kind of letter; exits with 1 where a score reaches the bound.

Local mode: rules over the bytes alone, no question to the network, no credit for the way they came.
Prints a JSON line for each kind and language, with the rules that matched.  Where it is not installed it
says so and exits with 0.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "service")]

from nhacviec.adapters.mime import serialise  # noqa: E402
from nhacviec.adapters.templating import JinjaComposer  # noqa: E402
from nhacviec.adapters.vocabulary import load_vocabulary  # noqa: E402
from nhacviec.domain.letter import LetterKind  # noqa: E402
from nhacviec.resources import shipped  # noqa: E402
from tests.letters.samples import a_letter, an_envelope  # noqa: E402

#: A letter is spam at 5.0 by default; ours stay far below.
BOUND = 1.0


def score(program: str, letter: bytes) -> tuple[float, list[str]]:
    """Points, and the rules that gave them."""
    answer = subprocess.run(
        [program, "--local", "--test-mode"], input=letter, capture_output=True, check=True
    )
    head = answer.stdout.decode("utf-8", "replace").split("\n\n", 1)[0]
    status = " ".join(re.sub(r"\n\s+", " ", head).split())
    found = re.search(r"X-Spam-Status: \w+, score=(-?[\d.]+) required=\S+ tests=(.*?) autolearn", status)
    if found is None:
        raise RuntimeError(f"no score in: {status}")
    return float(found[1]), [rule for rule in re.split(r"[,\s]+", found[2]) if rule]


def main() -> int:
    """Score each kind in each language."""
    program = shutil.which("spamassassin")
    if program is None:
        print(json.dumps({"skipped": "spamassassin is not installed"}))
        return 0
    composer = JinjaComposer(shipped("templates"), load_vocabulary(shipped("templates")))
    worst = 0.0
    for kind in LetterKind:
        for language in ("vi", "en"):
            words = composer.compose(a_letter(kind, language))
            points, rules = score(program, serialise(words, an_envelope()))
            worst = max(worst, points)
            print(json.dumps({"kind": kind, "language": language, "score": points, "rules": rules}))
    return 0 if worst < BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
