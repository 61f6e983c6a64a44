"""How a conversation begins, and what is said when it does not (DELIVERY §2.9)."""

import asyncio
import socket
import threading
from contextlib import closing

import pytest

from nhacviec.adapters.smtp import Server
from tests.adapters.smtp.letters import (
    LETTER,
    QUICK,
    RECIPIENT,
    SENDER,
    SILENCE,
    Fence,
    at,
    conversation,
    failure,
)
from tests.support.mailserver import CUT, MailServer, Raw


@pytest.mark.parametrize(("stage", "name"), [("CONNECT", "greeting"), ("EHLO", "ehlo")])
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("421 4.3.2 closing down", 421),
        ("451 4.3.2 later", 451),
        ("521 5.3.2 no mail here", 521),
        ("554 5.7.1 not you", 554),
        (CUT, 0),
        (SILENCE, 0),
        (Raw(b"2", pause=0.05, endless=True), 0),
        (Raw(b"rubbish\r\n"), 0),
        (Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"), 0),
        (Raw(b"\x00\x01\x02\xff\r\n"), 0),
        (Raw(b"220-more\r\n", endless=True), 0),
        (Raw(b"x", endless=True), 0),
    ],
    ids=[
        "421",
        "4yz",
        "521",
        "554",
        "cut",
        "silence",
        "drip",
        "rubbish",
        "http",
        "binary",
        "endless",
        "no end",
    ],
)
async def test_a_server_that_does_not_greet_cannot_be_spoken_to(
    mail_server: MailServer, stage: str, name: str, said: str, code: int
) -> None:
    """F16, F21, F22, F26, F27, F28: nothing at all, one byte a second, an infinite greeting."""
    mail_server.answer(stage, said)
    if stage == "EHLO" and code in (521, 554):
        mail_server.answer("CONNECT", "220 mail.example.vn")
    error = await failure(at(mail_server, starttls=stage == "EHLO"), QUICK)

    assert (error.code, error.stage) == (code, name)
    assert str(mail_server.port) in str(error)
    assert str(error).isprintable()


async def test_where_nobody_listens_there_is_no_connection() -> None:
    """F13: refused."""
    error = await failure(Server(host="127.0.0.1", port=9))

    assert (error.code, error.stage) == (0, "connect")
    assert "127.0.0.1:9" in error.text


async def test_a_connection_that_is_never_answered_is_given_up() -> None:
    """F14: the queue of a listener that does not listen is full, so that SYNs are dropped."""
    with closing(socket.socket()) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        crowd = [socket.socket() for _ in range(3)]
        try:
            for waiting in crowd:
                waiting.settimeout(0)
                waiting.connect_ex(address)
            error = await failure(Server(host=address[0], port=address[1]), QUICK)
        finally:
            for waiting in crowd:
                waiting.close()

    assert (error.code, error.stage) == (0, "connect")
    assert "0.2 s" in error.text


async def test_a_name_that_is_nobodys_is_no_connection() -> None:
    """F15."""
    error = await failure(Server(host="mail.invalid", port=25))

    assert (error.code, error.stage) == (0, "connect")


async def test_a_resolver_that_hangs_does_not_hold_up_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """F15: the loop turns while the resolver is asked, and the time of a connection is the limit."""
    asked, answer = threading.Event(), threading.Event()

    def hang(*_question: object, **_more: object) -> None:
        asked.set()
        answer.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        error = await failure(Server(host="mail.example.vn", port=25), QUICK)  # its clock is the loop's
        waiting = asyncio.ensure_future(failure(Server(host="mail.example.vn", port=25)))
        assert await asyncio.to_thread(asked.wait, 60)
    finally:
        answer.set()
    again = await waiting

    assert asked.is_set()
    assert {error.stage, again.stage} == {"connect"}
    assert "0.2 s" in error.text
    assert "Temporary failure" in again.text


async def test_a_server_of_the_old_kind_is_spoken_to_with_helo(mail_server: MailServer) -> None:
    mail_server.answer("EHLO", "502 5.5.1 what?")
    async with conversation(mail_server) as connection:
        assert await connection.send(SENDER, RECIPIENT, LETTER, Fence()) == (250, "2.0.0 taken")


async def test_without_ehlo_there_is_no_tls_and_so_no_conversation(mail_server: MailServer) -> None:
    mail_server.answer("EHLO", "502 5.5.1 what?")
    error = await failure(at(mail_server, starttls=True))

    assert (error.code, error.stage) == (502, "ehlo")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sender.example.vn", "sender.example.vn"),
        ("sender", "[127.0.0.1]"),
        ("gửi.example.vn", "[127.0.0.1]"),
    ],
)
async def test_we_say_our_name_or_our_address(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    """RFC 5321 §4.1.3: a name of one label is none; the resolver is not asked for a longer one."""
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    async with conversation(mail_server):
        pass

    assert mail_server.commands == [f"EHLO {said}"]
