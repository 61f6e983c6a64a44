"""Short ways to write policies, stories and catalogues, so that a test shows only what it is about."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from nhacviec.domain.policy import Cadence, Escalation, Place, Policy, Quiet
from nhacviec.domain.story import Happening, Send, Story, StoryEvent, tell
from nhacviec.domain.time.calendar import Calendar
from nhacviec.domain.time.offset import Offset, parse_offset
from nhacviec.domain.time.zone import instant, local, zone
from tests.support.checkout import ROOT

HANOI = "Asia/Ho_Chi_Minh"


@cache
def vietnam() -> Calendar:
    """The shipped working calendar."""
    with (ROOT / "config/calendar/vn.csv").open(encoding="utf-8", newline="") as rows:
        days = {date.fromisoformat(row["date"]): row for row in csv.DictReader(rows)}
    return Calendar(
        off={day: row["label"] for day, row in days.items() if row["kind"] != "working"},
        working={day: row["label"] for day, row in days.items() if row["kind"] == "working"},
    )


def place(name: str = HANOI) -> Place:
    """The shipped calendar in some zone."""
    return Place(calendar=vietnam(), zone=zone(name))


def on(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)


def at(text: str, name: str = HANOI) -> datetime:
    """The instant of a local wall time."""
    return instant(datetime.fromisoformat(text), zone(name))


def slots(*entries: str) -> tuple[Offset | Cadence, ...]:
    """``3wd``; ``1d..7d`` every day until day 7; ``5wd x3`` three times; ``7d..`` without an end."""
    return tuple(_slot(entry) for entry in entries)


def _slot(entry: str) -> Offset | Cadence:
    if ".." in entry:
        every, until = entry.split("..")
        return (
            Cadence(every=parse_offset(every), until=parse_offset(until))
            if until
            else Cadence(every=parse_offset(every))
        )
    if " x" in entry:
        every, times = entry.split(" x")
        return Cadence(every=parse_offset(every), times=int(times))
    return parse_offset(entry)


def policy(
    remind: str = "",
    overdue: Sequence[str] = (),
    escalate: str = "",
    **more: Any,  # noqa: ANN401 -- the keys of Policy, walls as text
) -> Policy:
    """A policy: offsets parted by spaces, overdue entries as in ``slots``; ``quiet="17:00-07:00"``."""
    quiet = more.pop("quiet", None)
    if quiet:
        start, end = map(time.fromisoformat, quiet.split("-"))
        more["quiet"] = Quiet(start=start, end=end)
    if "at" in more:
        more["at"] = time.fromisoformat(more["at"])
    return Policy(
        remind=tuple(map(parse_offset, remind.split())),
        overdue=slots(*overdue),
        escalate=tuple(Escalation(after=parse_offset(after), to="overseer") for after in escalate.split()),
        **more,
    )


#: The policy of SCHEDULE §1 and S-40, S-46.
LADDER = policy("-14d -7d -3d -1d 0d", ["1d..7d", "7d..28d"], "3d 10d")


@dataclass(frozen=True)
class Teller:
    """Tells stories in one place."""

    due: str
    policy: Policy
    to: str
    zone: str = HANOI

    def story(self, *events: tuple[Any, ...]) -> Story:
        """Events as ``("reported", at)``, ``("due-moved", at, due)``, ``("down", from, to)`` and so on."""
        downs = [(at(e[1], self.zone), at(e[2], self.zone)) for e in events if e[0] == "down"]
        return Story(
            due=on(self.due),
            policy=self.policy,
            place=place(self.zone),
            events=[self._event(event) for event in events if event[0] != "down"],
            downs=downs,
            end=at(self.to, self.zone) + timedelta(days=1),
        )

    def _event(self, event: tuple[Any, ...]) -> StoryEvent:
        happening, moment = Happening(event[0]), at(event[1], self.zone)
        if happening is Happening.DUE_MOVED:
            return StoryEvent(happening=happening, at=moment, due=on(event[2]))
        if happening is Happening.POLICY_CHANGED:
            return StoryEvent(happening=happening, at=moment, policy=event[2])
        return StoryEvent(happening=happening, at=moment)

    def sends(self, *events: tuple[Any, ...]) -> list[Send]:
        """Every letter."""
        return tell(self.story(*events))

    def __call__(self, *events: tuple[Any, ...]) -> list[str]:
        """Every letter in one line: ``06-04 07:30 -14d``, with ``[merged]`` and ``late`` where they apply."""
        return [line(send, self.zone) for send in self.sends(*events)]


def line(send: Send, name: str = HANOI) -> str:
    """A letter in one line."""
    wall = local(send.at, zone(name))
    parts = [f"{wall:%m-%d %H:%M}", send.ruling.name]
    if send.ruling.merged:
        parts.append(f"[{' '.join(send.ruling.merged)}]")
    if send.ruling.late:
        parts.append("late")
    return " ".join(parts)


def utc(text: str) -> datetime:
    """An instant written in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
