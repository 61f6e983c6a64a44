"""Two daemons at once where there is nothing yet."""

import os
import signal

import pytest

from tests.chaos import dump
from tests.chaos.checker import check
from tests.chaos.conftest import settings
from tests.chaos.killer import Zygote
from tests.chaos.load import Load
from tests.chaos.nemesis import drain, until
from tests.chaos.post import Sink


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_daemons_on_a_fresh_database_make_one_schema_and_one_set_of_rows(
    request: pytest.FixtureRequest, zygote: Zygote, sink: Sink, kind: str
) -> None:
    """F52: both find no tables, both want to make them."""
    given = str(request.getfixturevalue("postgresql_url")) if kind == "postgresql" else ""
    url = given or f"sqlite:///{sink.log.parent / 'nhacviec.db'}"
    view = zygote.over(sink.log.parent, settings(url, sink.url))
    both = [view.fork(), view.fork()]
    until(lambda: view.log.count('"ready"') == 2, view)
    load = Load(view, 5)
    load.begin(view.folder)
    load.happen()
    until(lambda: dump.states(url) == {"sent": 5}, view)
    for pid in both:
        os.kill(pid, signal.SIGTERM)

    assert [view.wait(pid) for pid in both] == [0, 0]
    assert len(dump.rows(url, "SELECT version_num FROM alembic_version")) == 1
    assert drain(view, url) >= 0
    assert check(dump.read(url), sink.accepted, owed=load.owed) == []
