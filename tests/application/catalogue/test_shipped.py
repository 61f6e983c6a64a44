"""The catalogue that ships passes its own check, alone and with either preset."""

import pytest

from nhacviec.adapters.yaml_files import read_yaml, write_yaml
from nhacviec.application.catalogue.build import build
from nhacviec.application.catalogue.check import check
from tests.application.catalogue.given import ROOT, Typed, shipped_days

SHIPPED = ROOT / "config/catalogue"
FILES = [SHIPPED / name for name in ("organisation.yaml", "policies.yaml", "duties.yaml")]


@pytest.mark.parametrize("preset", ["", "presets/2017.yaml", "presets/2026.yaml"])
def test_the_shipped_catalogue_has_neither_fault_nor_warning(preset: str) -> None:
    files = [*FILES, SHIPPED / preset] if preset else FILES

    found = check([read_yaml(path) for path in files], days=shipped_days)

    assert found.warnings == ()
    assert len(found.catalogue.duties) == 38


@pytest.mark.parametrize("preset", ["presets/2017.yaml", "presets/2026.yaml"])
def test_what_is_exported_is_read_back_as_the_same(
    preset: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = [read_yaml(path) for path in [*FILES, SHIPPED / preset]]
    first = check(files, days=shipped_days)
    path = tmp_path_factory.mktemp("export") / "all.yaml"

    path.write_text(write_yaml(first.definitions.documents()), encoding="utf-8")
    again = check([read_yaml(path)], days=shipped_days)

    assert again.definitions == first.definitions
    assert again.catalogue == first.catalogue


def test_the_database_builds_what_the_check_has_built() -> None:
    found = check([read_yaml(path) for path in FILES], days=shipped_days)

    assert build(found.definitions, shipped_days("VN")) == found.catalogue


def test_a_document_needs_no_file() -> None:
    data = [read_yaml(path).data for path in FILES]

    found = check([Typed(each, str(number)) for number, each in enumerate(data)], days=shipped_days)

    assert sorted(found.definitions.units) == sorted(unit["code"] for unit in data[0]["units"])
