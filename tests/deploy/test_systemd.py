"""The unit: understood by systemd, hardened, explained line by line, and in step with README and settings."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from nhacviec.daemon.lifecycle import GRACE
from nhacviec.settings import SECRETS, read_settings
from tests.support.checkout import ROOT
from tests.support.postgresql import require

UNIT = ROOT / "deploy" / "systemd" / "nhacviec.service"
README = ROOT / "deploy" / "README.md"
MISSING = "systemd-analyze is not installed; on Debian or Ubuntu, run: sudo apt-get install -y systemd"
#: What is left open: the network (0.5 + 0.3 + 0.2), the machine's own root folder and Unix sockets.
EXPOSURE = 1.2

Line = tuple[str, str]


def directives() -> list[Line]:
    """Give each ``Name=value`` of the unit with the line above it."""
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    return [
        (line, above) for above, line in zip(["", *lines], lines, strict=False) if re.match(r"\w+=", line)
    ]


def values(name: str) -> list[str]:
    """Give what the unit says to a name, in order."""
    return [line.partition("=")[2] for line, _ in directives() if line.partition("=")[0] == name]


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that every machine has: whether ours is installed is not the question."""
    if shutil.which("systemd-analyze") is None:
        require("systemd", MISSING)
    program = re.sub(
        "^ExecStart=.*$", "ExecStart=/usr/bin/env true", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    copy = tmp_path / UNIT.name
    copy.write_text(program, encoding="utf-8")
    return copy


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze."""
    command = ["systemd-analyze", "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_understands_every_line(unit: Path) -> None:
    done = analyze("verify", "--man=no", unit)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_misspelt_line_would_be_noticed(unit: Path) -> None:
    unit.write_text(
        unit.read_text(encoding="utf-8").replace("ProtectHome=", "ProtectHomes="), encoding="utf-8"
    )

    assert "ProtectHomes" in analyze("verify", "--man=no", unit).stderr


def test_it_is_closed_but_for_the_network(unit: Path) -> None:
    done = analyze("security", "--offline=true", unit)

    found = re.search(r"Overall exposure level for nhacviec\.service: ([\d.]+)", done.stdout)
    assert found is not None, done.stderr
    assert float(found[1]) <= EXPOSURE, "\n".join(line for line in done.stdout.splitlines() if "✗" in line)


def test_every_line_says_above_it_why_it_is_there() -> None:
    assert len(directives()) > 50
    assert [line for line, above in directives() if not re.match(r"# \S.{8}", above)] == []


def test_wrong_settings_are_not_tried_again_and_everything_else_is_for_ever() -> None:
    """DESIGN §5: 78 is for a person to mend."""
    assert values("RestartPreventExitStatus") == ["78"]
    assert values("Restart") == ["on-failure"]
    assert values("StartLimitIntervalSec") == ["0"]


def test_systemd_waits_longer_than_the_letters_in_hand_may_take() -> None:
    assert int(values("TimeoutStopSec")[0]) > GRACE


def test_each_credential_is_read_as_the_setting_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given files as systemd lays them out, with the line break that editors leave."""
    names = values("LoadCredential")
    for name in names:
        (tmp_path / name).write_text(f"value-of-{name}\n", encoding="utf-8")
    (tmp_path / "of_another_service").write_text("not ours", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    settings = read_settings()

    assert sorted(names) == sorted(f"nhacviec_{name}" for name in SECRETS)
    assert {f"nhacviec_{name}": getattr(settings, name).get_secret_value() for name in SECRETS} == {
        name: f"value-of-{name}" for name in names
    }


def test_the_environment_of_the_unit_names_settings_that_there_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An unknown NHACVIEC_ name is an error, and a value there would win over a credential."""
    names = dict(value.split("=", 1) for value in values("Environment"))
    for name in names:
        monkeypatch.setenv(name, str(tmp_path / "nhacviec.toml"))
    (tmp_path / "nhacviec.toml").touch()

    read_settings()

    assert names == {"NHACVIEC_CONFIG": "/etc/nhacviec/nhacviec.toml"}


def blocks() -> list[str]:
    """Give the commands of the README, block by block."""
    return re.findall(
        r"^```sh\n(.*?)^```$", README.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


def test_ten_lines_lead_from_nothing_to_a_running_daemon() -> None:
    lines = blocks()[0].splitlines()

    assert len(lines) == 10
    assert all(re.match("(sudo|sudoedit|python3) ", line) for line in lines)
    assert lines[-1].endswith("systemctl enable --now nhacviec")


def test_what_the_ten_lines_copy_is_there_and_where_they_put_it_the_unit_looks_for_it() -> None:
    first = blocks()[0]

    for source in ("requirements/run.txt", "deploy/systemd/nhacviec.service", "config"):
        assert source in first
        assert (ROOT / source).exists()
    assert "venv /opt/nhacviec\n" in first
    assert values("ExecStart") == ["/opt/nhacviec/bin/nhacviec run"]
    assert "/var/lib/nhacviec\n" in first
    assert values("StateDirectory") == ["nhacviec"]


@pytest.mark.parametrize("name", SECRETS)
def test_the_readme_names_every_secret_as_the_unit_does(name: str) -> None:
    assert f"| `nhacviec_{name}` |" in README.read_text(encoding="utf-8")


def test_every_action_that_the_daemon_logs_is_explained() -> None:
    modules = (ROOT / "service" / "nhacviec" / "daemon").glob("*.py")
    source = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    logged = set(re.findall(r'"action": "(\w+)"|\.trouble\("\w+", "(\w+)"|= "(clock_\w+)"', source))
    told = set(re.findall(r"`(\w+)`", README.read_text(encoding="utf-8")))

    actions = {word for words in logged for word in words if word} - {"clock_steady", "notify_failed"}
    assert len(actions) >= 15
    assert actions - told == set()


def test_the_commands_of_the_readme_are_valid_shell() -> None:
    for block in blocks():
        done = subprocess.run(["sh", "-n"], input=block, capture_output=True, text=True, check=False)
        assert done.stderr == ""
