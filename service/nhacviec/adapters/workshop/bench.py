"""The process that writes letters: reads them from its input, answers each in its turn, ends with its parent.

What it is asked is frames of letters with their envelopes; the first frame tells it what to write with.
It is run by :mod:`.child`, as ``python -m nhacviec.adapters.workshop.bench``.
"""

import gc
import os
import pickle
import resource
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path

from nhacviec.adapters.workshop.frames import HEAD, LONGEST, answer, frame, length_of
from nhacviec.adapters.workshop.tools import Pen, Tools, Written
from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.letter import Envelope, Letter

#: Processor time for one letter, in seconds; what goes on for longer ends the process (S09).
LETTER_SECONDS = 2.0
#: Memory that the process may address, in octets (S09).
MEMORY = 512 * 1024 * 1024
#: Seconds without a letter after which the process ends by itself.
IDLE = 60.0
#: How much rather than others the machine ends this process when memory is short (F09).
EXPENDABLE = "500"
#: How many objects may come up before the rubbish among them is looked for.
RUBBISH = 50_000

_INPUT, _OUTPUT = 0, 1


def main() -> None:
    """Write letters until there are no more."""
    answers = _withdraw()
    pen: Pen | None = None
    while octets := _asked():
        matter = pickle.loads(octets)  # noqa: S301 -- from our own parent, over a pipe that nobody else has
        if pen is None:
            pen = _opened(matter)
            _say(answers, frame("ready"))
            continue
        for letter, envelope in matter:
            signal.setitimer(signal.ITIMER_PROF, LETTER_SECONDS)
            octets = _written(pen, letter, envelope)
            signal.setitimer(signal.ITIMER_PROF, 0)
            _say(answers, octets)


def _withdraw() -> int:
    """Leave signals to the parent, take no more than our share, and keep the answers' pipe to ourselves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(EXPENDABLE, encoding="ascii")
    answers = os.dup(_OUTPUT)
    os.dup2(sys.stderr.fileno(), _OUTPUT)  # a stray print is no answer
    return answers


def _opened(tools: Tools) -> Pen:
    pen = tools.pen()
    gc.freeze()
    gc.set_threshold(RUBBISH)
    return pen


def _written(pen: Pen, letter: Letter, envelope: Envelope) -> bytes:
    written: Written | TemplateError | RuleError
    name = f"mail/{letter.kind}/{letter.language}"
    try:
        written = pen(letter, envelope)
        if len(written[1]) > LONGEST // 2:
            written = TemplateError(name, "it makes a letter that no server would take")
    except (TemplateError, RuleError) as error:
        written = error
    except MemoryError:
        written = TemplateError(name, "it needs too much memory")
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is this letter's alone
        written = TemplateError(name, f"{type(error).__name__}: {error}")
    return answer(written)


def _asked() -> bytes:
    """The next frame; empty at the end, or when nothing was asked for long."""
    waiting = select.poll()
    waiting.register(_INPUT, select.POLLIN | select.POLLHUP)
    if not waiting.poll(IDLE * 1000):
        return b""
    head = _exactly(HEAD)
    return _exactly(length_of(head)) if head else b""


def _exactly(length: int) -> bytes:
    octets = bytearray()
    while len(octets) < length:
        more = os.read(_INPUT, length - len(octets))
        if not more:
            return b""
        octets += more
    return bytes(octets)


def _say(answers: int, octets: bytes) -> None:
    """Write all of it, at once: what is answered is known even if the next letter ends us."""
    left = memoryview(octets)
    while left:
        left = left[os.write(answers, left) :]


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
