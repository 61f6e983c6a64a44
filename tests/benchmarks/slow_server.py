"""A mail server that takes everything and answers after a while: ``slow_server.py PORT SECONDS``."""

import asyncio
import sys

READY = b"220 slow ESMTP\r\n"
ENHANCEMENTS = b"250-slow\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class Slow(asyncio.Protocol):
    """One conversation; what comes in together is answered together, after the delay."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._buffer = b""
        self._in_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._say(READY)

    def data_received(self, data: bytes) -> None:
        """Answer the commands, or the end of a letter."""
        self._buffer += data
        replies = b""
        while True:
            reply = self._body() if self._in_body else self._command()
            if reply is None:
                break
            replies += reply
        if replies:
            self._say(replies)

    def _body(self) -> bytes | None:
        _, end, rest = self._buffer.partition(b"\r\n.\r\n")
        if not end:
            return None
        self._buffer, self._in_body = rest, False
        return b"250 2.0.0 taken\r\n"

    def _command(self) -> bytes | None:
        line, end, rest = self._buffer.partition(b"\r\n")
        if not end:
            return None
        self._buffer = rest
        match line[:4].upper():
            case b"EHLO":
                return ENHANCEMENTS
            case b"DATA":
                self._in_body = True
                return b"354 go on\r\n"
            case b"QUIT":
                return b"221 bye\r\n"
            case _:
                return b"250 2.0.0 well\r\n"

    def _say(self, words: bytes) -> None:
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, words)
        else:
            self._transport.write(words)


async def main(port: int, delay: float) -> None:
    """Serve until the end."""
    server = await asyncio.get_running_loop().create_server(
        lambda: Slow(delay), "127.0.0.1", port, backlog=1000
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
