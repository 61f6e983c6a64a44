"""The heartbeat against a real HTTP server: heard, not heard, sent elsewhere; and its secret stays one."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from nhacviec.adapters.heartbeat import Heartbeat
from nhacviec.domain.errors import SettingsError

SECRET = "/ping/0f3a-secret"


class Monitor:
    """A monitor on loopback that answers what it is told to.

    Args:
        code: the answer to the secret path; every other path is answered with 204.
        location: where a redirect leads.
    """

    def __init__(self, code: int = 200, location: str = "") -> None:
        self.code, self.location = code, location
        self.asked: list[tuple[str, str]] = []
        self.hold: Event | None = None
        monitor = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                monitor.answer(self)

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.asked.append((handler.path, handler.headers["User-Agent"]))
        if self.hold is not None:
            self.hold.wait(30)
        handler.send_response(self.code if handler.path == SECRET else 204)
        if self.location:
            handler.send_header("Location", self.location)
        handler.end_headers()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{SECRET}"


@contextmanager
def serving(monitor: Monitor) -> Iterator[Monitor]:
    thread = Thread(target=monitor.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield monitor
    finally:
        monitor.server.shutdown()
        monitor.server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


async def test_a_beat_is_one_request_that_says_who_asks() -> None:
    with serving(Monitor()) as monitor:
        assert await Heartbeat(monitor.url)() == ""

    assert monitor.asked == [(SECRET, "nhacviec")]


@pytest.mark.parametrize("code", [404, 410, 500, 503])
async def test_an_answer_that_is_no_success_is_told_without_the_path(code: int) -> None:
    with serving(Monitor(code)) as monitor:
        assert await Heartbeat(monitor.url)() == f"127.0.0.1: answered {code}"


async def test_a_monitor_that_is_away_is_told_without_the_path() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert await Heartbeat(f"http://127.0.0.1:{port}{SECRET}")() == "127.0.0.1: Connection refused"


async def test_a_monitor_that_hangs_is_left_after_the_timeout() -> None:
    """F67: nobody waits for it, at the end of the daemon neither."""
    monitor = Monitor()
    monitor.hold = Event()
    with serving(monitor):
        said = await Heartbeat(monitor.url, timeout=0.2)()
        monitor.hold.set()

    assert said in {"127.0.0.1: no answer in 0.2 s", "127.0.0.1: TimeoutError"}


async def test_a_monitor_that_talks_nonsense_is_told_without_its_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def talk() -> None:
            line, _ = listening.accept()
            with line:
                line.recv(4096)
                line.sendall(f"{SECRET}\r\n".encode())

        thread = Thread(target=talk)
        thread.start()
        said = await Heartbeat(f"http://127.0.0.1:{port}{SECRET}")()
        thread.join()

    assert said == "127.0.0.1: BadStatusLine"


async def test_a_redirect_on_the_same_host_is_followed() -> None:
    with serving(Monitor(302, "/here")) as monitor:
        assert await Heartbeat(monitor.url)() == ""

    assert [path for path, _ in monitor.asked] == [SECRET, "/here"]


@pytest.mark.parametrize("there", ["http://localhost:{port}/there", "file:///etc/hostname", "//localhost/"])
async def test_a_redirect_to_another_host_is_not_followed(there: str) -> None:
    monitor = Monitor(302)
    monitor.location = there.format(port=monitor.port)
    with serving(monitor):
        assert await Heartbeat(monitor.url)() == "127.0.0.1: answered 302"

    assert [path for path, _ in monitor.asked] == [SECRET]


async def test_a_redirect_in_a_circle_comes_to_an_end() -> None:
    with serving(Monitor(302, SECRET)) as monitor:
        assert await Heartbeat(monitor.url)() == "127.0.0.1: answered 302"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.vn/x",
        "example.vn/x",
        "https:///x",
        "http://[::1/x",
        "http://example.vn:port/x",
        "https://user:password@example.vn/",
        "https://example.vn/a b",
        "https://example.vn/a\nb",
        "file:///etc/hostname",
    ],
)
def test_what_is_no_url_of_a_monitor_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(SettingsError, match="heartbeat_url: write https") as raised:
        Heartbeat(url)

    assert url not in str(raised.value)


def test_what_is_told_of_it_is_its_host() -> None:
    assert Heartbeat(f"https://hc.example.vn{SECRET}").name == "hc.example.vn"
