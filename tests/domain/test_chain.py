"""The history as a chain: whatever is done to it behind its back is found, with its number (DESIGN §5)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.domain.chain import (
    BEGINNING,
    NO_DIGEST,
    Break,
    Entry,
    Found,
    Head,
    Link,
    Walk,
    after,
    canonical,
    noted,
)
from nhacviec.domain.errors import RuleError

ENTRY = Entry(
    duty="BC-01",
    unit="cb-1",
    period="2017-05",
    kind="reported",
    at=datetime(2017, 5, 20, 1, 0, tzinfo=UTC),
    by="văn thư",
    note="đã gửi",
    data='{"number":"12-BC/CB"}',
)
MANY = 6


def chain_of(count: int = MANY, first: Head = BEGINNING) -> list[Link]:
    """So many events, each a minute after the other."""
    links: list[Link] = []
    head = first
    for n in range(count):
        entry = replace(ENTRY, at=ENTRY.at + n * timedelta(minutes=1))
        head = after(head, entry)
        links.append(Link(number=head.events, entry=entry, digest=head.digest))
    return links


LINKS = chain_of()
KEPT = Head(events=MANY, digest=LINKS[-1].digest)


def walked(links: list[Link], kept: Head | None = KEPT, note: Head | None = None) -> Found | None:
    """Go along links as they lie there, by number."""
    walk = Walk(kept=kept, note=note)
    for link in sorted(links, key=lambda link: link.number):
        if found := walk.step(link):
            assert walk.reached.events < max(found.event, 1)
            return found
    return walk.end()


def test_what_nobody_touched_holds() -> None:
    assert walked(LINKS) is None
    assert walked([], BEGINNING) is None
    assert Head() == Head(events=0, digest=NO_DIGEST)


def test_a_digest_is_what_anybody_can_compute() -> None:
    """The form is written down: it may never change, or every history there is would break."""
    text = (
        f'["{NO_DIGEST}",1,"BC-01","cb-1","2017-05","reported","2017-05-20T01:00:00.000000+00:00",'
        '"v\\u0103n th\\u01b0","\\u0111\\u00e3 g\\u1eedi","{\\"number\\":\\"12-BC/CB\\"}"]'
    )
    assert LINKS[0].digest == sha256(text.encode()).hexdigest()


def test_an_instant_is_the_same_in_every_zone() -> None:
    here = ENTRY.at.astimezone(timezone(timedelta(hours=7)))
    assert after(BEGINNING, replace(ENTRY, at=here)) == after(BEGINNING, ENTRY)


@pytest.mark.parametrize("number", range(1, MANY + 1))
@pytest.mark.parametrize(
    "change",
    [
        {"duty": "BC-02"},
        {"unit": "cb-2"},
        {"period": "2017-06"},
        {"kind": "waived"},
        {"at": ENTRY.at - timedelta(microseconds=1)},
        {"by": "ai đó"},
        {"note": ""},
        {"data": "{}"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_field_of_any_event_that_is_changed_is_found(number: int, change: dict[str, Any]) -> None:
    links = list(LINKS)
    links[number - 1] = replace(links[number - 1], entry=replace(ENTRY, **change))

    assert walked(links) == Found(event=number, why=Break.CHANGED)


@pytest.mark.parametrize("change", [{"digest": "f" * 64}, {"digest": ""}, {"entry": None}])
def test_a_digest_that_is_changed_and_an_event_that_cannot_be_read_are_found(change: dict[str, Any]) -> None:
    links = [*LINKS[:2], replace(LINKS[2], **change), *LINKS[3:]]
    assert walked(links) == Found(event=3, why=Break.CHANGED)


def test_an_event_that_is_written_anew_with_its_digest_breaks_the_next_one() -> None:
    (forged,) = chain_of(1, Head(events=2, digest=LINKS[1].digest))
    assert walked([*LINKS[:2], forged, *LINKS[3:]]) == Found(event=4, why=Break.CHANGED)


@pytest.mark.parametrize("number", range(1, MANY + 1))
def test_an_event_that_is_taken_away_is_found_also_the_last(number: int) -> None:
    links = [link for link in LINKS if link.number != number]
    assert walked(links) == Found(event=number, why=Break.MISSING)


def test_all_that_are_taken_away_are_missed() -> None:
    assert walked([]) == Found(event=1, why=Break.MISSING)


@given(st.lists(st.integers(1, MANY), min_size=2, max_size=2, unique=True))
def test_two_events_that_have_changed_places_are_found(places: list[int]) -> None:
    first, second = sorted(places)
    links = list(LINKS)
    links[first - 1] = replace(LINKS[second - 1], number=first)
    links[second - 1] = replace(LINKS[first - 1], number=second)

    assert walked(links) == Found(event=first, why=Break.CHANGED)


@pytest.mark.parametrize("number", [-1, 0, MANY + 1, MANY + 9])
def test_an_event_that_is_put_in_where_there_is_room_is_found(number: int) -> None:
    assert walked([*LINKS, replace(LINKS[0], number=number)]) == Found(event=number, why=Break.ADDED)


def test_an_event_that_is_put_in_between_is_found_where_it_stands() -> None:
    behind = [replace(link, number=link.number + 1) for link in LINKS[3:]]
    links = [*LINKS[:3], replace(LINKS[0], number=4), *behind]
    assert walked(links, replace(KEPT, events=MANY + 1)) == Found(event=4, why=Break.CHANGED)


def test_events_that_follow_well_and_were_not_told_by_us_are_found() -> None:
    more = chain_of(1, KEPT)
    assert walked([*LINKS, *more]) == Found(event=MANY + 1, why=Break.ADDED)


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        (None, Found(event=MANY, why=Break.HEAD_MISSING)),
        (replace(KEPT, digest="0" * 64), Found(event=MANY, why=Break.HEAD_CHANGED)),
        (replace(KEPT, events=MANY + 1), Found(event=MANY + 1, why=Break.MISSING)),
        (replace(KEPT, events=MANY - 1), Found(event=MANY, why=Break.ADDED)),
    ],
)
def test_what_is_kept_apart_is_looked_at_too(kept: Head | None, found: Found) -> None:
    assert walked(LINKS, kept) == found


def test_a_history_that_was_written_anew_holds_but_not_against_what_was_noted() -> None:
    """Whoever may write to all of the database can make another chain; nobody can make the same digests."""
    links: list[Link] = []
    head = BEGINNING
    for link in LINKS:
        head = after(head, replace(link.entry or ENTRY, note="khác"))
        links.append(
            Link(number=head.events, entry=replace(link.entry or ENTRY, note="khác"), digest=head.digest)
        )

    assert walked(links, head) is None
    third = Head(events=3, digest=LINKS[2].digest)
    assert walked(links, head, third) == Found(event=3, why=Break.NOT_AS_NOTED)
    assert walked(LINKS, KEPT, third) is None


def test_a_history_cut_off_together_with_its_head_ends_before_what_was_noted() -> None:
    kept = Head(events=4, digest=LINKS[3].digest)
    assert walked(LINKS[:4], kept) is None
    assert walked(LINKS[:4], kept, KEPT) == Found(event=5, why=Break.MISSING)


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_the_order_of_keys_and_what_json_makes_of_a_value_do_not_matter(data: dict[str, object]) -> None:
    backwards = dict(reversed(data.items()))
    assert canonical(data) == canonical(backwards)
    assert canonical(data).isascii()


def test_data_are_hashed_as_they_are_read_again() -> None:
    assert canonical({10: (1, 2), 9: "số"}) == '{"10":[1,2],"9":"s\\u1ed1"}'


@pytest.mark.parametrize("data", [float("nan"), float("inf"), {1, 2}])
def test_what_json_does_not_know_has_no_form(data: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        canonical(data)


def test_a_head_is_read_as_it_is_written() -> None:
    assert noted(str(KEPT)) == KEPT
    assert noted(f" {MANY}:{KEPT.digest.upper()}\n") == KEPT


@pytest.mark.parametrize(
    "text",
    ["", "6", ":", f"6:{'0' * 63}", f"-1:{'0' * 64}", f"x:{'0' * 64}", f"²:{'0' * 64}", f"6:{'g' * 64}"],
)
def test_what_is_no_head_is_refused_with_a_way_to_mend_it(text: str) -> None:
    with pytest.raises(RuleError, match="is no EVENTS:DIGEST — copy it"):
        noted(text)
