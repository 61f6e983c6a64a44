"""What templates may do with a value, in the words of one language."""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache, partial

from nhacviec.adapters.templating.filters import columns, in_one_line, sentence, short_of, web_link, wrap
from nhacviec.domain.vocabulary import Vocabulary

#: Of each sort of phrase, how many are kept as they were last said.
_KEPT = 1024


class Phrases:
    """The filters of one language.

    The words never change and a thousand letters name the same few days, so what is said often is kept: under
    all that it was made of, and under its types, for what is equal need not read alike (1 and true; a string
    that is safe HTML and one that is not; one instant by two clocks).

    Args:
        vocabulary: the words of every language.
        language: which of them.
    """

    def __init__(self, vocabulary: Vocabulary, language: str) -> None:
        self._vocabulary, self._language = vocabulary, language
        kept = lru_cache(maxsize=_KEPT, typed=True)
        self._day = kept(self._say_day)
        self._clock = kept(self._say_clock)
        self._count = kept(partial(vocabulary.count, language=language))
        self._addressed = kept(partial(vocabulary.addressed, language=language))

    def filters(self) -> dict[str, Callable[..., str | int]]:
        """By the names that templates know."""
        return {
            "weekday": partial(self._date, "weekday"),
            "short_date": partial(self._date, "short_date"),
            "full_date": partial(self._date, "full_date"),
            "long_date": partial(self._date, "long_date"),
            "near_date": self._near_date,
            "clock": lambda at: self._clock(at.hour, at.minute),
            "count": self._count,
            "percent_of": partial(self._vocabulary.percent, language=self._language),
            "evidence": partial(self._vocabulary.evidence, language=self._language),
            "addressed": self._addressed,
            "short_of": short_of,
            "sentence": sentence,
            "line": in_one_line,
            "wrap": wrap,
            "columns": columns,
            "web_link": web_link,
        }

    def _near_date(self, day: date, at: datetime) -> str:
        """Day and month; the year too where it is not the year of writing."""
        return self._date("short_date" if day.year == at.year else "full_date", day)

    def _date(self, form: str, day: date) -> str:
        return self._day(form, day.year, day.month, day.day)

    def _say_day(self, form: str, year: int, month: int, day: int) -> str:
        say: Callable[[date, str], str] = getattr(self._vocabulary, form)
        return say(date(year, month, day), self._language)

    def _say_clock(self, hour: int, minute: int) -> str:
        return self._vocabulary.clock(time(hour, minute), self._language)
