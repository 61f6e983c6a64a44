"""Stories in which the due date or the policy changes: S-50, S-51, S-59.

June to August 2026 in Viet Nam: 18 June is a Thursday; no holiday lies between 2 May and 30 August.
"""

import pytest

from tests.domain.builders import LADDER, Teller, policy

# Thursday 18 June 2026
TELL = Teller("2026-06-18", LADDER, "2026-06-24")


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
