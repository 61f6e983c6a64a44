"""What is installed is what is here: the wheel carries the package and the three folders, file by file."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from nhacviec.resources import SHIPPED, shipped
from tests.support.checkout import PACKAGE, ROOT

INSIDE = (
    "from nhacviec.resources import SHIPPED, shipped; print(*(shipped(name) for name in SHIPPED), sep='\\n')"
)


def contents(folder: Path) -> dict[str, bytes]:
    """Read a folder: each file's path in it, and its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and unpack it, which is all that installing a wheel of pure Python does."""
    needed = [ROOT / name for name in (*SHIPPED, "README.md", "LICENSE")]
    if missing := [path.name for path in needed if not path.exists()]:
        pytest.skip(f"no wheel without {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-P",
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_a_folder_is_shipped_whole_and_unchanged(installed: Path, name: str) -> None:
    assert contents(installed / "nhacviec" / "_shipped" / name) == contents(ROOT / name)


@pytest.mark.slow
def test_the_package_is_shipped_whole_and_unchanged(installed: Path) -> None:
    found = contents(installed / "nhacviec")

    assert {name: found[name] for name in found if not name.startswith("_shipped/")} == contents(PACKAGE)
    assert "py.typed" in found


@pytest.mark.slow
def test_the_wheel_brings_the_command_and_the_licence(installed: Path) -> None:
    (information,) = installed.glob("*.dist-info")

    assert "nhacviec = nhacviec.cli:main" in (information / "entry_points.txt").read_text(encoding="utf-8")
    assert (information / "licenses" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.slow
def test_an_installed_package_finds_its_own_folders_and_not_those_of_a_checkout(installed: Path) -> None:
    surroundings = {**os.environ, "PYTHONPATH": str(installed)}
    told = subprocess.run(
        [sys.executable, "-P", "-c", INSIDE], env=surroundings, capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == [str(installed / "nhacviec" / "_shipped" / name) for name in SHIPPED]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_checkout_has_the_folder_at_its_top(name: str) -> None:
    assert shipped(name) == ROOT / name


def test_nothing_else_is_shipped() -> None:
    with pytest.raises(ValueError, match="no folder 'tests' ships"):
        shipped("tests")
