"""Triage: verdicts and reasons, and when to look again (S-42 to S-47, S-54, S-70 to S-73)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nhacviec.domain.foretell import after, passed_over, replanned
from nhacviec.domain.policy import Policy
from nhacviec.domain.reminder import Attention, Manner, Reason, Ruling, Track, Verdict
from nhacviec.domain.stage import StageKind, plan_stages
from nhacviec.domain.story import ORIGIN
from nhacviec.domain.triage import kind_on, letter_name, triage
from tests.domain.builders import LADDER, at, on, place, policy

DUE = on("2026-06-18")
TRACK = Track(due=DUE, speaks_from=ORIGIN)


def decide(moment: str, track: Track = TRACK, by: Policy = LADDER, target: int | None = None) -> Attention:
    stages = plan_stages(track.due, by, place(), target=target)
    return triage(stages, track, Manner(policy=by, place=place()), at(moment))


def verdicts(attention: Attention) -> list[tuple[str, Verdict, Reason]]:
    return [(ruling.stage.key, ruling.verdict, ruling.reason) for ruling in attention.rulings]


def test_before_any_stage_there_is_nothing_but_the_next_instant() -> None:
    assert decide("2026-06-01T09:00") == Attention(next_at=at("2026-06-04T07:30"))


def test_a_closed_occurrence_needs_no_attention_ever() -> None:
    assert decide("2026-06-18T07:30", replace(TRACK, closed=True)) == Attention()


def test_when_everything_is_settled_there_is_no_next_instant() -> None:
    keys = {stage.key for stage in plan_stages(DUE, LADDER, place())}

    assert decide("2026-06-18T07:30", replace(TRACK, settled=frozenset(keys))) == Attention()


def test_s42_the_most_urgent_is_sent_the_others_are_merged_with_a_reason() -> None:
    sunday = Track(due=on("2026-06-21"), speaks_from=ORIGIN)

    found = decide("2026-06-19T07:30", sunday, policy("-2d -1d 0d"))

    assert verdicts(found) == [
        ("0d", Verdict.SEND, Reason.PLANNED),
        ("-2d", Verdict.MERGED, Reason.SAME_DAY),
        ("-1d", Verdict.MERGED, Reason.SAME_DAY),
    ]


def test_s42_a_date_that_has_had_a_letter_gets_no_second() -> None:
    spoken = replace(TRACK, last_spoken_on=on("2026-06-04"))

    assert verdicts(decide("2026-06-04T07:30", spoken)) == [("-14d", Verdict.MERGED, Reason.SAME_DAY)]


def test_s43_past_stages_give_the_most_urgent_one_the_rest_is_superseded() -> None:
    created = replace(TRACK, speaks_from=at("2026-06-12T10:00"))

    found = decide("2026-06-12T10:00", created)

    assert verdicts(found) == [
        ("-7d", Verdict.SEND, Reason.CATCH_UP),
        ("-14d", Verdict.SUPERSEDED, Reason.MORE_URGENT),
    ]
    assert found.rulings[0].name == "catch-up:-7d"
    assert found.rulings[0].merged == ()
    assert found.next_at == at("2026-06-15T07:30")


def test_s43_a_regular_letter_of_that_day_supersedes_the_catch_up_without_a_word() -> None:
    created = replace(TRACK, speaks_from=at("2026-06-13T10:00"))

    assert decide("2026-06-13T10:00", created) == Attention(next_at=at("2026-06-15T07:30"))
    found = decide("2026-06-15T07:30", created)
    assert found.rulings[0].merged == ()
    assert verdicts(found)[1:] == [
        ("-14d", Verdict.SUPERSEDED, Reason.MORE_URGENT),
        ("-7d", Verdict.SUPERSEDED, Reason.MORE_URGENT),
    ]


@pytest.mark.parametrize("cause", [Reason.CREATED_LATE, Reason.DUE_MOVED, Reason.REOPENED])
def test_s50_s54_where_nothing_is_made_up_for_past_stages_say_why(cause: Reason) -> None:
    track = replace(TRACK, speaks_from=at("2026-06-12T10:00"), catch_up=False, cause=cause)

    assert verdicts(decide("2026-06-12T10:00", track)) == [
        ("-14d", Verdict.PAST, cause),
        ("-7d", Verdict.PAST, cause),
    ]


def test_s54_after_reopening_the_overdue_line_goes_on_at_its_next_slot() -> None:
    track = replace(
        TRACK, speaks_from=at("2026-06-23T10:00"), catch_up=False, settled=frozenset({"-14d", "+1d"})
    )

    found = decide("2026-06-23T10:00", track)

    assert {verdict for _, verdict, _ in verdicts(found)} == {Verdict.PAST}
    assert found.next_at == at("2026-06-24T07:30")
    assert [r.name for r in decide("2026-06-24T07:30", track).rulings if r.verdict is Verdict.SEND] == ["+6d"]


def test_s70_an_outage_says_so_in_its_reason_and_takes_todays_slot() -> None:
    found = decide("2026-06-12T09:00", replace(TRACK, settled=frozenset({"-14d"})))

    (ruling,) = found.rulings
    assert (ruling.reason, ruling.late, ruling.slot_at) == (Reason.OUTAGE, True, at("2026-06-12T07:30"))


def test_s47_a_letter_late_on_its_own_day_keeps_its_slot() -> None:
    (ruling,) = decide("2026-06-11T09:00", replace(TRACK, settled=frozenset({"-14d"}))).rulings

    assert (ruling.reason, ruling.late, ruling.slot_at) == (Reason.PLANNED, True, at("2026-06-11T07:30"))


def test_s47_a_slot_is_whole_seconds_so_that_its_key_says_all_of_it() -> None:
    moment = at("2026-06-12T10:00") + timedelta(microseconds=7)
    stages = plan_stages(DUE, LADDER, place())
    track = replace(TRACK, speaks_from=moment)

    found = triage(stages, track, Manner(policy=LADDER, place=place()), moment)

    assert found.rulings[0].slot_at == at("2026-06-12T10:00")


def test_s44_a_tick_that_comes_seconds_after_the_moment_is_on_time_in_quiet_hours_too() -> None:
    # planned at 16:59, a minute before the quiet hours begin
    evening = policy("0d", at="20:00", quiet="17:00-07:00")

    assert verdicts(decide("2026-06-18T16:59:59", by=evening)) == [("0d", Verdict.SEND, Reason.PLANNED)]
    assert verdicts(decide("2026-06-18T16:59:30", by=evening)) == [("0d", Verdict.SEND, Reason.PLANNED)]
    assert decide("2026-06-18T17:00", by=evening) == Attention(next_at=at("2026-06-19T16:59"))


def test_a_tick_that_begins_seconds_into_the_quiet_hours_still_sends_what_was_due_just_before() -> None:
    at_the_brink = policy("0d", at="16:59", quiet="17:00-07:00")
    late = decide("2026-06-18T16:59", by=at_the_brink).rulings[0].stage.at + timedelta(seconds=59)

    found = triage(
        plan_stages(DUE, at_the_brink, place()), TRACK, Manner(policy=at_the_brink, place=place()), late
    )

    assert [ruling.verdict for ruling in found.rulings] == [Verdict.SEND]


def test_s73_what_was_missed_too_long_ago_is_recorded_and_not_sent() -> None:
    found = decide("2026-08-25T09:00", by=policy("0d", ["8d"], "1d"))

    assert verdicts(found) == [
        ("0d", Verdict.MISSED, Reason.WINDOW),
        ("+8d", Verdict.MISSED, Reason.WINDOW),
        ("escalate-1", Verdict.MISSED, Reason.WINDOW),
    ]


def test_s73_the_window_is_a_setting() -> None:
    manner = Manner(policy=policy("0d"), place=place(), window=timedelta(days=1))
    stages = plan_stages(DUE, policy("0d"), place())

    assert [r.verdict for r in triage(stages, TRACK, manner, at("2026-06-19T07:30")).rulings] == [
        Verdict.SEND
    ]
    assert [r.verdict for r in triage(stages, TRACK, manner, at("2026-06-19T07:31")).rulings] == [
        Verdict.MISSED
    ]


def test_a_unit_that_is_not_behind_its_target_gets_no_reminder() -> None:
    assert verdicts(decide("2026-06-18T07:30", replace(TRACK, done=2), policy("0d"), target=2)) == [
        ("0d", Verdict.ON_PACE, Reason.NOT_BEHIND)
    ]
    assert verdicts(decide("2026-06-18T07:30", replace(TRACK, done=1), policy("0d"), target=2)) == [
        ("0d", Verdict.SEND, Reason.PLANNED)
    ]


def test_s70_missed_escalations_go_by_level_each_by_itself_and_wait_like_the_rest() -> None:
    by = policy("", escalate="3d 1d")

    assert decide("2026-06-27T09:00", by=by) == Attention(next_at=at("2026-06-29T07:30"))
    found = decide("2026-06-29T07:30", by=by)
    assert [(r.name, r.merged, r.late) for r in found.rulings] == [
        ("escalate-1", (), True),
        ("escalate-2", (), True),
    ]


def test_inside_an_open_window_nothing_is_called_overdue() -> None:
    stage = plan_stages(DUE, policy("0d"), place())[0]
    manner = Manner(policy=policy("0d"), place=place())
    window = replace(TRACK, late_after=on("2026-06-25"))

    assert letter_name(stage, window, manner, on("2026-06-25")) == "0d"
    assert letter_name(stage, window, manner, on("2026-06-26")) == "+1d"
    assert letter_name(stage, TRACK, manner, on("2026-06-26")) == "+8d"


@pytest.mark.parametrize(
    ("day", "kind"),
    [("2026-06-17", StageKind.BEFORE), ("2026-06-18", StageKind.DUE), ("2026-06-19", StageKind.OVERDUE)],
)
def test_s41_how_a_letter_speaks_follows_the_true_day(day: str, kind: StageKind) -> None:
    assert kind_on(on(day), DUE) is kind


def test_what_was_ruled_is_kept_on_the_track_and_only_the_main_line_counts_as_spoken() -> None:
    main, escalation = plan_stages(DUE, policy("0d", escalate="1d"), place())
    sent = [Ruling(stage=stage, verdict=Verdict.SEND, reason=Reason.PLANNED) for stage in (main, escalation)]

    assert after(TRACK, sent, DUE).last_spoken_on == DUE
    assert after(TRACK, sent[1:], DUE).last_spoken_on is None
    assert after(TRACK, sent, DUE).settled == {"0d", "escalate-1"}


class TestPassedOver:
    """S-59 as the service uses it: which stages of a changed policy are settled unsent."""

    old = plan_stages(DUE, policy("-14d -7d"), place())
    born = replace(TRACK, speaks_from=at("2026-06-12T18:00"))

    def test_new_stages_that_have_passed_are_those_still_owed_are_not(self) -> None:
        new = plan_stages(DUE, policy("-14d -12d -3d"), place())

        assert passed_over(self.old, new, TRACK, at("2026-06-12T09:00")) == {"-12d"}
        assert passed_over(self.old, new, TRACK, at("2026-06-05T07:30")) == frozenset()

    def test_a_pending_catch_up_whose_stage_is_gone_passes_to_the_most_urgent_of_the_new(self) -> None:
        new = plan_stages(DUE, policy("-12d -10d -3d", escalate="1d"), place())

        assert passed_over(self.old, new, self.born, at("2026-06-13T09:00")) == {"-12d"}

    def test_where_no_catch_up_is_owed_nothing_passes_to_anybody(self) -> None:
        new = plan_stages(DUE, policy("-12d -10d"), place())
        extended = replace(self.born, catch_up=False)
        said = replace(self.born, settled=frozenset({"-14d", "-7d"}))

        assert passed_over(self.old, new, extended, at("2026-06-13T09:00")) == {"-12d", "-10d"}
        assert passed_over(self.old, new, said, at("2026-06-13T09:00")) == {"-12d", "-10d"}

    def test_a_pending_catch_ups_stage_is_kept_beside_the_new_ones(self) -> None:
        new = plan_stages(DUE, policy("-12d -3d"), place())

        assert [stage.key for stage in replanned(self.old, new, self.born)] == ["-12d", "-7d", "-3d"]
        assert replanned(self.old, new, replace(self.born, catch_up=False)) == new
