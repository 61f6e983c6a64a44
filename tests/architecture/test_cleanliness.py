"""What no file of ours may hold: where it was fetched from, where it was made, a promise to finish it."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import ROOT, own_files

FORBIDDEN = {
    "where packages come from is each machine's own affair": re.compile(
        r"(?:index|registry)[-_]url\b|trusted[-_]host", re.IGNORECASE
    ),
    "a path of the machine it was made on": re.compile(r"(?<![\w.\-])/(?:root|home|work|Users)/\w"),
    "a folder beside the checkout": re.compile(r"\.\./shared\b"),
    "work that is not done": re.compile(r"\b(?:TO(?:DO)|FIX(?:ME))\b"),
}
ADDRESS = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
RESERVED = re.compile(
    r"(?:^|\.)(?:example\.(?:vn|com|net|org)|example|invalid|test)$", re.IGNORECASE
)  # RFC 2606, and example.vn


def texts() -> Iterator[tuple[Path, str]]:
    """Give our text files; what was made elsewhere and minified is not ours."""
    for path in own_files():
        if ".min." in path.name:
            continue
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize("reason", FORBIDDEN)
def test_no_file_of_ours_holds(reason: str) -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts()
        if path != Path("tools/lock.py")
        for number, line in enumerate(text.splitlines(), 1)
        if FORBIDDEN[reason].search(line)
    ]

    assert found == []


def test_the_locks_name_no_address_at_all() -> None:
    locks = list((ROOT / "requirements").glob("*.txt"))

    assert len(locks) == 3
    assert [path.name for path in locks if "://" in path.read_text(encoding="utf-8")] == []


def test_e_mail_addresses_belong_to_nobody() -> None:
    found = {
        f"{path}: {match[0]}"
        for path, text in texts()
        for match in ADDRESS.finditer(text)
        if not RESERVED.search(match[1])
    }

    assert found == set()


def test_every_text_is_composed_unicode() -> None:
    """Two ways to write one Vietnamese letter would be two different words to every search and comparison."""
    assert [str(path) for path, text in texts() if not unicodedata.is_normalized("NFC", text)] == []
