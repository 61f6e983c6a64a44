"""Letters: what is remembered of one letter never shows in another."""

import hmac
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from nhacviec.adapters.vocabulary import load_vocabulary
from nhacviec.adapters.yaml_files import read_yaml
from nhacviec.application.catalogue.check import check
from nhacviec.application.identity import Identity
from nhacviec.application.letters import Scribe, Subject, least_minutes
from nhacviec.domain.addressing import spoken_due
from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.duty import Duty
from nhacviec.domain.letter import LetterKind
from nhacviec.domain.message import Recipient
from nhacviec.domain.occurrence import Occurrence
from nhacviec.domain.opening import opened, period_of, stages_of
from nhacviec.domain.organisation import Contact
from nhacviec.domain.planning import Overrides, Planner
from nhacviec.domain.time.zone import local
from nhacviec.resources import shipped
from tests.application.catalogue.given import ROOT, shipped_days

FILES = ("organisation.yaml", "policies.yaml", "duties.yaml", "presets/2026.yaml")
VOCABULARY = load_vocabulary(shipped("templates"))
NOW = datetime(2025, 12, 31, 0, 30, tzinfo=UTC)


def switched_on(duty: Duty) -> Duty:
    changes = tuple((start, replace(changed, enabled=True)) for start, changed in duty.changes)
    return replace(duty, enabled=True, changes=changes)


@cache
def everything() -> Catalogue:
    """The catalogue that ships, every duty of it switched on."""
    documents = [read_yaml(ROOT / "config/catalogue" / file) for file in FILES]
    found = check(documents, days=shipped_days).catalogue
    return replace(found, duties={code: switched_on(duty) for code, duty in found.duties.items()})


@cache
def year() -> tuple[tuple[str, tuple[Occurrence, ...]], ...]:
    """What falls due in a year, by duty, so that rare duties are drawn as often as others."""
    planner = Planner(everything())

    def of(duty: Duty) -> Iterator[Occurrence]:
        for expected in planner.expected(duty, date(2025, 12, 31), date(2026, 12, 31)):
            yield opened(expected, (), NOW, NOW.date())

    duties = planner.catalogue.duties.values()
    return tuple((duty.code, found) for duty in duties if duty.comes_back and (found := tuple(of(duty))))


@st.composite
def occurrences(draw: st.DrawFn) -> Occurrence:
    """One of the year, with or without what may have happened to it."""
    _, drawn = draw(st.sampled_from(year()))
    occurrence = draw(st.sampled_from(drawn))
    due = occurrence.due + timedelta(days=draw(st.just(0) | st.integers(-20, 40)))
    closes = draw(st.none() | st.integers(-3, 30).map(lambda days: due + timedelta(days=days)))
    planned = draw(st.just(occurrence.target) | st.none() | st.integers(0, 9))
    return replace(occurrence, due=due, late_after=closes, target=planned, done=draw(st.integers(0, 4)))


@st.composite
def tellings(draw: st.DrawFn) -> tuple[Subject, Recipient, date]:
    """Something a letter speaks of, its reader, and a day on which it goes."""
    occurrence = draw(occurrences())
    facts: Mapping[str, object] = draw(st.sampled_from(({}, {"number": 12, "note": "thiếu biểu 2"})))
    kind = draw(st.sampled_from(LetterKind))
    subject = Subject(occurrence=occurrence, kind=kind, reminded=draw(st.integers(0, 3)), facts=facts)
    language = draw(st.sampled_from(VOCABULARY.languages))
    reader = Recipient(email="bt@example.vn", name="Bí thư", unit=occurrence.unit, language=language)
    return subject, reader, occurrence.due + timedelta(days=draw(st.integers(-60, 60)))


def moved(by_human: list[Occurrence]) -> Overrides:
    """Due dates that a human set for these: what leans on them moves along."""
    return {(each.duty, each.unit, each.period): each.due for each in by_human}


def leaning(planner: Planner, occurrence: Occurrence) -> list[date]:
    """When the duties fall due that are counted from this one, of the same unit in the same period."""
    unit, period = planner.catalogue.unit(occurrence.unit), period_of(occurrence)
    duties = planner.catalogue.leaning_on(occurrence.duty)
    return [found.due for duty in duties if (found := planner.expected_in(duty, unit, period))]


@cache
def kept() -> Scribe:
    """One scribe for all that is told here."""
    return Scribe(planner=Planner(everything()), vocabulary=VOCABULARY)


@given(st.lists(tellings(), min_size=2, max_size=12), st.lists(occurrences(), max_size=5))
def test_a_scribe_that_has_said_much_says_what_a_new_one_says(
    told: list[tuple[Subject, Recipient, date]], by_human: list[Occurrence]
) -> None:
    """Given letters one after another, and due dates moved between them; each speaks of its own facts."""
    scribe = kept()
    for overrides in ({}, moved(by_human)):
        scribe.planner.overrides = overrides
        for subject, reader, today in told:
            anew = Scribe(planner=Planner(scribe.catalogue, overrides), vocabulary=VOCABULARY)
            assert scribe.item(subject, reader, today) == anew.item(subject, reader, today)


@given(tellings())
def test_an_item_tells_what_its_own_occurrence_is_about(told: tuple[Subject, Recipient, date]) -> None:
    subject, reader, today = told
    scribe, occurrence = kept(), subject.occurrence
    escalations = [stage.at for stage in stages_of(scribe.planner, occurrence) if stage.level]
    days = [local(at, scribe.catalogue.zone).date() for at in escalations]
    duty = scribe.catalogue.duty(occurrence.duty).at(period_of(occurrence))
    minutes = [each for each in leaning(scribe.planner, occurrence) if each > occurrence.due]

    item = scribe.item(subject, reader, today)

    assert item.escalates_on == min((day for day in days if day > today), default=None)
    assert (item.due, item.target, item.done) == (
        spoken_due(occurrence, today),
        occurrence.target,
        occurrence.done,
    )
    assert item.minutes_by == next(iter(minutes), None)
    assert item.days_left - item.days_late == (item.due - today).days
    assert (item.duty, item.basis) == (duty.code, duty.basis)
    assert item.least_minutes == least_minutes(duty, occurrence.due)
    assert (item.pace_required is None) == (occurrence.target is None)


@given(st.binary(min_size=1), st.text(), st.lists(st.text(), min_size=1, max_size=3))
def test_an_identifier_is_the_first_160_bits_of_a_code_of_its_key(
    secret: bytes, first: str, more: list[str]
) -> None:
    """Whatever was derived before it: letters of before must stay recognisable."""
    identity = Identity(secret=secret)
    sender = Contact(name="Văn phòng", email="vanphong@dangbo.example.vn")
    for key in (first, *more):
        digest = hmac.digest(secret, f"mid1|{key}".encode(), "sha256")
        expected = b32encode(digest)[:32].decode().lower()
        assert identity.message_id(key, sender) == f"<{expected}@dangbo.example.vn>"
