"""A line that goes wrong: a TCP proxy that delays, drips, swallows, cuts and resets (DELIVERY §3, PROXY)."""

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from types import TracebackType
from typing import Self

#: What PostgreSQL's clients send to end a transaction, as bytes on the line.
COMMIT = b"COMMIT\0"
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: on, no seconds; closing is then a reset


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How bytes travel.

    Args:
        delay: seconds before each piece goes on.
        trickle: one byte at a time, each after the delay.
        blackhole: nothing goes on, and nobody is told.
    """

    delay: float = 0.0
    trickle: bool = False
    blackhole: bool = False


class _Pair:
    """One connection and the one behind it."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near, self.far = near, far
        self.doomed = False

    def reset(self) -> None:
        """End both sides without a farewell."""
        for writer in (self.near, self.far):
            end: socket.socket = writer.get_extra_info("socket")
            if end.family == socket.AF_INET:
                with suppress(OSError):  # it is closed already
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            writer.transport.abort()


class Proxy:
    """Listens on loopback for the length of a ``with``, and passes on to a server.

    Args:
        target: a port of loopback, or the path of a Unix socket.
    """

    def __init__(self, target: int | str) -> None:
        self._target = target
        self._pairs: set[_Pair] = set()
        self._fault = Fault()
        self._cut_at, self._cuts_left = b"", 0
        self._refusing = False
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.cuts = 0

    def behave(self, fault: Fault) -> None:
        """Let bytes travel so from now on."""
        self._fault = fault

    def refuse(self, *, refusing: bool = True) -> None:
        """Reset every new connection at once, or no longer."""
        self._refusing = refusing

    def cut(self) -> None:
        """Reset every open connection."""
        asyncio.run_coroutine_threadsafe(self._cut_all(), self._loop).result(10)

    def cut_after(self, sent: bytes, times: int = 1) -> None:
        """Reset a connection once the server has answered these bytes, before the answer is passed on."""
        self._cut_at, self._cuts_left = sent, times

    async def _cut_all(self) -> None:
        for pair in self._pairs:
            pair.reset()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, str):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection("127.0.0.1", self._target)

    async def _serve(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            behind, far = await self._open()
        except OSError:
            near.transport.abort()
            return
        pair = _Pair(near, far)
        if self._refusing:
            pair.reset()
            return
        self._pairs.add(pair)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(pair, reader, far, outward=True))
                group.create_task(self._pump(pair, behind, near, outward=False))
        finally:
            self._pairs.discard(pair)

    async def _pump(
        self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, outward: bool
    ) -> None:
        try:
            while data := await reader.read(65_536):
                if not outward and pair.doomed:
                    self.cuts += 1
                    pair.reset()
                    return
                if outward and self._cuts_left and self._cut_at in data:
                    self._cuts_left -= 1
                    pair.doomed = True
                await self._pass_on(writer, data)
        except OSError:
            pair.reset()
        else:
            writer.close()

    async def _pass_on(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        fault = self._fault
        if fault.blackhole:
            return
        size = 1 if fault.trickle else len(data)
        for start in range(0, len(data), size):
            if fault.delay:
                await asyncio.sleep(fault.delay)
            writer.write(data[start : start + size])
            await writer.drain()

    async def _accept(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, near)
        except asyncio.CancelledError:
            near.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._cut_all()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
