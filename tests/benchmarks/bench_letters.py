"""What a letter costs: putting it into words, writing it as MIME, and the standard library doing the latter.

Prints a JSON line for each figure, in microseconds of processor time a letter; the best of several rounds,
for whatever else the machine does only ever adds.  ``compose_us`` and ``mime_us`` are of letters that go to
as many units, each with its own page to report on; ``same_us`` is both for one letter again and again.
"""

import json
import sys
import timeit
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from itertools import count, islice
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "service")]

from nhacviec.adapters.mime import serialise  # noqa: E402
from nhacviec.adapters.templating import JinjaComposer  # noqa: E402
from nhacviec.adapters.vocabulary import load_vocabulary  # noqa: E402
from nhacviec.domain.letter import Envelope, Letter, LetterKind, Words  # noqa: E402
from nhacviec.resources import shipped  # noqa: E402
from tests.letters.samples import REPORT_PAGE, a_letter, an_envelope  # noqa: E402

ROUNDS, LETTERS = 15, 100


def microseconds(job: Callable[[], object]) -> float:
    """The cost of one run of a job."""
    return (
        min(timeit.repeat(job, number=LETTERS, repeat=ROUNDS, timer=process_time, setup="gc.enable()"))
        / LETTERS
        * 1e6
    )


def every_unit(kind: LetterKind) -> Iterator[tuple[Letter, Envelope]]:
    """A letter and its envelope for one unit after another, without end."""
    letter, envelope = a_letter(kind), an_envelope()
    for number in count():
        unit, page = f"Chi bộ Trường Trung học phổ thông số {number}", f"{REPORT_PAGE}{number:08d}"
        items = tuple(replace(item, unit_name=unit, report_url=page) for item in letter.items)
        yield (
            replace(letter, unit_name=unit, items=items),
            replace(
                envelope, recipient_email=f"{number}@dangbo.example.vn", message_id=f"<{number}@example.vn>"
            ),
        )


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
    composer, other = (
        JinjaComposer(shipped("templates"), load_vocabulary(shipped("templates"))) for _ in range(2)
    )
    envelope = an_envelope()
    for kind in LetterKind:
        post = list(islice(every_unit(kind), LETTERS * ROUNDS))
        letters, same = iter(post), post[0]
        written = iter([(other.compose(letter), envelope) for letter, envelope in post])
        compose = microseconds(lambda letters=letters: composer.compose(next(letters)[0]))  # type: ignore[misc]
        mime = microseconds(lambda written=written: serialise(*next(written)))  # type: ignore[misc]
        again = microseconds(lambda same=same: serialise(composer.compose(same[0]), same[1]))  # type: ignore[misc]
        tell(
            "letter",
            kind=kind,
            compose_us=round(compose),
            mime_us=round(mime),
            both_us=round(compose + mime),
            same_us=round(again),
        )
    words = composer.compose(a_letter(LetterKind.REMINDER))
    ours = microseconds(lambda: serialise(words, envelope))
    theirs = microseconds(lambda: by_the_standard_library(words, envelope))
    tell("mime", ours_us=round(ours), email_message_us=round(theirs), times_faster=round(theirs / ours, 1))


if __name__ == "__main__":
    main()
