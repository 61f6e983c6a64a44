"""Nothing is delivered unless the fence has said so (DELIVERY §2.5)."""

import asyncio

import pytest

from nhacviec.domain.errors import DeliveryDeferred
from tests.adapters.smtp.letters import (
    DEFERRED,
    SILENCE,
    Fence,
    conversation,
    outcome,
    send,
    until,
)
from tests.support.mailserver import MailServer


async def test_a_fence_that_is_shut_stops_without_the_dot(office: MailServer) -> None:
    """W5: the server has the whole letter but for its dot, and throws it away."""
    async with conversation(office) as connection:
        with pytest.raises(DeliveryDeferred, match="taken over") as stopped:
            await send(connection, fence=Fence(answer=False))
        assert not connection.alive
        assert (stopped.value.code, stopped.value.stage) == (0, "fence")
    async with conversation(office) as connection:
        await send(connection)

    assert len(office.accepted) == 1


async def test_an_error_of_the_fence_passes_and_nothing_is_delivered(office: MailServer) -> None:
    async def fail() -> None:
        raise OSError("disk full")

    async with conversation(office) as connection:
        with pytest.raises(OSError, match="disk full"):
            await send(connection, fence=Fence(meanwhile=fail))
        assert not connection.alive
    async with conversation(office) as connection:
        await send(connection)

    assert len(office.accepted) == 1


async def test_a_server_that_breaks_at_the_fence_has_nothing(office: MailServer) -> None:
    gone = asyncio.Event()

    async def broken() -> None:
        office.cut_all()
        await until(lambda: not connection.alive)
        gone.set()

    async with conversation(office) as connection:
        assert await outcome(connection, fence=Fence(meanwhile=broken)) == (DEFERRED, 0, "data")

    assert gone.is_set()
    assert office.accepted == []


@pytest.mark.parametrize(("stage", "kept"), [("MAIL", False), ("DOT", True)])
async def test_a_letter_given_up_by_its_sender_leaves_a_dead_line(
    office: MailServer, stage: str, kept: bool
) -> None:
    office.answer(stage, SILENCE, keep=kept)
    async with conversation(office) as connection:
        sending = asyncio.ensure_future(send(connection))
        await until(lambda: office.accepted if kept else len(office.commands) > 1)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert not connection.alive
