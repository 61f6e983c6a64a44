"""What this machine says of itself and of its processes."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nhacviec.adapters import host
from nhacviec.domain.worker import is_neighbour

NOW = datetime(2026, 4, 13, 1, 0, tzinfo=UTC)


def test_this_process_is_who_it_says_it_is() -> None:
    me = host.identity(NOW)

    assert (me.id, me.pid, me.started_at, me.beat_at, me.beat) == (0, os.getpid(), NOW, NOW, 0)
    assert me == host.identity(NOW)
    assert host.process(me.pid).exists
    assert host.process(me.pid).start == me.pid_start > 0


def test_a_machine_s_name_does_not_leave_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """machine-id(5) is confidential: only a digest may be stored."""
    name = "0123456789abcdef0123456789abcdef"
    (tmp_path / "machine-id").write_text(f"{name}\n")
    monkeypatch.setattr(host, "_MACHINE", (tmp_path / "none", tmp_path / "machine-id"))

    digest = host.machine()

    assert len(digest) == 32
    assert name not in digest


@pytest.mark.parametrize("content", ["", "uninitialized\n"])
def test_a_bare_container_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    (tmp_path / "machine-id").write_text(content)
    monkeypatch.setattr(host, "_MACHINE", (tmp_path / "machine-id",))

    assert host.machine() == ""


def test_what_is_hidden_is_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ProcSubset=pid hides the start of the machine."""
    monkeypatch.setattr(host, "_BOOT", tmp_path / "hidden")
    monkeypatch.setattr(host, "_SPACE", tmp_path / "hidden")

    me = host.identity(NOW)

    assert (me.boot, me.space) == ("", "")


def test_a_process_is_there_until_it_ends_even_before_it_is_collected() -> None:
    """F12: a dead process that nobody has collected keeps its number, and will never send again."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    there = host.process(child.pid)
    assert there.exists
    assert there.start

    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not host.process(child.pid).exists
    child.communicate()
    assert not host.process(child.pid).exists


def test_a_number_that_no_process_can_have_has_none() -> None:
    assert not host.process(2**22 + 1).exists
    assert not host.process(2**70).exists


def test_a_process_of_somebody_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """kill(2): EPERM tells that it exists."""

    def refuse(_pid: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)

    assert host.process(os.getpid()).exists


def test_a_test_may_make_up_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """F11, F50"""
    real = host.identity(NOW)

    monkeypatch.setenv(host.VARIABLE, "another")
    another = host.identity(NOW)
    assert (another.machine, another.boot, another.space) == ("another", "", real.space)
    assert not is_neighbour(another, real)

    monkeypatch.setenv(host.VARIABLE, "another|b2|s2")
    again = host.identity(NOW)
    assert (again.machine, again.boot, again.space) == ("another", "b2", "s2")
