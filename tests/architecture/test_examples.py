"""An example in a docstring is a promise: it runs, and gives what it says."""

import doctest
import importlib
from pathlib import Path

import pytest

from tests.support.checkout import PACKAGE, own_modules

WITH_EXAMPLES = [
    path.relative_to(PACKAGE.parent)
    for path in own_modules()
    if PACKAGE in path.parents and ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=str)
def test_every_example_gives_what_it_says(path: Path) -> None:
    module = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))

    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)

    assert result.attempted > 0
    assert result.failed == 0
