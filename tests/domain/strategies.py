"""Random policies, events and stories."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from nhacviec.domain.policy import Cadence, Escalation, Policy, Quiet
from nhacviec.domain.story import ORIGIN, Happening, Story, StoryEvent
from nhacviec.domain.time.offset import Measure, Offset
from tests.domain.builders import place

FIRST = date(2026, 1, 1)
ZONES = ("Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe", "Europe/Paris")
PLACES = {name: place(name) for name in ZONES}

walls = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45, 59)))
counted = st.sampled_from((Measure.DAYS, Measure.WORKING_DAYS))
before = st.builds(lambda n, m: Offset(-n, m), st.integers(0, 20), counted)
behind = st.builds(Offset, st.integers(1, 30), counted)
cadences = st.builds(
    lambda every, until, times: Cadence(every=every, until=until, times=times),
    st.builds(Offset, st.integers(1, 10), counted),
    st.builds(Offset, st.integers(5, 60), counted),
    st.none() | st.integers(1, 5),
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    start, end = draw(walls), draw(walls)
    quiet = Quiet(start=start, end=end) if start != end and draw(st.booleans()) else None
    return Policy(
        at=draw(walls),
        working_days_only=draw(st.booleans()),
        quiet=quiet,
        remind=tuple(draw(st.lists(before, max_size=5))),
        overdue=tuple(draw(st.lists(behind | cadences, max_size=3))),
        escalate=tuple(Escalation(after=after) for after in draw(st.lists(behind, max_size=3))),
    )


days = st.integers(20, 300).map(lambda n: FIRST + timedelta(days=n))
moments = st.integers(0, 350 * 24 * 4).map(
    lambda n: datetime(2026, 1, 1, tzinfo=ORIGIN.tzinfo) + n * timedelta(minutes=15)
)


@st.composite
def events(draw: st.DrawFn) -> StoryEvent:
    happening = draw(st.sampled_from(list(Happening)))
    return StoryEvent(
        happening=happening,
        at=draw(moments),
        due=draw(days) if happening is Happening.DUE_MOVED else None,
        policy=draw(policies()) if happening is Happening.POLICY_CHANGED else None,
    )


@st.composite
def stories(draw: st.DrawFn, *, eventful: bool = True) -> Story:
    spans = st.tuples(moments, st.integers(0, 24 * 60)).map(lambda s: (s[0], s[0] + timedelta(hours=s[1])))
    return Story(
        due=draw(days),
        policy=draw(policies()),
        place=PLACES[draw(st.sampled_from(ZONES))],
        events=draw(st.lists(events(), max_size=4)) if eventful else (),
        downs=draw(st.lists(spans, max_size=2)) if eventful else (),
        end=datetime(2027, 3, 1, tzinfo=ORIGIN.tzinfo),
    )
