"""What delivery is measured against: ``smtp-source``, the limit; ``django-post_office``, what people use."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.sinks import smtp_sink, tool

SESSIONS = 16
#: Letters that the other service is given; it is slow, and its rate does not depend on how many they are.
THEIR_LETTERS = 2000
THEIRS = Path(__file__).with_name("other_service.py")


def smtp_source(port: int, letters: int, size: int) -> float | None:
    """Letters a second of Debian's own load generator, a connection for each letter.

    Args:
        port: where the sink listens.
        letters: how many.
        size: of each, in bytes.

    Returns:
        None where it is not installed, and says so.
    """
    source = tool("smtp-source")
    if source is None:
        print('{"missing": "smtp-source: sudo apt-get install -y postfix"}', flush=True)
        return None
    numbers = ["-s", str(SESSIONS), "-m", str(letters), "-l", str(size)]
    people = ["-f", "vanphong@example.vn", "-t", "bt@example.vn"]
    began = time.perf_counter()
    subprocess.run([source, *numbers, *people, f"127.0.0.1:{port}"], check=True)
    return letters / (time.perf_counter() - began)


def post_office(size: int) -> float | None:
    """Letters a second of ``django-post_office``, sent by two processes from a database of its own.

    It is installed into an environment that is thrown away afterwards.

    Args:
        size: of each letter, in bytes, about.

    Returns:
        None where it cannot be installed, and says so.
    """
    with tempfile.TemporaryDirectory() as folder, smtp_sink() as sink:
        python = _environment(Path(folder))
        if python is None:
            print('{"missing": "django-post_office: it cannot be installed here"}', flush=True)
            return None
        told = [str(THEIR_LETTERS), str(size), str(sink.port), f"{folder}/post_office.db"]
        command = [str(python), str(THEIRS)]
        subprocess.run([*command, "fill", *told], check=True)
        began = time.perf_counter()
        subprocess.run([*command, "send", *told], check=True, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        subprocess.run([*command, "nothing", *told], check=True)
        starting = time.perf_counter() - began  # what a start costs is not what sending costs
        return THEIR_LETTERS / (seconds - starting)


def _environment(folder: Path) -> Path | None:
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    made = subprocess.run([sys.executable, "-m", "venv", folder / "venv"], env=surroundings, check=False)
    if made.returncode:
        return None
    python = folder / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "django-post_office"]
    done = subprocess.run(install, env=surroundings, check=False, capture_output=True)
    return None if done.returncode else python
