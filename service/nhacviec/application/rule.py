"""Rule: the pure core as a filter, one question in, one answer out (DESIGN §5.1). No database, no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from nhacviec.application.catalogue.build import (
    build_calendar,
    build_recurrences,
    calendar_of,
)
from nhacviec.application.questions import (
    Question,
    answer_stages,
    answer_story,
    day_of,
    only,
    wall_of,
    zone_of,
)
from nhacviec.application.stored import CountryDays
from nhacviec.domain.errors import RuleError
from nhacviec.domain.time import lunar, rrule
from nhacviec.domain.time.calendar import Calendar, Roll
from nhacviec.domain.time.recurrence import Adjustment, DueDate, occur
from nhacviec.domain.time.zone import instant

Answer = dict[str, Any]

LIMIT = 100
MOST = 100_000
NEVER = "the rule never matches"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Answers questions about rules.

    Args:
        country_days: the shipped calendars; ``"calendar": "vn"`` is one of them.
    """

    country_days: CountryDays

    def __call__(self, question: object) -> Answer:
        """The answer, or an error that names what is wrong; never an exception for bad input."""
        if not isinstance(question, dict):
            return {"id": None, "error": "a question is one JSON object"}
        named = {"id": question.get("id")}
        try:
            return named | self._answer({key: value for key, value in question.items() if key != "id"})
        except RuleError as error:
            return named | {"error": str(error)}
        except (OverflowError, ValueError) as error:
            return named | {"error": f"out of range: {error}"}

    def _answer(self, question: Question) -> Answer:
        if "ask" in question:
            return {"answer": _ASKED[_choice(question, "ask", _ASKED)](self, question)}
        if "rrule" in question:
            return self._instants(question)
        if "stages" in question:
            return {"stages": answer_stages(question, self.calendar(question), zone_of(question))}
        if "story" in question or "policy" in question:
            return {"sends": answer_story(question, self.calendar(question), zone_of(question))}
        if "every" in question or "periods" in question:
            return self._dues(question)
        raise RuleError("the question asks nothing", mend="give every, rrule, stages, story or ask")

    def calendar(self, question: Question) -> Calendar:
        """The calendar a question names; the shipped Vietnamese one when it names none."""
        given = question.get("calendar", "vn")
        if isinstance(given, str):
            return calendar_of(None, self.country_days(given))
        if not isinstance(given, dict):
            raise RuleError(
                "calendar is neither a name nor an object", mend='write "vn" or {"weekend", "days"}'
            )
        country = given.get("country")
        if country is None:
            return build_calendar(given)
        own = build_calendar({key: value for key, value in given.items() if key != "country"})
        shipped = calendar_of(None, self.country_days(str(country)))
        return Calendar(
            weekend=own.weekend,
            off={**shipped.off, **own.off},
            working={**shipped.working, **own.working},
        )

    def _dues(self, question: Question) -> Answer:
        known = ("every", "months", "due", "roll", "stay_in_period", "term", "periods")
        only(question, (*known, "from", "to", "calendar", "zone"))
        recurrences = build_recurrences({key: question[key] for key in known if key in question})
        span = (day_of(question, "from"), day_of(question, "to"))
        adjust = Adjustment(
            calendar=self.calendar(question),
            roll=Roll(question.get("roll", Roll.NONE)),
            stay_in_period=bool(question.get("stay_in_period", False)),
        )
        found: list[DueDate] = sorted(
            chain.from_iterable(occur(one, span, adjust, zone_of(question)) for one in recurrences),
            key=lambda due: (due.period.first, due.due),
        )
        return {
            "due": [each.due.isoformat() for each in found],
            "periods": [each.period.code for each in found],
            "nominal": [each.nominal.isoformat() for each in found],
        }

    def _instants(self, question: Question) -> Answer:
        only(question, ("rrule", "start", "zone", "limit", "gap", "calendar"))
        rule, limit = _rrule(question), _whole(question, "limit", LIMIT)
        if not 0 <= limit <= MOST:
            raise RuleError(f"limit {limit} is out of range", mend=f"use 0 to {MOST}")
        gap = rrule.Gap(_choice(question, "gap", list(rrule.Gap), default=rrule.Gap.SHIFT))
        found = rrule.instants(rule, zone_of(question), limit, gap=gap)
        answer: Answer = {"instants": [moment.isoformat() for moment in found]}
        if limit and not found:
            answer["warning"] = NEVER
        return answer


def _working_day(rules: Rules, question: Question) -> object:
    only(question, ("ask", "date", "calendar"))
    return rules.calendar(question).is_working(day_of(question, "date"))


def _roll(rules: Rules, question: Question) -> object:
    only(question, ("ask", "date", "roll", "calendar"))
    roll = Roll(_choice(question, "roll", list(Roll)))
    return rules.calendar(question).roll(day_of(question, "date"), roll).isoformat()


def _add(rules: Rules, question: Question) -> object:
    only(question, ("ask", "date", "working_days", "calendar"))
    return (
        rules.calendar(question).add(day_of(question, "date"), _whole(question, "working_days")).isoformat()
    )


def _count(rules: Rules, question: Question) -> object:
    only(question, ("ask", "from", "to", "calendar"))
    return rules.calendar(question).count(day_of(question, "from"), day_of(question, "to"))


def _solar(_rules: Rules, question: Question) -> object:
    only(question, ("ask", "lunar_year", "month", "day", "leap"))
    leap = question.get("leap", False)
    if not isinstance(leap, bool):
        raise RuleError("leap is neither true nor false", mend="write true or false")
    year, month, day = (_whole(question, key) for key in ("lunar_year", "month", "day"))
    found = lunar.solar(year, month, day, leap=leap)
    return None if found is None else found.isoformat()


def _instant(_rules: Rules, question: Question) -> object:
    only(question, ("ask", "zone", "wall"))
    served = instant(wall_of(question, "wall"), zone_of(question))
    return served.isoformat().replace("+00:00", "Z")


def _valid_rrule(_rules: Rules, question: Question) -> object:
    only(question, ("ask", "rrule", "start", "zone"))
    _rrule(question)
    zone_of(question)
    return True


_ASKED: dict[str, Callable[[Rules, Question], object]] = {
    "working_day": _working_day,
    "roll": _roll,
    "add": _add,
    "count": _count,
    "solar": _solar,
    "instant": _instant,
    "rrule": _valid_rrule,
}


def _rrule(question: Question) -> rrule.Rule:
    text, start = question.get("rrule"), question.get("start")
    if not isinstance(text, str):
        raise RuleError("rrule is missing or not a text", mend='write "FREQ=MONTHLY;BYMONTHDAY=20"')
    if not isinstance(start, str):
        raise RuleError("start is missing", mend="give a local date-time, or a date")
    anchor: date | datetime = wall_of(question, "start") if "T" in start else day_of(question, "start")
    return rrule.parse(text, start=anchor)


def _whole(question: Question, key: str, default: int | None = None) -> int:
    number = question.get(key, default)
    if not isinstance(number, int) or isinstance(number, bool):
        raise RuleError(f"{key} {number!r} is not a whole number", mend="write digits")
    return number


def _choice(question: Question, key: str, among: Any, default: str = "") -> str:  # noqa: ANN401 -- any collection
    given = question.get(key, default)
    if not isinstance(given, str) or given not in list(among):
        raise RuleError(f"{key} {given!r} is not known", mend=f"use {', '.join(map(str, among))}")
    return given
