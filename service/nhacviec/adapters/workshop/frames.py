"""What goes over the pipes between the two processes: lengths, then what they are of (S78).

Towards the process that writes go pickles of plain values: both ends are this product, the pipes have no
other end, and nothing of it is ever stored.  What comes back from it, where templates run, is a head of three
numbers and two strings of octets, of which text and the bytes of a letter are made and nothing else, so that
a template that broke out of its sandbox gains nothing.
"""

import pickle
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TypeVar

from nhacviec.adapters.workshop.tools import Written
from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.letter import Envelope, Letter, LetterItem, LetterKind

#: Octets of the length before each frame.
HEAD = 4
#: The longest letter, in octets: a server would hardly take it.
LONGEST = 16 * 1024 * 1024
_PROTOCOL = 5
_LENGTH = struct.Struct(">I")

#: What an answer is, and how many octets its two parts have.
_ANSWER = struct.Struct(">BII")
_READY, _LETTER, _TEMPLATE, _RULE = range(4)
#: What is said once, when the templates are open.
READY = _ANSWER.pack(_READY, 0, 0)
#: Text that is no UTF-8, a half of a surrogate pair, comes back as it was.
_ODD = "surrogatepass"

#: A letter that was written, why it could not be, or that letters may be asked for.
Answer = Written | TemplateError | RuleError | None

_KINDS = {kind.value: kind for kind in LetterKind}
#: The fields of each, in the order in which they go; what is not plain goes as something that is.
_IN_ITEM, _IN_LETTER, _IN_ENVELOPE = (
    tuple(field.name for field in fields(sort) if field.name not in {"kind", "items"})
    for sort in (LetterItem, Letter, Envelope)
)
_of_item = attrgetter("kind._value_", *_IN_ITEM)
_of_letter = attrgetter("kind._value_", *_IN_LETTER)
_of_envelope = attrgetter(*_IN_ENVELOPE)

_Made = TypeVar("_Made")


def _maker(sort: type[_Made], names: Sequence[str]) -> Callable[[Iterable[object]], _Made]:
    """Makes an object of the values of these fields; one that is frozen is filled as ``pickle`` fills it."""
    setters = [vars(sort)[name].__set__ for name in names]

    def make(values: Iterable[object]) -> _Made:
        made = object.__new__(sort)
        for put, value in zip(setters, values, strict=True):
            put(made, value)
        return made

    return make


_item = _maker(LetterItem, ("kind", *_IN_ITEM))
_letter = _maker(Letter, ("kind", *_IN_LETTER, "items"))
_envelope = _maker(Envelope, _IN_ENVELOPE)


def frame(matter: object) -> bytes:
    """Anything as one frame."""
    octets = pickle.dumps(matter, _PROTOCOL)
    return _LENGTH.pack(len(octets)) + octets


def length_of(head: bytes | bytearray) -> int:
    """How many octets follow a head."""
    length: int = _LENGTH.unpack(head)[0]
    return length


def letters(posts: Iterable[tuple[Letter, Envelope]]) -> bytes:
    """Letters and their envelopes as one frame: only their values, for a class costs more than these."""
    return frame(
        [
            (_of_letter(letter), [_of_item(item) for item in letter.items], _of_envelope(envelope))
            for letter, envelope in posts
        ]
    )


def asked(octets: bytes) -> Iterator[tuple[Letter, Envelope]]:
    """Read what ``letters`` has written, without its head."""
    for (kind, *letter), items, envelope in pickle.loads(octets):  # noqa: S301 -- from our own parent, over a pipe that nobody else has
        made = [_item((_KINDS[sort], *item)) for sort, *item in items]
        yield _letter((_KINDS[kind], *letter, tuple(made))), _envelope(envelope)


def answer(written: Written | TemplateError | RuleError) -> bytes:
    """A written letter, or why it could not be written."""
    match written:
        case TemplateError():
            return _packed(_TEMPLATE, written.template, written.problem.encode("utf-8", _ODD))
        case RuleError():
            return _packed(_RULE, written.problem, written.mend.encode("utf-8", _ODD))
        case (subject, mime):
            return _packed(_LETTER, subject, mime)


class Answers:
    """Takes apart what comes back, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._left = bytearray()
        self._needed = _ANSWER.size

    def take(self, octets: bytes) -> Iterator[Answer]:
        """Read what ``answer`` has written; each as soon as it is whole.

        Raises:
            ValueError: it is something else.
        """
        if self._left:
            self._left += octets
            if len(self._left) < self._needed:
                return
            octets = bytes(self._left)
            self._left.clear()
        start, length = 0, len(octets)
        self._needed = _ANSWER.size
        while length - start >= _ANSWER.size:
            kind, first, second = _ANSWER.unpack_from(octets, start)
            if kind > _RULE or first + second > LONGEST:
                raise ValueError("no letter")
            middle = start + _ANSWER.size + first
            end = middle + second
            if end > length:
                self._needed = end - start
                break
            yield _read(kind, octets[middle - first : middle], octets[middle:end])
            start = end
        self._left += octets[start:]


def _read(kind: int, first: bytes, second: bytes) -> Answer:
    text = first.decode("utf-8", _ODD)
    if kind == _LETTER:
        return text, second
    if kind == _TEMPLATE:
        return TemplateError(text, second.decode("utf-8", _ODD))
    return RuleError(text, mend=second.decode("utf-8", _ODD)) if kind == _RULE else None


def _packed(kind: int, text: str, second: bytes) -> bytes:
    first = text.encode("utf-8", _ODD)
    return b"%b%b%b" % (_ANSWER.pack(kind, len(first), len(second)), first, second)
