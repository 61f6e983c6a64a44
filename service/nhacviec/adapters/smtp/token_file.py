"""An access token that an outside tool keeps fresh in a file (OAuth 2.0, RFC 6750)."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

#: A token is a few kilobytes at most; what is longer is another file.
_LONGEST = 64 * 1024
#: RFC 6750 §2.1 allows still less; the server will say so.
_VISIBLE = range(0x21, 0x7F)


def token_from(file: Path) -> Callable[[], Awaitable[str]]:
    """Give what reads the token from a file; for ``Server.token``, which asks for it at each opening.

    Args:
        file: its one line is the token; it need not be there yet.
    """

    async def read() -> str:
        return await asyncio.to_thread(_token, file)

    return read


def _token(file: Path) -> str:
    """The token, stripped.

    Raises:
        ValueError: naming the file and never what is in it; it may be well at the next opening.
    """
    try:
        with file.open("rb") as opened:
            token = opened.read(_LONGEST).strip()
    except OSError as error:
        raise ValueError(f"smtp_token_file: {file}: {error.strerror}") from None
    if not token or any(sign not in _VISIBLE for sign in token):
        raise ValueError(f"smtp_token_file: {file}: there is no token in it")
    return token.decode("ascii")
