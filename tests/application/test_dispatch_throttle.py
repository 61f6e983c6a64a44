"""A domain that puts letters off is given fewer, and no other domain waits for it (DELIVERY §2.8; F31)."""

from datetime import timedelta
from itertools import pairwise

from nhacviec.bootstrap import Service
from tests.application.sending import Desk, Hand, emails, letters, promised, sending, states
from tests.benchmarks.load import NOW


async def sent_to(service: Service, domain: str) -> int:
    found = (await letters(service)).items()
    return sum(letter.state == "sent" for email, letter in found if email.endswith(domain))


async def test_a_domain_that_slows_us_is_slowed_by_itself(tmp_path: object) -> None:
    """F31: some to one domain are put off, all to another go in the same run; in an hour all have gone."""
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    slow, swift = emails(20, "slow.example.vn"), emails(20, "swift.example.vn")
    await promised(url, [each for pair in zip(slow, swift, strict=True) for each in pair])
    hand = Hand()
    async with Desk() as desk, sending(url, desk.url, hand) as service:
        for email in slow:
            desk.answer("RCPT", "450 4.7.1 too many messages from you", recipient=email, times=1)
        await service.dispatch(NOW)

        assert await sent_to(service, "swift.example.vn") == 20
        tried = [each for each in (await letters(service)).values() if each.state != "sent" and each.attempts]
        assert len(tried) < 20  # the others were spared
        sent = [0]
        while hand.at < NOW + timedelta(hours=1):
            await service.dispatch(hand.turn(minutes=1))
            sent.append(await sent_to(service, "slow.example.vn"))
        assert await states(service) == {"sent": 40}
        assert max(each.attempts for each in (await letters(service)).values()) == 2
        assert max(after - before for before, after in pairwise(sent)) < 20


async def test_a_domain_that_always_puts_off_starves_nobody_and_is_still_asked(tmp_path: object) -> None:
    """F31: what comes for other domains goes at once, although the slow one is asked all the time."""
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    slow, swift = emails(12, "slow.example.vn"), emails(4, "swift.example.vn")
    await promised(url, slow + swift)
    hand = Hand()
    async with Desk() as desk, sending(url, desk.url, hand, lines=2) as service:
        for email in slow:
            desk.answer("RCPT", "450 4.7.1 too many messages from you", recipient=email)
        await service.dispatch(NOW)

        assert desk.to == dict.fromkeys(swift, 1)
        for _ in range(30):
            await service.dispatch(hand.turn(minutes=1))
        found = await letters(service)
        assert all(found[email].attempts >= 1 for email in slow)
        assert {found[email].state for email in slow} == {"pending"}
