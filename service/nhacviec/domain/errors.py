"""Everything that can go wrong, arranged by who has to act.

NhacViecError
├── RuleError               whoever wrote a rule, a date or a number mends it
│   └── CatalogueError      the author of a catalogue edits a file; carries every fault
├── NotAllowedError         the caller asks for what the state does not permit
├── NotFoundError           the caller names what does not exist
├── TemplateError           the author of a template edits a file
├── SettingsError           the operator edits the settings
├── DeliveryError           a mail server did not take a message
│   ├── DeliveryDeferred    nobody acts: we try again later
│   ├── DeliveryRefused     the operator acts: trying again cannot help
│   ├── DeliveryAmbiguous   nobody knows: the line broke after the final dot
│   └── ServerUnreachable   the operator looks: no conversation was begun
└── DatabaseUnreachable     the operator looks: the database does not answer
    └── DatabaseDamaged     nobody believes it before a new start has looked at it

A test keeps this drawing and the classes below in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class NhacViecError(Exception):
    """The root: every error that this product raises on purpose."""


class RuleError(NhacViecError):
    """A rule, a date or a number is wrong.

    Args:
        problem: what is wrong, naming the part, as a sentence without a full stop.
        mend: how to mend it; empty when the problem says it.
    """

    def __init__(self, problem: str, *, mend: str = "") -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(f"{problem} — {mend}" if mend else problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file, as its author needs to hear it.

    Args:
        file: the file as it was named on the command line.
        line: counted from 1; 0 when the whole file is meant.
        column: counted from 1.
        problem: what is wrong.
        mend: how to mend it.
        place: where it stands, in the words of whoever reads a workbook: ``Đơn vị!C7``, or the file alone;
            empty: file, line and column say it.
    """

    file: str
    line: int
    column: int
    problem: str
    mend: str = ""
    place: str = ""

    def __str__(self) -> str:
        """``file:line:column: what — how to mend`` (DESIGN §5)."""
        place = self.place or f"{self.file}:{self.line}:{self.column}"
        text = f"{place}: {self.problem}"
        return f"{text} — {self.mend}" if self.mend else text


class CatalogueError(RuleError):
    """A catalogue is wrong; every fault of every file at once.

    Args:
        faults: at least one, in the order of the files.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NotAllowedError(NhacViecError):
    """The state of the thing does not permit what was asked."""


class NotFoundError(NhacViecError):
    """What was named does not exist."""


class TemplateError(NhacViecError):
    """A template cannot be read or filled.

    Args:
        template: its name, as ``mail/reminder/vi/body.txt``.
        problem: what the template engine said.
    """

    def __init__(self, template: str, problem: str) -> None:
        self.template = template
        self.problem = problem
        super().__init__(f"{template}: {problem}")


class SettingsError(NhacViecError):
    """A setting is missing, unknown or wrong."""


class DeliveryError(NhacViecError):
    """A mail server did not take a message.

    Args:
        text: what the server said, or what broke, one line.
        code: the three-digit reply (RFC 5321 §4.2), 0 when there was none.
        stage: where in the conversation: connect, auth, mail, rcpt, data, dot.
    """

    def __init__(self, text: str, *, code: int = 0, stage: str = "") -> None:
        self.text = text
        self.code = code
        self.stage = stage
        super().__init__(f"{code} {text}" if code else text)


class DeliveryDeferred(DeliveryError):
    """Not now: the server answered 4yz, or the line broke before the final dot."""


class DeliveryRefused(DeliveryError):
    """Not ever: the server answered 5yz to this message or this recipient."""


class DeliveryAmbiguous(DeliveryError):
    """The line broke after the final dot: it may have been taken (RFC 1047)."""


class ServerUnreachable(DeliveryError):
    """No conversation could be begun: the message's attempts are not touched."""


class DatabaseUnreachable(NhacViecError):
    """The database does not answer."""


class DatabaseDamaged(DatabaseUnreachable):
    """What is written may be lost: the disk fails, the file is damaged, or it is another one by now.

    Waiting does not mend it, and once a disk has failed to keep something, it may say the next time that all
    is well (DELIVERY §2.13): stop, and let a new start look.
    """
