"""A report that misses a criterion: what is kept, what is told, and what is counted as something else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from nhacviec.application.decide import Decided
from nhacviec.application.overview import OccurrenceView
from nhacviec.application.records import DutyMark, Filter
from nhacviec.application.rulings import Decision
from nhacviec.bootstrap import Service
from nhacviec.domain.errors import RuleError
from nhacviec.domain.occurrence import EventKind, State, Status
from tests.application.sending import NOWHERE, Hand, letters, sending
from tests.benchmarks.load import catalogue
from tests.support.mailserver import MailServer

UNIT, PERIOD = "cb-000000", "2019-03"
#: Friday 1 March 2019, seven in the morning: the meeting is due on Tuesday the 5th, late after the 11th.
BEGIN = datetime(2019, 3, 1, 0, 0, tzinfo=UTC)
CRITERIA = [
    {"field": "duration_minutes", "at_least": 90, "from": "2018-07-06", "basis": "12-HD/BTCTW"},
    {"field": "attendance", "more_than": 85, "from": "2018-07-06", "basis": "12-HD/BTCTW"},
]
SHORT = {"held_on": "2019-03-05", "duration_minutes": "75", "present": "18", "total": "20"}
GOOD = {**SHORT, "duration_minutes": "95"}


@asynccontextmanager
async def meeting(
    tmp_path: Path, notices: list[str], smtp_url: str = NOWHERE, **unit: object
) -> AsyncIterator[tuple[Service, Hand]]:
    """One cell with its monthly meeting, in an organisation that has these notices switched on."""
    definitions = catalogue(1)
    definitions.organisation["notices"] = notices  # type: ignore[index]
    definitions.units[UNIT].update(unit)
    definitions.policies["chuan"].update(remind=[], overdue=[])
    definitions.duties["BC-01"].update(
        kind="meeting",
        due={"day": 5},
        window={"open": {"day": 1}, "close": {"day": 11}},
        evidence=["held_on", "duration_minutes", "present", "total"],
        criteria=CRITERIA,
    )
    hand = Hand(BEGIN)
    async with sending(f"sqlite:///{tmp_path}/nhacviec.db", smtp_url, hand) as service:
        async with service.database.write() as transaction:
            await transaction.catalogue.save(definitions, [])
            mark = DutyMark(code="BC-01", applied_on=BEGIN.date(), planned_until=None)
            await transaction.catalogue.mark([mark])
        await service.tick.prepare(BEGIN)
        yield service, hand


async def decide(service: Service, hand: Hand, kind: EventKind, **said: Any) -> Decided:  # noqa: ANN401
    decision = Decision(duty="BC-01", unit=UNIT, period=PERIOD, kind=kind, at=hand.now(), by="bí thư", **said)
    return await service.decide(decision)


async def report(service: Service, hand: Hand, evidence: Mapping[str, str], day: int = 6) -> Decided:
    """Report on a day of March, at nine in the morning."""
    hand.at = datetime(2019, 3, day, 2, 0, tzinfo=UTC)
    return await decide(service, hand, EventKind.REPORTED, evidence=evidence)


async def seen(service: Service, hand: Hand) -> OccurrenceView:
    (view,) = await service.overview(Filter(duty="BC-01", period=PERIOD), hand.now())
    return view


async def missed(service: Service, hand: Hand) -> list[str]:
    return [miss.field for miss in (await seen(service, hand)).misses]


async def sent(service: Service, hand: Hand, server: MailServer) -> list[tuple[str, str]]:
    """Dispatch a day later; subject and text of what the server has taken since the beginning."""
    await service.tick(hand.turn(days=1))
    read = [message_from_bytes(letter.content, policy=policy.default) for letter in server.accepted]
    return [(str(each["Subject"]), str(each.get_body(("plain",)).get_content())) for each in read]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("minutes", "held_on", "status", "misses"),
    [
        ("95", "2019-03-05", Status.DONE_ON_TIME, []),
        ("75", "2019-03-05", Status.DONE_ON_TIME, ["duration_minutes"]),
        ("95", "2019-03-12", Status.DONE_LATE, []),
        ("75", "2019-03-12", Status.DONE_LATE, ["duration_minutes"]),
    ],
)
async def test_held_too_late_and_too_short_are_told_apart(
    tmp_path: Path, minutes: str, held_on: str, status: Status, misses: list[str]
) -> None:
    async with meeting(tmp_path, []) as (service, hand):
        await report(service, hand, {**GOOD, "duration_minutes": minutes, "held_on": held_on}, day=13)

        view = await seen(service, hand)

    assert (view.status, [miss.field for miss in view.misses]) == (status, misses)


async def test_a_miss_stays_with_its_report_and_goes_with_it(tmp_path: Path) -> None:
    """Accepted: it stays. Returned and reported anew with good figures: it is gone."""
    async with meeting(tmp_path, []) as (service, hand):
        assert await missed(service, hand) == []
        await report(service, hand, SHORT)
        assert await missed(service, hand) == ["duration_minutes"]
        await decide(service, hand, EventKind.ACCEPTED)
        assert await missed(service, hand) == ["duration_minutes"]
        await decide(service, hand, EventKind.RETURNED, note="xin xem lại thời lượng")
        assert await missed(service, hand) == []
        await report(service, hand, {**GOOD, "present": "17"})
        assert await missed(service, hand) == ["attendance"]
        await decide(service, hand, EventKind.REOPENED)
        assert await missed(service, hand) == []
        await report(service, hand, GOOD)
        assert await missed(service, hand) == []

        occurrence = (await seen(service, hand)).occurrence
        async with service.database.read() as transaction:
            history = await transaction.occurrences.history(occurrence.id or 0)

    assert [event.data.get("misses") for event in history if event.kind is EventKind.REPORTED] == [
        [
            {"field": "duration_minutes", "part": 75, "at_least": 90, "when": "", "basis": "12-HD/BTCTW"}
            | {"found": 75.0}
        ],
        [
            {"field": "attendance", "part": 17, "whole": 20, "more_than": 85, "when": ""}
            | {"basis": "12-HD/BTCTW", "found": 85.0}
        ],
        None,
    ]


async def test_a_miss_is_told_once_in_one_courteous_letter_that_says_thanks_too(tmp_path: Path) -> None:
    async with (
        MailServer() as server,
        meeting(tmp_path, ["receipt", "quality"], server.url) as (service, hand),
    ):
        await report(service, hand, SHORT)
        told = await sent(service, hand, server)
        again = await sent(service, hand, server)

    assert told == again
    ((subject, text),) = told
    said = " ".join(text.split())
    assert subject == "[Trao đổi về chất lượng] Ngày 05/3: Báo cáo công tác Đảng tháng 3/2019"
    assert "đã tiếp nhận" in said
    assert "Thời lượng 75 phút; quy định ít nhất 90 phút (12-HD/BTCTW)." in said
    assert "có mặt" not in said


@pytest.mark.parametrize(
    ("notices", "evidence", "subjects"),
    [
        ([], SHORT, []),
        (["receipt"], SHORT, ["[Tiếp nhận]"]),
        (["quality"], SHORT, ["[Trao đổi"]),
        (["quality"], GOOD, []),
        (["quality", "receipt"], GOOD, ["[Tiếp nhận]"]),
    ],
)
async def test_the_note_goes_only_where_it_is_switched_on_and_only_about_a_miss(
    tmp_path: Path, notices: list[str], evidence: dict[str, str], subjects: list[str]
) -> None:
    async with MailServer() as server, meeting(tmp_path, notices, server.url) as (service, hand):
        await report(service, hand, evidence)
        told = await sent(service, hand, server)

    assert [subject.split(" ")[0] for subject, _ in told] == [each.split(" ")[0] for each in subjects]
    assert all(subject.startswith(each) for (subject, _), each in zip(told, subjects, strict=True))


async def test_a_reader_who_does_not_take_notes_on_quality_gets_the_receipt(tmp_path: Path) -> None:
    reader = {"role": "secretary", "name": "Bí thư", "email": "bt@example.vn", "receives": ["receipt"]}
    chosen = {"contacts": [reader]}
    async with (
        MailServer() as server,
        meeting(tmp_path, ["receipt", "quality"], server.url, **chosen) as (service, hand),
    ):
        await report(service, hand, SHORT)
        told = await sent(service, hand, server)

    assert [subject.split()[0] for subject, _ in told] == ["[Tiếp"]


@pytest.mark.parametrize("anew", [GOOD, None])
async def test_nothing_is_said_of_a_miss_that_is_gone_before_the_letter_goes(
    tmp_path: Path, anew: dict[str, str] | None
) -> None:
    """P4: the report is returned, or returned and reported anew, while the letter waits for the morning."""
    async with MailServer() as server, meeting(tmp_path, ["quality"], server.url) as (service, hand):
        await report(service, hand, SHORT)
        await decide(service, hand, EventKind.RETURNED)
        if anew is not None:
            await decide(service, hand, EventKind.REPORTED, evidence=anew)
        (note,) = [each for each in (await letters(service)).values() if each.kind == "quality"]
        await service.tick(hand.turn(days=1))
        async with service.database.read() as transaction:
            ended = await transaction.outbox.message(note.id)

    assert server.accepted == []
    assert ended is not None
    assert ended.state == "superseded"


async def test_a_unit_that_is_no_longer_valid_reports_what_it_did_while_it_was(tmp_path: Path) -> None:
    async with meeting(tmp_path, [], until="2019-03-07") as (service, hand):
        with pytest.raises(
            RuleError, match=r"unit cb-000000 is not valid on 2019-03-08 — check its from and until"
        ):
            await report(service, hand, {**GOOD, "held_on": "2019-03-08"}, day=8)
        assert (await seen(service, hand)).occurrence.state is State.OPEN

        await report(service, hand, {**GOOD, "held_on": "2019-03-07"}, day=8)
        assert (await seen(service, hand)).occurrence.state is State.REPORTED


@pytest.mark.parametrize(
    ("held_on", "refusal"),
    [("2019-02-28", "lies before its opening"), ("2019-03-07", "lies after the report itself")],
)
async def test_a_report_from_before_the_window_or_from_the_future_is_refused(
    tmp_path: Path, held_on: str, refusal: str
) -> None:
    async with meeting(tmp_path, []) as (service, hand):
        with pytest.raises(RuleError, match=refusal):
            await report(service, hand, {**GOOD, "held_on": held_on})


async def test_what_looks_odd_is_told_and_taken(tmp_path: Path) -> None:
    async with meeting(tmp_path, [], members=17) as (service, hand):
        decided = await report(service, hand, {**GOOD, "number": "12"})
        again = await report(service, hand, {**GOOD, "number": "12"})

    assert [doubt.split(" ")[0] for doubt in decided.doubts] == ["number", "present"]
    assert (decided.occurrence.state, again.changed, again.doubts) == (State.REPORTED, False, ())
