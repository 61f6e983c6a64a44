"""Run a command and note what it used: ``python measured.py REPORT COMMAND…``.

A process that is begun by a large one counts that one's memory as its own peak: the kernel carries it over
(execve(2), getrusage(2)).  So a small process stands between them and looks.
"""

import json
import os
import sys
from pathlib import Path


def main(report: str, command: list[str]) -> int:
    """Run it, write peak (bytes) and seconds (of processor time) to the report, end as it ended."""
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, used = os.wait4(pid, 0)
    found = {"peak": used.ru_maxrss * 1024, "seconds": used.ru_utime + used.ru_stime}
    Path(report).write_text(json.dumps(found), encoding="utf-8")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
