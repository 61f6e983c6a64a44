"""TLS is never opportunistic, and a certificate is always verified (F32, F33, F34)."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from nhacviec.adapters.smtp import Server, SmtpMailer
from nhacviec.domain.errors import DeliveryAmbiguous, ServerUnreachable
from tests.adapters.smtp.certificates import Certificate, issue
from tests.adapters.smtp.letters import LETTER, QUICK, RECIPIENT, SENDER, Fence
from tests.support.mailserver import CUT, MailServer, Raw

USERS = {"nhacviec": "right"}
LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
LONG = b"Subject: long\r\n\r\n" + (b"x" * 76 + b"\r\n") * 20_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return issue(tmp_path_factory.mktemp("certificate"))


def mailer(
    server: MailServer, how: str, authorities: Path | str = "", password: str = USERS["nhacviec"]
) -> SmtpMailer:
    where = Server(
        host=server.host,
        port=server.port,
        tls=how == "smtps",
        starttls=how == "starttls",
        user="nhacviec",
        password=password,
        authorities=str(authorities),
    )
    return SmtpMailer(server=where)


async def refusal(of: SmtpMailer) -> ServerUnreachable:
    with pytest.raises(ServerUnreachable) as refused:
        await of.open()
    return refused.value


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",)], ids=["one by one", "pipelining"])
@pytest.mark.parametrize("how", ["smtp", "smtps", "starttls"])
@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
def test_letters_go_over_every_kind_of_line_on_every_loop(
    certificate: Certificate,
    loop: Callable[[], asyncio.AbstractEventLoop],
    how: str,
    extensions: tuple[str, ...],
) -> None:
    """The transport changes hands after the opening: plain and TLS, asyncio's and uvloop's."""

    async def two_letters() -> None:
        context = None if how == "smtp" else certificate.context()
        async with MailServer(
            tls=context, smtps=how == "smtps", users=USERS, extensions=extensions
        ) as server:
            connection = await mailer(server, how, "" if how == "smtp" else certificate.file).open()
            for letter in (LETTER, LONG, LETTER):
                await connection.send(SENDER, RECIPIENT, letter, Fence())
            await connection.close()
            assert not connection.alive
            assert [kept.content for kept in server.accepted] == [LETTER, LONG, LETTER]

            broken = await mailer(server, how, "" if how == "smtp" else certificate.file).open()
            server.answer("DOT", CUT, keep=True)
            with pytest.raises(DeliveryAmbiguous):
                await broken.send(SENDER, RECIPIENT, LETTER, Fence())
            assert not broken.alive
            await broken.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(two_letters())


@pytest.mark.parametrize("how", ["smtps", "starttls"])
@pytest.mark.parametrize(
    ("fault", "names", "until", "said"),
    [
        ("expired", "IP:127.0.0.1", "20200201000000Z", "expired"),
        ("of another host", "DNS:other.example.vn", "20491231235959Z", "mismatch"),
        ("signed by nobody", "IP:127.0.0.1", "20491231235959Z", "self-signed"),
    ],
)
async def test_a_certificate_that_proves_nothing_ends_it(
    tmp_path: Path, how: str, fault: str, names: str, until: str, said: str
) -> None:
    """F32: expired, another host's, self-signed: no letter, no password."""
    bad = issue(tmp_path, names, until)
    async with MailServer(tls=bad.context(), smtps=how == "smtps", users=USERS) as server:
        error = await refusal(mailer(server, how, "" if fault == "signed by nobody" else bad.file))
        heard = [words for words in server.commands if not words.startswith("EHLO")]

    assert (error.code, error.stage) == (0, "tls")
    assert said in error.text
    assert heard == []


@pytest.mark.parametrize("how", ["smtps", "starttls"])
async def test_tls_of_long_ago_ends_it(certificate: Certificate, how: str) -> None:
    """F32: TLS 1.0 only."""
    async with MailServer(tls=certificate.context(old=True), smtps=how == "smtps", users=USERS) as server:
        error = await refusal(mailer(server, how, certificate.file))
        assert not [words for words in server.commands if not words.startswith("EHLO")]

    assert (error.code, error.stage) == (0, "tls" if how == "smtps" else "starttls")


async def test_a_server_without_tls_where_tls_is_meant_ends_it(mail_server: MailServer) -> None:
    error = await refusal(SmtpMailer(server=mailer(mail_server, "smtps").server, timeouts=QUICK))

    assert (error.code, error.stage) == (0, "tls")


async def test_starttls_stripped_from_ehlo_ends_it(mail_server: MailServer) -> None:
    """F33: nothing is sent in clear."""
    error = await refusal(mailer(mail_server, "starttls"))

    assert (error.code, error.stage) == (0, "starttls")
    assert "does not offer STARTTLS" in error.text
    assert len(mail_server.commands) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [("454 4.7.0 no TLS now", 454), ("502 5.5.1 what?", 502), (CUT, 0), (Raw(b"rubbish\r\n"), 0)],
)
async def test_starttls_refused_ends_it(certificate: Certificate, said: str, code: int) -> None:
    """F33."""
    async with MailServer(tls=certificate.context(), users=USERS) as server:
        server.answer("STARTTLS", said)
        error = await refusal(mailer(server, "starttls", certificate.file))
        assert len(server.commands) == 1

    assert (error.code, error.stage) == (code, "starttls")


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize(
    "injected",
    [b"250-evil.example\r\n250 AUTH PLAIN\r\n", b"250 2.1.0 OK\r\n" * 3, b"235 2.7.0 in\r\n", b"25"],
)
def test_what_was_said_in_clear_after_starttls_is_not_believed(
    certificate: Certificate, loop: Callable[[], asyncio.AbstractEventLoop], injected: bytes
) -> None:
    """F34: a wrong password would be let in, or the letter pass for taken, if it were."""

    async def injection() -> None:
        async with MailServer(tls=certificate.context(), users=USERS) as server:
            server.answer("STARTTLS", Raw(b"220 Ready to start TLS\r\n" + injected))
            error = await refusal(mailer(server, "starttls", certificate.file, password="wrong"))
            assert (error.code, error.stage) in ((535, "auth"), (0, "tls"), (0, "starttls"))
            assert server.accepted == []

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(injection())


async def test_a_file_of_authorities_that_is_not_there_is_said(certificate: Certificate) -> None:
    async with MailServer(tls=certificate.context(), smtps=True) as server:
        error = await refusal(mailer(server, "smtps", certificate.file.with_name("nobody.pem")))

    assert "No such file" in error.text
