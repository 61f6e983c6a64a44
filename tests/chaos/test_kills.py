"""Workers that die at any moment lose nothing, and repeat only what the window of RFC 1047 leaves open."""

from pathlib import Path

import pytest

from tests.chaos.nemesis import Campaign, fight


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'nhacviec.db'}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "multi"),
    [("sqlite", True), ("sqlite", False), ("postgresql", True)],
    indirect=["url"],
    ids=["two on one file", "one stands by", "two on a server"],
)
def test_killed_at_random_they_keep_every_promise(url: str, multi: bool, tmp_path: Path) -> None:
    """F01: SIGKILL at random moments, two workers; a server that drops and defers, a line that is cut."""
    report = fight(Campaign(folder=tmp_path, url=url, kills=24, seed="short form", multi=multi))

    assert report.violations == [], report.log[-6000:]
    assert report.kills == 24
    assert report.letters > 0
    assert report.accepted >= report.states["sent"] > 0
