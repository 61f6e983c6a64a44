"""Definitions laid over one another, and written out as one file."""

from nhacviec.application.definitions import Definitions, merged_duty, standings
from tests.application.catalogue.given import a_duty, a_unit


def test_a_later_entry_replaces_the_one_with_its_code_and_keeps_its_place() -> None:
    earlier = Definitions(units={"a": a_unit("a"), "b": a_unit("b")}, organisation={"name": "x"})
    later = Definitions(units={"a": a_unit("a", members=3), "c": a_unit("c")})

    found = earlier.merged(later)

    assert list(found.units.values()) == [a_unit("a", members=3), a_unit("b"), a_unit("c")]
    assert found.organisation == {"name": "x"}


def test_the_days_of_a_calendar_merge_by_date() -> None:
    earlier = {
        "country": "VN",
        "days": [{"date": "2026-01-10", "off": "a"}, {"date": "2026-01-11", "off": "b"}],
    }
    later = {
        "weekend": ["sun"],
        "days": [{"date": "2026-01-10", "working": "c"}, {"date": "2026-01-02", "off": "d"}],
    }

    assert Definitions(calendar=earlier).merged(Definitions(calendar=later)).calendar == {
        "country": "VN",
        "weekend": ["sun"],
        "days": [
            {"date": "2026-01-02", "off": "d"},
            {"date": "2026-01-10", "working": "c"},
            {"date": "2026-01-11", "off": "b"},
        ],
    }
    assert Definitions(calendar=earlier).merged(Definitions()).calendar == earlier
    assert Definitions().merged(Definitions(calendar=later)).calendar == later


def test_empty_sections_are_not_written() -> None:
    assert Definitions(duties={"BC-01": a_duty()}).documents() == {"nhacviec": 1, "duties": [a_duty()]}


def test_null_takes_a_key_away_and_a_term_goes_with_its_every() -> None:
    duty = {"code": "A", "every": "term", "term": {"start": "2015-06-01"}, "basis": "x", "due": {"day": 1}}

    assert merged_duty(duty, {"every": "month", "basis": None}) == {
        "code": "A",
        "every": "month",
        "due": {"day": 1},
    }


def test_a_duty_stands_first_as_it_is_and_then_as_each_change_leaves_it() -> None:
    duty = {"code": "A", "roll": "next", "changes": [{"from": "2018-01-01", "roll": "prev"}]}

    assert [whole for _, whole in standings(duty)] == [
        {"code": "A", "roll": "next"},
        {"code": "A", "roll": "prev", "from": "2018-01-01"},
    ]
