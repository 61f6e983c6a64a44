"""What goes over the pipes between the two processes: a length, then a pickle (S78).

Pickle runs what it is told to; here it tells nothing foreign, for both ends are this product, the pipes have
no other end, and nothing of it is ever stored.  What comes back from the process in which templates run is
read as tuples of strings and bytes alone, so that a template that broke out of its sandbox gains nothing.
"""

import io
import pickle
import struct

from nhacviec.adapters.workshop.tools import Written
from nhacviec.domain.errors import RuleError, TemplateError

#: Octets of the length before each frame.
HEAD = 4
#: The longest letter, in octets: a server would hardly take it.
LONGEST = 16 * 1024 * 1024
_PROTOCOL = 5
_LENGTH = struct.Struct(">I")


def frame(matter: object) -> bytes:
    """Anything as one frame."""
    octets = pickle.dumps(matter, _PROTOCOL)
    return _LENGTH.pack(len(octets)) + octets


def length_of(head: bytes) -> int:
    """How many octets follow a head."""
    length: int = _LENGTH.unpack(head)[0]
    return length


def answer(written: Written | TemplateError | RuleError) -> bytes:
    """A written letter, or why it could not be written, as a frame of plain values."""
    match written:
        case (str(subject), bytes(mime)):
            return frame((subject, mime))
        case TemplateError():
            return frame(("template", written.template, written.problem))
        case RuleError():
            return frame(("rule", written.problem, written.mend))


def answered(octets: bytes) -> Written | TemplateError | RuleError:
    """Read what ``answer`` has written.

    Raises:
        pickle.UnpicklingError: it is something else.
    """
    match _Plain(io.BytesIO(octets)).load():
        case (str(subject), bytes(mime)):
            return subject, mime
        case ("template", str(template), str(problem)):
            return TemplateError(template, problem)
        case ("rule", str(problem), str(mend)):
            return RuleError(problem, mend=mend)
        case _:
            raise pickle.UnpicklingError("no letter")


class _Plain(pickle.Unpickler):
    """Reads values of the language itself, and nothing that has to be looked up by a name."""

    def find_class(self, module: str, name: str) -> object:
        """Refuse."""
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a letter")
