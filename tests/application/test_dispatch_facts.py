"""Letters that cannot be written, and facts that change while a letter is on its way (F63, F64, F70; P4)."""

import shutil
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from nhacviec.application.rulings import Decision
from nhacviec.bootstrap import Service
from nhacviec.bootstrap import service as wiring
from nhacviec.domain.occurrence import EventKind
from nhacviec.resources import shipped
from tests.application.outages import Watched, change, look, stands
from tests.application.sending import Desk, Hand, addressed, emails, letters, promised, sending, states, tries
from tests.benchmarks.load import NOW

#: The Monday after the due day, when the first letter about being overdue goes.
OVERDUE = NOW + timedelta(days=12)
LATER = date(2017, 2, 10)


@pytest.fixture
async def file(tmp_path: object) -> str:
    url = f"sqlite:///{tmp_path}/nhacviec.db"
    await promised(url, emails(4))
    return url


async def decide(service: Service, unit: str, kind: EventKind) -> None:
    """Somebody decides about the first report that a unit owes."""
    url = service.settings.database_url.get_secret_value()
    ((period,),) = look(url, "SELECT period FROM occurrence WHERE unit = ? ORDER BY due LIMIT 1", unit)
    evidence = {"number": "12", "date": "2017-01-10"} if kind is EventKind.REPORTED else {}
    decision = Decision(
        duty="BC-01",
        unit=unit,
        period=period,
        kind=kind,
        at=NOW,
        by="Văn phòng",
        note="đã báo trước",
        evidence=evidence,
        to=LATER if kind is EventKind.EXTENDED else None,
    )
    await service.decide(decision)


def text_of(content: bytes) -> str:
    part = next(
        each for each in message_from_bytes(content).walk() if each.get_content_type() == "text/plain"
    )
    return part.get_payload(decode=True).decode()  # type: ignore[union-attr]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Templates of which one cannot be filled for the unit number 1."""
    folder = tmp_path / "templates"
    shutil.copytree(shipped("templates"), folder)
    subject = folder / "mail" / "reminder" / "vi" / "subject.txt"
    spoilt = "{% if 'số 1' in item.unit_name %}{{ item.nothing_like_it }}{% endif %}"
    subject.write_text(spoilt + subject.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


async def test_a_letter_whose_template_cannot_be_filled_is_set_aside_the_third_time(
    file: str, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F63: tried again, for templates are mended; then dead with the reason; the others go."""
    hand = Hand()
    poisoned = emails(4)[1]
    monkeypatch.setattr(wiring, "shipped", lambda name: broken if name == "templates" else shipped(name))
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        await service.dispatch(NOW)
        assert await states(service) == {"sent": 3, "pending": 1}
        assert (await service.dispatch(hand.turn(minutes=4))).states == {}
        await service.dispatch(hand.turn(minutes=1))
        assert (await states(service))["pending"] == 1
        await service.dispatch(hand.turn(minutes=5))

        dead = (await letters(service))[poisoned]
        assert dead.state == "dead"
        tried = await tries(service, dead)
        assert [(each.n, each.stage, each.outcome) for each in tried] == [
            (1, "compose", "deferred"),
            (2, "compose", "deferred"),
            (3, "compose", "refused"),
        ]
        assert "nothing_like_it" in dead.last_reply


async def test_a_letter_in_a_language_without_words_ends_at_once(file: str) -> None:
    """F63: no waiting gives it words; the others go."""
    poisoned = emails(4)[1]
    await change(file, "UPDATE message SET language = 'xx' WHERE email = ?", poisoned)
    async with Desk() as desk, sending(file, desk.url) as service:
        await service.dispatch(NOW)

        assert await states(service) == {"sent": 3, "dead": 1}
        assert "'xx'" in (await letters(service))[poisoned].last_reply


@pytest.mark.parametrize("address", ["no address", "a@@example.vn", "a@", "<a>@example.vn"])
async def test_an_address_that_is_none_ends_its_letter_at_once(file: str, address: str) -> None:
    """F63: it gets better by no waiting; the others go."""
    poisoned = emails(4)[1]
    await change(file, "UPDATE message SET email = ? WHERE email = ?", address, poisoned)
    async with Desk() as desk, sending(file, desk.url) as service:
        await service.dispatch(NOW)

        assert await states(service) == {"sent": 3, "dead": 1}
        (tried,) = await tries(service, (await letters(service))[address])
        assert (tried.outcome, bool(tried.text)) == ("refused", True)


async def test_what_is_reported_between_the_gathering_and_the_claim_is_not_asked_for(file: str) -> None:
    """F64, P4: superseded, and nothing goes."""
    async with Desk() as desk, sending(file, desk.url) as service:
        await decide(service, "cb-000001", EventKind.REPORTED)
        await service.dispatch(NOW)

        mains = look(file, "SELECT email, state FROM message WHERE line = 'main' ORDER BY email")
        assert mains == [(each, "superseded" if n == 1 else "sent") for n, each in enumerate(emails(4))]
        asked = look(file, "SELECT message_id FROM message WHERE line = 'main' AND state = 'superseded'")
        gone = {message_from_bytes(each.content)["Message-ID"] for each in desk.accepted}
        assert not gone & {each for (each,) in asked}


async def test_a_catalogue_that_changes_before_the_claim_is_what_the_letter_speaks_of(file: str) -> None:
    """F64: what was never tried is written as the facts are now, and kept as it went."""
    async with Desk() as desk, sending(file, desk.url) as service:
        renamed = addressed(emails(4))
        renamed.units["cb-000002"]["name"] = "Chi bộ đã đổi tên"
        async with service.database.write() as transaction:
            await transaction.catalogue.save(renamed, [])
        await service.dispatch(NOW)

        (other,) = [each for each in desk.accepted if each.rcpt_tos == ("bt0002@example.vn",)]
        assert "Chi bộ đã đổi tên" in text_of(other.content)
        assert (await letters(service))["bt0002@example.vn"].mime == other.content


@pytest.mark.parametrize("kind", [EventKind.REPORTED, EventKind.EXTENDED])
async def test_a_decision_between_the_claim_and_the_fence_leaves_a_whole_letter_or_none(
    file: str, kind: EventKind
) -> None:
    """F64: as it was when it was claimed, to the byte that is kept, or not at all; never half."""
    async with Desk() as desk, sending(file, desk.url, lines=1) as service:
        service.dispatch.attempt.ledger.work = watched = Watched(service.database)

        async def before() -> None:
            await decide(service, "cb-000000", kind)

        watched.once_before(before)
        await service.dispatch(NOW)
        letter = (await stands(file))["bt0000@example.vn"]

        copies = [each.content for each in desk.accepted if each.content == letter.mime]
        assert (letter.state, len(copies)) in {("sent", 1), ("superseded", 0)}


async def test_the_second_copy_is_the_first_whatever_the_facts_are_now(file: str) -> None:
    """F64, P3: the unit has another name by the time it goes again."""
    hand = Hand()
    async with Desk() as desk, sending(file, desk.url, hand) as service:
        desk.answer("DOT", "999", times=1, keep=True, recipient="bt0002@example.vn")
        await service.dispatch(NOW)
        renamed = addressed(emails(4))
        renamed.units["cb-000002"]["name"] = "Chi bộ đã đổi tên"
        async with service.database.write() as transaction:
            await transaction.catalogue.save(renamed, [])
        await service.dispatch(hand.turn(minutes=5))

        copies = [each.content for each in desk.accepted if each.rcpt_tos == ("bt0002@example.vn",)]
        assert len(copies) == 2
        assert len(set(copies)) == 1


async def test_an_extension_while_a_letter_is_on_its_way_lets_that_one_through_and_no_other(
    file: str,
) -> None:
    """F70: granted while the server thinks about an overdue letter: what follows is about the new date."""
    hand, granted = Hand(), list[bytes]()

    async def at_dot(to: str, content: bytes) -> None:
        if hand.at >= OVERDUE and to == "bt0000@example.vn" and not granted:
            granted.append(content)
            await decide(service, "cb-000000", EventKind.EXTENDED)

    async with Desk(at_dot) as desk, sending(file, desk.url, hand) as service:
        for day in range(34):
            hand.at = NOW + timedelta(days=day)
            await service.tick(hand.at)
        query = "SELECT slot_at, state FROM message WHERE line = 'main' AND email = ? ORDER BY slot_at"
        extended, usual = (look(file, query, email) for email in emails(2))

        assert {state for _, state in (*extended, *usual)} == {"sent"}
        assert [slot[:10] for slot, _ in usual[:4]] == [slot[:10] for slot, _ in extended[:4]]
        # then nothing before seven working days are left to the new date
        assert extended[3][0].startswith(f"{OVERDUE:%Y-%m-%d}")
        assert extended[4][0].startswith("2017-02-01")
        assert [each.content for each in desk.accepted].count(granted[0]) == 1
