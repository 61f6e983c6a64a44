"""Whatever a file holds, a check answers with a catalogue or with faults (S54)."""

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nhacviec.application.catalogue.build import build_calendar, build_due, build_policy, build_recurrences
from nhacviec.application.catalogue.check import check
from nhacviec.domain.errors import CatalogueError, RuleError
from tests.application.catalogue.given import Typed, a_catalogue, shipped_days

KEYS = """
nhacviec organisation calendar units policies duties adjust code name kind parent contacts role email
overseer members from until every months due day month weekday nth working_day after_end lunar on duty
offset units periods term start window open close target count percent pace by changes policy remind
overdue escalate after to quiet at title assigned kinds days date off working country weekend rrule
""".split()  # noqa: SIM905 -- a list of seventy words has no place for quotes
WORDS = """
cell a A cb-01 BC-01 chuan month quarter term rrule once 2017-02-30 2017-01-01 02-29 -3wd 5wd 07:30 last
secretary parent.x overseer FREQ=DAILY report a@example.vn VN sat mon next
""".split()  # noqa: SIM905 -- as above
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-40, 40)
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(WORDS)
)
GARBAGE = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=30,
)


@given(GARBAGE)
def test_garbage_gives_faults_and_nothing_else(data: Any) -> None:  # noqa: ANN401 -- that is the point
    with suppress(CatalogueError):
        check([Typed(data)], days=shipped_days)


@given(st.data())
def test_a_catalogue_with_garbage_anywhere_gives_faults_and_nothing_else(data: st.DataObject) -> None:
    catalogue: Any = a_catalogue(
        adjust=[{"code": "BC-01", "roll": "next"}],
        calendar={"country": "VN", "days": [{"date": "2017-01-01"}]},
    )
    spot, key = catalogue, data.draw(st.sampled_from(sorted(catalogue)))
    while isinstance(spot[key], dict | list) and spot[key] and data.draw(st.booleans()):
        spot = spot[key]
        key = data.draw(
            st.sampled_from(sorted(spot)) | st.sampled_from(KEYS) if isinstance(spot, dict) else st.just(0)
        )
        if isinstance(spot, dict):
            spot.setdefault(key, None)
    spot[key] = data.draw(GARBAGE)

    with suppress(CatalogueError):
        check([Typed(catalogue)], days=shipped_days)


@given(st.dictionaries(st.sampled_from(KEYS), GARBAGE, max_size=6))
def test_the_forms_of_a_question_give_rule_errors_and_nothing_else(data: dict[str, Any]) -> None:
    for build in (build_policy, build_due, build_recurrences, build_calendar):
        with suppress(RuleError):
            build(data)
