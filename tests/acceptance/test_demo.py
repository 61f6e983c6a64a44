"""DESIGN §5: ``demo``, the main job on the sample organisation, and ``run``, the daemon, told to stop."""

import http.client
import re
import signal
import sqlite3
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.program import CATALOGUE, PostOffice, Program

Rows = list[tuple[Any, ...]]


def half_year_reports(database: Path) -> tuple[Rows, Rows, Rows]:
    """Each cell's report, when it was first asked for, and how many letters went after a report."""
    with closing(sqlite3.connect(database)) as connection:
        ask = connection.execute
        cells = ask(
            "SELECT unit, due, state FROM occurrence WHERE duty = 'BC-03' AND period = '2017-H1'"
        ).fetchall()
        first = ask(
            "SELECT occurrence.unit, min(message.slot_at) FROM reminder"
            " JOIN message ON message.id = reminder.message"
            " JOIN occurrence ON occurrence.id = reminder.occurrence WHERE occurrence.duty = 'BC-03'"
            " AND occurrence.period = '2017-H1' AND message.state = 'sent' GROUP BY occurrence.unit"
        ).fetchall()
        after = ask(
            "SELECT count(*) FROM reminder JOIN message ON message.id = reminder.message"
            " JOIN occurrence ON occurrence.id = reminder.occurrence WHERE occurrence.reported_on IS NOT NULL"
            " AND message.state = 'sent' AND message.line <> 'notice'"
            " AND date(message.slot_at) > date(occurrence.reported_on)"
        ).fetchall()
    return cells, first, after


@pytest.mark.slow
def test_sixty_days_at_full_speed(empty: Program) -> None:
    told = empty.json("demo", "--once", "--days", "60", "--from", "2017-05-20", "--dir", "kept")
    cells, first, after = half_year_reports(empty.folder / "kept" / "demo.db")

    # then: the summary counts what the mail server really received
    assert set(told) == {
        "from",
        "days",
        "occurrences",
        "letters",
        "received",
        "by_kind",
        "reported",
        "seconds",
    }
    assert (told["from"], told["days"]) == ("2017-05-20", 60)
    assert told["letters"] == told["received"] >= 100
    assert sum(told["by_kind"].values()) == told["letters"]
    assert told["reported"] > 50
    assert len(list((empty.folder / "kept" / "letters").glob("*.eml"))) == told["received"]
    # and: every cell was asked for its half-year report from late May on, for 5 June
    assert len(cells) == 9
    assert {due for _, due, _ in cells} == {"2017-06-05"}
    assert len(first) == 9
    assert {str(at)[:10] for _, at in first} == {"2017-05-25"}
    # and: most reported, and nobody was reminded after that
    assert sum(state == "reported" for _, _, state in cells) >= 6
    assert after == [(0,)]


def page(port: int, path: str, host: str = "") -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Security-Policy", ""), answer.read()
    finally:
        connection.close()


def test_the_demonstration_shows_its_letters_to_this_machine_only(empty: Program) -> None:
    running = empty.start("demo", "--port", "0", "--from", "2017-05-25", "--days", "300")
    assert running.stderr is not None
    try:
        port = int(re.findall(rb"http://127\.0\.0\.1:(\d+)/", running.stderr.readline())[0])
        assert b" letters" in running.stderr.readline()  # the first day is over
        status, csp, home = page(port, "/")
        letter = page(port, "/letters/1")
        html = page(port, "/letters/1.html")
        raw = page(port, "/letters/1.eml")
        foreign = page(port, "/", host="evil.example")
        missing = [page(port, path)[0] for path in ("/letters/99999", "/../etc/passwd", "/letters/1.exe")]
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)

    assert (status, letter[0], html[0], raw[0]) == (200, 200, 200, 200)
    assert "[Nhắc việc]" in home.decode()
    assert "default-src 'none'" in csp
    assert "sandbox" in html[1]
    assert message_from_bytes(raw[2], policy=policy.default)["Subject"].startswith("[Nhắc việc]")
    assert (foreign[0], foreign[2]) == (421, b"")
    assert missing == [404, 404, 404]
    assert running.returncode == 130


def test_the_daemon_gets_ready_and_ends_with_zero_when_told(empty: Program, office: PostOffice) -> None:
    empty.settings |= {"NHACVIEC_SMTP_URL": office.url, "NHACVIEC_LOG_FORMAT": "json"}
    empty.ok("catalogue", "apply", *CATALOGUE)
    running = empty.start("run", "--role", "worker")
    assert running.stderr is not None
    heard: list[bytes] = []
    for line in running.stderr:
        heard.append(line)
        if b'"action": "ready"' in line:
            break
    running.send_signal(signal.SIGTERM)
    out, rest = running.communicate(timeout=30)

    said = b"".join([*heard, rest])
    assert running.returncode == 0, said
    assert out == b""
    assert b"Traceback" not in said
    assert b'"action": "ready"' in heard[-1]
    assert b'"action": "stopped"' in said


def test_the_web_alone_is_not_served_yet(empty: Program) -> None:
    done = empty.run("run", "--role", "web")

    assert (done.code, "no console yet" in done.err) == (2, True)
