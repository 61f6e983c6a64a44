"""Evidence: what is refused, what is only wondered at (DOMAIN 4.2)."""

import pytest

from nhacviec.application.evidence import doubts, misses_in, read_evidence
from nhacviec.domain.errors import RuleError
from nhacviec.domain.miss import Miss
from nhacviec.domain.organisation import Unit
from tests.domain.committee import REPORT

CELL = Unit(code="cb-01", name="Chi bộ 1", kind="cell", members=9)


@pytest.mark.parametrize(
    ("number", "odd"),
    [
        ("05-BC/CB", False),
        ("5 - BC/ĐU", False),
        ("12-CV", False),
        ("15-QĐi/TU", False),
        ("1234-BC/CB-VP.2017", False),
        ("12", True),
        ("số 05-BC/CB", True),
        ("42/2014/QĐ-TTg", True),
        ("12345-BC/CB", True),
    ],
)
@pytest.mark.parametrize("field", ["number", "conclusion_number"])
def test_a_number_of_an_unusual_form_is_wondered_at_and_taken(field: str, number: str, odd: bool) -> None:
    evidence = read_evidence(REPORT, {field: number})

    assert evidence == {field: number}
    assert [field in doubt for doubt in doubts(evidence, CELL)] == [True] * odd


def test_more_present_than_the_catalogue_has_members_is_wondered_at() -> None:
    """It counts full members; others attend too."""
    (doubt,) = doubts({"present": 10, "total": 11}, CELL)

    assert doubt == "present 10 is more than the 9 members of cb-01 in the catalogue"
    assert doubts({"present": 9}, CELL) == ()
    assert doubts({"present": 10}, Unit(code="cb-02", name="Chi bộ 2", kind="cell")) == ()


@pytest.mark.parametrize("part", ["present", "handed_in"])
def test_a_part_is_not_more_than_the_whole(part: str) -> None:
    with pytest.raises(RuleError, match=f"{part} 12 is more than total 11"):
        read_evidence(REPORT, {part: "12", "total": "11"})

    assert read_evidence(REPORT, {part: "11", "total": "11"}) == {part: 11, "total": 11}


def test_a_report_says_whether_the_session_was_two_in_one() -> None:
    assert read_evidence(REPORT, {"combined": "yes"}) == {"combined": True}
    with pytest.raises(RuleError, match="combined: 'maybe' is neither true nor false"):
        read_evidence(REPORT, {"combined": "maybe"})


def test_misses_are_read_from_what_the_history_keeps() -> None:
    miss = Miss(field="duration_minutes", part=75, at_least=90)

    assert misses_in({"misses": [miss.document()], "duration_minutes": 75}) == (miss,)
    assert misses_in({}) == ()
    assert misses_in({"misses": "a field of somebody's own"}) == ()
