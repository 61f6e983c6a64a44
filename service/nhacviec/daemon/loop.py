"""The event loop: uvloop where the extra ``speed`` is installed, asyncio's own elsewhere; its only home."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any

#: How many objects may come up before the rubbish among them is looked for: a letter is some hundreds.
RUBBISH = (50_000, 20, 50)


def run(work: Coroutine[Any, Any, int | None]) -> int | None:
    """Run a command that sends many letters to its exit code."""
    # What is loaded by now stays for good: it need not be looked through again and again.
    gc.freeze()
    gc.set_threshold(*RUBBISH)
    with asyncio.Runner(loop_factory=_factory()) as runner:
        return runner.run(work)


def _factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 -- an extra
    except ImportError:
        return None
    return uvloop.new_event_loop
