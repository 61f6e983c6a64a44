"""The bugs of ``./nhacviec chaos --bugs`` are bugs of this product: each text that they change is there."""

from collections import Counter

import pytest

from tests.chaos.bugs.bug import Bug
from tests.chaos.bugs.catalogue import BUGS
from tests.chaos.bugs.runner import hunt
from tests.support.checkout import ROOT

MISCOUNTED = Bug(
    name="the second retry waits as long as the first",
    file="domain/delivery.py",
    old="timedelta(minutes=10), ",
    new="timedelta(minutes=5), ",
    tests=("tests/domain/test_delivery.py",),
)
HARMLESS = Bug(
    name="a word in a docstring",
    file="domain/delivery.py",
    old="How long an ambiguous attempt rests",
    new="How long such an attempt rests",
    tests=("tests/domain/test_delivery.py",),
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_what_a_bug_changes_is_there_once_and_its_tests_are_there(bug: Bug) -> None:
    assert bug.fits(ROOT)
    assert bug.old != bug.new
    files = [word.partition("::")[0] for word in bug.tests if word.startswith("tests/")]
    assert files
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_there_are_enough_of_them_and_no_two_alike() -> None:
    assert len(BUGS) >= 28
    assert max(Counter((bug.file, bug.old, bug.new) for bug in BUGS).values()) == 1


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_bug_is_caught_and_what_is_none_escapes() -> None:
    results = hunt([MISCOUNTED, HARMLESS])

    assert [result.caught for result in results] == [True, False]
