"""Words that letters, console and reports share: names of days, dates, periods, numbers, evidence.

The words themselves are data (``templates/words/<language>.toml``); this module knows only which word is
needed where.  Conventions: DOMAIN 4.1 (periods, dates, numbers).
"""

from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from string import Template

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.period import Every, Period

#: Below these, day and month get a leading zero in official documents.
_FORMAL_DAY, _FORMAL_MONTH = 10, 3

#: How many periods and patterns are kept ready.
_KEPT = 512

#: What is named by its one day.
_ONE_DAY = frozenset({Every.DAY, Every.ONCE, Every.EVENT, Every.RRULE})


class Vocabulary:
    """The words of every language.

    Args:
        words: one table for each language code, as read from its file; tables nest, leaves are strings
            or lists of strings.

    Raises:
        RuleError: a leaf is neither.
    """

    def __init__(self, words: Mapping[str, Mapping[str, object]]) -> None:
        self._words = {language: dict(_leaves(table, language)) for language, table in words.items()}
        self._period = lru_cache(maxsize=_KEPT)(self._write_period)
        self._starts = lru_cache(maxsize=_KEPT)(self._folded_starts)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages it speaks, in alphabetical order."""
        return tuple(sorted(self._words))

    def word(self, key: str, language: str) -> str:
        """One word by its dotted key, as ``table.unit``.

        Raises:
            RuleError: the language has no such word.
        """
        found = self._find(key, language)
        if isinstance(found, str):
            return found
        raise RuleError(f"{key} is a list in words/{language}.toml", mend="write one string")

    def several(self, key: str, language: str) -> tuple[str, ...]:
        """A list of words by its dotted key, as ``date.weekdays``.

        Raises:
            RuleError: the language has no such list.
        """
        found = self._find(key, language)
        if isinstance(found, str):
            raise RuleError(f"{key} is one string in words/{language}.toml", mend="write a list")
        return found

    def period_label(self, period: Period, language: str) -> str:
        """A period as a title of its own: "Tháng 6/2017", "Quý II/2017", "Nhiệm kỳ 2015-2020"."""
        return self._period("period.label", period, language)

    def period_phrase(self, period: Period, language: str) -> str:
        """A period inside a sentence: "tháng 6/2017", "quý II/2017"."""
        return self._period("period.phrase", period, language)

    def weekday(self, day: date, language: str) -> str:
        """The name of a date's day of the week: "thứ Năm"."""
        return self._nth("date.weekdays", day.weekday(), language)

    def short_date(self, day: date, language: str) -> str:
        """Day and month: "20/7"."""
        return self._fill("date.short", language, **self._date_parts(day, language))

    def full_date(self, day: date, language: str) -> str:
        """Day, month and year in figures: "20/7/2017"."""
        return self._fill("date.full", language, **self._date_parts(day, language))

    def long_date(self, day: date, language: str) -> str:
        """The formal form: "ngày 20 tháng 7 năm 2017"."""
        return self._fill("date.long", language, **self._date_parts(day, language))

    def clock(self, at: time, language: str) -> str:
        """Hours and minutes: "07 giờ 30"."""
        return self._fill("date.time", language, hour2=f"{at.hour:02d}", minute2=f"{at.minute:02d}")

    def count(self, number: int, language: str) -> str:
        """How many of something, as formal text writes it: "02" days, "1.250" members."""
        digits = int(self.word("number.count_digits", language))
        return f"{number:,d}".replace(",", self.word("number.thousands", language)).zfill(digits)

    def percent(self, part: int, whole: int, language: str) -> str:
        """A share in per cent, at most one decimal: "25%", "33,3%"; "0%" of nothing."""
        share = Decimal(part * 100) / whole if whole else Decimal(0)
        figure = f"{share.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}".removesuffix(".0")
        return figure.replace(".", self.word("number.decimal", language)) + "%"

    def evidence(self, names: Iterable[str], language: str) -> str:
        """What a report must carry, in words; a name that is no known field is free text and stays."""
        words = self._words_of(language)
        return "; ".join([str(words.get(f"evidence.{name}", name)) for name in names])

    def addressed(self, name: str, unit: str, language: str) -> str:
        """A recipient as greeted: function and unit in one, said once.

        "Bí thư Chi bộ" of "Chi bộ Văn phòng Sở" is "Đồng chí Bí thư Chi bộ Văn phòng Sở".
        """
        whole = joined(name, unit)
        folded = f"{whole.casefold()} "
        body = folded.startswith(self._starts("address.bodies", language))
        if body and not folded.startswith(self._starts("address.people", language)):
            return whole
        return self._fill("address.person", language, name=whole)

    def _folded_starts(self, key: str, language: str) -> tuple[str, ...]:
        return tuple(f"{start.casefold()} " for start in self.several(key, language))

    def _write_period(self, table: str, period: Period, language: str) -> str:
        week_year, week, _ = period.first.isocalendar()
        return self._fill(
            f"{table}.{_shape(period)}",
            language,
            **self._date_parts(period.first, language),
            last_year=str(period.last.year),
            quarter=self._nth("period.quarters", (period.first.month - 1) // 3, language),
            week=str(week),
            week_year=str(week_year),
        )

    def _date_parts(self, day: date, language: str) -> dict[str, str]:
        return {
            "day": str(day.day),
            "day2": f"{day.day:02d}" if day.day < _FORMAL_DAY else str(day.day),
            "month": str(day.month),
            "month2": f"{day.month:02d}" if day.month < _FORMAL_MONTH else str(day.month),
            "month_name": self._nth("date.months", day.month - 1, language),
            "year": str(day.year),
        }

    def _words_of(self, language: str) -> Mapping[str, str | tuple[str, ...]]:
        try:
            return self._words[language]
        except KeyError:
            known = ", ".join(self.languages)
            raise RuleError(
                f"there are no words for language {language!r}", mend=f"use one of {known}"
            ) from None

    def _find(self, key: str, language: str) -> str | tuple[str, ...]:
        try:
            return self._words_of(language)[key]
        except KeyError:
            raise RuleError(f"words/{language}.toml lacks {key}", mend="add it") from None

    def _nth(self, key: str, index: int, language: str) -> str:
        words = self.several(key, language)
        if index >= len(words):
            raise RuleError(
                f"{key} of words/{language}.toml has only {len(words)} words", mend="add the missing ones"
            )
        return words[index]

    def _fill(self, key: str, language: str, **values: str) -> str:
        try:
            return _pattern(self.word(key, language)) % values
        except (KeyError, ValueError) as error:
            raise RuleError(
                f"{key} of words/{language}.toml cannot be filled: {error}",
                mend=f"use only ${', $'.join(values)}",
            ) from None


@lru_cache(maxsize=_KEPT)
def _pattern(word: str) -> str:
    """A word with places to fill, as ``%`` reads it, which takes a fraction of the time."""
    places = {name: f"%({name})s" for name in Template(word).get_identifiers()}
    Template(word).substitute(places)  # a fault is told of the word as people wrote it
    return Template(word.replace("%", "%%")).substitute(places)


def joined(name: str, unit: str) -> str:
    """A function and its unit as one phrase, the words they share said once; a comma where they share none.

    >>> joined("Bí thư Chi bộ", "Chi bộ Văn phòng Sở")
    'Bí thư Chi bộ Văn phòng Sở'
    >>> joined("Đảng ủy viên phụ trách", "Chi bộ Văn phòng Sở")
    'Đảng ủy viên phụ trách, Chi bộ Văn phòng Sở'
    """
    folded_name, folded_unit = name.casefold(), unit.casefold()
    if not unit or folded_unit in folded_name:
        return name
    heads, tails = folded_name.split(), folded_unit.split()
    first = tails[0] if tails else ""
    for place, head in enumerate(heads):
        if head == first and heads[place:] == tails[: len(heads) - place]:
            return " ".join([*name.split(), *unit.split()[len(heads) - place :]])
    return f"{name}, {unit}" if name else unit


def titled(title: str, phrase: str) -> str:
    """A duty's title with its period in it; a word that both have is said once.

    >>> titled("Báo cáo công tác {period}", "tháng 7/2017")
    'Báo cáo công tác tháng 7/2017'
    >>> titled("Kiểm tra theo chương trình năm {period}", "năm 2017")
    'Kiểm tra theo chương trình năm 2017'
    """
    before, placeholder, behind = title.partition("{period}")
    if not placeholder:
        return title
    words, first, rest = before.split(), *phrase.partition(" ")[::2]
    said = bool(words) and words[-1].casefold() == first.casefold()
    return before + (rest if said else phrase) + titled(behind, phrase)


def _shape(period: Period) -> str:
    if period.every in _ONE_DAY:
        return "day"
    if period.every is Every.HALF_YEAR:
        return f"{'first' if period.first.month == 1 else 'second'}-half-year"
    return str(period.every)


def _leaves(
    table: Mapping[str, object], language: str, prefix: str = ""
) -> Iterable[tuple[str, str | tuple[str, ...]]]:
    for key, value in table.items():
        match value:
            case str():
                yield f"{prefix}{key}", value
            case list() if all(isinstance(word, str) for word in value):
                yield f"{prefix}{key}", tuple(value)
            case Mapping():
                yield from _leaves(value, language, f"{prefix}{key}.")
            case _:
                raise RuleError(
                    f"{prefix}{key} of words/{language}.toml is no word",
                    mend="write a string or a list of strings",
                )
