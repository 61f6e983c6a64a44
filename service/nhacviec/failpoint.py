"""Failpoints: places named after the crash windows of DELIVERY §2.6, where a test lets the process die.

``NHACVIEC_TEST_FAILPOINT=name:action[:n]`` acts when the place is reached for the n-th time (default 1):
``kill`` (SIGKILL), ``stop`` (SIGSTOP), ``hang`` (the whole process sleeps for a minute) or ``fail`` (an
``OSError``).  Without the variable a place costs one look at a constant.
"""

import os
import signal
import time

#: Set by tests only.
VARIABLE = "NHACVIEC_TEST_FAILPOINT"
#: How long ``hang`` lasts, in seconds.
HANG = 60.0

_name, _, _rest = os.environ.get(VARIABLE, "").partition(":")
_action, _, _nth = _rest.partition(":")
_left = int(_nth or 1)


def reach(name: str) -> None:
    """Say that a place is reached; nothing happens unless a test has asked for it.

    Args:
        name: W1 … W12, or a place's own name.

    Raises:
        OSError: the test has asked for a failure here.
    """
    if name == _name:
        _act()


def _act() -> None:
    global _left  # noqa: PLW0603 -- a process has one failpoint
    _left -= 1
    if _left:
        return
    match _action:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "hang":
            time.sleep(HANG)
        case "fail":
            raise OSError(f"failpoint {_name}")
        case _:
            raise ValueError(f"{VARIABLE}: there is no action {_action!r}")
