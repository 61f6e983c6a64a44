"""The heartbeat: a sign of life for a monitor elsewhere, which notices silence (P7, DELIVERY §2.15)."""

import asyncio
from contextlib import suppress
from http.client import HTTPException, HTTPMessage
from threading import Thread
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from nhacviec.domain.errors import SettingsError

#: How long a monitor may take to answer, in seconds.
TIMEOUT = 10.0
_HOW = "heartbeat_url: write https://host/path, or http://host/path"
_AGENT = {"User-Agent": "nhacviec"}


class Heartbeat:
    """Asks for a URL and cares for nothing but that it is answered.

    The path of such a URL is a secret: whoever has it can feign a life. It is never told.

    Args:
        url: http or https.
        timeout: in seconds.

    Raises:
        SettingsError: it is no such URL.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise SettingsError(_HOW) from None
        blank = any(sign.isspace() or not sign.isprintable() for sign in url)
        if parts.scheme not in ("http", "https") or not host or parts.username is not None or blank:
            raise SettingsError(_HOW)
        self.name = host
        self._url, self._timeout = url, timeout

    async def __call__(self) -> str:
        """Beat once.

        Returns:
            Why nobody heard it, one line; empty when somebody did.
        """
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[str] = loop.create_future()

        def beat() -> None:
            problem = self._beat()
            with suppress(RuntimeError):  # the loop may have ended meanwhile
                loop.call_soon_threadsafe(_answer, heard, problem)

        # A thread that nobody waits for at the end: a name server may take longer than any timeout of ours.
        Thread(target=beat, name="heartbeat", daemon=True).start()
        try:
            async with asyncio.timeout(self._timeout):
                return await heard
        except TimeoutError:
            return f"{self.name}: no answer in {self._timeout:g} s"

    def _beat(self) -> str:
        """Ask; what is said of a failure never quotes the URL, nor what the other side says."""
        try:
            with _opener().open(Request(self._url, headers=_AGENT), timeout=self._timeout):  # noqa: S310 -- the scheme was checked
                return ""
        except HTTPError as error:
            with error:
                return f"{self.name}: answered {error.code}"
        except (OSError, HTTPException, ValueError) as error:
            return f"{self.name}: {_plain(error)}"


class _SameHost(HTTPRedirectHandler):
    """Follows redirects on the host it asked, and never from https to http."""

    def redirect_request(  # noqa: PLR0913, PLR0917 -- the library's signature
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """What the library asks before it follows; with None it takes the redirect for an error."""
        if not _stays(urlsplit(req.full_url), urlsplit(newurl)):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> OpenerDirector:
    return build_opener(_SameHost())


def _stays(here: SplitResult, there: SplitResult) -> bool:
    safe = there.scheme in {"https", here.scheme}
    return safe and there.hostname == here.hostname


def _plain(error: Exception) -> str:
    """What broke, in words of the system and not of the other side."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return type(reason).__name__


def _answer(heard: "asyncio.Future[str]", problem: str) -> None:
    if not heard.done():
        heard.set_result(problem)
