"""A plain read-only page of letters as received: what the demonstration shows in a browser.

Standard library only, loopback only; the console replaces it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Protocol

from nhacviec.web.pages import Pages

#: A page may load nothing; a letter is shown in a frame that may do nothing.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
_LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_LETTER = re.compile(r"/letters/(\d{1,9})(\.html|\.eml)?")


class KeptLetter(Protocol):
    """A letter as a mailbox keeps it."""

    @property
    def number(self) -> int: ...  # noqa: D102 -- the mailbox says what they are
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def to(self) -> str: ...  # noqa: D102
    @property
    def raw(self) -> bytes: ...  # noqa: D102
    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def html(self) -> str: ...  # noqa: D102


#: Says where the simulation stands.
Standing = Callable[[], str]


class LettersPage(BaseHTTPRequestHandler):
    """Answers GET and HEAD: the list, one letter, its HTML, its bytes."""

    letters: Sequence[KeptLetter] = ()
    standing: Standing = staticmethod(lambda: "")
    pages: Pages
    hosts: frozenset[str] = frozenset()
    server_version = "nhacviec"
    sys_version = ""

    def do_GET(self) -> None:
        """Show a page; nothing changes by it."""
        if self.headers.get("Host", "").partition(":")[0] not in self.hosts:
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, b"", "text/plain")
        elif self.path == "/":
            newest = sorted(self.letters, key=lambda letter: -letter.number)
            page = self.pages.fill("letters.html", letters=newest, standing=self.standing())
            self._answer(HTTPStatus.OK, page.encode(), "text/html; charset=utf-8")
        elif found := _LETTER.fullmatch(self.path):
            self._letter(int(found.group(1)), found.group(2) or "")
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def do_HEAD(self) -> None:
        """The same without a body."""
        self.do_GET()

    def _letter(self, number: int, form: str) -> None:
        letter = next((kept for kept in list(self.letters) if kept.number == number), None)
        if letter is None:
            self._answer(HTTPStatus.NOT_FOUND, b"", "text/plain")
        elif form == ".eml":
            self._answer(HTTPStatus.OK, letter.raw, "message/rfc822")
        elif form == ".html":
            self._answer(HTTPStatus.OK, letter.html.encode(), "text/html; charset=utf-8", _LETTER_POLICY)
        else:
            page = self.pages.fill("letter.html", letter=letter)
            self._answer(HTTPStatus.OK, page.encode(), "text/html; charset=utf-8")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str, policy: str = _POLICY) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 -- the library's signature
        """Say nothing: the terminal belongs to the demonstration."""


@contextmanager
def serve_letters(
    letters: Sequence[KeptLetter], standing: Standing, pages: Pages, *, host: str, port: int
) -> Iterator[int]:
    """Serve the page from a thread until the block ends.

    Args:
        letters: grows while it is shown.
        standing: one line about the simulation.
        pages: the templates.
        host: a loopback address.
        port: 0 lets the system choose.

    Yields:
        The port.
    """
    answering = type(
        "Answering",
        (LettersPage,),
        {
            "letters": letters,
            "standing": staticmethod(standing),
            "pages": pages,
            "hosts": frozenset({host, "localhost", "127.0.0.1"}),
        },
    )
    server = ThreadingHTTPServer((host, port), answering)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
