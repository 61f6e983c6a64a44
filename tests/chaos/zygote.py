"""A process that has imported the product once, and forks workers from itself for as long as it is told to.

``python -m tests.chaos.zygote`` reads one JSON line for each order: ``{"run": [arguments], "environment":
{…}, "log": path}`` answers with a process id, ``{"wait": pid}`` with how it ended.  When its input ends, all
its workers end with it.
"""

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
from datetime import timedelta
from typing import Any

import nhacviec.bootstrap.service as wiring
import nhacviec.cli.app
import nhacviec.daemon.running
import nhacviec.domain.delivery as rules
import nhacviec.domain.worker as liveness
import nhacviec.failpoint
import nhacviec.logs
from nhacviec.adapters.templating import JinjaComposer
from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.application import attempt
from nhacviec.cli import main
from nhacviec.daemon import lifecycle
from nhacviec.domain.letter import LetterKind
from nhacviec.resources import shipped
from tests.letters.samples import a_letter

_PR_SET_PDEATHSIG = 1


def prepare() -> None:
    """Read templates and words once: a worker that lives for a fifth of a second should not read them."""
    words = load_vocabulary(shipped("templates"))
    composer = JinjaComposer(shipped("templates"), words)
    for kind in (LetterKind.DUE_TODAY, LetterKind.DIGEST, LetterKind.ESCALATION):
        composer.compose(a_letter(kind))
    vars(wiring).update(load_vocabulary=lambda _folder: words, JinjaComposer=lambda _folder, _words: composer)


def scale(waits: float) -> None:
    """Let what waits minutes wait so many seconds: before an ambiguous letter and a put off one go again."""
    rest = timedelta(seconds=waits)
    rules.AMBIGUOUS_WAIT = rules.LONGEST_WAIT = attempt.COMPOSE_WAIT = rest
    rules.WAITS = (rest, rest, rest, rest)
    lifecycle.SENDING = 0.05


def become(order: dict[str, Any]) -> None:
    """Be a worker, to the end; runs in the child."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(order["environment"])
    for name, most in order.get("limits", {}).items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    importlib.reload(nhacviec.failpoint)
    if "waits" in order:
        scale(order["waits"])
    if "silence" in order:
        liveness.SILENCE = order["silence"]
    sys.argv = ["nhacviec", *order["run"]]
    code = 1
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(code)


def fork(order: dict[str, Any]) -> int:
    """Make a worker; returns its process id."""
    pid = os.fork()
    if pid == 0:
        become(order)
    return pid


def end(workers: set[int]) -> None:
    """Kill whoever still lives."""
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    for pid in workers:
        os.waitpid(pid, 0)
    workers.clear()


def serve() -> None:
    """Do what is ordered until nobody orders any more."""
    prepare()
    workers: set[int] = set()
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        if "run" in order:
            pid = fork(order)
            workers.add(pid)
            answer: dict[str, int] = {"pid": pid}
        elif "end" in order:
            end(workers)
            answer = {"pid": 0}
        else:
            pid, status = os.waitpid(order["wait"], 0)
            workers.discard(pid)
            answer = {"pid": pid, "code": os.waitstatus_to_exitcode(status)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    end(workers)


if __name__ == "__main__":
    serve()
