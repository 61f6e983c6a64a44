"""DESIGN §4: nothing is sent that the forecast would not show, and nothing shown is not sent.

A forecast is compared with what ticks, day by day, really promise and send: the same instants, readers,
items with their stages, kinds and subjects.
"""

import asyncio
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.apply import ApplyOptions
from nhacviec.application.catalogue.check import check
from nhacviec.application.forecast import Known
from nhacviec.bootstrap import forecasting, shipped_days
from nhacviec.bootstrap.sample import sample_catalogue
from nhacviec.domain.planning import Planner
from tests.acceptance.catalogues import catalogues
from tests.acceptance.letters import (
    HERE,
    Letter,
    difference,
    foretold,
    mornings,
    opened,
    promised,
    tick_without_mail,
)
from tests.application.catalogue.given import Typed
from tests.support.mailserver import MailServer

#: Until then letters go through a real mail server, afterwards they are only composed: words cost most.
SENT_UNTIL = date(2017, 1, 31)


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
                await service.tick.plan(moment)
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


async def both_sides(
    definition: dict[str, Any], start: datetime, folder: Path
) -> tuple[list[Letter], list[Letter]]:
    last = start.date() + timedelta(days=120)
    async with opened(folder) as service:
        await service.apply([Typed(definition)], ApplyOptions(at=start))
        told = foretold(await service.forecast(start, (start.date(), last)))
        for n, moment in enumerate([start, *(m for m in mornings(start.date(), last) if m > start)]):
            if n % 20 == 0:  # the horizon is far enough away for that
                await service.tick.plan(moment)
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
