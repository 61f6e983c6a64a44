"""Stories of one occurrence, worked out by hand: S-40 to S-60, S-70 to S-73, SCHEDULE §1.

June to August 2026 in Viet Nam: 18 June is a Thursday; no holiday lies between 2 May and 30 August.
"""

import pytest

from tests.domain.builders import LADDER, Teller, on, policy

# Thursday 18 June 2026
TELL = Teller("2026-06-18", LADDER, "2026-06-24")


def test_the_story_of_schedule_1_is_told_letter_by_letter() -> None:
    teller = Teller("2026-06-18", LADDER, "2026-07-18")

    sends = teller.sends(("due-moved", "2026-06-16T09:00", "2026-07-02"))

    assert [(f"{send.at:%m-%dT%H:%M}", send.ruling.name, send.days_to_due) for send in sends] == [
        ("06-04T00:30", "-14d", 14),
        ("06-11T00:30", "-7d", 7),
        ("06-15T00:30", "-3d", 3),
        ("06-18T00:30", "-14d", 14),
        ("06-25T00:30", "-7d", 7),
        ("06-29T00:30", "-3d", 3),
        ("07-01T00:30", "-1d", 1),
        ("07-02T00:30", "0d", 0),
        ("07-03T00:30", "+1d", -1),
        ("07-06T00:30", "+4d", -4),
        ("07-06T00:30", "escalate-1", -4),
        ("07-07T00:30", "+5d", -5),
        ("07-08T00:30", "+6d", -6),
        ("07-09T00:30", "+7d", -7),
        ("07-13T00:30", "escalate-2", -11),
        ("07-16T00:30", "+14d", -14),
    ]
    assert [send.ruling.merged for send in sends if send.ruling.name == "+4d"] == [("+2d", "+3d")]
    assert not any(send.ruling.late for send in sends)


class TestPlan:
    """S-40, S-41, S-46, S-47: what goes when nothing happens."""

    def test_s40_working_day_stages_count_working_days(self) -> None:
        # the ladder of `chuan`, due on Thursday 18 June
        chuan = policy("-7wd -3wd 0d", ["1wd", "3wd", "5wd..60wd"], "3wd 5wd")

        assert Teller("2026-06-18", chuan, "2026-07-07")() == [
            "06-09 07:30 -7wd",
            "06-15 07:30 -3wd",
            "06-18 07:30 0d",
            "06-19 07:30 +1wd",
            "06-23 07:30 +3wd",
            "06-23 07:30 escalate-1",
            "06-25 07:30 escalate-2",
            "06-30 07:30 +8wd",
            "07-07 07:30 +13wd",
        ]

    def test_s41_a_due_day_that_is_off_is_spoken_of_on_the_working_day_before(self) -> None:
        # Sunday 21 June: 0d, -1d and -2d meet on Friday 19 June; -3d is Thursday
        teller = Teller("2026-06-21", policy("-3d -2d -1d 0d", ["1d", "2d"]), "2026-06-30")

        sends = teller.sends()

        assert [send.ruling.name for send in sends] == ["-3d", "0d", "+1d", "+2d"]
        assert sends[1].ruling.merged == ("-2d", "-1d")
        assert sends[1].days_to_due == 2  # the true days, not the stage's

    def test_s41_make_up_days_are_working_days_and_holidays_are_not(self) -> None:
        # Saturday 22 August 2026 is made up for Monday 31 August; 1 and 2 September are off
        teller = Teller("2026-08-22", policy("0d", ["1d", "9d"]), "2026-09-10")

        assert teller() == ["08-22 07:30 0d", "08-24 07:30 +2d", "09-03 07:30 +12d"]

    def test_s41_without_working_days_only_nothing_moves(self) -> None:
        teller = Teller("2026-06-21", policy("0d", ["6d"], "7d", working_days_only=False), "2026-06-30")

        assert teller() == ["06-21 07:30 0d", "06-27 07:30 +6d", "06-28 07:30 escalate-1"]

    def test_s42_s47_escalations_go_beside_the_main_line_and_by_level(self) -> None:
        teller = Teller("2026-06-18", policy("", ["2d"], "4d 3d 2d"), "2026-06-30")

        # +2d, 3d and 4d are Saturday, Sunday and Monday: all of them go on Monday
        assert teller() == [
            "06-22 07:30 +4d",
            "06-22 07:30 escalate-1",
            "06-22 07:30 escalate-2",
            "06-22 07:30 escalate-3",
        ]

    def test_s46_an_overdue_slot_on_a_day_off_is_named_by_the_days_that_have_passed(self) -> None:
        # slot 14 is Sunday 5 July
        assert Teller("2026-06-21", policy("", ["14d"]), "2026-07-31")() == ["07-06 07:30 +15d"]

    def test_to_is_included_to_its_end(self) -> None:
        late = policy("0d", at="23:59", working_days_only=False)

        assert Teller("2026-06-18", late, "2026-06-18")() == ["06-18 23:59 0d"]
        assert Teller("2026-06-18", late, "2026-06-17")() == []


class TestCreatedLate:
    """S-43 with S-45: one catch-up for what had passed."""

    def test_past_stages_give_one_catch_up_at_once_within_the_working_day(self) -> None:
        assert TELL(("created", "2026-06-12T10:15"))[:2] == ["06-12 10:15 catch-up:-7d", "06-15 07:30 -3d"]

    def test_a_stage_at_the_very_instant_of_creation_is_sent_as_itself(self) -> None:
        assert TELL(("created", "2026-06-11T07:30"))[0] == "06-11 07:30 -7d"

    def test_a_stage_one_minute_before_is_past(self) -> None:
        assert TELL(("created", "2026-06-11T07:31"))[0] == "06-11 07:31 catch-up:-7d"

    def test_no_catch_up_on_the_day_of_a_regular_letter(self) -> None:
        # created on Saturday: the catch-up would go on Monday, where -3d goes
        assert TELL(("created", "2026-06-13T10:00"))[0] == "06-15 07:30 -3d"
        # before the send time of the same day
        assert TELL(("created", "2026-06-15T05:00"))[0] == "06-15 07:30 -3d"

    def test_a_catch_up_waits_for_the_days_send_time(self) -> None:
        assert TELL(("created", "2026-06-12T05:00"))[0] == "06-12 07:30 catch-up:-7d"

    def test_an_escalation_on_that_day_does_not_stand_in_for_the_catch_up(self) -> None:
        only = policy("-7d", escalate="4d")

        assert Teller("2026-06-18", only, "2026-06-30")(("created", "2026-06-22T05:00")) == [
            "06-22 07:30 catch-up:+4d",
            "06-22 07:30 escalate-1",
        ]

    def test_after_the_due_date_it_is_named_by_the_days_passed_and_passed_escalations_do_not_fire(
        self,
    ) -> None:
        teller = Teller("2026-06-18", LADDER, "2026-06-30")

        assert teller(("created", "2026-06-23T12:00")) == [
            "06-23 12:00 catch-up:+5d",
            "06-24 07:30 +6d",
            "06-25 07:30 +7d",
            "06-29 07:30 escalate-2",
        ]

    def test_a_working_day_slot_is_caught_up_in_working_days_others_in_days(self) -> None:
        slots = Teller("2026-06-18", policy("-3wd", ["1wd", "3wd"]), "2026-06-30")
        none = Teller("2026-06-18", policy("-3wd"), "2026-06-30")

        assert slots(("created", "2026-06-24T09:00")) == ["06-24 09:00 catch-up:+4wd"]
        assert none(("created", "2026-06-22T09:00")) == ["06-22 09:00 catch-up:+4d"]

    def test_in_quiet_hours_it_waits_for_their_end(self) -> None:
        quiet = policy("-7d", quiet="17:00-08:00")
        teller = Teller("2026-06-18", quiet, "2026-06-30")

        assert teller(("created", "2026-06-16T18:00")) == ["06-17 08:00 catch-up:-7d"]
        assert teller(("created", "2026-06-16T17:00")) == ["06-17 08:00 catch-up:-7d"]
        assert teller(("created", "2026-06-16T16:59")) == ["06-16 16:59 catch-up:-7d"]

    def test_quiet_hours_within_a_day_put_it_off_to_their_end(self) -> None:
        teller = Teller("2026-06-18", policy("-7d", quiet="11:30-13:30"), "2026-06-30")

        assert teller(("created", "2026-06-16T12:00")) == ["06-16 13:30 catch-up:-7d"]

    def test_on_a_day_off_it_waits_unless_the_policy_writes_on_every_day(self) -> None:
        every_day = Teller("2026-06-23", policy("-7d", working_days_only=False), "2026-06-30")
        working = Teller("2026-06-23", policy("-7d"), "2026-06-30")

        assert every_day(("created", "2026-06-20T09:00")) == ["06-20 09:00 catch-up:-7d"]
        assert working(("created", "2026-06-20T09:00")) == ["06-22 07:30 catch-up:-7d"]

    def test_nothing_is_said_before_creation_and_what_happened_before_it_counts(self) -> None:
        told = TELL(
            ("due-moved", "2026-06-01T00:00", "2026-06-25"),
            ("policy-changed", "2026-06-02T00:00", policy("-7d -3d")),
            ("created", "2026-06-19T09:00"),
        )

        assert told == ["06-19 09:00 catch-up:-7d", "06-22 07:30 -3d"]


class TestClosed:
    """S-52, S-55, S-56: what is closed is not spoken of."""

    @pytest.mark.parametrize("event", ["reported", "unit-deactivated", "not-applicable"])
    def test_nothing_goes_at_or_after_the_instant(self, event: str) -> None:
        assert TELL((event, "2026-06-15T07:30")) == ["06-04 07:30 -14d", "06-11 07:30 -7d"]
        assert TELL((event, "2026-06-15T07:31"))[-1] == "06-15 07:30 -3d"

    def test_a_due_that_moves_afterwards_opens_nothing(self) -> None:
        told = TELL(
            ("reported", "2026-06-12T09:00"),
            ("due-moved", "2026-06-13T09:00", "2026-06-30"),
            ("policy-changed", "2026-06-14T09:00", policy("-1d")),
        )

        assert told == ["06-04 07:30 -14d", "06-11 07:30 -7d"]

    def test_reported_before_a_catch_up_has_gone_it_never_goes(self) -> None:
        assert TELL(("created", "2026-06-13T08:00"), ("reported", "2026-06-14T12:00")) == []


def test_s78_the_same_story_is_always_told_alike() -> None:
    events = (("created", "2026-06-12T18:00"), ("down", "2026-06-15T00:00", "2026-06-17T09:00"))

    assert TELL.sends(*events) == TELL.sends(*events)


def test_days_to_due_are_the_true_ones_on_the_local_date() -> None:
    sends = TELL.sends(("created", "2026-06-13T10:00"))

    assert [(send.ruling.name, send.days_to_due) for send in sends][:2] == [("-3d", 3), ("-1d", 1)]
    assert on("2026-06-18") == TELL.story().due
