"""The tests' mail server keeps what it accepts and says what it is told; else its users prove nothing."""

import smtplib
from asyncio import open_connection, to_thread
from contextlib import suppress

import pytest

from tests.support.mailserver import CUT, CUT_BODY, STUCK, MailServer, Raw

LETTER = b"Subject: test\r\n\r\n.a line that begins with a dot\r\n"
CHAM, NHANH = "cham@example.vn", "nhanh@example.vn"


def send(server: MailServer, *recipients: str, user: str = "") -> dict[str, tuple[int, bytes]]:
    """Send one letter with a client that is not ours: the standard library's."""
    with smtplib.SMTP(server.host, server.port, local_hostname="client.example.vn", timeout=5) as client:
        if user:
            client.login(user, "right")
        return client.sendmail("van-phong@example.vn", recipients or [NHANH], LETTER)


async def test_an_accepted_letter_is_kept_byte_for_byte_with_its_envelope(mail_server: MailServer) -> None:
    await to_thread(send, mail_server, CHAM, NHANH)

    (kept,) = mail_server.accepted
    assert (kept.mail_from, kept.rcpt_tos, kept.content) == ("van-phong@example.vn", (CHAM, NHANH), LETTER)
    assert mail_server.connections == mail_server.crowd == 1
    assert mail_server.commands[-1] == "DATA"


async def test_a_reply_put_for_one_recipient_does_not_touch_another(mail_server: MailServer) -> None:
    mail_server.answer("RCPT", "451 4.7.1 try later", recipient=CHAM)

    refused = await to_thread(send, mail_server, CHAM, NHANH)

    assert refused == {CHAM: (451, b"4.7.1 try later")}
    assert [kept.rcpt_tos for kept in mail_server.accepted] == [(NHANH,)]


@pytest.mark.parametrize("stage", ["CONNECT", "MAIL", "RCPT", "DATA", "DOT"])
async def test_a_reply_put_at_any_stage_is_heard_as_often_as_it_was_put_and_nothing_is_kept(
    mail_server: MailServer, stage: str
) -> None:
    mail_server.answer(stage, "554 5.3.2 not today", times=2)

    for _ in range(2):
        with pytest.raises(smtplib.SMTPException, match="not today"):
            await to_thread(send, mail_server)
    assert mail_server.accepted == []

    await to_thread(send, mail_server)
    assert [kept.content for kept in mail_server.accepted] == [LETTER]


@pytest.mark.parametrize(("keep", "count"), [(False, 0), (True, 1)])
async def test_a_line_cut_after_the_final_dot_leaves_the_client_in_doubt(
    mail_server: MailServer, keep: bool, count: int
) -> None:
    mail_server.answer("DOT", CUT, keep=keep)

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        await to_thread(send, mail_server)

    assert len(mail_server.accepted) == count


async def test_who_must_log_in_is_refused_without_a_name_and_heard_with_one() -> None:
    async with MailServer(users={"nhacviec": "right"}) as server:
        with pytest.raises(smtplib.SMTPException, match="Authentication required"):
            await to_thread(send, server)
        await to_thread(send, server, user="nhacviec")

        assert len(server.accepted) == 1


async def test_after_closing_a_connection_is_refused() -> None:
    async with MailServer() as server:
        await to_thread(send, server)

    with pytest.raises(ConnectionRefusedError):
        await to_thread(send, server)


def test_a_stage_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no stage 'DOTS'"):
        MailServer().answer("DOTS", "250 fine")


async def test_raw_bytes_go_as_they_are_and_are_all_that_goes(mail_server: MailServer) -> None:
    mail_server.answer("DOT", Raw(b"250-a\r\n250 b\r\n250 c\r\n", pause=0.001))
    reader, writer = await open_connection(mail_server.host, mail_server.port)
    writer.write(
        b"EHLO x\r\nMAIL FROM:<a@example.vn>\r\nRCPT TO:<c@example.vn>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n"
    )
    said = await reader.read()
    writer.close()

    assert said.partition(b"354 ")[2].partition(b"\r\n")[2] == b"250-a\r\n250 b\r\n250 c\r\n221 Bye\r\n"


async def test_what_else_is_announced_is_told_with_the_rest() -> None:
    async with MailServer(extensions=("PIPELINING", "SMTPUTF8")) as server:

        def features() -> set[str]:
            with smtplib.SMTP(
                server.host, server.port, local_hostname="client.example.vn", timeout=5
            ) as client:
                client.ehlo()
                return set(client.esmtp_features)

        assert {"pipelining", "smtputf8", "size"} <= await to_thread(features)


@pytest.mark.parametrize("how", [CUT_BODY, STUCK])
async def test_a_letter_may_be_left_half_taken(mail_server: MailServer, how: str) -> None:
    mail_server.answer("DATA", how, times=1)
    reader, writer = await open_connection(mail_server.host, mail_server.port)
    writer.write(b"EHLO x\r\nMAIL FROM:<a@example.vn>\r\nRCPT TO:<c@example.vn>\r\nDATA\r\n")
    await reader.readuntil(b"354 go on\r\n")
    writer.write(b"Subject: half of it\r\n")
    if how == STUCK:
        mail_server.cut_all()
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()

    assert mail_server.accepted == []
