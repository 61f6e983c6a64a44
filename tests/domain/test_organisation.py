"""Who reads, who oversees whom, who has a duty: DESIGN §6, S-57."""

from dataclasses import replace
from datetime import date

import pytest

from nhacviec.domain.duty import Assigned
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.organisation import Contact, Unit
from tests.domain.committee import (
    BA,
    COMMITTEE,
    DEPUTY,
    OFFICE,
    OVERSEER,
    SECRETARY,
    STANDING,
    TAM,
    contact,
    organisation,
)

_ORG = organisation()


@pytest.mark.parametrize(
    ("unit", "roles", "readers"),
    [
        (TAM, ("secretary",), (SECRETARY,)),
        (TAM, ("secretary", "deputy"), (SECRETARY, DEPUTY)),
        (TAM, ("chair",), (DEPUTY,)),
        (COMMITTEE, ("chair",), (STANDING,)),
        (BA, ("secretary",), (OFFICE,)),
    ],
)
def test_readers_are_the_roles_else_the_deputy_the_first_contact_the_office(
    unit: Unit, roles: tuple[str, ...], readers: tuple[Contact, ...]
) -> None:
    assert _ORG.readers(unit, roles) == readers


@pytest.mark.parametrize(
    ("unit", "to", "readers"),
    [
        (TAM, "overseer", ((TAM, OVERSEER),)),
        (BA, "overseer", ()),
        (TAM, "parent.standing", ((COMMITTEE, STANDING),)),
        (TAM, "parent.chair", ()),
        (TAM, "parent.parent.standing", ()),
        (COMMITTEE, "parent.standing", ()),
        (TAM, "deputy", ((TAM, DEPUTY),)),
    ],
)
def test_s47_an_escalation_has_its_own_readers_or_none(
    unit: Unit, to: str, readers: tuple[tuple[Unit, Contact], ...]
) -> None:
    assert _ORG.escalation_readers(unit, to) == readers


def test_the_overseer_of_the_parent_can_be_addressed_too() -> None:
    above = replace(COMMITTEE, overseer=OVERSEER)

    assert organisation(above, TAM).escalation_readers(TAM, "parent.overseer") == ((above, OVERSEER),)


def test_lineage_ends_at_the_root_or_where_a_circle_closes() -> None:
    circle = organisation(replace(COMMITTEE, parent="cb-tam"), TAM)

    assert [unit.code for unit in _ORG.lineage("cb-tam")] == ["cb-tam", "dang-uy"]
    assert [unit.code for unit in circle.lineage("cb-tam")] == ["cb-tam", "dang-uy"]
    assert not list(_ORG.lineage("nobody"))


@pytest.mark.parametrize(
    ("code", "root", "under"),
    [("cb-tam", "dang-uy", True), ("cb-tam", "cb-tam", True), ("dang-uy", "cb-tam", False)],
)
def test_a_subtree_holds_its_root(code: str, root: str, *, under: bool) -> None:
    assert _ORG.under(code, root) is under


@pytest.mark.parametrize(
    ("receives", "kind", "takes"),
    [
        ((), LetterKind.OVERDUE, True),
        ((LetterKind.OVERDUE,), LetterKind.OVERDUE, True),
        ((LetterKind.OVERDUE,), LetterKind.REMINDER, False),
        ((LetterKind.REMINDER,), LetterKind.MEETING, True),
        ((LetterKind.MEETING,), LetterKind.REMINDER, False),
    ],
)
def test_receives_narrows_to_kinds_of_letter(
    receives: tuple[LetterKind, ...], kind: LetterKind, *, takes: bool
) -> None:
    assert contact("A", receives=frozenset(receives)).takes(kind) is takes


def test_a_unit_is_valid_from_and_until_both_included() -> None:
    unit = replace(TAM, since=date(2017, 1, 1), until=date(2017, 12, 31))

    days = [date(2016, 12, 31), date(2017, 1, 1), date(2017, 12, 31), date(2018, 1, 1)]
    assert [unit.valid_on(day) for day in days] == [False, True, True, False]
    assert TAM.valid_on(date(1900, 1, 1))


@pytest.mark.parametrize(
    ("assigned", "codes"),
    [
        (Assigned(kinds=frozenset({"cell"})), ["cb-tam", "cb-ba"]),
        (Assigned(kinds=frozenset({"cell"}), excepted=frozenset({"cb-tam"})), ["cb-ba"]),
        (Assigned(kinds=frozenset({"cell"}), tags=frozenset({"small"})), ["cb-tam"]),
        (Assigned(tags=frozenset({"small"})), ["cb-tam"]),
        (Assigned(units=frozenset({"ubkt"})), ["ubkt"]),
        (Assigned(units=frozenset({"ubkt"}), kinds=frozenset({"cell"})), ["cb-tam", "cb-ba", "ubkt"]),
        (Assigned(under="dang-uy"), ["dang-uy", "cb-tam", "cb-ba", "ubkt"]),
        (Assigned(under="cb-tam", kinds=frozenset({"cell"})), ["cb-tam"]),
        (Assigned(under="dang-uy", units=frozenset({"cb-ba"})), ["cb-ba"]),
        (Assigned(), []),
    ],
)
def test_a_duty_takes_units_by_code_kind_tag_and_subtree(assigned: Assigned, codes: list[str]) -> None:
    assert [unit.code for unit in _ORG.units.values() if assigned.takes(unit, _ORG)] == codes
