"""Who logs in does so once, in secret (DELIVERY §2.9)."""

import socket
from base64 import b64encode

import pytest

from nhacviec.adapters.smtp import Server, SmtpMailer
from tests.adapters.smtp.letters import LETTER, RECIPIENT, SENDER, Fence, at, failure
from tests.support.mailserver import CUT, MailServer, Raw

USERS = {"nhacviec": "right horse"}


async def test_who_has_a_password_logs_in() -> None:
    async with MailServer(users=USERS) as server:
        mailer = SmtpMailer(server=at(server, user="nhacviec", password=USERS["nhacviec"]))
        connection = await mailer.open()
        await connection.send(SENDER, RECIPIENT, LETTER, Fence())
        await connection.close()
        assert len(server.accepted) == 1


async def test_who_has_a_token_logs_in_with_it() -> None:
    async def token() -> str:
        return USERS["nhacviec"]

    async with MailServer(users=USERS) as server:
        connection = await SmtpMailer(server=at(server, user="nhacviec", token=token)).open()
        await connection.send(SENDER, RECIPIENT, LETTER, Fence())
        await connection.close()
        assert len(server.accepted) == 1


@pytest.mark.parametrize("by_token", [False, True])
@pytest.mark.parametrize(
    "said", ["535 5.7.8 wrong", "534 5.7.9 too weak", "454 4.7.0 later", "530 5.7.0 first", CUT]
)
async def test_a_login_refused_says_so_once(said: str, by_token: bool) -> None:
    """F29: one try and no more, so that no mailbox is locked."""

    async def token() -> str:
        return "right horse"

    async with MailServer(users=USERS) as server:
        server.answer("AUTH", said)
        login = {"token": token} if by_token else {"password": "right horse"}
        error = await failure(at(server, user="nhacviec", **login))
        tries = [answer for answer in server._book.answers if answer.stage == "AUTH"]

    assert (error.code, error.stage) == (0 if said == CUT else int(said[:3]), "auth")
    assert len(tries) == 1


@pytest.mark.parametrize("by_token", [False, True])
async def test_what_is_secret_is_in_no_error(by_token: bool) -> None:
    """A server may repeat what it was told."""
    secret = "right horse"

    async def token() -> str:
        return secret

    whole = f"user=nhacviec\1auth=Bearer {secret}\1\1" if by_token else f"\0nhacviec\0{secret}"
    coded = b64encode(whole.encode()).decode()
    async with MailServer(users=USERS) as server:
        server.answer("AUTH", f"500 what is {coded} or {secret}?")
        login = at(
            server, user="nhacviec", password="" if by_token else secret, token=token if by_token else None
        )
        error = await failure(login)

    shown = f"{error!r} {error} {error.__cause__!r} {error.__suppress_context__} {login!r} {login}"
    assert secret not in shown
    assert coded not in shown
    assert error.__suppress_context__
    assert "500 127.0.0.1" in shown


async def test_a_token_that_cannot_be_had_is_a_login_that_failed() -> None:
    async def token() -> str:
        raise OSError("the token's command failed")

    async with MailServer(users=USERS) as server:
        error = await failure(at(server, user="nhacviec", token=token))

    assert (error.code, error.stage) == (0, "auth")
    assert "command failed" in error.text


async def test_a_server_without_a_mechanism_of_ours_is_told(mail_server: MailServer) -> None:
    mail_server.answer("EHLO", Raw(b"250-mail.example.vn\r\n250 AUTH NTLM\r\n"))
    error = await failure(at(mail_server, user="nhacviec", password="x"))

    assert (error.code, error.stage) == (0, "auth")
    assert "AUTH PLAIN" in error.text


async def test_a_server_without_tokens_is_told(mail_server: MailServer) -> None:
    async def token() -> str:
        raise AssertionError("nobody needs it")

    mail_server.answer("EHLO", Raw(b"250-mail.example.vn\r\n250 AUTH PLAIN\r\n"))
    error = await failure(at(mail_server, user="nhacviec", token=token))

    assert (error.code, error.stage) == (0, "auth")
    assert "XOAUTH2" in error.text


async def test_a_mechanism_that_is_not_known_gives_way_to_the_next() -> None:
    async with MailServer(users=USERS) as server:
        server.answer("AUTH", "504 5.5.4 not that one", times=1)
        connection = await SmtpMailer(server=at(server, user="nhacviec", password="right horse")).open()
        await connection.close()


async def test_no_password_goes_in_clear_off_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where letters may: a name of ours that is not loopback's stands for another machine."""
    async with MailServer(users=USERS) as server:
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda _host, *rest, **more: real(server.host, *rest, **more)
        )
        error = await failure(Server(host="mail.example.vn", port=server.port, user="nhacviec", password="x"))
        assert not [heard for heard in server.commands if not heard.startswith("EHLO")]

    assert (error.code, error.stage) == (0, "auth")
    assert "in clear" in error.text
