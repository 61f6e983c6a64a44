"""One conversation: letter after letter, each up to the final dot and no further unless the fence says so."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from nhacviec.adapters.smtp.addresses import on_the_wire
from nhacviec.adapters.smtp.line import PORTION, Line, LineBroken
from nhacviec.adapters.smtp.replies import Reply, cleaned
from nhacviec.adapters.smtp.server import Timeouts
from nhacviec.application.ports import BeforeData
from nhacviec.domain.errors import DeliveryAmbiguous, DeliveryDeferred, DeliveryError, DeliveryRefused
from nhacviec.failpoint import reach

#: The end of the letter: nothing is delivered without it (RFC 5321 §4.1.1.4).
DOT = b".\r\n"
#: Says that the server closes the line, at any stage (RFC 5321 §3.8).
CLOSING = 421
#: The one reply to DATA after which a letter may follow.
GO_ON = 354
_ENVELOPE = ("mail", "rcpt", "data")
#: The first digits that mean yes, and not now and not ever (RFC 5321 §4.2.1).
_GOOD, _REFUSALS = 2, (4, 5)


class SmtpConnection:
    """One conversation with a mail server, ready for a letter; once broken it stays so.

    Args:
        line: on which the conversation has begun.
        extensions: what EHLO announced, names in small letters with their parameters.
        timeouts: how long the server may take.
    """

    def __init__(self, line: Line, extensions: Mapping[str, str], timeouts: Timeouts) -> None:
        self._line = line
        self._timeouts = timeouts
        self._pipelining = "pipelining" in extensions
        self._utf8 = "smtputf8" in extensions
        self._announces_size = "size" in extensions
        size = extensions.get("size", "")
        self._most = int(size) if size.isascii() and size.isdigit() else 0

    @property
    def alive(self) -> bool:
        """Whether another letter may be tried on it."""
        return self._line.alive

    async def close(self) -> None:
        """Say QUIT; what goes wrong with it changes nothing."""
        if self._line.alive:
            await self._line.ask(b"QUIT\r\n", 1, self._timeouts.courtesy)
        self._line.drop("we hung up")
        await self._line.gone()

    async def send(
        self,
        sender: str,
        recipient: str,
        mime: bytes,
        fence: BeforeData,
        free: Callable[[], None] | None = None,
    ) -> tuple[int, str]:
        """Hand one letter over.

        Args:
            sender: envelope sender; empty for none.
            recipient: one address.
            mime: the bytes, CRLF line ends.
            fence: awaited when the server has the letter but for its final dot, and nothing is promised yet;
                False stops without the dot, and so does an error, which passes.
            free: called as the final dot goes, where the next letter may begin behind it at once: the end of
                one letter and the envelope of the next are a group that pipelining allows (RFC 2920 §3.1).

        Returns:
            The reply to the final dot: a code of 200 to 299 and its text.

        Raises:
            DeliveryDeferred: not now; nothing was handed over.
            DeliveryRefused: not ever.
            DeliveryAmbiguous: the line broke after the dot, or what came was no answer.
        """
        letter = clean_ends(mime)
        with self._during("mail"):
            commands = self._commands(sender, recipient, len(letter))
            await self._envelope(commands)
        with self._during("data"):
            await self._body(stuffed(letter))
        await self._pass(fence)
        with self._during("data"):
            reach("W6")
            if not self.alive:  # it may have spoken out of turn meanwhile
                raise LineBroken(self._line.trouble)
        with self._during("dot"):
            if free is not None and self._pipelining:
                free()  # before the dot: what is told in the same round of the loop goes in one piece
            return await self._dot()

    def _commands(self, sender: str, recipient: str, size: int) -> list[bytes]:
        if self._most and size > self._most:
            text = f"5.3.4 the letter has {size} octets, the mail server takes {self._most}"
            raise DeliveryRefused(text, code=552, stage="mail")
        by = on_the_wire(sender, stage="mail", utf8=self._utf8)
        to = on_the_wire(recipient, stage="rcpt", utf8=self._utf8)
        options = b" SIZE=%d" % size if self._announces_size else b""
        if not (by.isascii() and to.isascii()):
            options += b" SMTPUTF8"
        return [b"MAIL FROM:<%s>%s\r\n" % (by, options), b"RCPT TO:<%s>\r\n" % to, b"DATA\r\n"]

    async def _envelope(self, commands: Sequence[bytes]) -> None:
        replies: list[Reply] = []
        for group in [commands] if self._pipelining else [[command] for command in commands]:
            said = await self._line.ask(b"".join(group), len(group), self._timeouts.command)
            replies += said
            if len(said) < len(group) or not _good(replies[-1], _ENVELOPE[len(replies) - 1]):
                break
        for stage, reply in zip(_ENVELOPE, replies, strict=False):
            if not _good(reply, stage):
                await self._end_transaction(replies)
                raise _refusal(reply, stage)
        if len(replies) < len(_ENVELOPE) or not self.alive:
            stage = _ENVELOPE[min(len(replies), len(_ENVELOPE) - 1)]
            raise DeliveryDeferred(self._line.trouble, stage=stage)

    async def _end_transaction(self, replies: Sequence[Reply]) -> None:
        """Make the line fit for another letter after a refusal, or drop it."""
        closing = any(reply.code == CLOSING for reply in replies)
        waiting = len(replies) == len(_ENVELOPE) and _good(replies[-1], "data")
        strange = any(
            reply.kind not in _REFUSALS and not _good(reply, stage)
            for stage, reply in zip(_ENVELOPE, replies, strict=False)
        )
        if closing or waiting or strange:  # 354 after a refusal: not even a lone dot (RFC 2920 §3.1)
            self._line.drop("not to be used after this reply")
        elif self.alive and _good(replies[0], "mail"):
            answers = await self._line.ask(b"RSET\r\n", 1, self._timeouts.courtesy)
            if not answers or answers[0].kind != _GOOD:
                self._line.drop("RSET was refused")

    async def _body(self, octets: bytes) -> None:
        self._line.write(octets[:PORTION])
        reach("W4")
        await self._line.drain(self._timeouts.body)
        for start in range(PORTION, len(octets), PORTION):
            self._line.write(octets[start : start + PORTION])
            await self._line.drain(self._timeouts.body)

    async def _pass(self, fence: BeforeData) -> None:
        try:
            may_go = await fence()
        except BaseException:
            self._line.drop("the fence was not passed")
            raise
        if not may_go:
            self._line.drop("the fence was not passed")
            raise DeliveryDeferred("the claim had been taken over", stage="fence")

    async def _dot(self) -> tuple[int, str]:
        question = self._line.tell(DOT, 1, self._timeouts.dot)
        await asyncio.sleep(0)  # it is written in this round of the loop
        reach("W7")
        replies = await self._line.answers(question)
        if not replies:
            raise LineBroken(self._line.trouble)
        (reply,) = replies
        if _good(reply, "dot"):
            reach("W8")
            return reply.code, reply.text
        reach("W10")
        if reply.kind not in _REFUSALS:
            self._line.drop("not to be used after this reply")
            raise DeliveryAmbiguous(f"no answer to a letter: {reply.text}", code=reply.code, stage="dot")
        if reply.code == CLOSING:
            self._line.drop("the server closes")
        raise _refusal(reply, "dot")

    def _during(self, stage: str) -> "_Stage":
        return _Stage(self._line, stage)


class _Stage:
    """What breaks here breaks at this stage; whatever it is, the line is not used again."""

    __slots__ = ("_line", "_stage")

    def __init__(self, line: Line, stage: str) -> None:
        self._line, self._stage = line, stage

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        stage = self._stage
        if error is None or isinstance(error, DeliveryError):
            return
        if not isinstance(error, OSError):
            self._line.drop("given up")
            return
        self._line.drop(str(error))
        kind = DeliveryAmbiguous if stage == "dot" else DeliveryDeferred
        raise kind(cleaned(str(error)), stage=stage) from error


def clean_ends(mime: bytes) -> bytes:
    """The letter with CRLF at the end of each line and nowhere half of one (RFC 5321 §2.3.8).

    What a server takes for the end of a line, and so of the letter, must not depend on the server.
    """
    ends = mime.count(b"\r\n")
    if ends == mime.count(b"\n") == mime.count(b"\r") and mime.endswith(b"\r\n"):
        return mime  # as our own letters are
    return b"\r\n".join(mime.splitlines()) + b"\r\n"


def stuffed(letter: bytes) -> bytes:
    """The letter as DATA carries it, but for the final dot: leading dots doubled (RFC 5321 §4.5.2)."""
    body = letter.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body


def _good(reply: Reply, stage: str) -> bool:
    return reply.code == GO_ON if stage == "data" else reply.kind == _GOOD


def _refusal(reply: Reply, stage: str) -> DeliveryDeferred | DeliveryRefused:
    kind = DeliveryRefused if reply.kind == _REFUSALS[1] else DeliveryDeferred
    return kind(reply.text, code=reply.code, stage=stage)
