"""A fault that could be in the product, and which quick tests must not pass with it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A small change of the product that breaks a promise.

    Args:
        name: what is wrong then.
        file: below ``service/nhacviec``.
        old: the text that is there, once.
        new: what stands there instead.
        tests: arguments of pytest: what has to fail.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def path(self, checkout: Path) -> Path:
        """Where the text is."""
        return checkout / "service" / "nhacviec" / self.file

    def fits(self, checkout: Path) -> bool:
        """Whether the text is there, once."""
        return self.path(checkout).is_file() and self.path(checkout).read_text().count(self.old) == 1
