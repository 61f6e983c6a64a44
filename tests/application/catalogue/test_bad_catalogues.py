"""Each file of tests/catalogues/bad holds one fault, and says in its first lines where and in which words."""

from pathlib import Path

import pytest

from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.catalogue.check import check
from nhacviec.domain.errors import CatalogueError
from tests.application.catalogue.given import ROOT, shipped_days

BAD = sorted((ROOT / "tests/catalogues/bad").glob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: str(path.stem))
def test_a_fault_is_told_once_with_its_place_and_its_words(path: Path) -> None:
    comments = [line[2:] for line in path.read_text("utf-8").splitlines() if line.startswith("# ")]
    places, words = zip(*(comment.split(": ", 1) for comment in comments), strict=True)

    with pytest.raises(CatalogueError) as refusal:
        check([read_yaml(path)], days=shipped_days)

    (fault,) = refusal.value.faults
    assert str(fault).startswith(f"{path}:{places[0]}: ")
    assert [word for word in words if word not in str(fault)] == []


def test_there_is_a_bad_catalogue_for_every_kind_of_fault() -> None:
    assert len(BAD) > 100
