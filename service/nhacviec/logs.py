"""Structured logs on stderr: coloured for a person, JSON with a priority for journald.

Every line carries a machine word ``action``; prose may change, actions may not.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

#: syslog priorities that journald reads from a leading ``<N>``.
_PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "exception": 3, "critical": 2}


def start_logging(form: str = "auto", *, debug: bool = False) -> None:
    """Route every logger of the process to stderr in one form.

    Args:
        form: ``text``, ``json``, or ``auto``: text on a terminal.
        debug: everything, and tracebacks.
    """
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
        if as_text
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            _priority,
        ]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[_keep_level, structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.WARNING)
    logging.getLogger("nhacviec").setLevel(logging.DEBUG if debug else logging.INFO)


_level_of_line = {"now": "info"}


def _keep_level(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Remember the level: the renderer has turned the line into text when the priority is put before it."""
    _level_of_line["now"] = str(event.get("level", "info"))
    return event


def _priority(_logger: WrappedLogger, _name: str, line: EventDict) -> str:
    return f"<{_PRIORITIES.get(_level_of_line['now'], 6)}>{line}"
