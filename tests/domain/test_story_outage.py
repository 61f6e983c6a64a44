"""Stories with outages and with clocks that jump: S-70, S-73, S-02 to S-04.

June to August 2026 in Viet Nam: 18 June is a Thursday; no holiday lies between 2 May and 30 August.
"""

from tests.domain.builders import LADDER, Teller, at, policy

# Thursday 18 June 2026
TELL = Teller("2026-06-18", LADDER, "2026-06-24")


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
