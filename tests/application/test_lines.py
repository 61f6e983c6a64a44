"""Lines are lent in turn, kept from letter to letter, and nobody waits for one that will not come."""

import asyncio

import pytest

from nhacviec.adapters.smtp import SmtpMailer, read_url
from nhacviec.application.lines import IDLE, Line, Lines
from nhacviec.application.relay import RESTING, Relay
from nhacviec.domain.errors import ServerUnreachable
from tests.application.relays import Time, answers
from tests.application.sending import reached
from tests.support.mailserver import CUT, MailServer


async def fence() -> bool:
    return True


def lines_of(server: MailServer, relay: Relay, time: Time) -> Lines:
    mailer = SmtpMailer(server=read_url(server.url))
    return Lines(mailer=mailer, allowed=relay.capacity, opened=relay.opened, clock=time)


def relay_of(time: Time, connections: int) -> Relay:
    return Relay(connections=connections, clock=time, chance=lambda: 0.5)


async def grown(lines: Lines, many: int) -> list[Line]:
    """So many lines lent at once, each allowed by the one before it."""
    async with asyncio.timeout(10):
        return [await lines.borrow() for _ in range(many)]


def breaks(relay: Relay) -> None:
    """A line breaks twice over a letter: the breaker opens."""
    for _ in range(2):
        answers(relay, 0, "rcpt")


async def test_a_line_that_was_given_back_is_lent_again(mail_server: MailServer) -> None:
    """§2.8: the one that has been free for longest goes first."""
    time = Time()
    lines = lines_of(mail_server, relay_of(time, 4), time)
    first, second = await grown(lines, 2)
    await lines.give_back(first)
    await lines.give_back(second)

    assert await lines.borrow() is first
    assert await lines.borrow() is second
    assert mail_server.connections == 2
    for line in (first, second):
        await lines.give_back(line)
    await lines.close()
    await reached(lambda: not mail_server.open)


async def test_a_line_that_was_idle_for_long_is_closed_and_a_new_one_opened(mail_server: MailServer) -> None:
    """F16: servers hang up after a while without a word."""
    time = Time()
    lines = lines_of(mail_server, relay_of(time, 1), time)
    (old,) = await grown(lines, 1)
    await lines.give_back(old)
    time.now += IDLE
    new = await lines.borrow()

    assert new is not old
    assert not old.connection.alive
    assert mail_server.crowd == 1
    await lines.give_back(new)
    await lines.close()


async def test_a_line_that_died_while_it_lay_idle_is_not_lent(mail_server: MailServer) -> None:
    """F16: as far as we can see it."""
    time = Time()
    lines = lines_of(mail_server, relay_of(time, 1), time)
    (old,) = await grown(lines, 1)
    await lines.give_back(old)
    mail_server.cut_all()
    await reached(lambda: not old.connection.alive)
    new = await lines.borrow()

    assert new.connection.alive
    await lines.give_back(new)
    await lines.close()


async def test_never_more_are_lent_than_are_allowed_and_who_waits_is_served(mail_server: MailServer) -> None:
    """§2.8: concurrency is the relay's; a line that comes back goes to whoever has waited longest."""
    time = Time()
    lines = lines_of(mail_server, relay_of(time, 2), time)
    first, second = await grown(lines, 2)
    waiting = [asyncio.create_task(lines.borrow()) for _ in range(2)]
    await asyncio.sleep(0)
    assert not any(each.done() for each in waiting)

    await lines.give_back(second)
    assert await waiting[0] is second
    assert not waiting[1].done()
    await lines.give_back(first)
    assert await waiting[1] is first
    assert mail_server.crowd == 2
    for line in (first, second):
        await lines.give_back(line)
    await lines.close()


async def test_a_fresh_line_is_a_new_one_though_others_lie_idle(mail_server: MailServer) -> None:
    """F16: the one before it was dead, and so may be all of its age."""
    time = Time()
    lines = lines_of(mail_server, relay_of(time, 4), time)
    old = await grown(lines, 2)
    for line in old:
        await lines.give_back(line)

    assert await lines.borrow(fresh=True) not in old
    assert mail_server.connections == 3
    await lines.close()


async def test_a_line_that_cannot_be_opened_leaves_its_place_to_another(mail_server: MailServer) -> None:
    """§2.8: what fails does not count as lent."""
    time = Time()
    lines = lines_of(mail_server, relay_of(time, 1), time)
    mail_server.answer("CONNECT", CUT, times=1)
    with pytest.raises(ServerUnreachable):
        await lines.borrow()

    line = await lines.borrow()
    assert line.connection.alive
    await lines.give_back(line)
    await lines.close()


async def test_whoever_waits_is_sent_away_when_none_is_allowed(mail_server: MailServer) -> None:
    """§2.8: the breaker opens: nobody stands in a queue for an outage."""
    time = Time()
    relay = relay_of(time, 1)
    lines = lines_of(mail_server, relay, time)
    (line,) = await grown(lines, 1)
    waiting = asyncio.create_task(lines.borrow())
    await asyncio.sleep(0)
    breaks(relay)
    lines.dismiss()

    with pytest.raises(ServerUnreachable) as resting:
        await waiting
    assert resting.value.stage == RESTING
    await lines.give_back(line)
    await lines.close()


async def test_nobody_waits_for_ever_when_the_last_line_comes_back_in_an_outage(
    mail_server: MailServer,
) -> None:
    """§2.8: the server is half open, one waits; then it breaks once more and all lines come back."""
    time = Time()
    relay = relay_of(time, 4)
    lines = lines_of(mail_server, relay, time)
    lent = await grown(lines, 3)
    breaks(relay)
    time.now += relay.rest()
    assert relay.capacity() == 1
    waiting = asyncio.create_task(lines.borrow())
    await asyncio.sleep(0)
    breaks(relay)
    assert relay.capacity() == 0
    for line in lent:
        await lines.give_back(line)
    time.now += 600

    done, _ = await asyncio.wait([waiting], timeout=1)
    waiting.cancel()
    assert done
    await asyncio.gather(waiting, return_exceptions=True)
    await lines.close()


async def test_closing_ends_politely_what_is_not_lent_and_leaves_what_is(mail_server: MailServer) -> None:
    """W9: QUIT changes nothing; a letter under way keeps its line."""
    time = Time()
    lines = lines_of(mail_server, relay_of(time, 2), time)
    first, second = await grown(lines, 2)
    await lines.give_back(first)
    await lines.close()

    assert not first.connection.alive
    assert second.connection.alive
    code, _ = await second.connection.send(
        "vp@example.vn", "bt@example.vn", b"Subject: x\r\n\r\nx\r\n", fence
    )
    assert code == 250
    await lines.give_back(second)
    await lines.close()
