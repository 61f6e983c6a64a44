"""Chance that can be repeated: the same seed draws the same numbers on every machine."""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import count
from typing import TypeVar

Thing = TypeVar("Thing")


class Chance:
    """Draws numbers from a seed.

    Args:
        seed: any text.
    """

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._draws = count()

    def share(self) -> float:
        """A number from 0 to less than 1."""
        drawn = blake2b(f"{self.seed}|{next(self._draws)}".encode(), digest_size=6).digest()
        return int.from_bytes(drawn) / 256**6

    def between(self, least: float, most: float) -> float:
        """A number between two others."""
        return least + (most - least) * self.share()

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """One of several things."""
        return things[int(self.share() * len(things))]
