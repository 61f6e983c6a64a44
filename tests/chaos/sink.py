"""A mail server that is quick, does as it is told, and notes each letter it takes before it says so.

Run as a process: ``python -m tests.chaos.sink LOG``; it prints its port. On that same port XMODE, XFREE and
XWAIT steer it (see ``post.Sink``).
"""

import asyncio
import json
import os
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Any

CRLF = b"\r\n"
END = b"\r\n.\r\n"
TAKEN = b"250 2.0.0 taken\r\n"
HELLO = b"250-mail.example.vn\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 33554432\r\n"
_ADDRESS = re.compile(rb"<([^>]*)>")
_HEADER = re.compile(rb"^(message-id|date):\s*(.*?)\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Mode:
    """How the final dot is answered.

    Args:
        delay: seconds before the reply, the letter being noted already.
        drop_acc: share of letters taken, and the line reset instead of a reply (F18).
        drop_rej: share of letters not taken, and the line reset (F19).
        defer: share answered 451.
        refuse: share answered 554.
        script: what the next letters meet, one entry each: drop_acc, drop_rej, hold (taken; the reply waits
            for XFREE), or a reply such as ``451 4.3.0 later``; they go before the shares.
        seed: of the shares.
    """

    delay: float = 0.0
    drop_acc: float = 0.0
    drop_rej: float = 0.0
    defer: float = 0.0
    refuse: float = 0.0
    script: list[str] = field(default_factory=list)
    seed: str = "0"

    def verdict(self, nth: int) -> str:
        """What the nth letter meets; empty when it is simply taken."""
        if self.script:
            return self.script.pop(0)
        drawn = blake2b(f"{self.seed}|{nth}".encode(), digest_size=7).digest()
        chance = int.from_bytes(drawn) / 256**7
        shares = (
            ("drop_acc", self.drop_acc),
            ("drop_rej", self.drop_rej),
            ("451 4.3.0 later", self.defer),
            ("554 5.3.0 no", self.refuse),
        )
        for verdict, share in shares:
            if chance < share:
                return verdict
            chance -= share
        return ""


class Office:
    """What the connections share: the mode, the log, who waits for what."""

    def __init__(self, log: str) -> None:
        self.mode = Mode()
        self.counts: Counter[str] = Counter()
        self.held: list[tuple[Line, bytes]] = []
        self._waiting: list[tuple[dict[str, int], Line]] = []
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def take(self, recipient: str, body: bytes) -> None:
        """Note a letter; whatever becomes of the line, it counts as taken from here on."""
        head, _, _ = body.partition(b"\r\n\r\n")
        named = {name.lower(): value for name, value in _HEADER.findall(head)}
        entry = {
            "at": time.clock_gettime(time.CLOCK_REALTIME),
            "message_id": named.get(b"message-id", b"").decode(),
            "recipient": recipient,
            "sha256": sha256(body).hexdigest(),
            "date": named.get(b"date", b"").decode(),
        }
        os.write(self._log, json.dumps(entry).encode() + b"\n")
        self.count("accepted")

    def count(self, what: str, step: int = 1) -> None:
        """Count, and tell who waits for that."""
        self.counts[what] += step
        for wish in [wish for wish in self._waiting if self.fulfilled(wish[0])]:
            self._waiting.remove(wish)
            wish[1].say(b"250 so it is\r\n")

    def fulfilled(self, wish: dict[str, int]) -> bool:
        """Tell whether every count is as high as wished."""
        return all(self.counts[what] >= least for what, least in wish.items())

    def steer(self, line: "Line", verb: bytes, told: bytes) -> bool:
        """Obey XMODE, XFREE, XWAIT, XSTAT; False when it is none of these."""
        if verb == b"XMODE":
            self.mode = Mode(**json.loads(told))
        elif verb == b"XFREE":
            for held, reply in self.held:
                held.say(reply)
            self.held.clear()
        elif verb == b"XWAIT":
            wish: dict[str, int] = json.loads(told)
            if not self.fulfilled(wish):
                self._waiting.append((wish, line))
                return True
        elif verb == b"XSTAT":
            line.say(b"250 " + json.dumps(self.counts).encode() + CRLF)
            return True
        else:
            return False
        line.say(b"250 done\r\n")
        return True


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._buffer = b""
        self._recipient = ""
        self._in_data = False
        self._busy = False
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._office.count("connections")
        self._office.counts["open"] += 1
        self.say(b"220 mail.example.vn ESMTP\r\n")

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        self._office.counts["open"] -= 1
        self._office.count("closed")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while not self._busy and (self._letter() if self._in_data else self._command()):
            pass

    def say(self, reply: bytes) -> None:
        """Answer, if anybody still listens; what was sent meanwhile is read next."""
        self._busy = False
        if self._transport is not None:
            self._transport.write(reply)

    def _answer_later(self, reply: bytes) -> None:
        self.say(reply)
        self.data_received(b"")

    def _command(self) -> bool:
        line, end, rest = self._buffer.partition(CRLF)
        if not end:
            return False
        self._buffer = rest
        verb, _, told = line.partition(b" ")
        verb = verb.upper()
        if verb == b"XWAIT":
            self._busy = True
        if self._office.steer(self, verb, told):
            return True
        replies = {b"EHLO": HELLO, b"DATA": b"354 go on\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}
        if verb == b"RCPT":
            found = _ADDRESS.search(told)
            self._recipient = found[1].decode() if found else ""
        self._in_data = verb == b"DATA"
        self._office.count(verb.decode(errors="replace"))
        self.say(replies.get(verb, b"250 2.0.0 OK\r\n"))
        if verb == b"QUIT" and self._transport is not None:
            self._transport.close()
        return True

    def _letter(self) -> bool:
        whole, end, rest = (CRLF + self._buffer).partition(END)
        if not end:
            return False
        self._buffer, self._in_data = rest, False
        body = (whole + CRLF).replace(b"\r\n.", b"\r\n")[2:]
        self._office.count("dots")
        self._judge(self._office.mode.verdict(self._office.counts["dots"]), body)
        return True

    def _judge(self, verdict: str, body: bytes) -> None:
        office = self._office
        if verdict in ("", "hold", "drop_acc") or verdict.startswith("2"):
            office.take(self._recipient, body)
        if verdict in ("drop_acc", "drop_rej"):
            if self._transport is not None:
                self._transport.abort()
            return
        reply = verdict.encode() + CRLF if verdict[:1].isdigit() else TAKEN
        self._busy = verdict == "hold" or office.mode.delay > 0
        if verdict == "hold":
            office.held.append((self, reply))
            office.count("holding")
        elif self._busy:
            self._loop.call_later(office.mode.delay, self._answer_later, reply)
        else:
            self.say(reply)


async def serve(log: str) -> None:
    """Listen on a free port of loopback and print it; for ever."""
    office = Office(log)
    server = await asyncio.get_running_loop().create_server(
        lambda: Line(office), "127.0.0.1", 0, backlog=1024
    )
    told: Any = server.sockets[0].getsockname()
    sys.stdout.write(f"{told[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
