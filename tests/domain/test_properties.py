"""What holds for every occurrence, whatever its policy, its zone and what happens to it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from hypothesis import given

from nhacviec.domain.foretell import foretell
from nhacviec.domain.policy import Place, Policy
from nhacviec.domain.reminder import Manner, Track, Verdict
from nhacviec.domain.stage import StageKind, plan_stages
from nhacviec.domain.story import CLOSING, ORIGIN, Happening, Send, Story, tell
from nhacviec.domain.time.zone import local
from tests.domain.strategies import PLACES, days, moments, policies, stories


def dates(sends: Sequence[Send], story: Story) -> Counter[date]:
    main = (send for send in sends if not send.ruling.stage.level)
    return Counter(local(send.at, story.place.zone).date() for send in main)


def born(story: Story) -> datetime:
    return max((e.at for e in story.events if e.happening is Happening.CREATED), default=ORIGIN)


def once(story: Story) -> Story:
    """Creation happens once."""
    seen: set[Happening] = set()
    kept = []
    for event in sorted(story.events, key=lambda event: event.at):
        if event.happening is not Happening.CREATED or event.happening not in seen:
            kept.append(event)
        seen.add(event.happening)
    return Story(
        due=story.due, policy=story.policy, place=story.place, events=kept, downs=story.downs, end=story.end
    )


@given(stories().map(once))
def test_s42_at_most_one_main_line_letter_goes_on_a_local_date(story: Story) -> None:
    assert all(count == 1 for count in dates(tell(story), story).values())


@given(stories().map(once))
def test_s47_each_escalation_level_goes_at_most_once_per_due_revision(story: Story) -> None:
    moves = sorted(e.at for e in story.events if e.happening is Happening.DUE_MOVED)
    levels = Counter(
        (sum(move <= send.at for move in moves), send.ruling.stage.level)
        for send in tell(story)
        if send.ruling.stage.level
    )

    assert all(count == 1 for count in levels.values())


@given(stories().map(once))
def test_s43_s52_nothing_goes_before_creation_or_from_the_closing_on(story: Story) -> None:
    closed = min((e.at for e in story.events if e.happening in CLOSING), default=story.end)

    assert all(born(story) <= send.at < min(closed, story.end) for send in tell(story))


@given(stories().map(once))
def test_s70_nothing_goes_while_the_service_is_down(story: Story) -> None:
    sends = tell(story)

    assert not [send for send in sends for start, end in story.downs if start <= send.at < end]


@given(stories().map(once))
def test_s41_s44_s45_letters_go_on_allowed_days_at_allowed_hours(story: Story) -> None:
    changes = sorted((e.at, n) for n, e in enumerate(story.events) if e.policy is not None)
    for send in tell(story):
        policy = story.policy
        for moment, n in changes:
            policy = (story.events[n].policy or policy) if moment <= send.at else policy
        wall = local(send.at, story.place.zone)
        assert not policy.working_days_only or story.place.calendar.is_working(wall.date())
        assert policy.quiet is None or not policy.quiet.holds(wall.time())


@given(stories().map(once))
def test_sends_come_in_order_main_line_first_then_by_level(story: Story) -> None:
    order = [(send.at, send.ruling.stage.level) for send in tell(story)]

    assert order == sorted(order)


@given(stories().map(once))
def test_s78_a_story_is_told_alike_however_its_events_are_listed(story: Story) -> None:
    instants = [event.at for event in story.events]
    shuffled = Story(
        due=story.due,
        policy=story.policy,
        place=story.place,
        events=list(reversed(story.events)) if len(set(instants)) == len(instants) else story.events,
        downs=list(reversed(story.downs)),
        end=story.end,
    )

    assert tell(story) == tell(shuffled)


@given(stories().map(once), moments)
def test_a_story_told_to_a_moment_is_the_beginning_of_the_whole(story: Story, cut: datetime) -> None:
    part = Story(
        due=story.due,
        policy=story.policy,
        place=story.place,
        events=[event for event in story.events if event.at < cut or event.happening is Happening.CREATED],
        downs=story.downs,
        end=cut,
    )

    # what comes after the cut is not known yet, so only creation may lie behind it
    assert [s for s in tell(part) if s.at < cut] == [s for s in tell(story) if s.at < cut]


@given(stories(eventful=False))
def test_a_story_without_events_is_what_is_foretold(story: Story) -> None:
    stages = plan_stages(story.due, story.policy, story.place)
    track = Track(due=story.due, speaks_from=ORIGIN)
    manner = Manner(policy=story.policy, place=story.place)

    told = [
        (moment, ruling)
        for moment, attention, _ in foretell(stages, track, manner, (ORIGIN, story.end))
        for ruling in attention.rulings
        if ruling.verdict is Verdict.SEND
    ]

    assert [(send.at, send.ruling) for send in tell(story)] == told


@given(stories(), moments, moments)
def test_telling_in_two_halves_is_telling_at_once(story: Story, created: datetime, cut: datetime) -> None:
    stages = plan_stages(story.due, story.policy, story.place)
    track = Track(due=story.due, speaks_from=created)
    manner = Manner(policy=story.policy, place=story.place)

    whole = list(foretell(stages, track, manner, (created, story.end)))
    first = list(foretell(stages, track, manner, (created, max(cut, created))))
    following = foretell(stages, first[-1][2] if first else track, manner, (max(cut, created), story.end))

    halves = [(at, a.rulings) for at, a, _ in (*first, *following) if a.rulings]
    assert halves == [(at, a.rulings) for at, a, _ in whole if a.rulings]


@given(stories().map(once))
def test_nothing_is_lost_each_overdue_slot_has_a_letter_on_its_date_or_later(story: Story) -> None:
    # only outages happen, none longer than the catch-up window
    downs_only = Story(
        due=story.due, policy=story.policy, place=story.place, downs=story.downs[:1], end=story.end
    )
    stages = plan_stages(story.due, story.policy, story.place)
    slots = [stage.at for stage in stages if stage.kind is StageKind.OVERDUE]
    sent = [send.at for send in tell(downs_only) if not send.ruling.stage.level]

    assert all(any(moment >= slot for moment in sent) for slot in slots)


@given(stories().map(once))
def test_nothing_is_lost_each_escalation_level_goes_once(story: Story) -> None:
    downs_only = Story(
        due=story.due, policy=story.policy, place=story.place, downs=story.downs[:1], end=story.end
    )

    levels = sorted(send.ruling.stage.level for send in tell(downs_only) if send.ruling.stage.level)

    assert levels == list(range(1, len(story.policy.escalate) + 1))


@given(stories(), moments)
def test_every_stage_gets_exactly_one_verdict(story: Story, created: datetime) -> None:
    stages = plan_stages(story.due, story.policy, story.place)
    track = Track(due=story.due, speaks_from=created)
    manner = Manner(policy=story.policy, place=story.place)

    settled: defaultdict[str, int] = defaultdict(int)
    for _, attention, _ in foretell(
        stages, track, manner, (created, datetime(2030, 1, 1, tzinfo=ORIGIN.tzinfo))
    ):
        for ruling in attention.rulings:
            settled[ruling.stage.key] += 1

    assert settled == {stage.key: 1 for stage in stages}


@given(policies(), days)
def test_stages_of_one_plan_have_keys_of_their_own_and_later_slots_go_no_earlier(
    policy: Policy, due: date
) -> None:
    where: Place = PLACES["Asia/Ho_Chi_Minh"]
    stages = plan_stages(due, policy, where)
    main = [stage.at for stage in stages if not stage.level]

    assert len({stage.key for stage in stages}) == len(stages)
    assert main == sorted(main)
