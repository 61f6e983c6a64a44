"""What a mail server says, read strictly and within bounds (RFC 5321 §4.2; F21, F22)."""

from collections.abc import Iterator
from dataclasses import dataclass

#: Octets of one line; RFC 5321 §4.5.3.1.5 allows 512.
LONGEST_LINE = 8 * 1024
#: Octets of a whole reply.
LONGEST_REPLY = 32 * 1024
#: Lines of one reply.
MOST_LINES = 128
#: Characters of a reply that are kept.
LONGEST_TEXT = 500


class GarbledReply(ConnectionError):
    """What came is no reply: the line cannot be trusted any more."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole reply.

    Args:
        code: three digits, 200 to 599.
        text: what was said, one line without control characters.
    """

    code: int
    text: str

    @property
    def kind(self) -> int:
        """The first digit, which decides (RFC 5321 §4.2.1)."""
        return self.code // 100


class ReplyReader:
    """Makes replies of bytes as they come, in pieces of any size."""

    def __init__(self) -> None:
        self._rest = b""
        self._texts: list[bytes] = []
        self._code = b""
        self._octets = 0

    @property
    def midway(self) -> bool:
        """Whether a reply has begun and not ended."""
        return bool(self._rest or self._texts)

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Take what came; gives the replies that are now whole, in their order.

        Raises:
            GarbledReply: a line is no part of a reply, or there is too much of it; what came before it holds.
        """
        data = self._rest + data
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            if reply := self._line(data[start:end]):
                yield reply
            start = end + 1
        self._rest = data[start:]
        if len(self._rest) > LONGEST_LINE:
            raise GarbledReply("a reply without an end of line")

    def _line(self, line: bytes) -> Reply | None:
        code, separator = line[:3], line[3:4]
        line = line.removesuffix(b"\r")
        self._octets += len(line) + 2
        if not (code.isdigit() and code[0] in b"2345" and separator in _SEPARATORS):
            raise GarbledReply(f"no reply: {cleaned(line)[:80]}")
        if self._texts and code != self._code:
            raise GarbledReply(f"a reply of two codes: {cleaned(self._code)} and {cleaned(code)}")
        if len(line) > LONGEST_LINE or self._octets > LONGEST_REPLY or len(self._texts) >= MOST_LINES:
            raise GarbledReply("a reply too long")
        self._code = code
        self._texts.append(line[4:])
        if separator == b"-":
            return None
        reply = Reply(int(code), cleaned(b" ".join(self._texts)))
        self._texts.clear()
        self._octets = 0
        return reply


_SEPARATORS = (b" ", b"-", b"\r", b"")


def cleaned(said: bytes | str) -> str:
    """One line of at most 500 characters that a terminal and a database may hold."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text[: 4 * LONGEST_TEXT].split())[:LONGEST_TEXT]
