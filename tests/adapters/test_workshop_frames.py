"""What goes over the pipes between the process that sends and the one that writes."""

import os
import pickle
import struct
from typing import Any

import pytest

from nhacviec.adapters.workshop import frames
from nhacviec.adapters.workshop.frames import Answer, Answers
from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.letter import LetterKind
from tests.letters.samples import a_letter, an_envelope


def heard(*pieces: bytes) -> list[Answer]:
    answers = Answers()
    return [answer for piece in pieces for answer in answers.take(piece)]


HEAD = struct.Struct(">BII")


@pytest.mark.parametrize(
    "octets",
    [
        pickle.dumps(os.system), frames.frame((1, 2)), HEAD.pack(4, 1, 1) + b"ab",
        HEAD.pack(1, frames.LONGEST, 1), HEAD.pack(1, 2, 0) + b"\xff\xff", HEAD.pack(3, 0, 1) + b"\xff",
    ],
)  # fmt: skip
def test_nothing_but_plain_letters_is_read_from_the_process(octets: bytes) -> None:
    """S78: who breaks out of the sandbox there gains nothing here."""
    with pytest.raises(ValueError, match=r"letter|decode"):
        heard(octets + bytes(HEAD.size))


@pytest.mark.parametrize("size", [1, 2, 8, 9, 10, 40, 10_000])
def test_answers_are_read_in_whatever_pieces_they_come(size: int) -> None:
    written: list[Any] = [
        ("Nhắc việc \ud800", b"\0\xff" * 30), ("", b""), TemplateError("mail/a", "sai"),
        ("x", b"y" * 400), RuleError("sai", mend="sửa"), ("cuối", b"z"),
    ]  # fmt: skip
    octets = b"".join(map(frames.answer, written)) + frames.READY

    *read, ready = heard(*(octets[start : start + size] for start in range(0, len(octets), size)))

    assert list(map(repr, read)) == list(map(repr, written))
    assert ready is None


@pytest.mark.parametrize("kind", LetterKind)
def test_letters_cross_the_pipe_as_they_are(kind: LetterKind) -> None:
    posts = [(a_letter(kind, language, late=True), an_envelope()) for language in ("vi", "en")]

    (letter, envelope), other = frames.asked(frames.letters(posts)[frames.HEAD :])

    assert [(letter, envelope), other] == posts
    assert isinstance(letter.kind, LetterKind)
    assert isinstance(letter.items[0].kind, LetterKind)
