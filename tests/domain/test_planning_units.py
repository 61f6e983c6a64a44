"""Planning where units differ: terms and windows of their own, and duties switched on later (DESIGN §6)."""

from dataclasses import replace
from datetime import date

from nhacviec.domain.duty import Window
from nhacviec.domain.planning import Planner
from nhacviec.domain.time.due import DayOfMonth, Due
from nhacviec.domain.time.period import Every, Term, calendar_period
from nhacviec.domain.time.recurrence import Recurrence
from tests.domain.committee import BA, REPORT, TAM, catalogue


def term(start: date) -> Recurrence:
    due = Due(form=DayOfMonth(1, month=1))
    return Recurrence(every=Every.TERM, due=due, term=Term(start=start, months=30))


def test_a_unit_with_terms_of_its_own_has_those_and_no_others() -> None:
    congress = replace(
        REPORT,
        since=None,
        recurrences=(
            replace(term(date(2015, 6, 1)), excepted=frozenset({"cb-ba"})),
            replace(term(date(2015, 8, 1)), only=frozenset({"cb-ba"})),
        ),
    )
    planner = Planner(catalogue(congress))

    found = planner.expected(congress, date(2017, 1, 1), date(2018, 12, 31))

    assert sorted((each.unit, each.due.isoformat()) for each in found) == [
        ("cb-ba", "2018-02-01"),
        ("cb-tam", "2017-12-01"),
    ]


def test_what_one_unit_ought_to_have_follows_its_own_terms() -> None:
    own = replace(REPORT, recurrences=(replace(REPORT.recurrences[0], only=frozenset({"cb-ba"})),))
    planner, june = Planner(catalogue(own)), calendar_period("2017-06")

    assert planner.expected_in(own, TAM, june) is None
    assert planner.expected_in(own, BA, june) is not None


def test_a_unit_may_have_a_window_of_its_own() -> None:
    window = Window(closes=DayOfMonth(25), units={"cb-ba": Window(closes=DayOfMonth(28))})
    windowed = replace(REPORT, window=window)
    planner = Planner(catalogue(windowed))

    found = planner.expected(windowed, date(2017, 6, 1), date(2017, 6, 30))

    assert [(each.unit, str(each.late_after)) for each in found] == [
        ("cb-tam", "2017-06-25"),
        ("cb-ba", "2017-06-28"),
    ]


def test_s33_a_duty_switched_on_by_a_change_begins_with_that_period() -> None:
    later = replace(REPORT, enabled=False, changes=((date(2017, 5, 1), REPORT),))
    planner = Planner(catalogue(later))

    found = planner.expected(later, date(2017, 1, 1), date(2017, 6, 30))

    assert [each.period.code for each in found if each.unit == "cb-tam"] == ["2017-05", "2017-06"]
    assert planner.expected_in(later, TAM, calendar_period("2017-04")) is None
