"""The bodies of a letter: RFC 2045 parts of text, most of which another letter has had before."""

import binascii
import re
from functools import lru_cache

#: Octets of a line that every mail server takes without change (RFC 5322 §2.1.1, RFC 2045 §6.7).
LINE = 76
#: Octets with no place in a body: all controls but tab and line feed.
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A}) + b"\x7f"

#: How many lines and heads of bodies are kept as they were last written.
_LINES, _HEADS = 512, 32
#: What ends the part of an HTML body that is the same in many letters.
_HEAD_END = b"</head>\n"
#: Of a body in base64, one line after another.
_WIDE = re.compile(rb".{1,%d}" % LINE)


def part(subtype: bytes, words: str) -> bytes:
    """One body part, in whichever of the two encodings is shorter.

    Args:
        subtype: of ``text/``.
        words: lines with any ends; control characters are dropped.
    """
    octets = words.encode("utf-8", "replace")
    # Of the n octets of a character beyond ASCII, n <= 4, n - 1 show in the difference of lengths and all are
    # escaped: so many at least, and where that alone is too long, quoted-printable need not be tried.
    escapes = (len(octets) - len(words)) * 4 // 3
    if b"\r" in octets:
        octets = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    octets = octets.translate(None, _CONTROLS)
    if not octets.endswith(b"\n"):
        octets += b"\n"
    length = len(octets) + octets.count(b"\n")  # with CRLF at the ends of lines
    room = length * 78 // 57
    encoding, body = (
        b"quoted-printable",
        b"" if length + 2 * escapes > room else _quoted_printable(octets),
    )
    if not body or len(body) > room:
        encoding, body = b"base64", _base64(octets.replace(b"\n", b"\r\n"))
    return (
        b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n%b"
        % (subtype, encoding, body)
    )  # fmt: skip


def _quoted_printable(octets: bytes) -> bytes:
    """The head of a page at once, the rest line by line, for most are those of the page before."""
    head, end, body = octets.partition(_HEAD_END)
    return _head(head + end) + _lines(body) if end else _lines(octets)


def _lines(octets: bytes) -> bytes:
    return b"".join(map(_line, octets.splitlines(keepends=True)))


_head = lru_cache(maxsize=_HEADS)(_lines)


@lru_cache(maxsize=_LINES)
def _line(line: bytes) -> bytes:
    return binascii.b2a_qp(line.replace(b"\n", b"\r\n"))


def _base64(octets: bytes) -> bytes:
    whole = binascii.b2a_base64(octets, newline=False)
    return b"\r\n".join(_WIDE.findall(whole)) + b"\r\n"
