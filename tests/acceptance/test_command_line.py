"""DESIGN §5: what every command has in common — help, streams, exit codes, what it costs to ask."""

import signal
import subprocess
import sys

import pytest

from tests.acceptance.program import CATALOGUE, COMMAND, Program, environment
from tests.support.checkout import ROOT

GROUPS = {
    "catalogue": ("check", "diff", "apply", "export"),
    "occurrence": ("list", "show", "report", "accept", "return", "extend", "waive", "reopen", "tally"),
    "event": ("add",),
    "message": ("list", "show", "retry", "hold", "release"),
    "calendar": ("list", "add", "remove", "import", "check"),
    "db": ("upgrade", "status"),
    "audit": ("verify",),
}
SINGLE = (
    "demo",
    "init",
    "run",
    "tick",
    "rule",
    "forecast",
    "explain",
    "review",
    "export",
    "import",
    "send-test",
    "doctor",
    "status",
    "healthcheck",
)
HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "jinja2", "alembic", "aiosmtpd", "aiosmtplib", "ruamel")


def test_help_lists_every_command_and_needs_none_of_the_heavy_libraries(empty: Program) -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", *COMMAND[1:], "--help"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.stderr.splitlines()}

    assert "typer" in imported
    assert imported.isdisjoint(HEAVY)
    for name in (*SINGLE, *GROUPS):
        assert f"\n  {name} " in told.stdout, name
    assert empty.run("--version").text.strip().count(".") == 2


def test_the_help_of_every_command_ends_with_an_example_that_can_be_copied() -> None:
    # One process asks for all of them: what is told is the same, and a start costs half a second.
    names = [*((name,) for name in SINGLE), *((group, name) for group in GROUPS for name in GROUPS[group])]
    script = (
        "import sys\nfrom typer.testing import CliRunner\nfrom nhacviec.cli.app import app\n"
        f"for words in {names!r}:\n"
        "    told = CliRunner().invoke(app, [*words, '--help'])\n"
        "    last = told.output.rstrip().splitlines()[-1].strip()\n"
        "    print(told.exit_code, ' '.join(words), last, sep='\\t')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True
    )
    examples = [line.split("\t") for line in told.stdout.splitlines()]

    assert len(examples) == len(names)
    for code, name, example in examples:
        assert code == "0"
        assert f"nhacviec {name}" in example, example


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["fly"], 2, "No such command"),
        (["tick", "--fly"], 2, "No such option"),
        (["tick", "--at", "noon"], 2, "'noon' is not an instant"),
        (["tick", "--at", "2017-02-30T07:30"], 2, "is not an instant"),
        (["forecast", "--from", "2017-06-31", "--to", "2017-07-01"], 2, "write YYYY-MM-DD"),
        (["forecast", "--from", "20170601", "--to", "2017-07-01"], 2, "not written as YYYY-MM-DD"),
        (["forecast", "--from", "2017-07-02", "--to", "2017-07-01"], 2, "--to lies before --from"),
        (["catalogue", "check", "nowhere.yaml"], 2, "no such file"),
        (["occurrence", "list", "--state", "lost"], 2, "--state lost: use open"),
        (["message", "list", "--state", "lost"], 2, "--state lost: use pending"),
        (["message", "show", "0"], 2, "greater than or equal to 1"),
        (["rule", "questions.jsonl"], 2, "only - is read"),
        (["run", "--role", "king"], 2, "--role is all, worker or web"),
        (["demo", "--days", "0"], 2, "greater than or equal to 1"),
        (["occurrence", "tally", "KT-02", "ubkt", "2017", "--evidence", "number"], 2, "not KEY=VALUE"),
        (["tick"], 78, "holds no catalogue yet: run nhacviec catalogue apply"),
        (["catalogue", "export"], 78, "holds no catalogue yet"),
        (["message", "show", "7"], 1, "no message 7"),
        (["status", "--config"], 2, "No such option"),
        (["--config", "nowhere.toml", "status"], 78, "nowhere.toml: no such file"),
    ],
)
def test_what_is_wrong_is_said_on_stderr_with_its_code(
    empty: Program, arguments: list[str], code: int, said: str
) -> None:
    done = empty.run(*arguments)

    assert done.code == code, done.err
    assert said in " ".join(done.err.split())
    assert done.out == b""


def test_commands_that_only_look_say_so_in_one_document(sample: Program) -> None:
    status = sample.json("status", "--at", "2017-05-20T08:00")
    schema = sample.json("db", "status")

    assert set(status) >= {"at", "alive", "last_tick", "messages", "stuck"}
    assert (status["at"], status["alive"], status["last_tick"]) == ("2017-05-20T08:00:00+07:00", False, None)
    assert set(status["messages"]) >= {"pending", "sent", "dead", "uncertain"}
    assert (schema["ok"], schema["schema"]) == (True, schema["needed"])


def test_healthcheck_is_zero_only_while_ticks_end(sample: Program) -> None:
    before = sample.run("healthcheck", "--at", "2017-05-20T07:00")
    sample.tick("2017-05-20T07:00")
    soon = sample.run("healthcheck", "--at", "2017-05-20T07:01")
    later = sample.run("healthcheck", "--at", "2017-05-20T07:10", "--json")

    assert (before.code, before.text) == (1, "no tick lately\n")
    assert (soon.code, soon.text) == (0, "ok\n")
    assert (later.code, later.document["ok"]) == (1, False)


def test_doctor_tells_what_does_not_answer_from_what_is_wrong(sample: Program) -> None:
    unreachable = sample.run("doctor", "--at", "2026-05-01", "--json")
    wrong = sample.run("doctor", "--at", "2026-05-01", NHACVIEC_SMTP_URL="smtp://mail.example.vn")
    unofficial = sample.run("doctor", "--at", "2029-05-01", "--json")

    assert unreachable.code == 69
    found = {check["name"]: check["ok"] for check in unreachable.document["checks"]}
    assert not unreachable.document["ok"]
    assert [name for name in found if not found[name]] == ["mail server"]
    assert {"settings", "database", "schema", "clock", "zone data", "calendar", "templates", "disk"} < set(
        found
    )
    assert wrong.code == 78
    assert "would send letters in clear" in wrong.text
    assert unofficial.code == 78


def test_an_interrupted_command_says_130(empty: Program) -> None:
    running = empty.start("demo", "--port", "0", "--days", "300")
    assert running.stderr is not None
    first = running.stderr.readline()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)

    assert b"http://127.0.0.1:" in first
    assert running.returncode == 130
    assert (out, b"Traceback" in err) == (b"", False)


def test_init_makes_an_installation_that_can_be_lived_in(empty: Program) -> None:
    home = empty.folder / "home"
    del empty.settings["NHACVIEC_DATABASE_URL"]
    made = empty.run("init", "home", "--json")
    again = empty.run("init", "home")
    config = str(home / "nhacviec.toml")
    empty.ok("--config", config, "catalogue", "apply", str(home / "catalogue"), "--at", "2017-05-20")
    listed = empty.ok("message", "list", "--json", NHACVIEC_CONFIG=config)

    assert made.code == 0
    assert {"settings", "secret_key", "database"} == set(made.document)
    assert "next:" in made.err
    assert (home / "secret_key").stat().st_mode & 0o077 == 0
    assert (home / "nhacviec.db").is_file()
    assert again.code == 1
    assert "is there already" in again.err
    assert listed.document == []


def test_a_traceback_is_there_for_whoever_asks(empty: Program) -> None:
    done = subprocess.run(
        [*COMMAND, "--debug", "message", "show", "7"],
        env=environment(**empty.settings),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "NotFoundError" in done.stderr


def test_a_reader_that_goes_away_is_no_fault() -> None:
    asked = [*COMMAND, "forecast", "--from", "2017-01-01", "--to", "2017-12-31", "--catalogue", *CATALOGUE]
    reading = subprocess.Popen(
        asked, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert reading.stdout is not None
    assert reading.stderr is not None
    reading.stdout.readline()
    reading.stdout.close()
    said = reading.stderr.read()
    reading.stderr.close()

    assert reading.wait(30) in (0, 1, 141)
    assert said == b""
