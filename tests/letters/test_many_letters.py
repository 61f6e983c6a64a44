"""A night's letters are composed in the memory of a few: what is kept ready has its bounds."""

import gc
import tracemalloc
from dataclasses import replace
from itertools import count

import pytest

from nhacviec.adapters.mime import serialise
from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.domain.letter import LetterKind
from nhacviec.resources import shipped
from tests.letters.samples import AN_ITEM, a_letter, an_envelope

#: More letters than any one cache holds; and octets that may come and go by chance.
MANY, CHANCE = 1200, 100_000

COMPOSER = JinjaComposer(shipped("templates"), load_vocabulary(shipped("templates")))
NUMBERS = count()


def send_many() -> None:
    """Compose and write letters that differ in every free word, each to another reader."""
    for _, number in zip(range(MANY), NUMBERS, strict=False):
        item = replace(
            AN_ITEM,
            title=f"Báo cáo số {number}",
            unit_name=f"Chi bộ số {number}",
            basis=f"Quy chế số {number}",
            report_url=f"https://nhacviec.example.vn/r/{number}",
        )
        letter = replace(a_letter(LetterKind.REMINDER, "vi", item), unit_name=item.unit_name)
        envelope = replace(
            an_envelope(), recipient_name=f"Bí thư {number}", message_id=f"<{number}@x.example>"
        )
        serialise(COMPOSER.compose(letter), envelope)


def held() -> int:
    """Octets that this process has asked for and not given back."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.slow
def test_more_letters_take_no_more_memory() -> None:
    tracemalloc.start()
    try:
        send_many()
        before = held()
        send_many()
        grown = held() - before
    finally:
        tracemalloc.stop()

    assert grown < CHANCE
