"""What a letter costs: putting it into words, writing it as MIME, and the standard library doing the latter.

Prints a JSON line for each figure, in microseconds a letter; the best of several rounds, for whatever else
the machine does only ever adds.
"""

import json
import sys
import timeit
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "service")]

from nhacviec.adapters.mime import serialise  # noqa: E402
from nhacviec.adapters.templating import JinjaComposer  # noqa: E402
from nhacviec.adapters.vocabulary import load_vocabulary  # noqa: E402
from nhacviec.domain.letter import Envelope, LetterKind, Words  # noqa: E402
from nhacviec.resources import shipped  # noqa: E402
from tests.letters.samples import a_letter, an_envelope  # noqa: E402

ROUNDS, LETTERS = 7, 100


def microseconds(job: Callable[[], object]) -> float:
    """The cost of one run of a job."""
    return min(timeit.repeat(job, number=LETTERS, repeat=ROUNDS)) / LETTERS * 1e6


def by_the_standard_library(words: Words, envelope: Envelope) -> bytes:
    """The same letter as ``EmailMessage`` writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((envelope.sender_name, envelope.sender_email))
    message["To"] = formataddr((envelope.recipient_name, envelope.recipient_email))
    message["Reply-To"] = envelope.reply_to
    message["Subject"] = words.subject
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = envelope.message_id
    message["In-Reply-To"] = message["References"] = envelope.thread
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "vi"
    message.set_content(words.text)
    message.add_alternative(words.html, subtype="html")
    return message.as_bytes()


def tell(figure: str, **values: float | str) -> None:
    """One figure, one line."""
    print(json.dumps({"figure": figure} | values, ensure_ascii=False))


def main() -> None:
    """Measure every kind of letter, then the reminder against the standard library."""
    composer = JinjaComposer(shipped("templates"), load_vocabulary(shipped("templates")))
    envelope = an_envelope()
    for kind in LetterKind:
        letter = a_letter(kind)
        words = composer.compose(letter)
        compose = microseconds(lambda letter=letter: composer.compose(letter))  # type: ignore[misc]
        mime = microseconds(lambda words=words: serialise(words, envelope))  # type: ignore[misc]
        tell(
            "letter", kind=kind, compose_us=round(compose), mime_us=round(mime), both_us=round(compose + mime)
        )
    words = composer.compose(a_letter(LetterKind.REMINDER))
    ours = microseconds(lambda: serialise(words, envelope))
    theirs = microseconds(lambda: by_the_standard_library(words, envelope))
    tell("mime", ours_us=round(ours), email_message_us=round(theirs), times_faster=round(theirs / ours, 1))


if __name__ == "__main__":
    main()
