"""A letter as bytes: RFC 5322 headers, RFC 2047 words, RFC 2045/2046 bodies.

The standard library's serialiser breaks Vietnamese mail on Python 3.11: names with commas lose their
quotes, encoded words grow beyond 75 octets and long addresses of pages are encoded (python/cpython
80222, 87720, 100884, 121284).  A letter needs few headers, so they are written here, every one of them,
from values that cannot hold a line break (S01, S14).  The same letter gives the same bytes every time.
"""

import base64
import re
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256

from nhacviec.adapters.mime.bodies import LINE, part
from nhacviec.domain.errors import RuleError
from nhacviec.domain.letter import Envelope, Words

#: Octets of one encoded word, with its ``=?utf-8?B?`` and ``?=`` (RFC 2047 §2).
WORD = 75
_WRAPPING = len("=?utf-8?B??=")

#: Longest address a server must take (RFC 5321 §4.5.3.1.3, without the angle brackets).
_ADDRESS = 254

# Control characters, line and paragraph separators, halves of surrogate pairs, and the marks that turn
# the direction of writing: none of them has a place in a name or a subject.
_CONTROLS = re.compile("[\x00-\x20\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")

#: Days and months as headers write them, whatever the locale (RFC 5322 §3.3).
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: How many names, subjects, dates and senders are kept as they were last written.
_NAMES, _SUBJECTS, _DATES, _SENDERS = 256, 256, 64, 32

#: How long a moment is that has no offset: yyyy-mm-ddThh:mm:ss.
_NAIVE = 19
#: The headers that every letter has alike.
_ALIKE = "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All"

#: The two high bits of an octet that goes on with a character begun before it (RFC 3629 §3).
_CONTINUED = 0x80

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_IDENTIFIER = re.compile(rf"<{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*>")
_LANGUAGE = re.compile(r'<html\b[^>]*\slang="([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)"')


def serialise(words: Words, envelope: Envelope) -> bytes:
    """Write a letter as the bytes that go over the wire, before dot-stuffing.

    Control characters in a name, the subject or a body are dropped; the language is the one that the
    HTML declares of itself.

    Returns:
        a multipart/alternative message; every line ends with CRLF and, addresses and identifiers apart,
        is at most 76 octets long.

    Raises:
        RuleError: an address or an identifier is wrong, or the date has no offset.
    """
    boundary = "=_" + sha256(envelope.message_id.encode("utf-8", "replace")).hexdigest()[:32]
    lines = _headers(words, envelope)
    lines.append(f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"')
    octets, mark = "\r\n".join(lines).encode("ascii"), boundary.encode("ascii")
    text, html = part(b"plain", words.text), part(b"html", words.html)
    return b"%b\r\n\r\n--%b\r\n%b\r\n--%b\r\n%b\r\n--%b--\r\n" % (octets, mark, text, mark, html, mark)


def _headers(words: Words, envelope: Envelope) -> list[str]:
    lines = [
        _own_mailbox("From", envelope.sender_name, envelope.sender_email),
        _mailbox("To", envelope.recipient_name, envelope.recipient_email),
        _own_mailbox("Reply-To", "", envelope.reply_to),
        _unstructured("Subject", words.subject),
        f"Date: {_date(envelope.date)}",
        f"Message-ID: {_identifier('message_id', envelope.message_id)}",
    ]
    if envelope.thread and envelope.thread != envelope.message_id:
        thread = _identifier("thread", envelope.thread)
        lines += [f"In-Reply-To: {thread}", f"References: {thread}"]
    lines.append(_ALIKE)
    language = _LANGUAGE.search(words.html)
    if language:
        lines.append(f"Content-Language: {language[1]}")
    return lines


def cleaned(words: str) -> str:
    """Words fit for a header: one line, no control character (S01), single blanks."""
    if words.isprintable() and "  " not in words:
        return words.strip(" ")  # nothing of what has to go can be printed
    return _CONTROLS.sub(" ", words).strip(" ")


@lru_cache(maxsize=_SUBJECTS)
def _unstructured(name: str, value: str) -> str:
    """A header of free text, folded."""
    value = cleaned(value)
    if _PRINTABLE.fullmatch(value) and "=?" not in value:
        lines: list[str] = []
        line = f"{name}:"
        for word in value.split(" "):
            if len(line) + 1 + len(word) > LINE and line != f"{name}:":
                lines.append(line)
                line = ""
            line += f" {word}"
        lines.append(line)
        if max(map(len, lines)) <= LINE:
            return "\r\n".join(lines)
    return f"{name}: " + "\r\n ".join(_encoded_words(value, len(name) + 2))


def _mailbox(header: str, name: str, address: str) -> str:
    """A header of one address, with a name where there is one."""
    if len(address) > _ADDRESS or not _EMAIL.fullmatch(address):
        raise RuleError(
            f"{header}: {address!r} is no e-mail address", mend="write it as name@domain, in ASCII"
        )
    phrase, taken = _phrase(header, name)
    if not phrase:
        return f"{header}: {address}"
    fold = "\r\n " if taken + len(address) + 3 > LINE else " "
    return f"{header}: {phrase}{fold}<{address}>"


#: The same, for those who write the letters: they are few.
_own_mailbox = lru_cache(maxsize=_SENDERS)(_mailbox)


@lru_cache(maxsize=_NAMES)
def _phrase(header: str, name: str) -> tuple[str, int]:
    """A name as it stands before an address, folded; and how much of its last line is taken."""
    name = cleaned(name)
    if not name:
        return "", 0
    room = LINE - len(header) - 2
    if not name.isascii():
        phrase = _encoded_words(name, len(header) + 2)
        return "\r\n ".join(phrase), _taken(header, phrase)
    quoted = name if _ATOMS.fullmatch(name) else '"' + name.replace("\\", r"\\").replace('"', r"\"") + '"'
    if _PRINTABLE.fullmatch(name) and "=?" not in name and len(quoted) <= room:
        phrase = [quoted]
    else:
        phrase = _encoded_words(name, len(header) + 2)
    return "\r\n ".join(phrase), _taken(header, phrase)


def _taken(header: str, phrase: list[str]) -> int:
    """How much of the last line a phrase takes."""
    return len(phrase[-1]) + (len(header) + 2 if len(phrase) == 1 else 1)


def _encoded_words(value: str, begun: int) -> list[str]:
    """Encoded words, one a line, that never cut a character (RFC 2047 §5).

    Args:
        value: what to encode.
        begun: octets already on the first line.
    """
    octets, start = value.encode("utf-8"), 0
    words: list[str] = []
    room = _octets(min(WORD, LINE - begun))
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == _CONTINUED:
            end -= 1
        words.append(_encoded(octets[start:end]))
        start, room = end, _octets(min(WORD, LINE - 1))
    return [*words, _encoded(octets[start:])]


def _octets(length: int) -> int:
    """How many octets an encoded word of a given length can carry."""
    return (length - _WRAPPING) // 4 * 3


def _encoded(octets: bytes) -> str:
    return f"=?utf-8?B?{base64.b64encode(octets).decode('ascii')}?="


def _date(at: datetime) -> str:
    written = at.isoformat(timespec="seconds")
    if len(written) == _NAIVE:
        raise RuleError("the date of a letter has no offset", mend="give the local time with its zone")
    return _date_line(written)


@lru_cache(maxsize=_DATES)
def _date_line(written: str) -> str:
    """A moment as headers have it, of yyyy-mm-ddThh:mm:ss+hh:mm."""
    day, time = date.fromisoformat(written[:10]), written[11:_NAIVE]
    offset = written[_NAIVE:].replace(":", "")
    return f"{_DAYS[day.weekday()]}, {written[8:10]} {_MONTHS[day.month - 1]} {written[:4]} {time} {offset}"


def _identifier(field: str, value: str) -> str:
    if len(value) > _ADDRESS or not _IDENTIFIER.fullmatch(value):
        raise RuleError(f"{field} {value!r} is no message identifier", mend="write it as <name@domain>")
    return value
