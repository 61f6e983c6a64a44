"""The crash windows of a conversation are where DELIVERY §2.6 says (F02)."""

import os
import signal
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE

import pytest

from nhacviec import failpoint
from tests.adapters.smtp.letters import conversation, outcome, until
from tests.support.checkout import ROOT
from tests.support.mailserver import MailServer

#: Sends one letter; the fence is open.
PROGRAM = """
import asyncio, sys, uvloop
from nhacviec.adapters.smtp import Server, SmtpMailer
async def fence():
    return True
async def main():
    connection = await SmtpMailer(server=Server(host="127.0.0.1", port=int(sys.argv[1]))).open()
    await connection.send("a@example.vn", "b@example.vn", b"Subject: x" + b"\\r\\n" * 100_000, fence)
with asyncio.Runner(loop_factory=getattr(sys.modules[sys.argv[2]], "new_event_loop")) as runner:
    runner.run(main())
"""


async def send(server: MailServer, loop: str, place: str) -> tuple[int | None, str]:
    """Send in a process of its own; returns how it ended and what it said."""
    process = await create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(server.port), loop,
        stdout=PIPE, env={**os.environ, failpoint.VARIABLE: place, "PYTHONPATH": str(ROOT / "service")},
    )  # fmt: skip
    said, _ = await process.communicate()
    await until(lambda: not server.open)
    return process.returncode, said.decode().strip()


WINDOWS = [("W4", "", 0), ("W6", "", 0), ("W7", "", 1), ("W8", "", 1), ("W10", "554 5.6.0 no", 0)]


@pytest.mark.parametrize(
    ("window", "reply", "accepted", "loop"),
    [*((*window, "uvloop") for window in WINDOWS), (*WINDOWS[2], "asyncio")],
)
async def test_a_sender_killed_in_a_window_has_delivered_nothing_before_the_dot_and_one_copy_after_it(
    mail_server: MailServer, window: str, reply: str, accepted: int, loop: str
) -> None:
    """F02: W4 to W10; also where the loop writes only at the end of its round."""
    if reply:
        mail_server.answer("DOT", reply)

    assert await send(mail_server, loop, f"{window}:kill") == (-signal.SIGKILL, "")
    assert len(mail_server.accepted) == accepted


@pytest.mark.parametrize(("window", "reply", "accepted"), WINDOWS)
async def test_what_fails_in_a_window_is_judged_by_whether_the_dot_was_written(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, window: str, reply: str, accepted: int
) -> None:
    """W10 is judged pessimistically, as DELIVERY §2.6 has it."""
    for name, value in (("_name", window), ("_action", "fail"), ("_left", 1)):
        monkeypatch.setattr(failpoint, name, value)
    if reply:
        mail_server.answer("DOT", reply)
    async with conversation(mail_server) as connection:
        result = await outcome(connection)
        assert not connection.alive
    await until(lambda: not mail_server.open)

    before = window in ("W4", "W6")
    assert result == (("DeliveryDeferred", 0, "data") if before else ("DeliveryAmbiguous", 0, "dot"))
    assert len(mail_server.accepted) == accepted
