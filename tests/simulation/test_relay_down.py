"""The mail server is away for days, the service is not (F13, P1, P6, S-42, DELIVERY §2.8)."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.simulation import process
from tests.simulation.catalogues import REPORT, REVIEW, catalogue
from tests.simulation.world import HANOI, World, at

Begin = Callable[[datetime], World]


async def outage(world: World, begin: str, end: str, step: timedelta | None = None) -> None:
    """No mail server from a moment to another, both by the wall clock."""
    await world.live(at(begin))
    await world.server.close()
    await world.live(at(end), step)
    await world.server.__aenter__()


async def test_three_days_without_a_server_cost_no_letter_anything(begin: Begin, tmp_path: Path) -> None:
    """F13: 72 hours, from the due day on; whoever was to get a letter gets one about each matter, once."""
    world = begin(at("2026-06-14T00:30"))
    await world.applied(catalogue(REPORT, REVIEW), tmp_path)
    async with world.life() as daemon:
        await outage(world, "2026-06-22T09:00", "2026-06-25T09:00", timedelta(minutes=30))
        before, connections = len(world.letters), world.server.connections

        # nobody was tried: no attempt is counted, nothing is given up, and people are told
        assert set(world.states()) <= {"sent", "superseded", "pending"}
        assert world.rows("SELECT count(*) FROM message WHERE state = 'pending' AND attempts > 0") == [(0,)]
        assert world.rows("SELECT count(*) FROM delivery WHERE outcome <> 'accepted'") == [(0,)]
        assert "server_unreachable" in daemon.bulletin.troubles["send"]
        owed = world.rows(
            "SELECT reminder.occurrence, reminder.email FROM reminder"
            " JOIN message ON message.id = reminder.message"
            " WHERE verdict = 'send' AND state = 'pending' AND line = 'main'"
        )
        assert len(set(owed)) == len(owed) > 0  # one main-line letter about each matter, not three

        await world.live(at("2026-06-25T12:00"), timedelta(minutes=30))
        after = world.letters[before:]
        assert world.server.connections > connections
        assert daemon.bulletin.troubles == {}
        # Thursday: the report was due yesterday, and every reader is told so, once
        late = [letter for letter in after if "Quá hạn 01 ngày làm việc (hạn 24/6)" in letter.subject]
        readers = {f"{who}bt00{n}@example.vn" for n in (1, 2, 3) for who in ("", "p")}
        assert Counter(letter.to for letter in late) == Counter(dict.fromkeys(readers, 1))
        await world.live(at("2026-07-02T12:00"))
    world.kept()
    assert world.verdicts()[("superseded", "more-urgent")] > 0
    # escalations: each level of each matter once, to its own reader
    escalated = Counter((stage, email) for _, email, stage, _ in world.said("escalation"))
    assert escalated[("escalate-1", "dv@example.vn")] >= 3
    assert {stage for stage, _ in escalated} == {"escalate-1", "escalate-2"}


async def test_escalations_that_an_outage_of_the_server_delays_go_each_by_itself(
    begin: Begin, tmp_path: Path
) -> None:
    """F13, S-47, S-70: none is overtaken by a later level, and the main line says the latest only."""
    world = begin(at("2026-06-23T00:30"))
    await world.applied(catalogue(REPORT), tmp_path)
    async with world.life():
        await outage(world, "2026-06-28T23:30", "2026-07-01T23:30", timedelta(hours=4))
        await world.live(at("2026-07-02T12:00"))
    world.kept()
    assert Counter(stage for *_, stage, _ in world.said("escalation")) == {"escalate-1": 3, "escalate-2": 3}
    assert [str(letter).split(": ")[0] for letter in world.letters if letter.to == "bt001@example.vn"] == [
        "06-23 07:30 bt001",  # created late: one catch-up
        "06-24 07:30 bt001",
        "06-25 07:30 bt001",
        "07-02 07:30 bt001",
    ]


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        # in the night, on a day off: nobody is written to before Monday's regular letter, which says it all
        ("2026-06-27T01:00", ["06-29 07:30"]),
        # before the send time of the day of a regular letter: one letter on that date (S-42)
        ("2026-06-29T05:00", ["06-29 07:30"]),
        # on a working day in the evening: the next morning (quiet from 17:00)
        ("2026-06-25T19:00", ["06-26 07:30", "06-29 07:30"]),
        # on a working day at noon: at once
        ("2026-06-25T11:45", ["06-25 12:00", "06-29 07:30"]),
    ],
)
async def test_when_the_server_is_back_letters_go_at_an_hour_at_which_letters_go(
    begin: Begin, tmp_path: Path, back: str, goes: list[str]
) -> None:
    """F13, S-42, S-45: an outage of the server is made up for as one of the service is."""
    world = begin(at("2026-06-22T12:00"))
    await world.applied(catalogue(REPORT, cells=1), tmp_path)
    async with world.life():
        await outage(world, "2026-06-24T23:00", back)
        before = len(world.letters)
        await world.live(at(back) + timedelta(hours=4), timedelta(minutes=15))
        await world.live(at("2026-06-30T12:00"))
    world.kept()
    after = [letter for letter in world.letters[before:] if letter.to == "bt001@example.vn"]
    assert [f"{letter.at.astimezone(HANOI):%m-%d %H:%M}" for letter in after] == goes


async def test_what_is_reported_while_the_server_is_away_is_not_asked_for_afterwards(
    begin: Begin, tmp_path: Path
) -> None:
    """P4, S-52: a digest loses what is done and keeps the rest."""
    world = begin(at("2026-06-14T00:30"))
    await world.applied(catalogue(REPORT, REVIEW, cells=1), tmp_path)
    async with world.life():
        await outage(world, "2026-06-23T23:30", "2026-06-24T12:30")
        before = len(world.letters)
        await report(world, "BC-01", "cb-001", "2026-06")
        await world.live(at("2026-06-24T16:00"))
        after = [letter for letter in world.letters[before:] if "bt001" in letter.to]
    world.kept()
    assert [letter.to for letter in after] == ["bt001@example.vn", "pbt001@example.vn"]
    assert all("Rà soát hồ sơ" in letter.text for letter in after)
    assert not any("Báo cáo công tác Đảng" in letter.text for letter in after)


async def report(world: World, duty: str, unit: str, period: str) -> None:
    """Somebody reports work done, now."""
    from nhacviec.application.rulings import Decision  # noqa: PLC0415
    from nhacviec.domain.occurrence import EventKind  # noqa: PLC0415

    assert world.daemon is not None
    service = await world.daemon.service.open()  # type: ignore[attr-defined]
    moment = world.clocks.wall
    await service.decide(
        Decision(duty=duty, unit=unit, period=period, kind=EventKind.REPORTED, at=moment, by="văn phòng")
    )


@pytest.mark.slow
def test_memory_stays_flat_over_thousands_of_ticks_without_a_server(tmp_path: Path) -> None:
    """F13: 72 simulated hours in ticks of two minutes; what is held after half of them is held at the end."""
    assert process.grown_without_server(tmp_path) < 2**20
