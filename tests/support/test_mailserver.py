"""The tests' mail server keeps what it accepts and says what it is told; else its users prove nothing."""

import smtplib
from asyncio import to_thread

import pytest

from tests.support.mailserver import CUT, STAGES, MailServer

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


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "EHLO"])
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
