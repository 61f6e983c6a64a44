"""The bytes of a letter, judged by two parsers that share no code."""

import re
from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.adapters.mime import LINE, WORD, cleaned, serialise
from nhacviec.domain.errors import RuleError
from nhacviec.domain.letter import Envelope, Words
from tests.adapters.mail_parsers import encoded_words, head_of, header_names, other_reads, stdlib_reads
from tests.letters.samples import REPORT_PAGE, an_envelope

TEXT = "Kính gửi: Đồng chí Bí thư Chi bộ,\n\n.\nFrom here\n" + REPORT_PAGE * 3 + "  \n\ttrân trọng\n"
HTML = f'<html lang="vi"><p>Kính gửi: <a href="{REPORT_PAGE * 3}">Báo đã hoàn thành</a></p></html>\n'
WORDS = Words(subject="[Nhắc việc] Hạn thứ Năm 20/7", text=TEXT, html=HTML)

NAMES = [
    "Bí thư Chi bộ Phòng Giáo dục Trung học và Giáo dục thường xuyên, Sở Giáo dục và Đào tạo",
    'Đồng chí "Họ Và Tên", Phó Bí thư thường trực, Chủ nhiệm Ủy ban Kiểm tra Đảng ủy',
    "Secretary, Office of the Department",
    'The "old" office \\ the new one, (second floor) <north>',
    "Văn phòng",
    "=?utf-8?Q?not_encoded?= but it looks so",
]
SUBJECTS = [
    "[Nhắc việc] Hạn thứ Năm 20/7: Báo cáo công tác Đảng tháng 7/2017",
    "[Đôn đốc] Quá hạn 02 ngày làm việc (hạn 20/7): " + "Báo cáo chuyên đề, " * 12 + "hết",
    "[Reminder] Due Thursday 20 July: monthly report on the work of the organisation, " * 3 + "end",
    "=?utf-8?B?AAAA?= " + "x" * 120,
    "One word in ASCII too long for a line: " + "x" * 120,
    "Kế hoạch 👍🏽 với từ_rất_dài_không_có_khoảng_trắng_" * 4,
]
EVERY_PAIR = list(product(NAMES, SUBJECTS))


EXPECTED_NAMES = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version",
    "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language", "Content-Type",
]  # fmt: skip


@pytest.mark.parametrize(("name", "subject"), EVERY_PAIR)
def test_two_parsers_read_what_was_written(name: str, subject: str) -> None:
    envelope = replace(an_envelope(), sender_name=name, recipient_name=name)

    octets = serialise(replace(WORDS, subject=subject), envelope)

    written = {
        "from": (name, envelope.sender_email),
        "to": (name, envelope.recipient_email),
        "subject": subject,
        "text": TEXT,
        "html": HTML,
        "names": EXPECTED_NAMES,
    }
    assert stdlib_reads(octets) == written
    assert other_reads(octets) == written


@pytest.mark.parametrize(("name", "subject"), EVERY_PAIR)
def test_every_line_and_every_encoded_word_keeps_its_length(name: str, subject: str) -> None:
    """RFC 2047 §2: 75 octets a word, 76 a line that holds one; RFC 2045 §6.7, §6.8: 76 a line of a body."""
    octets = serialise(
        replace(WORDS, subject=subject), replace(an_envelope(), sender_name=name, recipient_name=name)
    )

    assert max(map(len, octets.split(b"\r\n"))) <= LINE
    assert all(len(word) <= WORD for word in encoded_words(octets))
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert b"\r" not in octets.replace(b"\r\n", b"")


def test_what_is_ascii_stays_plain_and_a_name_with_a_comma_is_quoted() -> None:
    envelope = replace(an_envelope(), sender_name="Office", recipient_name='Secretary, "A" \\ B')

    head = head_of(serialise(replace(WORDS, subject="Due Thursday 20/7"), envelope))

    assert head[:4] == [
        "From: Office <nhacviec@dangbo.example.vn>",
        'To: "Secretary, \\"A\\" \\\\ B" <bt.vp@dangbo.example.vn>',
        "Reply-To: vanphong@dangbo.example.vn",
        "Subject: Due Thursday 20/7",
    ]


def test_a_long_subject_in_ascii_is_folded_at_its_blanks() -> None:
    head = head_of(serialise(replace(WORDS, subject="word " * 30 + "end"), an_envelope()))

    start = next(index for index, line in enumerate(head) if line.startswith("Subject: "))
    assert head[start : start + 3] == [
        "Subject: " + "word " * 12 + "word",
        " " + "word " * 14 + "word",
        " word word end",
    ]


def test_the_head_says_what_every_automatic_letter_says() -> None:
    """DELIVERY S14; RFC 3834 §5 (Auto-Submitted), RFC 5322 §3.3 (the date with its own offset)."""
    head = head_of(serialise(WORDS, an_envelope()))

    for line in (
        "Date: Thu, 20 Jul 2017 07:30:12 +0700",
        "Message-ID: <m7k2q5xw3a6b4c8d2e5f7g3h6j4k2m5n@dangbo.example.vn>",
        "In-Reply-To: <t2k2q5xw3a6b4c8d2e5f7g3h6j4k2m5n@dangbo.example.vn>",
        "References: <t2k2q5xw3a6b4c8d2e5f7g3h6j4k2m5n@dangbo.example.vn>",
        "MIME-Version: 1.0",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "Content-Language: vi",
        "Content-Type: multipart/alternative;",
    ):
        assert line in head


@pytest.mark.parametrize("thread", ["", an_envelope().message_id])
def test_the_first_letter_of_a_thread_answers_none(thread: str) -> None:
    names = header_names(serialise(WORDS, replace(an_envelope(), thread=thread)))

    assert names == [name for name in EXPECTED_NAMES if name not in {"In-Reply-To", "References"}]


def test_html_that_names_no_language_leaves_it_unsaid() -> None:
    names = header_names(serialise(replace(WORDS, html="<p>x</p>"), an_envelope()))

    assert "Content-Language" not in names


def test_every_copy_has_the_same_bytes_and_another_letter_another_boundary() -> None:
    """DELIVERY 2.7: the bytes are a function of the letter."""
    first, copy = serialise(WORDS, an_envelope()), serialise(WORDS, an_envelope())
    other = serialise(WORDS, replace(an_envelope(), message_id="<other@dangbo.example.vn>"))

    assert first == copy
    boundaries = [re.findall(rb'boundary="([^"]+)"', octets) for octets in (first, other)]
    assert boundaries[0] != boundaries[1]
    assert first.count(b"--" + boundaries[0][0]) == len(["text", "html", "end"])


def test_each_body_is_written_in_the_shorter_of_two_encodings() -> None:
    octets = serialise(
        Words(subject="x", text="Chậm nhất thứ Sáu, ngày đến hạn.\n" * 9, html="<p>plain</p>\n"),
        an_envelope(),
    )

    encodings = re.findall(rb"Content-Transfer-Encoding: (\S+)", octets)
    assert encodings == [b"base64", b"quoted-printable"]


@pytest.mark.parametrize("field", ["sender_email", "recipient_email", "reply_to"])
@pytest.mark.parametrize(
    "address",
    [
        "", "a", "a@", "@b.example.vn", "a b@c.example.vn", '"a b"@c.example.vn', "bí.thư@c.example.vn",
        "a@b.example.vn>\r\nBcc: <x@y.example.vn", "<a@b.example.vn>,c@d.example.vn",
        "a@b.example.vn, c@d.example.vn",
        "a@b.example.vn\n", "a@b.example.vn\0", "a@b.example.vn ", "a@b.example.vn\u202e", "a@b.example.vn.",
        "a..b@c.example.vn", ".a@c.example.vn", "a@-b.example.vn", "a@b..example.vn", "a@đảng.example.vn",
        "a@[127.0.0.1]", "a" * 250 + "@b.example.vn",
    ],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(field: str, address: str) -> None:
    """DELIVERY S03."""
    with pytest.raises(RuleError, match="is no e-mail address"):
        serialise(WORDS, an_envelope_with(field, address))


@pytest.mark.parametrize("field", ["message_id", "thread"])
@pytest.mark.parametrize(
    "identifier", ["<a@b>\r\nBcc: x", "a@b", "<a>", "<a@b> <c@d>", "<ạ@b>", "<a@b>\n", "<a@b"]
)
def test_what_is_not_one_identifier_is_refused(field: str, identifier: str) -> None:
    with pytest.raises(RuleError, match="is no message identifier"):
        serialise(WORDS, an_envelope_with(field, identifier))


def test_a_date_without_an_offset_is_refused() -> None:
    naive = datetime(2017, 7, 20, 7, 30)  # noqa: DTZ001 - the fault under test

    with pytest.raises(RuleError, match="has no offset"):
        serialise(WORDS, replace(an_envelope(), date=naive))


BREAKS = [
    "\r", "\n", "\r\n", "\0", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\x7f", "\x85",
    "\u2028", "\u2029", "\u202e", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("break_", BREAKS)
@pytest.mark.parametrize("field", ["sender_name", "recipient_name", "subject", "text", "html"])
def test_a_line_break_of_any_sort_opens_no_header(field: str, break_: str) -> None:
    """DELIVERY S01."""
    attack = f"Họ tên{break_}Bcc: x@example.vn{break_}{break_}thân thư"
    plain = serialise(WORDS, an_envelope())

    words, envelope = with_field(field, attack)
    octets = serialise(words, envelope)

    assert header_names(octets) == [
        name for name in header_names(plain) if name != "Content-Language" or field != "html"
    ]
    assert b"\0" not in octets
    assert stdlib_reads(octets)["names"] == header_names(octets)


def with_field(field: str, value: str) -> tuple[Words, Envelope]:
    if field in {"subject", "text", "html"}:
        return replace(WORDS, **{field: value}), an_envelope()
    return WORDS, an_envelope_with(field, value)


def an_envelope_with(field: str, value: str) -> Envelope:
    fields: dict[str, Any] = {field: value}
    return replace(an_envelope(), **fields)


ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.text('ếđ ,"\\=?_\r\n\t<>@.ab', max_size=90)


@given(sender=ANY_TEXT, recipient=ANY_TEXT, subject=ANY_TEXT, text=ANY_TEXT, html=ANY_TEXT)
def test_any_words_at_all_come_back_and_never_open_a_header(
    sender: str, recipient: str, subject: str, text: str, html: str
) -> None:
    envelope = replace(an_envelope(), sender_name=sender, recipient_name=recipient)

    octets = serialise(Words(subject=subject, text=text, html='<html lang="vi">' + html), envelope)

    read = stdlib_reads(octets)
    assert read["names"] == EXPECTED_NAMES
    assert read["from"] == (cleaned(sender), envelope.sender_email)
    assert read["to"] == (cleaned(recipient), envelope.recipient_email)
    assert read["subject"] == cleaned(subject)
    assert read["text"] == _kept(text)
    assert read["html"] == _kept('<html lang="vi">' + html)
    assert max(map(len, octets.split(b"\r\n"))) <= LINE
    assert octets.isascii()


def _kept(body: str) -> str:
    """A body as it arrives: line breaks made one sort, controls gone, its last line closed."""
    body = body.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    body = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", body)
    return body if body.endswith("\n") else f"{body}\n"
