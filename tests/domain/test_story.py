"""Stories of one occurrence, worked out by hand: S-40 to S-60, S-70 to S-73, SCHEDULE §1.

June to August 2026 in Viet Nam: 18 June is a Thursday; no holiday lies between 2 May and 30 August.
"""

import pytest

from nhacviec.domain.story import StoryEvent, tell
from tests.domain.builders import LADDER, Teller, at, on, policy

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


class TestMoved:
    """S-50, S-51: the due date moves."""

    def test_an_extension_gives_no_catch_up_and_leaves_out_what_is_past_todays_too(self) -> None:
        # to 25 June: -14d was 11 June, -7d is today's 07:30
        teller = Teller("2026-06-18", LADDER, "2026-06-25")

        assert teller(("due-moved", "2026-06-18T09:00", "2026-06-25"))[-4:] == [
            "06-18 07:30 0d",
            "06-22 07:30 -3d",
            "06-24 07:30 -1d",
            "06-25 07:30 0d",
        ]

    def test_moved_at_the_instant_of_a_stage_the_new_plans_stage_is_sent(self) -> None:
        told = Teller("2026-06-18", LADDER, "2026-06-18")(("due-moved", "2026-06-18T07:30", "2026-06-25"))

        assert told[-1] == "06-18 07:30 -7d"

    def test_moved_earlier_gives_one_catch_up_even_after_quiet_days(self) -> None:
        # from 18 June to 11 June, on 9 June: -14d, -7d and -3d of the new date have passed
        assert TELL(("due-moved", "2026-06-09T10:00", "2026-06-11"))[:4] == [
            "06-04 07:30 -14d",
            "06-09 10:00 catch-up:-3d",
            "06-10 07:30 -1d",
            "06-11 07:30 0d",
        ]

    def test_where_a_letter_has_gone_that_date_the_catch_up_waits_for_the_next_day(self) -> None:
        no_tomorrow = policy("-7d -3d", ["3d"])
        teller = Teller("2026-06-18", no_tomorrow, "2026-06-16")

        # -7d went on Thursday 11 June at 07:30; Friday is the next day
        assert teller(("due-moved", "2026-06-11T09:00", "2026-06-12")) == [
            "06-11 07:30 -7d",
            "06-12 07:30 catch-up:-3d",
            "06-15 07:30 +3d",
        ]

    def test_a_catch_up_put_off_over_a_weekend_is_named_by_the_days_passed(self) -> None:
        teller = Teller("2026-06-19", policy("-7d -3d"), "2026-06-30")

        # -7d of the 19th went on Friday the 12th; moved to Saturday the 13th, next is Monday
        assert teller(("due-moved", "2026-06-12T09:00", "2026-06-13")) == [
            "06-12 07:30 -7d",
            "06-15 07:30 catch-up:+2d",
        ]

    def test_moved_into_the_past_it_says_the_true_days_and_passed_escalations_do_not_fire(self) -> None:
        assert TELL(("due-moved", "2026-06-09T10:00", "2026-06-04"))[1:] == [
            "06-09 10:00 catch-up:+5d",
            "06-10 07:30 +6d",
            "06-11 07:30 +7d",
            "06-15 07:30 escalate-2",
            "06-18 07:30 +14d",
        ]

    def test_an_extension_takes_back_a_catch_up_that_has_not_gone(self) -> None:
        told = Teller("2026-06-18", LADDER, "2026-06-16")(
            ("created", "2026-06-12T05:00"),  # it would go at 07:30
            ("due-moved", "2026-06-12T06:00", "2026-06-24"),
        )

        assert told == []

    def test_s42_letters_of_an_earlier_revision_count_for_the_date(self) -> None:
        # -3d goes on 15 June; then that day itself becomes the due date
        told = Teller("2026-06-18", policy("-3d 0d"), "2026-06-16")(
            ("due-moved", "2026-06-15T08:00", "2026-06-15")
        )

        assert told == ["06-15 07:30 -3d", "06-16 07:30 catch-up:+1d"]

    def test_stages_may_repeat_for_the_new_date_and_so_do_escalations(self) -> None:
        once = policy("-3d", escalate="1d")
        told = Teller("2026-06-18", once, "2026-07-31")(("due-moved", "2026-06-22T09:00", "2026-07-09"))

        assert told == [
            "06-15 07:30 -3d",
            "06-19 07:30 escalate-1",
            "07-06 07:30 -3d",
            "07-10 07:30 escalate-1",
        ]

    def test_moving_to_the_same_date_changes_nothing(self) -> None:
        assert TELL(("due-moved", "2026-06-16T09:00", "2026-06-18")) == TELL()


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


class TestPolicyChanged:
    """S-59: unsent stages are rebuilt."""

    def test_new_stages_already_past_are_not_sent_and_removed_ones_are_cancelled(self) -> None:
        told = TELL(("policy-changed", "2026-06-12T09:00", policy("-10d -5d 0d", ["2d"])))

        # -5d is Saturday the 13th, so Friday 07:30: it has passed; 2d is Saturday the 20th
        assert told == ["06-04 07:30 -14d", "06-11 07:30 -7d", "06-18 07:30 0d", "06-22 07:30 +4d"]

    def test_a_stage_already_sent_is_not_sent_again_at_another_hour(self) -> None:
        told = TELL(("policy-changed", "2026-06-11T09:00", policy("-7d -3d", at="15:00")))

        assert told == ["06-04 07:30 -14d", "06-11 07:30 -7d", "06-15 15:00 -3d"]

    def test_no_second_main_line_letter_on_a_date_that_has_had_one(self) -> None:
        # the new policy calls the same day by another stage
        told = TELL(("policy-changed", "2026-06-15T09:00", policy("-3wd", at="15:00")))

        assert told == ["06-04 07:30 -14d", "06-11 07:30 -7d", "06-15 07:30 -3d"]

    def test_at_the_very_instant_of_a_stage_the_new_plans_stage_is_sent(self) -> None:
        told = TELL(("policy-changed", "2026-06-15T07:30", policy("-3wd")))

        assert told[-1] == "06-15 07:30 -3wd"

    def test_a_catch_up_not_yet_sent_stays_where_its_stage_stays(self) -> None:
        told = Teller("2026-06-24", LADDER, "2026-06-16")(
            ("created", "2026-06-13T08:00"), ("policy-changed", "2026-06-13T09:00", policy("-14d -7d -12d"))
        )

        assert told == ["06-15 07:30 catch-up:-14d"]

    @pytest.mark.parametrize("changed", ["0d", "-13d 0d", "-14d 0d"])
    def test_a_catch_up_not_yet_sent_stays_where_its_stage_is_gone(self, changed: str) -> None:
        told = Teller("2026-06-19", policy("-14d -10d 0d"), "2026-06-16")(
            ("created", "2026-06-13T08:00"), ("policy-changed", "2026-06-13T09:00", policy(changed))
        )

        assert told == ["06-15 07:30 catch-up:-10d"]

    def test_a_catch_up_that_has_gone_does_not_come_back(self) -> None:
        told = Teller("2026-06-19", policy("-14d -10d 0d"), "2026-06-19")(
            ("created", "2026-06-12T09:00"), ("policy-changed", "2026-06-12T10:00", policy("-9d 0d"))
        )

        assert told == ["06-12 09:00 catch-up:-10d", "06-19 07:30 0d"]

    def test_what_an_outage_has_missed_is_made_up_for_where_its_stage_stays(self) -> None:
        told = TELL(
            ("down", "2026-06-10T00:00", "2026-06-12T09:00"),
            ("policy-changed", "2026-06-11T12:00", policy("-8d -7d 0d", at="08:00")),
        )

        assert told[1:] == ["06-12 09:00 -7d late", "06-18 08:00 0d"]

    def test_escalations_sent_stay_sent_and_new_ones_past_do_not_fire(self) -> None:
        told = Teller("2026-06-18", policy(escalate="1d 20d"), "2026-07-31")(
            ("policy-changed", "2026-06-23T09:00", policy(escalate="2d 4d 8d"))
        )

        assert told == ["06-19 07:30 escalate-1", "06-26 07:30 escalate-3"]


class TestOutage:
    """S-70, S-73: what an outage has missed."""

    def test_an_hour_is_made_up_for_at_restart_and_not_called_late(self) -> None:
        assert TELL(("down", "2026-06-11T07:00", "2026-06-11T08:30"))[1] == "06-11 08:30 -7d"
        assert TELL(("down", "2026-06-11T07:00", "2026-06-11T08:31"))[1] == "06-11 08:31 -7d late"

    def test_a_stage_at_the_end_of_an_outage_is_on_time_and_at_its_beginning_is_missed(self) -> None:
        assert TELL(("down", "2026-06-11T06:00", "2026-06-11T07:30"))[1] == "06-11 07:30 -7d"
        assert TELL(("down", "2026-06-11T07:30", "2026-06-11T07:40"))[1] == "06-11 07:40 -7d"

    def test_three_days_give_one_letter_and_no_prefix(self) -> None:
        # -3d, -1d and 0d are missed
        told = Teller("2026-06-18", policy("-7d -3d -1d 0d"), "2026-06-30")(
            ("down", "2026-06-14T00:00", "2026-06-18T09:00")
        )

        assert told == ["06-11 07:30 -7d", "06-18 09:00 0d late"]

    def test_forty_days_give_one_overdue_letter_and_each_escalation_once(self) -> None:
        told = Teller("2026-06-18", LADDER, "2026-07-31")(("down", "2026-06-10T00:00", "2026-07-20T10:00"))

        assert told == [
            "06-04 07:30 -14d",
            "07-20 10:00 +32d late",
            "07-20 10:00 escalate-1 late",
            "07-20 10:00 escalate-2 late",
        ]

    def test_a_missed_letter_is_merged_into_a_regular_one_of_the_date_on_which_it_would_go(self) -> None:
        # restart on Monday before the send time: the missed -7d would go with -3d; the older -14d is not said
        told = TELL(("down", "2026-06-03T00:00", "2026-06-15T05:00"))

        assert told[0] == "06-15 07:30 -3d [-7d]"

    def test_a_letter_missed_on_the_day_of_restart_goes_alone(self) -> None:
        told = TELL(("down", "2026-06-10T00:00", "2026-06-15T09:00"))

        assert told[1] == "06-15 09:00 -3d late"

    def test_stages_that_met_on_a_missed_date_stay_merged(self) -> None:
        told = Teller("2026-06-21", policy("-3d -1d 0d"), "2026-06-30")(
            ("down", "2026-06-18T00:00", "2026-06-19T12:00")
        )

        assert told == ["06-19 12:00 0d [-1d] late"]

    def test_a_missed_escalation_goes_even_where_another_level_goes_that_day(self) -> None:
        told = Teller("2026-06-18", policy(escalate="1d 5d"), "2026-06-30")(
            ("down", "2026-06-19T00:00", "2026-06-23T06:00")
        )

        assert told == ["06-23 07:30 escalate-1 late", "06-23 07:30 escalate-2"]

    def test_missed_working_day_slots_are_named_in_working_days(self) -> None:
        told = Teller("2026-06-18", policy("", ["1wd", "3wd"]), "2026-06-30")(
            ("down", "2026-06-23T00:00", "2026-06-26T09:00")
        )

        assert told == ["06-19 07:30 +1wd", "06-26 09:00 +6wd late"]

    def test_restart_in_quiet_hours_or_on_a_day_off_waits(self) -> None:
        quiet = policy("-7d", quiet="17:00-07:00")

        told = Teller("2026-06-18", quiet, "2026-06-30")(("down", "2026-06-11T00:00", "2026-06-12T18:00"))

        assert told == ["06-15 07:30 -7d late"]

    def test_what_was_reported_moved_or_closed_meanwhile_is_not_made_up_for(self) -> None:
        down = ("down", "2026-06-10T00:00", "2026-06-16T09:00")

        assert TELL(down, ("reported", "2026-06-15T12:00")) == ["06-04 07:30 -14d"]
        assert TELL(down, ("due-moved", "2026-06-15T12:00", "2026-07-20")) == ["06-04 07:30 -14d"]

    def test_moved_earlier_meanwhile_gives_one_catch_up_at_restart(self) -> None:
        down = ("down", "2026-06-10T00:00", "2026-06-12T09:00")

        assert TELL(down, ("due-moved", "2026-06-10T12:00", "2026-06-15"))[1] == "06-12 09:00 -1d [-3d] late"
        assert TELL(down, ("due-moved", "2026-06-12T08:00", "2026-06-15"))[1] == "06-12 09:00 catch-up:-1d"

    def test_a_catch_up_that_an_outage_delays_keeps_its_prefix(self) -> None:
        told = TELL(("created", "2026-06-12T05:00"), ("down", "2026-06-12T06:00", "2026-06-12T10:00"))

        assert told[0] == "06-12 10:00 catch-up:-7d late"

    def test_s73_older_than_the_window_is_not_sent(self) -> None:
        once = Teller("2026-06-18", policy("0d", ["8d"], "1d 8d"), "2026-12-31")

        # 26 June, 07:30: sixty days later is 25 August, 07:30
        assert once(("down", "2026-06-01T00:00", "2026-08-25T07:30")) == [
            "08-25 07:30 +68d late",
            "08-25 07:30 escalate-2 late",
        ]
        assert once(("down", "2026-06-01T00:00", "2026-08-25T07:31")) == []

    def test_spans_that_touch_or_overlap_are_one_outage_in_any_order(self) -> None:
        whole = TELL(("down", "2026-06-10T00:00", "2026-06-16T09:00"))

        assert whole == TELL(
            ("down", "2026-06-13T00:00", "2026-06-16T09:00"),
            ("down", "2026-06-12T00:00", "2026-06-12T12:00"),
            ("down", "2026-06-10T00:00", "2026-06-13T00:00"),
        )


class TestOrder:
    """Events act by their instants, whatever order they stand in."""

    def test_events_and_spans_may_stand_in_any_order(self) -> None:
        events = [
            ("created", "2026-06-05T09:00"),
            ("due-moved", "2026-06-08T09:00", "2026-06-25"),
            ("policy-changed", "2026-06-19T09:00", policy("-3d 0d")),
            ("reported", "2026-06-24T09:00"),
        ]

        assert (
            TELL(*events)
            == TELL(*reversed(events))
            == [
                "06-05 09:00 catch-up:-14d",
                "06-11 07:30 -14d",
                "06-18 07:30 -7d",
                "06-22 07:30 -3d",
            ]
        )

    def test_of_one_instant_creation_comes_first(self) -> None:
        # an extension gives no catch-up, whichever of the two is named first
        moved, created = ("due-moved", "2026-06-12T09:00", "2026-06-24"), ("created", "2026-06-12T09:00")

        assert TELL(moved, created) == TELL(created, moved)
        assert TELL(moved, created) == [
            "06-17 07:30 -7d",
            "06-19 07:30 -3d",
            "06-23 07:30 -1d",
            "06-24 07:30 0d",
        ]

    def test_an_event_without_what_it_brings_changes_nothing(self) -> None:
        story = TELL.story(("due-moved", "2026-06-16T09:00", "2026-07-02"))
        empty = [StoryEvent(happening=event.happening, at=event.at) for event in story.events]

        assert [
            send.at
            for send in tell(
                type(story)(
                    due=story.due, policy=story.policy, place=story.place, events=empty, end=story.end
                )
            )
        ] == [send.at for send in TELL.sends()]


class TestZones:
    """S-02 to S-04: send times on days on which clocks jump."""

    def test_a_send_time_in_a_gap_is_served_after_it(self) -> None:
        night = policy("0d", at="02:30", working_days_only=False)

        assert Teller("2026-03-08", night, "2026-03-08", "America/New_York")() == ["03-08 03:30 0d"]
        assert Teller(
            "2026-10-04",
            policy("0d", at="02:15", working_days_only=False),
            "2026-10-04",
            "Australia/Lord_Howe",
        )() == ["10-04 02:45 0d"]

    def test_a_send_time_that_jumps_into_quiet_hours_goes_at_their_end(self) -> None:
        night = policy("0d", at="02:30", working_days_only=False, quiet="03:00-05:00")

        assert Teller("2026-03-08", night, "2026-03-08", "America/New_York")() == ["03-08 05:00 0d"]

    def test_a_send_time_that_occurs_twice_is_served_once_at_its_first(self) -> None:
        teller = Teller(
            "2026-11-01", policy("0d", at="01:30", working_days_only=False), "2026-11-02", "America/New_York"
        )

        assert [send.at for send in teller.sends()] == [at("2026-11-01T01:30", "America/New_York")]

    def test_s04_a_day_that_is_left_out_collapses_with_the_next(self) -> None:
        every_day = policy("-1d 0d", ["1d"], working_days_only=False)
        working = policy("0d")

        assert Teller("2011-12-31", every_day, "2012-01-05", "Pacific/Apia")() == [
            "12-31 07:30 0d [-1d]",
            "01-01 07:30 +1d",
        ]
        assert Teller("2011-12-30", working, "2012-01-05", "Pacific/Apia")() == ["12-31 07:30 +1d"]


def test_s78_the_same_story_is_always_told_alike() -> None:
    events = (("created", "2026-06-12T18:00"), ("down", "2026-06-15T00:00", "2026-06-17T09:00"))

    assert TELL.sends(*events) == TELL.sends(*events)


def test_days_to_due_are_the_true_ones_on_the_local_date() -> None:
    sends = TELL.sends(("created", "2026-06-13T10:00"))

    assert [(send.ruling.name, send.days_to_due) for send in sends][:2] == [("-3d", 3), ("-1d", 1)]
    assert on("2026-06-18") == TELL.story().due
