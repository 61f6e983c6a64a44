"""DESIGN §5, settings: where they come from, who wins, and that nothing wrong is ever passed over."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.program import PostOffice, Program
from tests.support.mailserver import MailServer
from tests.support.postgresql import require

SECRET = "s3cret-never-shown"


def database_in_force(program: Program, *before: str, **settings: str) -> str:
    done = program.run(*before, "db", "status", "--json", **settings)
    assert done.code in (0, 78), done.err
    return str(done.document["database"])


@pytest.fixture
def bare(tmp_path: Path) -> Program:
    """A program with no setting at all."""
    return Program(folder=tmp_path)


def test_what_is_told_first_wins(bare: Program, tmp_path: Path) -> None:
    for name in ("usual", "named", "other"):
        folder = tmp_path if name == "usual" else tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "nhacviec.toml").write_text(f'database_url = "sqlite:///{name}.db"\n')
    named = str(tmp_path / "named" / "nhacviec.toml")
    other = str(tmp_path / "other" / "nhacviec.toml")
    secret = tmp_path / "database_url"
    secret.write_text(f"sqlite:///{tmp_path}/secret.db\n")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "nhacviec_database_url").write_text(f"sqlite:///{tmp_path}/credential.db\n")
    (credentials / "somebody-elses").write_text("not for us")

    # then: a relative path lies beside the file that names it
    assert database_in_force(bare) == f"sqlite:///{tmp_path}/usual.db"
    assert database_in_force(bare, NHACVIEC_CONFIG=named) == f"sqlite:///{tmp_path}/named/named.db"
    assert (
        database_in_force(bare, "--config", other, NHACVIEC_CONFIG=named)
        == f"sqlite:///{tmp_path}/other/other.db"
    )
    # systemd's credentials before the file, a secret file before them, the environment before all
    held = {"CREDENTIALS_DIRECTORY": str(credentials)}
    assert database_in_force(bare, **held) == f"sqlite:///{tmp_path}/credential.db"
    held["NHACVIEC_DATABASE_URL_FILE"] = str(secret)
    assert database_in_force(bare, **held) == f"sqlite:///{tmp_path}/secret.db"
    held["NHACVIEC_DATABASE_URL"] = f"sqlite:///{tmp_path}/told.db"
    assert database_in_force(bare, **held) == f"sqlite:///{tmp_path}/told.db"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"NHACVIEC_DATABSE_URL": "sqlite:///x.db"}, "NHACVIEC_DATABSE_URL is not a setting"),
        ({"NHACVIEC_SMTP_CONNECTIONS": "0"}, "smtp_connections"),
        ({"NHACVIEC_SMTP_CONNECTIONS": "many"}, "smtp_connections"),
        ({"NHACVIEC_PORT": "70000"}, "port"),
        ({"NHACVIEC_DATABASE_URL": "mysql://somewhere/x"}, "mysql is not served"),
        ({"NHACVIEC_TIMEZONE": "Asia/Saigon_Nowhere"}, "Asia/Saigon_Nowhere"),
        ({"NHACVIEC_SMTP_URL": "smtp://mail.example.vn"}, "in clear"),
        ({"NHACVIEC_SMTP_URL": "http://127.0.0.1"}, "smtp_url must be"),
        ({"NHACVIEC_SMTP_URL": f"smtps://user:{SECRET}@mail.example.vn:port"}, "the port"),
        ({"NHACVIEC_SMTP_TOKEN_FILE": "token"}, "smtp_url has to name the user"),
        ({"NHACVIEC_SMTP_CA_FILE": "nowhere.pem"}, "smtp_ca_file: nowhere.pem: No such file"),
        ({"NHACVIEC_SMTP_CA_FILE": "broken.toml"}, "there is no certificate in it"),
        ({"NHACVIEC_SECRET_KEY_FILE": "nowhere"}, "NHACVIEC_SECRET_KEY_FILE"),
        ({"NHACVIEC_CONFIG": "broken.toml"}, "broken.toml"),
        ({"NHACVIEC_CONFIG": "unknown.toml"}, "colour"),
        ({"NHACVIEC_CONFIG": "nowhere.toml"}, "no such file"),
    ],
)
def test_a_wrong_setting_ends_with_78_and_one_line_that_names_it(
    sample: Program, settings: dict[str, str], said: str
) -> None:
    (sample.folder / "broken.toml").write_text("database_url = \n")
    (sample.folder / "unknown.toml").write_text('colour = "red"\n')
    done = sample.run("tick", "--at", "2017-05-22T07:30", **settings)

    assert done.code == 78, done.err
    assert said in done.err
    assert (done.err.count("\n"), done.out) == (1, b"")
    assert SECRET not in done.err


def test_a_secret_is_never_shown(bare: Program) -> None:
    where = {
        "NHACVIEC_DATABASE_URL": f"postgresql://user:{SECRET}@127.0.0.1:1/x",
        "NHACVIEC_SMTP_URL": f"smtps://user:{SECRET}@127.0.0.1:9",
        "NHACVIEC_SECRET_KEY": SECRET * 3,
    }
    told = [
        bare.run(*words, **where) for words in (("tick",), ("doctor",), ("doctor", "--json"), ("status",))
    ]

    assert [done.code for done in told] == [69] * 4
    assert not any(SECRET in done.err or SECRET in done.text for done in told)


def certified(folder: Path) -> ssl.SSLContext:
    """A server's certificate, signed by an authority whose own is ``authority.pem``."""
    new_key = ("req", "-x509", "-days", "9", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    authority = ("-subj", "/CN=authority", "-keyout", "authority.key", "-out", "authority.pem")
    signed = ("-CA", "authority.pem", "-CAkey", "authority.key", "-addext", "basicConstraints=CA:FALSE")
    names = ("-subj", "/CN=mail.example.vn", "-addext", "subjectAltName=IP:127.0.0.1")
    for words in (authority, (*signed, *names, "-keyout", "server.key", "-out", "server.pem")):
        subprocess.run(["openssl", *new_key, *words], cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


@pytest.fixture
def strict_office(sample: Program) -> Iterator[PostOffice]:
    """A mail server with STARTTLS that wants a token; an authority of our own has signed its certificate."""
    if shutil.which("openssl") is None:
        require("openssl", "openssl is needed: apt-get install openssl")
    office = PostOffice()
    office.server = MailServer(tls=certified(sample.folder), users={"nhacviec": SECRET})
    with office:
        yield office


def test_a_token_from_a_file_and_an_authority_of_our_own(sample: Program, strict_office: PostOffice) -> None:
    """F66: the token is read at each opening, so it may be late; what is wrong with it is told without it."""
    port, token = strict_office.server.port, sample.folder / "token"
    (sample.folder / "nhacviec.toml").write_text(
        f'smtp_url = "smtp+starttls://nhacviec@127.0.0.1:{port}"\n'
        'smtp_token_file = "token"\nsmtp_ca_file = "authority.pem"\n'
    )
    del sample.settings["NHACVIEC_SMTP_URL"]
    told = []
    for content in (None, "two words", f"{SECRET}-that-was\n"):
        if content:
            token.write_text(content)
        told.append(sample.run("doctor"))
    token.write_text(f"{SECRET}\n")
    stranger = sample.run("doctor", NHACVIEC_SMTP_CA_FILE="")
    sample.tick("2017-05-22T07:30+07:00")

    said = [line for done in told for line in done.text.splitlines() if "mail server" in line]
    assert [done.code in (69, 78) for done in told] == [True] * 3
    for line, part in zip(
        said, (f"{token}: No such file", f"{token}: there is no token in it", "  535 127.0.0.1"), strict=True
    ):
        assert part in line
    assert "certificate cannot be trusted" in stranger.text
    assert not any(SECRET in done.text or SECRET in done.err for done in (*told, stranger))
    assert len(strict_office.accepted) == 11


def test_the_tests_own_names_are_never_an_error(empty: Program) -> None:
    assert (
        empty.run("db", "status", NHACVIEC_TEST_X="1", NHACVIEC_TEST_FAILPOINT="").code == 78
    )  # no schema yet
    empty.ok("db", "upgrade", NHACVIEC_TEST_ANYTHING_AT_ALL="yes")

    assert empty.json("db", "status")["ok"]


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/nothing", "sqlite:////dev/null/all.db"], ids=["server", "folder"]
)
def test_a_database_that_does_not_answer_is_69_in_one_line(empty: Program, url: str) -> None:
    done = empty.run("tick", "--json", NHACVIEC_DATABASE_URL=url)

    assert done.code == 69
    assert done.err.startswith("nhacviec: the ")
    assert (done.err.count("\n"), done.out) == (1, b"")


def test_a_wrong_catalogue_is_78_with_every_fault_at_its_line(empty: Program) -> None:
    first, second = empty.folder / "first.yaml", empty.folder / "second.yaml"
    first.write_text("nhacviec: 1\nunits:\n  - {code: a b, name: X, kind: cell}\n")
    second.write_text("nhacviec: 1\nduties:\n  - {code: D, colour: red}\n")
    checked = empty.run("catalogue", "check", "first.yaml", "second.yaml")
    applied = empty.run("catalogue", "apply", "first.yaml", "second.yaml")

    assert (checked.code, applied.code) == (78, 78)
    assert checked.out == applied.out == b""
    assert "first.yaml:3:" in checked.err
    assert "second.yaml:3:" in checked.err
    assert all(" — " in line for line in checked.err.splitlines())
