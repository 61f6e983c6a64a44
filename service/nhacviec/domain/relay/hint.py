"""A hint: the time after which a server wants to be asked again (DELIVERY §2.8)."""

import re
from datetime import timedelta

#: What is asked for is done within these bounds.
SHORTEST = timedelta(seconds=60)
LONGEST = timedelta(hours=1)
#: What is added, so that nobody comes too early nor all at one moment: a minute at most with a tick's delay.
EARLIEST_AFTER = timedelta(seconds=1)
LATEST_AFTER = timedelta(seconds=30)

_ASKED = re.compile(
    r"\b(?:again|retry|retries|back|wait|later|delay(?:ed)?|greylist(?:ed|ing)?|graylist(?:ed|ing)?)\b"
    r"[^\d.;]{0,30}?"
    r"(?:(?P<clock>\d{1,2}:\d{2}:\d{2})|(?P<many>\d{1,6})\s*(?P<unit>s|m|h|(?:sec|min|hour|hr)[a-z]{0,4})\b)",
    re.IGNORECASE | re.ASCII,
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def hint(text: str) -> timedelta | None:
    """How long a server asks to be left alone, in [1 min, 1 h]; None when it does not say.

    Args:
        text: of a 4yz reply: "try again in 300 seconds", "retry after 5 minutes", "come back in 00:04:59".
    """
    found = _ASKED.search(text)
    if found is None:
        return None
    if found["clock"]:
        hours, minutes, seconds = map(int, found["clock"].split(":"))
        asked = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    else:
        asked = timedelta(seconds=int(found["many"]) * _SECONDS[found["unit"][0].lower()])
    return min(max(asked, SHORTEST), LONGEST)


def after(asked: timedelta, share: float) -> timedelta:
    """When to come back: a little later than asked for.

    Args:
        asked: as the server put it.
        share: 0..1; spreads many letters that were put off at one moment.
    """
    return asked + EARLIEST_AFTER + (LATEST_AFTER - EARLIEST_AFTER) * share
