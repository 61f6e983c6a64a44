"""What is done to write letters quickly changes no octet: lines, names and subjects that are kept ready."""

import binascii
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from hypothesis import given
from hypothesis import strategies as st

from nhacviec.adapters.mime import serialise
from nhacviec.domain.letter import Words
from tests.adapters.mail_parsers import head_of, stdlib_reads
from tests.letters.samples import an_envelope

OFFSETS = st.integers(-86_399, 86_399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
#: Words about as dense as where the two encodings are equally long.
BODIES = st.lists(st.sampled_from(["a", "b ", "=", "\n", "\r\n", " \n", "\t", "é", "ế", "👍", "\0"])).map(
    "".join
)


@given(st.datetimes(timezones=OFFSETS))
def test_the_date_is_written_as_the_standard_library_writes_it(at: datetime) -> None:
    head = head_of(serialise(Words(subject="x", text="x", html="x"), replace(an_envelope(), date=at)))

    assert f"Date: {format_datetime(at)}" in head


@given(BODIES)
def test_the_encoding_is_the_one_that_is_shorter_when_both_are_tried(body: str) -> None:
    octets = serialise(Words(subject="x", text=body, html="x"), an_envelope())

    whole = re.sub("\r\n|\r|\n", "\r\n", body.replace("\0", "")).encode()
    whole += b"" if whole.endswith(b"\r\n") else b"\r\n"
    quoted = binascii.b2a_qp(whole)
    if len(quoted) > len(whole) * 78 // 57:
        assert b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64" in octets
    else:
        assert b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted in octets


def test_letters_of_one_name_or_one_subject_share_nothing_else() -> None:
    names = ["Bí thư Chi bộ", "Secretary, Office", "", "Bí thư Chi bộ"]
    letters = [
        (
            Words(subject=f"Hạn {number % 2}", text=f"thư {number}\nmột\n", html=f"<p>{number}\n<p>một\n"),
            replace(an_envelope(), recipient_name=name, recipient_email=f"{number}@x.example.vn"),
        )
        for number, name in enumerate(names * 200)
    ]

    for words, envelope in letters + letters[::-1]:
        read = stdlib_reads(serialise(words, envelope))
        assert read["to"] == (envelope.recipient_name, envelope.recipient_email)
        assert (read["subject"], read["text"], read["html"]) == (words.subject, words.text, words.html)
