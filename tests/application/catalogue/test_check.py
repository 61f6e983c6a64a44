"""What a check sees across files and over what exists (DESIGN §5, §6)."""

from datetime import date
from typing import Any

import pytest

from nhacviec.application.catalogue.check import check
from nhacviec.application.definitions import Checked, Definitions
from nhacviec.domain.errors import CatalogueError
from nhacviec.domain.time.due import DayOfMonth
from tests.application.catalogue.given import Typed, a_catalogue, a_duty, a_policy, a_unit, shipped_days


def checked(*data: Any, existing: Definitions | None = None) -> Checked:  # noqa: ANN401 -- whatever a file holds
    documents = [Typed(each, f"{number}.yaml") for number, each in enumerate(data, start=1)]
    return check(documents, existing=existing, days=shipped_days)


def faults_of(*data: Any, existing: Definitions | None = None) -> list[str]:  # noqa: ANN401 -- as above
    with pytest.raises(CatalogueError) as refusal:
        checked(*data, existing=existing)
    return [str(fault) for fault in refusal.value.faults]


def test_all_faults_of_all_files_come_at_once_in_the_order_of_the_files() -> None:
    units = {"nhacviec": 1, "units": [a_unit(kind=5), a_unit("b", parent="nowhere")]}
    duties = {"nhacviec": 1, "duties": [a_duty(policy="other"), a_duty("X", due={"day": 0})], "extra": 1}

    found = faults_of(duties, a_catalogue(units=None, duties=None), units)

    assert [line.split(":")[0] for line in found] == ["1.yaml"] * 3 + ["3.yaml"] * 2
    assert ["extra" in found[0], "'other'" in found[1], "X" not in found[2]] == [True] * 3


def test_nothing_at_all_is_no_catalogue() -> None:
    assert faults_of() == [
        "database:0:0: organisation is missing — write organisation: {name: …, sender: {name: …, email: …}}"
    ]


def test_a_code_that_stands_in_two_files_names_the_other_place() -> None:
    (found,) = faults_of(a_catalogue(), {"nhacviec": 1, "duties": [a_duty()]})

    assert found == "2.yaml:3:0: code: duty 'BC-01' stands twice — the other is at 1.yaml:2:0"


def test_a_second_organisation_names_the_first() -> None:
    (found,) = faults_of(a_catalogue(), {"nhacviec": 1, "organisation": a_catalogue()["organisation"]})

    assert "organisation stands twice — keep one of them; the other is at 1.yaml:1:0" in found


def test_what_is_faulty_is_not_missing_as_well() -> None:
    data = a_catalogue(units=[a_unit(members="nine")], policies=[a_policy(at="late")])

    assert len(faults_of(data)) == 2


def test_definitions_hold_the_files_alone_and_the_catalogue_holds_both() -> None:
    existing = checked(a_catalogue()).definitions
    more = {"nhacviec": 1, "duties": [a_duty("BC-02")]}

    found = checked(more, existing=existing)

    assert found.definitions == Definitions(duties={"BC-02": a_duty("BC-02")})
    assert list(found.catalogue.duties) == ["BC-01", "BC-02"]
    assert found.catalogue.organisation.name == "Đảng bộ Sở"


def test_a_fault_that_files_bring_upon_the_database_is_told_of_the_database() -> None:
    existing = checked(a_catalogue(policies=[a_policy(to=["secretary"])])).definitions

    (found,) = faults_of({"nhacviec": 1, "units": [a_unit(contacts=[])]}, existing=existing)

    assert found == (
        "database:0:0: policy chuan: to.0: no contact of any unit has the role 'secretary'"
        " — give a contact this role"
    )


def test_an_adjustment_replaces_whole_keys_of_a_duty_of_another_file() -> None:
    duty = a_duty(basis="cũ", evidence=["number"], changes=[{"from": "2026-01-01", "due": {"day": 25}}])
    adjust = {
        "nhacviec": 1,
        "adjust": [{"code": "BC-01", "basis": None, "changes": [], "evidence": ["date"]}],
    }

    found = checked(adjust, a_catalogue(duties=[duty])).definitions.duties["BC-01"]

    assert found == a_duty(evidence=["date"], changes=[])


def test_an_adjustment_makes_a_duty_of_the_database_one_of_the_files() -> None:
    existing = checked(a_catalogue()).definitions

    found = checked({"nhacviec": 1, "adjust": [{"code": "BC-01", "due": {"day": 5}}]}, existing=existing)

    assert found.definitions == Definitions(duties={"BC-01": a_duty(due={"day": 5})})


def test_periods_take_the_place_of_every_and_every_that_of_periods() -> None:
    periods = [{"every": "quarter", "due": {"day": 5}}]
    adjust = {"nhacviec": 1, "adjust": [{"code": "BC-01", "periods": periods}]}
    back = {"nhacviec": 1, "adjust": [{"code": "BC-01", "every": "year", "due": {"date": "11-30"}}]}

    one, other = checked(a_catalogue(), adjust), checked(a_catalogue(), adjust, back)

    assert "every" not in one.definitions.duties["BC-01"]
    assert one.definitions.duties["BC-01"]["periods"] == periods
    assert other.definitions.duties["BC-01"] == a_duty(every="year", due={"date": "11-30"})


def test_changes_build_upon_each_other_key_by_key() -> None:
    changes = [{"from": "2026-01-01", "due": {"day": 25}}, {"from": "2027-01-01", "roll": "prev"}]

    duty = checked(a_catalogue(duties=[a_duty(changes=changes)])).catalogue.duties["BC-01"]

    (first_on, first), (second_on, second) = duty.changes
    assert (first_on, second_on) == (date(2026, 1, 1), date(2027, 1, 1))
    assert (first.roll, second.roll) == ("none", "prev")
    assert [each.recurrences[0].due.form for each in (duty, first, second)] == [
        DayOfMonth(20),
        DayOfMonth(25),
        DayOfMonth(25),
    ]


def test_text_is_kept_in_nfc_and_without_blanks_around_it() -> None:
    decomposed = " Ba\u0301o ca\u0301o "

    found = checked(a_catalogue(duties=[a_duty(title=decomposed)])).definitions.duties["BC-01"]

    assert found["title"] == "Báo cáo"


WARNED = [
    ({"policies": [a_policy(remind=["-40d"])]}, "policy chuan reminds -40d ahead"),
    ({"duties": [a_duty(evidence=["number_"])]}, "did you mean 'number'?"),
    ({"duties": [a_duty(evidence=["topic"])]}, "'topic' is not a known field"),
    (
        {"units": [a_unit(), a_unit("b", contacts=[])]},
        "unit b has no secretary, whom policy chuan addresses — its letters go to vanphong@dangbo.example.vn",
    ),
    ({"policies": [a_policy(escalate=[{"after": "1wd", "to": "overseer"}])]}, "no unit has an overseer"),
    (
        {"duties": [a_duty(), a_duty("Q", every="quarter", due={"duty": "BC-01"})]},
        "duty BC-01 has no such periods",
    ),
]


@pytest.mark.parametrize(("sections", "words"), WARNED, ids=[words[:30] for _, words in WARNED])
def test_what_is_odd_is_a_warning_with_its_place(sections: dict[str, Any], words: str) -> None:
    (warning,) = checked(a_catalogue(**sections)).warnings

    assert words in str(warning)
    assert (warning.file, warning.line > 0) == ("1.yaml", True)


def test_a_plain_catalogue_has_no_warning_and_a_switched_off_duty_gives_none() -> None:
    odd = a_duty("X", enabled=False, evidence=["topic"], assigned={"kinds": ["nobody"]})

    assert checked(a_catalogue()).warnings == ()
    assert checked(a_catalogue(duties=[a_duty(), odd])).warnings == ()


def test_the_days_of_a_catalogue_come_after_those_of_its_country() -> None:
    days = [{"date": "2017-01-02", "working": "Làm bù"}, {"date": "2017-06-01", "off": "Nghỉ"}]
    calendar = {"country": "VN", "weekend": ["sun"], "days": days}

    found = checked(a_catalogue(calendar=calendar)).catalogue.calendar

    assert [found.is_working(date(2017, *day)) for day in ((1, 2), (1, 26), (6, 1), (6, 3), (6, 4))] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_two_thousand_duties_of_three_hundred_units_are_checked() -> None:
    units = [a_unit(f"cb-{n}") for n in range(300)]
    duties = [a_duty(f"D-{n}", changes=[{"from": "2020-01-01", "due": {"day": 5}}]) for n in range(2_000)]

    assert len(checked(a_catalogue(units=units, duties=duties)).catalogue.duties) == 2_000
