"""DESIGN §4: nothing is sent that the forecast would not show, and nothing shown is not sent.

A forecast is compared with what ticks, day by day, really promise and send: the same instants, readers,
items with their stages, kinds and subjects.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.catalogue.apply import ApplyOptions
from nhacviec.application.catalogue.check import check
from nhacviec.application.forecast import Known, Outlook
from nhacviec.bootstrap import Service, forecasting, open_service, shipped_days
from nhacviec.bootstrap.sample import sample_catalogue
from nhacviec.domain.planning import Planner
from nhacviec.settings import settings_for
from tests.acceptance.program import NOBODY
from tests.application.catalogue.given import Typed
from tests.support.mailserver import MailServer

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = time(8)
#: Until then letters go through a real mail server, afterwards they are only composed: words cost most.
SENT_UNTIL = date(2017, 3, 31)


@dataclass(frozen=True, order=True)
class Letter:
    """A letter as both sides tell it; items are (duty, unit, period, stage)."""

    at: datetime
    to: str
    kind: str
    subject: str
    items: tuple[tuple[str, str, str, str], ...]


def foretold(outlook: Outlook) -> list[Letter]:
    return sorted(
        Letter(
            at=letter.at.astimezone(UTC),
            to=letter.message.recipient.email,
            kind=letter.message.kind,
            subject=letter.subject,
            items=items((s.occurrence.duty, s.occurrence.unit, s.occurrence.period, s.reminder.name) for s in letter.spoken),
        )
        for letter in outlook.letters
    )  # fmt: skip


def items(found: Iterable[tuple[str, str, str, str]]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(sorted(found))


async def tick_without_mail(service: Service, moment: datetime) -> None:
    """Plan and gather, and compose what is new: everything but handing it over."""
    await service.tick.plan(moment)
    if not (await service.tick.gather(moment)).messages:
        return
    async with service.database.write() as transaction:
        before = await transaction.occurrences.first_ripe(moment)
        lease = moment + timedelta(minutes=11)
        while claim := await transaction.outbox.claim(moment, before=before, lease_until=lease):
            composed = await service.compose(transaction, claim.message, moment)
            assert composed is not None
            await transaction.outbox.freeze(claim, composed.words, composed.mime, composed.kind)


async def promised(service: Service) -> list[Letter]:
    """Every letter of the outbox with what it carries."""
    async with service.database.read() as transaction:
        letters = []
        for message in await transaction.outbox.messages(frozenset(), None):
            records = await transaction.outbox.contents(message.id)
            found = await transaction.occurrences.by_ids([record.occurrence for record in records])
            about = {occurrence.id: occurrence for occurrence in found}
            carried = items(
                (about[r.occurrence].duty, about[r.occurrence].unit, about[r.occurrence].period, r.name)
                for r in records
            )
            letters.append(
                Letter(
                    at=message.slot_at.astimezone(UTC),
                    to=message.recipient.email,
                    kind=message.kind,
                    subject=message.subject,
                    items=carried,
                )
            )
    return sorted(letters)


def mornings(first: date, last: date) -> list[datetime]:
    days = range((last - first).days + 1)
    return [datetime.combine(first + timedelta(days=n), MORNING, HERE) for n in days]


@asynccontextmanager
async def opened(folder: Path, smtp: str = NOBODY) -> AsyncIterator[Service]:
    async with open_service(settings_for(f"sqlite:///{folder}/nhacviec.db", smtp)) as service:
        yield service


@pytest.fixture(autouse=True)
def _without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHACVIEC_TEST_UNDURABLE", "1")


@pytest.mark.slow
async def test_a_year_of_the_sample_organisation(tmp_path: Path, mail_server: MailServer) -> None:
    # given: the sample catalogue as applied on New Year's Day, and the forecasts made right then
    documents = [read_yaml(file) for file in sample_catalogue()]
    start, year = datetime(2017, 1, 1, tzinfo=HERE), (date(2017, 1, 1), date(2017, 12, 31))
    async with opened(tmp_path, mail_server.url) as service:
        await service.apply(documents, ApplyOptions(at=start))
        live = foretold(await service.forecast(start, year))

        # when: the service runs every morning, and nobody reports anything
        for moment in mornings(*year):
            if moment.date() <= SENT_UNTIL:
                await service.tick(moment)
            else:
                await tick_without_mail(service, moment)
        sent = await promised(service)

    # then: letter for letter what was foretold, from the database and from the files alike
    checked = check(documents, days=shipped_days())
    without = forecasting().outlook(Planner(checked.catalogue), Known(), {}, (start, year))
    assert len(live) > 2000
    assert difference(live, sent) == ([], [])
    assert foretold(without) == live
    # and what the mail server took is just that
    over_the_wire = sorted(
        (envelope.rcpt_tos[0], str(message_from_bytes(envelope.content, policy=policy.default)["Subject"]))
        for envelope in mail_server.accepted
    )
    end = datetime.combine(SENT_UNTIL + timedelta(days=1), time(), HERE)
    assert over_the_wire == sorted((letter.to, letter.subject) for letter in sent if letter.at < end)


def difference(foretold: list[Letter], sent: list[Letter]) -> tuple[list[Letter], list[Letter]]:
    """The first few that stand on one side only; both lists may hold no letter twice."""
    assert len(set(foretold)) == len(foretold)
    assert len(set(sent)) == len(sent)
    return sorted(set(foretold) - set(sent))[:5], sorted(set(sent) - set(foretold))[:5]


UNITS = ("cb-01", "cb-02", "cb-03")
offsets = st.builds("{}{}".format, st.integers(1, 12), st.sampled_from(("d", "wd")))
earlier = st.builds("-{}{}".format, st.integers(0, 15), st.sampled_from(("d", "wd")))
cadences = st.fixed_dictionaries({"every": offsets, "times": st.integers(1, 4)})
roles = st.lists(st.sampled_from(("secretary", "deputy")), min_size=1, max_size=2, unique=True)

policies = st.fixed_dictionaries(
    {
        "at": st.sampled_from(("06:00", "07:00", "07:30", "08:00")),
        "working_days_only": st.booleans(),
        "to": roles,
        "remind": st.lists(earlier, max_size=3, unique=True),
        "overdue": st.one_of(st.just([]), st.lists(cadences, min_size=1, max_size=1), st.just(["1d", "3wd"])),
        "escalate": st.lists(
            st.fixed_dictionaries({"after": offsets, "to": st.sampled_from(("overseer", "parent.secretary"))}),
            max_size=2,
        ),
    },
    optional={
        "quiet": st.sampled_from(
            ({"from": "17:00", "to": "07:00"}, {"from": "22:00", "to": "08:00"}, {"from": "12:00", "to": "13:30"})
        )
    },
)  # fmt: skip
PACE = [{"by": "03-31", "percent": 25}, {"by": "06-30", "percent": 50}, {"by": "09-30", "percent": 75}]
monthly = st.one_of(
    st.builds(lambda day: {"day": day}, st.integers(1, 31) | st.just("last")),
    st.builds(lambda n: {"working_day": n}, st.sampled_from((-3, -1, 1, 5, 12))),
    st.builds(lambda n: {"after_end": n}, offsets),
    st.builds(lambda n: {"after_start": n}, offsets),
)
rhythms = st.one_of(
    st.fixed_dictionaries({"every": st.sampled_from(("month", "quarter", "half-year")), "due": monthly}),
    st.builds(
        lambda weekday: {"every": "week", "due": {"weekday": weekday}},
        st.sampled_from(("mon", "thu", "fri", "sun")),
    ),
    st.just({"every": {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "start": "2017-01-04"}}),
    st.just({"every": "year", "due": {"date": "11-30"}, "target": {"count": 3}} | {"pace": PACE}),
)
extras = st.fixed_dictionaries(
    {"kind": st.sampled_from(("report", "meeting", "task"))},
    optional={
        "roll": st.sampled_from(("none", "next", "prev", "nearest")),
        "target": st.fixed_dictionaries({"count": st.integers(1, 3)}),
        "window": st.just({"close": {"due": "4d"}}),
    },
)


@st.composite
def catalogues(draw: st.DrawFn) -> dict[str, Any]:
    """A committee, a few cells that share an overseer, and a handful of duties under a policy each."""
    cells = draw(st.integers(1, 3))
    overseer = {"name": "Đảng ủy viên", "email": "dv@dangbo.example.vn"}
    units = [
        {"code": code, "name": f"Chi bộ {code}", "kind": "cell", "parent": "dang-uy", "overseer": overseer}
        | {"contacts": contacts(code, draw(st.booleans()))}
        for code in UNITS[:cells]
    ]
    duties = [
        {"code": f"D-{n}", "title": f"Việc {n} {{period}}", "assigned": {"kinds": ["cell"]}, "policy": f"p{n}"}
        | draw(extras)
        | draw(rhythms)
        for n in range(draw(st.integers(1, 4)))
    ]
    return {
        "nhacviec": 1,
        "organisation": {"name": "Đảng bộ", "timezone": "Asia/Ho_Chi_Minh", "language": "vi", "office": "Văn phòng"}
        | {"sender": {"name": "Văn phòng", "email": "vp@dangbo.example.vn"}},
        "calendar": {"country": "VN", "weekend": ["sat", "sun"]},
        "units": [
            {"code": "dang-uy", "name": "Đảng ủy", "kind": "committee", "contacts": contacts("dang-uy", True)},
            *units,
        ],
        "policies": [{"code": duty["policy"], **draw(policies)} for duty in duties],
        "duties": duties,
    }  # fmt: skip


def contacts(code: str, both: bool) -> list[dict[str, str]]:  # noqa: FBT001 -- drawn
    secretary = {"role": "secretary", "name": "Bí thư", "email": f"bt.{code}@dangbo.example.vn"}
    deputy = {"role": "deputy", "name": "Phó Bí thư", "email": f"pbt.{code}@dangbo.example.vn"}
    return [secretary, deputy] if both else [secretary]


async def both_sides(
    definition: dict[str, Any], start: datetime, folder: Path
) -> tuple[list[Letter], list[Letter]]:
    last = start.date() + timedelta(days=120)
    async with opened(folder) as service:
        await service.apply([Typed(definition)], ApplyOptions(at=start))
        told = foretold(await service.forecast(start, (start.date(), last)))
        for moment in [start, *(m for m in mornings(start.date(), last) if m > start)]:
            await tick_without_mail(service, moment)
        return difference(told, await promised(service))


@given(
    catalogues(),
    st.builds(
        lambda n, hour: datetime(2017, 1, 1, hour, tzinfo=HERE) + timedelta(days=n),
        st.integers(0, 365),
        st.sampled_from((0, 8, 10)),
    ),
)
@settings(max_examples=max(25, settings().max_examples // 20), deadline=None)
def test_a_hundred_and_twenty_days_of_any_catalogue(definition: dict[str, Any], start: datetime) -> None:
    with TemporaryDirectory() as folder:
        only_foretold, only_sent = asyncio.run(both_sides(definition, start, Path(folder)))

    assert (only_foretold, only_sent) == ([], [])
