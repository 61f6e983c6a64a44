"""Events of a story act by their instants, whatever order they stand in (SCHEDULE §1)."""

from nhacviec.domain.story import StoryEvent, tell
from tests.domain.builders import LADDER, Teller, policy

# Thursday 18 June 2026
TELL = Teller("2026-06-18", LADDER, "2026-06-24")


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
