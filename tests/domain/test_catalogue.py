"""The catalogue finds what it holds and names what it does not."""

import pytest

from nhacviec.domain.errors import NotFoundError
from nhacviec.domain.policy import allowed_instant
from nhacviec.domain.time.due import Due, OfDuty
from nhacviec.domain.time.offset import parse_offset
from nhacviec.domain.time.period import Every
from tests.domain.builders import at
from tests.domain.committee import BA, REPORT, TAM, catalogue, duty

_LEANING = duty("SH-02", Every.MONTH, Due(form=OfDuty("BC-01", parse_offset("-1wd"))))


def test_duties_and_units_are_found_by_their_codes() -> None:
    found = catalogue()

    assert found.duty("BC-01") == REPORT
    assert found.unit("cb-tam") == TAM
    assert found.units_of(REPORT) == [TAM, BA]


@pytest.mark.parametrize(("ask", "name"), [("duty", "XX-01"), ("unit", "cb-khong")])
def test_what_is_not_there_is_named(ask: str, name: str) -> None:
    with pytest.raises(NotFoundError, match=f"no {ask} '{name}'"):
        getattr(catalogue(), ask)(name)


def test_duties_that_lean_on_another_are_known() -> None:
    found = catalogue(REPORT, _LEANING)

    assert list(found.leaning_on("BC-01")) == [_LEANING]
    assert not found.leaning_on("SH-02")


def test_clocks_hang_where_the_organisation_is() -> None:
    found = catalogue()

    assert found.zone.key == "Asia/Ho_Chi_Minh"
    assert (found.place.zone, found.place.calendar) == (found.zone, found.calendar)


@pytest.mark.parametrize("now", ["2026-06-19 23:10", "2026-06-22 06:00", "2026-06-22 09:00"])
def test_s45_each_policy_says_from_when_it_lets_go_however_often_it_is_asked(now: str) -> None:
    found, moment = catalogue(), at(now)

    for code, policy in found.policies.items():
        first, again = found.allowed(code, moment), found.allowed(code, moment)

        assert first == again == allowed_instant(moment, policy, found.place)
