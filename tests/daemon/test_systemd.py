"""What systemd is told, and what it is asked: sd_notify(3), sd_watchdog_enabled(3)."""

import os
from pathlib import Path

import pytest

from nhacviec.daemon.systemd import Notifier
from tests.daemon.conftest import Manager


def test_each_word_is_one_datagram_in_the_manager_s_own_language(manager: Manager) -> None:
    notifier = manager.notifier()

    told = [
        notifier.ready(),
        notifier.feed(),
        notifier.status("3 letters"),
        notifier.stopping("finishing"),
    ]

    assert told == [True] * 4
    assert manager.heard() == ["READY=1", "WATCHDOG=1", "STATUS=3 letters", "STOPPING=1\nSTATUS=finishing"]


def test_a_socket_in_the_abstract_namespace_is_reached_too() -> None:
    manager = Manager(f"@nhacviec-test-{os.getpid()}")

    Notifier.from_environment({"NOTIFY_SOCKET": manager.address}, 1).ready()

    assert manager.heard() == ["READY=1"]
    manager.line.close()


def test_the_lines_of_an_error_become_one_so_that_none_is_taken_for_an_assignment(manager: Manager) -> None:
    manager.notifier().status("database: refused\nREADY=1\n  try later")

    assert manager.heard() == ["STATUS=database: refused READY=1 try later"]


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "no/slash/first"])
def test_where_nobody_listens_nobody_is_told_and_nothing_breaks(address: str) -> None:
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address}, 1)

    assert notifier == Notifier()
    assert notifier.ready() is False


def test_a_manager_that_has_gone_away_does_not_end_the_service(tmp_path: Path) -> None:
    assert Notifier(address=str(tmp_path / "nobody")).feed() is False


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, 0),
        ({"WATCHDOG_USEC": "60000000"}, 60),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "42"}, 0.5),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "43"}, 0),
        ({"WATCHDOG_USEC": ""}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
    ],
)
def test_a_watchdog_counts_only_if_it_is_ours_and_is_fed_twice_as_often_as_it_asks(
    environment: dict[str, str], seconds: float
) -> None:
    notifier = Notifier.from_environment(environment, 42)

    assert notifier.watchdog_seconds == seconds
    assert notifier.feeding_seconds == seconds / 2
