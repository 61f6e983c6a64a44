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
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from nhacviec.adapters.workshop.frames import HEAD, LONGEST, READY, answer, asked, length_of
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
#: How far it steps back where processors are scarce: whoever hands letters over goes first.
NICE = 5
#: How many objects may come up before the rubbish among them is looked for.
RUBBISH = 50_000

#: Octets that are read at once.
_READ = 256 * 1024

_INPUT, _OUTPUT = 0, 1


def main() -> None:
    """Write letters until there are no more."""
    answers, frames = _withdraw(), _frames()
    matter = next(frames, b"")
    if not matter:
        return
    tools, together = pickle.loads(matter)  # noqa: S301 -- from our own parent, over a pipe that nobody else has
    pen = _opened(tools)
    _say(answers, READY)
    for octets in frames:
        written: list[bytes] = []
        for letter, envelope in asked(octets):
            # Begun anew with each letter; while we wait for one we use no processor, and it stands still.
            signal.setitimer(signal.ITIMER_PROF, LETTER_SECONDS)
            written.append(_written(pen, letter, envelope))
            if len(written) == together:
                _say(answers, b"".join(written))
                written.clear()
        _say(answers, b"".join(written))


def _withdraw() -> int:
    """Leave signals to the parent, take no more than our share, and keep the answers' pipe to ourselves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICE)
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


def _frames() -> Iterator[bytes]:
    """Frame after frame, until the end, or until nothing was asked for long."""
    waiting, heard = select.poll(), bytearray()
    waiting.register(_INPUT, select.POLLIN | select.POLLHUP)
    while waiting.poll(IDLE * 1000) and (more := os.read(_INPUT, _READ)):
        heard += more
        while len(heard) >= HEAD and len(heard) >= (needed := HEAD + length_of(heard[:HEAD])):
            octets = bytes(heard[HEAD:needed])
            del heard[:needed]
            yield octets


def _say(answers: int, octets: bytes) -> None:
    """Write all of it: what is answered is known even if the next letter ends us."""
    left = memoryview(octets)
    while left:
        left = left[os.write(answers, left) :]


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
