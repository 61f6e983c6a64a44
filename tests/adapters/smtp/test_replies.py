"""Replies are read strictly and within bounds, in pieces of any size (RFC 5321 §4.2)."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.adapters.smtp.replies import (
    LONGEST_LINE,
    LONGEST_REPLY,
    LONGEST_TEXT,
    MOST_LINES,
    GarbledReply,
    Reply,
    ReplyReader,
    cleaned,
)


def read(*pieces: bytes) -> list[Reply]:
    reader = ReplyReader()
    return [reply for piece in pieces for reply in reader.feed(piece)]


@pytest.mark.parametrize(
    ("octets", "reply"),
    [
        (b"250 2.0.0 taken\r\n", Reply(250, "2.0.0 taken")),
        (b"250\r\n", Reply(250, "")),
        (b"250 bare line feed\n", Reply(250, "bare line feed")),
        (b"299 kept\r\n", Reply(299, "kept")),
        (b"250-one\r\n250-two\r\n250 three\r\n", Reply(250, "one two three")),
        (b"250-\r\n250\r\n", Reply(250, "")),
        ("250 đã nhận\r\n".encode(), Reply(250, "đã nhận")),
        (b"250 \xff\xfe\r\n", Reply(250, "��")),
        (b"250 a\x00b\x1b[31mc\td\r\n", Reply(250, "a b [31mc d")),
        ("250 a\u202eb\r\n".encode(), Reply(250, "a b")),
    ],
)
def test_a_reply_is_a_code_and_one_clean_line(octets: bytes, reply: Reply) -> None:
    """F21: several lines, NUL and escape characters, no carriage return."""
    assert read(octets) == [reply]


@given(st.lists(st.integers(0, 60), max_size=8))
def test_it_does_not_matter_where_the_pieces_are_cut(cuts: list[int]) -> None:
    """F21: split in single bytes or anywhere."""
    octets = b"250-one\r\n250 two\r\n550 5.1.1 no\r\n354 go on\r\n"
    edges = sorted({0, len(octets), *(cut % len(octets) for cut in cuts)})

    assert read(*(octets[start:end] for start, end in pairwise(edges))) == read(octets)
    assert [reply.code for reply in read(octets)] == [250, 550, 354]


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_reply_or_garbled_and_nothing_else(octets: bytes) -> None:
    with suppress(GarbledReply):
        assert all(200 <= reply.code < 600 and reply.text.isprintable() for reply in read(octets))


@pytest.mark.parametrize(
    "octets",
    [
        b"\r\n",
        b"hello\r\n",
        b"25\r\n",
        b"150 too early\r\n",
        b"650 too late\r\n",
        b"2500 four digits\r\n",
        b"250_ok\r\n",
        b" 250 ok\r\n",
        b"+25 ok\r\n",
        "²50 ok\r\n".encode(),
        b"250-one\r\n251 two\r\n",
        b"250 " + b"x" * LONGEST_LINE + b"\r\n",
        b"x" * (LONGEST_LINE + 1),
        b"250-more\r\n" * (MOST_LINES + 1),
        (b"250-" + b"x" * 4000 + b"\r\n") * (LONGEST_REPLY // 4000 + 1),
    ],
)
def test_what_is_no_reply_or_too_much_of_one_is_garbled(octets: bytes) -> None:
    """F21, F22: bounded, whatever a server sends."""
    with pytest.raises(GarbledReply):
        read(octets)


def test_what_was_whole_before_the_garbage_holds() -> None:
    replies = ReplyReader().feed(b"250 taken\r\nrubbish\r\n")

    assert next(replies) == Reply(250, "taken")
    with pytest.raises(GarbledReply, match="no reply: rubbish"):
        next(replies)


def test_a_text_is_kept_up_to_its_length() -> None:
    (reply,) = read(b"".join(b"250%s%s\r\n" % (sign, b"x" * 1000) for sign in (b"-", b"-", b" ")))

    assert len(reply.text) == LONGEST_TEXT
    assert len(cleaned("đ" * 10_000)) == LONGEST_TEXT


@pytest.mark.parametrize(
    ("octets", "midway"),
    [(b"", False), (b"2", True), (b"250-one\r\n", True), (b"250 one\r\n", False), (b"250 one\r\n2", True)],
)
def test_half_a_reply_is_known_for_one(octets: bytes, midway: bool) -> None:
    reader = ReplyReader()
    list(reader.feed(octets))

    assert reader.midway is midway
