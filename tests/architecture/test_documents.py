"""What the documents say is true: examples run, links lead somewhere, every command and setting is named."""

import os
import re
import shlex
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import SecretStr

from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.catalogue.check import check
from nhacviec.bootstrap import shipped_days
from nhacviec.cli.app import app
from nhacviec.settings import Settings
from tests.support.checkout import ROOT, own_files

GUIDES = ("README.md", "README.vi.md")
DOCUMENTS = [path for path in own_files() if path.suffix == ".md" and "tests" not in path.parts]
PROGRAM: Any = typer.main.get_command(app)
COMMANDS: dict[str, Any] = PROGRAM.commands
#: What the launcher does itself.
LAUNCHED = {"test", "check", "bench", "chaos"}
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^# (\S+\.yaml)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
EDGE = "-- the next command --"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a console block, or a file that the reader is asked to write."""

    command: str
    printed: str = ""


def blocks(document: str, *languages: str) -> list[tuple[str, str]]:
    """Give the fenced blocks of a document in these languages, in order: the language and the text."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [(language, body) for language, body in FENCE.findall(text) if language in languages]


def steps(document: str) -> list[Step]:
    """Give what a reader does who follows a document from above to below."""
    found: list[Step] = []
    for language, body in blocks(document, "console", "yaml"):
        if language == "yaml":
            if name := NAMED.match(body):
                found.append(Step(f"cat > {name[1]} <<'END OF FILE'\n{body}END OF FILE"))
            continue
        for told in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, printed = told.partition("\n")
            found.append(Step(command, printed))
    return found


def as_pattern(printed: str) -> str:
    """Turn what a document prints into a pattern: ``…`` stands for what is not the same every time."""
    return ".*?".join(re.escape(part) for part in printed.split("…"))


def commands_of(text: str) -> list[list[str]]:
    """Give every call of nhacviec in shell lines, as words after the name of the program."""
    calls: list[list[str]] = []
    for line in text.splitlines():
        for part in re.split(r"[|;&]", re.sub(r"\$\(.*?\)", "", line)):
            words = shlex.split(part, comments=True) if re.search(r"\bnhacviec +\w", part) else []
            start = next((n for n, word in enumerate(words) if word in ("nhacviec", "./nhacviec")), None)
            if start is not None:
                calls.append(words[start + 1 :])
    return calls


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("document", GUIDES)
def test_whoever_types_what_a_guide_shows_sees_what_it_prints(document: str, tmp_path: Path) -> None:
    """Given a folder that looks like a fresh clone, when every console block is typed in one terminal and
    every named file is written, then each command prints what the guide says."""
    for path in ROOT.iterdir():
        if not path.name.startswith("."):
            (tmp_path / path.name).symlink_to(path)
    told = steps(document)
    script = "".join(f"{step.command}\necho '{EDGE}'\n" for step in told)
    quiet = {name: value for name, value in os.environ.items() if not name.startswith(("NHACVIEC_", "COV_"))}
    surroundings = {**quiet, "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}

    done = subprocess.run(
        ["bash"], input=script, cwd=tmp_path, env=surroundings, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip

    printed = done.stdout.split(f"{EDGE}\n")[:-1]
    assert len(told) > 0
    assert len(printed) == len(told)
    others = [
        f"$ {step.command}\n{text}"
        for step, text in zip(told, printed, strict=True)
        if not re.fullmatch(as_pattern(step.printed), text, re.DOTALL)
    ]
    assert others == []


@pytest.mark.parametrize("document", GUIDES)
def test_a_catalogue_that_a_guide_shows_whole_has_no_fault(document: str, tmp_path: Path) -> None:
    """An example that begins a catalogue of its own passes the check without even a warning."""
    whole = [body for _, body in blocks(document, "yaml") if "organisation:" in body]
    for number, body in enumerate(whole):
        file = tmp_path / f"{number}.yaml"
        file.write_text(body, encoding="utf-8")

        assert check([read_yaml(file)], days=shipped_days()).warnings == ()

    assert document == "README.md" or len(whole) == 1


def test_the_vietnamese_guide_is_checked_by_more_than_its_looks() -> None:
    assert any("catalogue check" in step.command for step in steps("README.vi.md"))


def test_the_shipped_settings_file_names_every_setting_with_its_default() -> None:
    """A line that is commented out shows the default, so that taking away the # changes nothing yet."""
    text = (ROOT / "config" / "nhacviec.toml").read_text(encoding="utf-8")
    shown = tomllib.loads(re.sub(r"^#(?=\w+ = )", "", text, flags=re.MULTILINE))
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in defaults.items()
    }

    assert shown == plain


def test_every_setting_is_explained() -> None:
    lines = (ROOT / "config" / "nhacviec.toml").read_text(encoding="utf-8").splitlines()
    settings = [n for n, line in enumerate(lines) if re.match(r"#?\w+ = ", line)]
    bare = [lines[n] for n in settings if not lines[n - 1].startswith("#")]

    assert bare == []


def test_every_command_is_named_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in COMMANDS if f"`nhacviec {name}" not in text] == []


def test_every_command_of_a_group_is_named_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("\\|", "|")
    rows = {name: re.search(rf"`nhacviec {name} ([a-z|]+)", text) for name in COMMANDS}
    groups = {
        name: set(command.commands) for name, command in COMMANDS.items() if hasattr(command, "commands")
    }

    assert {name: set(found[1].split("|")) for name in groups if (found := rows[name])} == groups


@pytest.mark.parametrize("document", [*GUIDES, "CONTRIBUTING.md"])
def test_every_command_that_a_document_shows_is_one(document: str) -> None:
    """A call names a command that exists, and only options which that command has."""
    wrong = []
    for call in [call for _, body in blocks(document, "console", "sh") for call in commands_of(body)]:
        name, *rest = call
        if name in LAUNCHED:
            continue
        command = COMMANDS.get(name)
        if command and hasattr(command, "commands"):
            command = command.commands.get(rest[0] if rest else "")
        known = {option for parameter in command.params for option in parameter.opts} if command else set()
        wrong += [call for word in rest if word.startswith("--") and word not in known]
        wrong += [] if command else [call]

    assert wrong == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_to_something(path: Path) -> None:
    targets = [link.partition("#")[0] for link in LINK.findall(path.read_text(encoding="utf-8"))]
    broken = [link for link in targets if link and "://" not in link and not (path.parent / link).exists()]

    assert broken == []


def test_the_changelog_has_a_place_for_what_comes() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert headings[0] == "[Unreleased]"


def test_decisions_are_numbered_and_short() -> None:
    """At most twelve lines each: context, choice, price."""
    text = (ROOT / "DECISIONS.md").read_text(encoding="utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    lines = {part.partition("\n")[0]: len(part.strip().splitlines()) for part in parts}

    assert [int(title.partition(".")[0]) for title in lines] == list(range(1, len(parts) + 1))
    assert {title: n for title, n in lines.items() if n > 12} == {}
