"""The brake: many letters refused for one and the same reason are the server's fault and not theirs.

A mis-set relay must not end ten thousand reminders (DELIVERY §2.8, F28).
"""

from collections import deque
from dataclasses import dataclass

from nhacviec.domain.relay.enhanced import enhanced

#: So many of the last answers are remembered: letters taken and letters refused.
WINDOW = 100
#: The brake trips at so many refusals in a row with one code …
IN_A_ROW = 10
#: … or where one code has this share of the last answers, once there are enough of them.
SHARE = 0.2
ENOUGH = 50
#: A human who lets the queue go on is asked again only by twice as many; at most by so many times as many.
MOST_PATIENCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """The brake trips.

    Args:
        code: what the refusals have in common: an enhanced code, or three digits.
        count: how many of the last answers they were.
        messages: those refused before, to be tried again; the last one is not among them.
    """

    code: str
    count: int
    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """One of the last answers; without a code the letter was taken."""

    code: str = ""
    message: int = 0


def common_code(code: int, text: str) -> str:
    """What refusals are compared by: the enhanced code; without one, the three digits."""
    return enhanced(code, text) or str(code)


class Brake:
    """Remembers the last answers of one mail server."""

    def __init__(self) -> None:
        self._answers: deque[_Answer] = deque(maxlen=WINDOW)
        self._row = _Answer(), 0
        self._patience = 1
        self._calm = 0
        self._code = ""

    @property
    def tripped(self) -> str:
        """The code that tripped it; empty while it is free."""
        return self._code

    def accepted(self) -> None:
        """A letter was taken: a row of refusals ends."""
        self._row = _Answer(), 0
        self._note(_Answer())

    def refused(self, code: str, message: int) -> Trip | None:
        """A letter was refused for good.

        Args:
            code: see ``common_code``.
            message: its row.

        Returns:
            The trip, once.  While the brake is tripped, refusals with its code are temporary (``tripped``).
        """
        if code == self._code:
            return None
        answer = _Answer(code, message)
        before, many = self._row
        self._row = answer, many + 1 if before.code == code else 1
        self._note(answer)
        return None if self._code else self._judge(code)

    def released(self) -> None:
        """A human lets the queue go on: what was seen is forgotten, and it takes more to trip again."""
        if self._code:
            self._forget()
            self._code = ""
            self._patience = min(self._patience * 2, MOST_PATIENCE)

    def _judge(self, code: str) -> Trip | None:
        alike = [answer for answer in self._answers if answer.code == code]
        seen, many = len(self._answers), len(alike)
        in_a_row = self._row[1] >= IN_A_ROW * self._patience
        if not in_a_row and (seen < ENOUGH or many < seen * SHARE * self._patience):
            return None
        before = tuple(dict.fromkeys(answer.message for answer in alike[:-1]))
        self._forget()
        self._code = code
        return Trip(code=code, count=many, messages=before)

    def _note(self, answer: _Answer) -> None:
        self._answers.append(answer)
        self._calm += 1
        if self._calm >= WINDOW and not self._code:
            self._patience, self._calm = 1, 0

    def _forget(self) -> None:
        self._answers.clear()
        self._row = _Answer(), 0
        self._calm = 0
