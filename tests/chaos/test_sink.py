"""The sink takes, holds, drops and refuses as told, and what it took is noted before it says so."""

import smtplib
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from tests.chaos.post import Sink

LETTER = b"Message-ID: <a@example.vn>\r\nDate: Mon, 13 Apr 2026 08:00:00 +0700\r\n\r\n..two dots\r\nend\r\n"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path) as running:
        yield running


def send(sink: Sink, times: int = 1) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, local_hostname="client.example.vn", timeout=5) as client:
        for _ in range(times):
            client.sendmail("vp@example.vn", ["bt@example.vn"], LETTER)


def test_what_it_takes_is_noted_byte_for_byte(sink: Sink) -> None:
    send(sink, times=2)

    first, second = sink.accepted
    assert first == second
    assert (first.message_id, first.recipient) == ("<a@example.vn>", "bt@example.vn")
    assert first.date == "Mon, 13 Apr 2026 08:00:00 +0700"
    assert first.sha256 == sha256(LETTER).hexdigest()


@pytest.mark.parametrize(("verdict", "kept"), [("drop_acc", 1), ("drop_rej", 0)])
def test_a_dropped_line_leaves_the_client_in_doubt(sink: Sink, verdict: str, kept: int) -> None:
    sink.mode(script=[verdict])

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(sink)

    assert len(sink.accepted) == kept
    send(sink)
    assert len(sink.accepted) == kept + 1


def test_a_reply_of_the_script_is_given_once_and_nothing_is_kept(sink: Sink) -> None:
    sink.mode(script=["451 4.3.0 later"])

    with pytest.raises(smtplib.SMTPDataError, match="later"):
        send(sink)
    send(sink)

    assert len(sink.accepted) == 1


def test_shares_are_kept_and_follow_from_the_seed(sink: Sink) -> None:
    taken = []
    for _ in range(2):
        sink.mode(refuse=0.5, seed="s")
        before = len(sink.accepted)
        for _ in range(40):
            with smtplib.SMTP("127.0.0.1", sink.port, local_hostname="c.example.vn", timeout=5) as client:
                client.ehlo()
                with suppress(smtplib.SMTPDataError):
                    client.sendmail("vp@example.vn", ["bt@example.vn"], LETTER)
        taken.append(len(sink.accepted) - before)

    assert all(5 < count < 35 for count in taken)


def test_a_held_reply_comes_when_it_is_freed(sink: Sink) -> None:
    sink.mode(script=["hold"])
    with smtplib.SMTP("127.0.0.1", sink.port, local_hostname="c.example.vn", timeout=5) as client:
        client.ehlo()
        client.mail("vp@example.vn")
        client.rcpt("bt@example.vn")
        client.docmd("DATA")
        client.send(LETTER + b".\r\n")
        sink.wait(holding=1)
        assert len(sink.accepted) == 1
        sink.free()

        assert client.getreply()[0] == 250
    assert sink.counts()["accepted"] == 1
