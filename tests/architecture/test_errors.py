"""The drawing of the errors is the tree of the errors."""

import inspect
import re

from nhacviec.domain import errors

LIMB = re.compile(r"^(?P<limbs>[│├└─ ]*)(?P<name>[A-Z]\w+)(?:  .*)?$")


def drawn() -> dict[str, str]:
    """Read the drawing: each class and the one above it, nothing above the root."""
    parents: dict[str, str] = {}
    trunk: list[str] = []
    for found in filter(None, map(LIMB.match, (errors.__doc__ or "").splitlines())):
        depth = len(found["limbs"]) // 4
        parents[found["name"]] = trunk[depth - 1] if depth else ""
        trunk[depth:] = [found["name"]]
    return parents


def declared() -> dict[str, str]:
    """Read the classes: each error and its base, nothing above the root."""
    classes = [
        found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, Exception)
    ]
    names = {found.__name__ for found in classes}
    bases = {found.__name__: found.__bases__[0].__name__ for found in classes}
    return {name: base if base in names else "" for name, base in bases.items()}


def test_every_error_is_drawn_under_its_base_and_nothing_else_is_drawn() -> None:
    assert len(declared()) > 1
    assert drawn() == declared()


def test_every_error_says_in_a_docstring_what_went_wrong() -> None:
    assert [name for name in declared() if not vars(errors)[name].__doc__] == []
