"""Short ways to let a mail server say something to a relay."""

from datetime import UTC, datetime

from nhacviec.application.relay import Judged, Relay
from nhacviec.domain.errors import ServerUnreachable
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Line, Message, Recipient

NOW = datetime(2026, 6, 18, 0, 30, tzinfo=UTC)


class Time:
    """Seconds that only rise, and only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def letter(number: int = 1, email: str = "a@example.vn", attempts: int = 0, ambiguous: int = 0) -> Message:
    """A letter as claimed."""
    return Message(
        id=number,
        key=f"v1|main|{email}|{number}",
        message_id=f"<{number}@example.vn>",
        recipient=Recipient(email=email, name="A", unit="u", language="vi"),
        line=Line.MAIN,
        kind=LetterKind.REMINDER,
        slot_at=NOW,
        due_at=NOW,
        attempts=attempts,
        ambiguous=ambiguous,
    )


def answers(relay: Relay, code: int, stage: str, text: str = "", message: Message | None = None) -> Judged:
    """A letter is tried and the server says this to it."""
    return relay.judge(message or letter(), code=code, text=text, stage=stage)


def refuses(relay: Relay, many: int, text: str = "5.7.1 relaying denied", first: int = 1) -> list[Judged]:
    """So many letters to as many people are refused."""
    return [answers(relay, 550, "rcpt", text, letter(number)) for number in range(first, first + many)]


def opening(stage: str, code: int = 0) -> ServerUnreachable:
    return ServerUnreachable("what was said", code=code, stage=stage)
