"""Everything a catalogue can say becomes exactly the domain's objects (DESIGN §6, §6.1)."""

from datetime import date, time

import pytest

from nhacviec.application.catalogue.build import (
    build,
    build_calendar,
    build_duty,
    build_organisation,
    build_policy,
    build_unit,
)
from nhacviec.application.definitions import CalendarDay, Definitions
from nhacviec.domain.duty import Window
from nhacviec.domain.errors import RuleError
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.organisation import Contact, Organisation
from nhacviec.domain.policy import Cadence, Escalation, Policy, Quiet
from nhacviec.domain.time.due import (
    DayOfMonth,
)
from nhacviec.domain.time.offset import Offset, parse_offset
from nhacviec.domain.time.period import SchoolYear, Term
from tests.application.catalogue import whole
from tests.application.catalogue.given import a_catalogue, a_duty


def of(text: str) -> Offset:
    return parse_offset(text)


def test_an_organisation_with_every_key() -> None:
    written = {
        "name": "Đảng bộ Sở",
        "timezone": "Asia/Bangkok",
        "language": "en",
        "office": "Văn phòng Đảng ủy",
        "sender": {"name": "Văn phòng", "email": "vp@DangBo.example.vn"},
        "notices": ["receipt", "quality"],
        "school_year": {"start": "09-05", "end": "05-25"},
    }

    assert build_organisation(written) == Organisation(
        name="Đảng bộ Sở",
        timezone="Asia/Bangkok",
        language="en",
        office="Văn phòng Đảng ủy",
        sender=Contact(name="Văn phòng", email="vp@dangbo.example.vn"),
        notices=frozenset({LetterKind.RECEIPT, LetterKind.QUALITY}),
        school_year=SchoolYear(start=(9, 5), end=(5, 25)),
    )


def test_an_organisation_signs_with_its_sender_where_it_names_no_office() -> None:
    written = {"name": "A", "sender": {"name": "Văn phòng", "email": "vp@example.vn"}}

    found = build_organisation(written)

    assert (found.office, found.timezone, found.language) == ("Văn phòng", "Asia/Ho_Chi_Minh", "vi")


def test_a_unit_with_every_key() -> None:
    assert build_unit(whole.UNIT_WRITTEN) == whole.UNIT


def test_a_policy_with_every_key() -> None:
    written = {
        "code": "chuan",
        "at": "08:15",
        "working_days_only": False,
        "quiet": {"from": "17:00", "to": "07:00"},
        "to": ["secretary", "deputy"],
        "remind": ["-7wd", "0d"],
        "overdue": ["1wd", {"every": "5wd", "until": "60wd"}, {"every": "1w", "times": 3}, {"every": "1m"}],
        "escalate": [{"after": "3wd", "to": "overseer"}, {"after": "5d", "to": "parent.standing"}],
    }

    assert build_policy(written) == Policy(
        code="chuan",
        at=time(8, 15),
        working_days_only=False,
        quiet=Quiet(start=time(17), end=time(7)),
        to=("secretary", "deputy"),
        remind=(of("-7wd"), of("0d")),
        overdue=(
            of("1wd"),
            Cadence(every=of("5wd"), until=of("60wd")),
            Cadence(every=of("1w"), times=3),
            Cadence(every=of("1m")),
        ),
        escalate=(
            Escalation(after=of("3wd"), to="overseer"),
            Escalation(after=of("5d"), to="parent.standing"),
        ),
    )


def test_what_a_policy_leaves_out_means_what_the_design_says() -> None:
    assert build_policy({"code": "p"}) == Policy(code="p")
    assert build_policy({"quiet": None, "escalate": [{"after": "3d"}]}) == Policy(
        escalate=(Escalation(after=of("3d")),)
    )


def test_a_duty_with_every_key() -> None:
    assert build_duty(whole.DUTY_WRITTEN) == whole.DUTY


def test_a_unit_may_have_terms_of_its_own() -> None:
    """DESIGN §6: ``units:`` inside term; the months of the others where it gives none."""
    written = a_duty(
        every="term",
        due={"day": 1, "month": 1},
        term={"start": "2015-06-01", "months": 30, "units": {"cb-01": {"start": "2015-08-01"}}},
    )

    common, own = build_duty(written).recurrences

    assert (common.term, own.term) == (
        Term(start=date(2015, 6, 1), months=30),
        Term(start=date(2015, 8, 1), months=30),
    )
    assert [recurrence.takes("cb-01") for recurrence in (common, own)] == [False, True]
    assert [recurrence.takes("cb-02") for recurrence in (common, own)] == [True, False]


def test_a_unit_may_have_a_window_of_its_own() -> None:
    """DESIGN §6: ``units:`` inside window."""
    window = {"open": {"day": 1}, "close": {"day": 10}, "units": {"cb-01": {"close": {"day": 15}}}}

    found = build_duty(a_duty(window=window)).window

    assert found.of("cb-02").closes == DayOfMonth(10)
    assert found.of("cb-01") == Window(opens=DayOfMonth(1), closes=DayOfMonth(15))


def test_the_school_year_of_the_organisation_is_that_of_its_duties() -> None:
    data = a_catalogue(duties=[a_duty(every="school-year", due={"after_end": "5d"})])
    data["organisation"]["school_year"] = {"start": "08-15"}

    found = build(
        Definitions(organisation=data["organisation"], duties={"BC-01": data["duties"][0]}), days=()
    )

    assert found.duties["BC-01"].recurrences[0].school_year == SchoolYear(start=(8, 15), end=(5, 31))


def test_there_is_no_catalogue_without_an_organisation() -> None:
    with pytest.raises(RuleError, match="organisation is missing"):
        build(Definitions(), days=())


def a_day(source: str, *, working: bool) -> CalendarDay:
    return CalendarDay(day=date(2026, 1, 2), working=working, label=source, source=source, status="official")


def test_the_office_beats_the_catalogue_and_the_catalogue_its_country() -> None:
    organisation = a_catalogue()["organisation"]
    days = [a_day("office", working=True), a_day("catalogue", working=False), a_day("country", working=True)]

    found = [build(Definitions(organisation=organisation), days[at:]).calendar for at in (0, 1)]

    assert (found[0].working, found[1].off) == ({date(2026, 1, 2): "office"}, {date(2026, 1, 2): "catalogue"})


def test_a_calendar_of_a_question_holds_its_own_days_and_a_make_up_day_beats_a_day_off() -> None:
    days = [
        {"date": "2026-01-10", "working": "bù"},
        {"date": "2026-01-10", "off": "x"},
        {"date": "2026-01-02", "off": "y"},
    ]

    found = build_calendar({"weekend": ["fri"], "days": days})

    assert (found.weekend, dict(found.working), dict(found.off)) == (
        frozenset({4}),
        {date(2026, 1, 10): "bù"},
        {date(2026, 1, 2): "y"},
    )
    assert build_calendar({}).weekend == frozenset({5, 6})
