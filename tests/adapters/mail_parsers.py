"""Two parsers that share no code, asked the same: the standard library's and mailparse's."""

import email
import email.policy
import email.utils
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

import pytest


def stdlib_reads(octets: bytes) -> dict[str, Any]:
    """What the standard library sees, by its old parser: the new one shows blanks inside split names."""
    message = email.message_from_bytes(octets, policy=email.policy.compat32)
    parts = message.get_payload()
    assert isinstance(parts, list)
    text, html = parts
    return {
        "from": _stdlib_address(message["From"]),
        "to": _stdlib_address(message["To"]),
        "subject": _decoded(message["Subject"]),
        "text": _payload(text),
        "html": _payload(html),
        "names": message.keys(),
    }


def _decoded(value: str) -> str:
    return str(make_header(decode_header(re.sub(r"\r?\n(?=[ \t])", "", value))))


def _stdlib_address(value: str) -> tuple[str, str]:
    name, address = email.utils.parseaddr(re.sub(r"\r?\n(?=[ \t])", "", value))
    return _decoded(name), address


def _payload(part: object) -> str:
    assert isinstance(part, Message)
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode("utf-8").replace("\r\n", "\n")


def other_reads(octets: bytes) -> dict[str, Any]:
    """What mailparse (a parser of its own, in Rust) sees."""
    fast_mail_parser = pytest.importorskip("fast_mail_parser", reason="the second parser is not installed")
    mail = fast_mail_parser.parse_email(octets)
    (text,), (html,) = mail.text_plain, mail.text_html
    (to,) = mail.to
    return {
        "from": (mail.from_.display_name or "", mail.from_.address),
        "to": (to.display_name or "", to.address),
        "subject": mail.subject,
        "text": text.replace("\r\n", "\n"),
        "html": html.replace("\r\n", "\n"),
        "names": list(mail.headers),
    }


def head_of(octets: bytes) -> list[str]:
    return octets.split(b"\r\n\r\n", 1)[0].decode("ascii").split("\r\n")


def header_names(octets: bytes) -> list[str]:
    return [line.split(":")[0] for line in head_of(octets) if not line.startswith((" ", "\t"))]


def encoded_words(octets: bytes) -> Iterator[str]:
    return (found[0] for line in head_of(octets) for found in re.finditer(r"=\?utf-8\?B\?[^?]*\?=", line))
