"""Questions about stages and stories, read strictly; told by the domain's own story (SCHEDULE §1)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from nhacviec.application.catalogue.build import build_policy
from nhacviec.domain.errors import RuleError
from nhacviec.domain.policy import Place, Policy
from nhacviec.domain.story import Happening, Send, Story, StoryEvent, tell
from nhacviec.domain.time.calendar import ONE_DAY, Calendar
from nhacviec.domain.time.zone import instant, local, zone

Question = Mapping[str, Any]

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
#: How long after the due date a question without ``to`` is told: longer than any cadence without an end.
TOLD = timedelta(days=800)
_DOWN = "down"
#: What each event carries beside its name.
_KEYS = {
    Happening.DUE_MOVED: ("event", "at", "due_date"),
    Happening.POLICY_CHANGED: ("event", "at", "policy"),
}


def answer_stages(question: Question, calendar: Calendar, where: ZoneInfo) -> list[dict[str, Any]]:
    """At which instants an unreported occurrence would be spoken of: a story without events."""
    only(question, ("stages", "due_date", "zone", "to", "calendar"))
    story = _story(question, policy_of(question["stages"]), calendar, where)
    return [
        {
            "stage": send.ruling.name,
            "at": local(send.at, where).isoformat(),
            "moved": send.ruling.stage.moved,
        }
        for send in tell(story)
    ]


def answer_story(question: Question, calendar: Calendar, where: ZoneInfo) -> list[dict[str, Any]]:
    """Every letter of a story, in order."""
    only(question, ("due_date", "zone", "calendar", "policy", "story", "to"))
    story = _story(question, policy_of(question.get("policy", {})), calendar, where)
    return [_send(send, where) for send in tell(story)]


def _send(send: Send, where: ZoneInfo) -> dict[str, Any]:
    return {
        "at": local(send.at, where).isoformat(),
        "stage": send.ruling.name,
        "days_to_due": send.days_to_due,
        "merged": list(send.ruling.merged),
        "late": send.ruling.late,
    }


def _story(question: Question, policy: Policy, calendar: Calendar, where: ZoneInfo) -> Story:
    due = day_of(question, "due_date")
    events, downs = _happenings(question, where)
    dues = [due, *(event.due for event in events if event.due)]
    last = day_of(question, "to") if question.get("to") is not None else max(dues) + TOLD
    return Story(
        due=due,
        policy=policy,
        place=Place(calendar=calendar, zone=where),
        events=events,
        downs=downs,
        end=instant(datetime.combine(last + ONE_DAY, datetime.min.time()), where),
    )


def _happenings(
    question: Question, where: ZoneInfo
) -> tuple[list[StoryEvent], list[tuple[datetime, datetime]]]:
    """Events by their instants, whatever order they stand in; spans without service apart."""
    given = question.get("story", [])
    if not isinstance(given, list) or not all(isinstance(event, dict) for event in given):
        raise RuleError("story is not a list of objects", mend='write [{"event": "reported", "at": "…"}]')
    downs = sorted(_down(event, where) for event in given if event.get("event") == _DOWN)
    others = [(_moment(event, "at", where), event) for event in given if event.get("event") != _DOWN]
    definition = question.get("policy", question.get("stages", {}))
    events: list[StoryEvent] = []
    for at, event in sorted(others, key=lambda pair: pair[0]):
        happening = _happening(event)
        if happening is Happening.POLICY_CHANGED:
            definition = {**definition, **_object(event, "policy")}
        events.append(
            StoryEvent(
                happening=happening,
                at=at,
                due=day_of(event, "due_date") if happening is Happening.DUE_MOVED else None,
                policy=policy_of(definition) if happening is Happening.POLICY_CHANGED else None,
            )
        )
    return events, downs


def _happening(event: Question) -> Happening:
    name = event.get("event")
    if name not in list(Happening):
        raise RuleError(f"event {name!r} is not known", mend=f"use {', '.join([*Happening, _DOWN])}")
    happening = Happening(str(name))
    only(event, _KEYS.get(happening, ("event", "at")))
    return happening


def _down(event: Question, where: ZoneInfo) -> tuple[datetime, datetime]:
    only(event, ("event", "from", "to"))
    start, end = _moment(event, "from", where), _moment(event, "to", where)
    if end < start:
        raise RuleError(f"down ends before it begins ({event['from']})", mend="swap from and to")
    return start, end


def _moment(event: Question, key: str, where: ZoneInfo) -> datetime:
    return instant(wall_of(event, key), where).astimezone(UTC)


def _object(event: Question, key: str) -> Question:
    found = event.get(key)
    if not isinstance(found, dict):
        raise RuleError(f"{key} is not an object", mend="give the keys that change")
    return found


def policy_of(definition: object) -> Policy:
    """A policy as a question gives it; null is as good as left out."""
    if not isinstance(definition, dict):
        raise RuleError("policy is not an object", mend='write {"remind": […], "overdue": […]}')
    return build_policy({key: value for key, value in definition.items() if value is not None})


def zone_of(question: Question) -> ZoneInfo:
    """The zone a question names; Vietnam's when it names none."""
    name = question.get("zone", DEFAULT_ZONE)
    if not isinstance(name, str):
        raise RuleError("zone is not a name", mend="write Asia/Ho_Chi_Minh")
    return zone(name)


def day_of(question: Question, key: str) -> date:
    """A date of a question."""
    text = question.get(key)
    try:
        read = date.fromisoformat(text if isinstance(text, str) else "")
    except ValueError as error:
        raise RuleError(f"{key} {text!r} is not a date", mend="write YYYY-MM-DD") from error
    if read.isoformat() != text:  # 20170406 and 2017-W14-4 are ISO 8601, and a slip of the pen here
        raise RuleError(f"{key} {text!r} is not a date", mend="write YYYY-MM-DD")
    return read


def wall_of(question: Question, key: str) -> datetime:
    """A local wall time of a question."""
    text = question.get(key)
    try:
        read = datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError as error:
        raise RuleError(f"{key} {text!r} is not a local date-time", mend="write YYYY-MM-DDTHH:MM") from error
    if read.tzinfo is not None:
        raise RuleError(f"{key} {text!r} has an offset", mend="write the local wall time and give zone")
    return read


def only(question: Question, known: tuple[str, ...]) -> None:
    """Refuse keys that mean nothing here."""
    unknown = [key for key in question if key not in known]
    if unknown:
        raise RuleError(f"{unknown[0]!r} is not known here", mend=f"use {', '.join(known)}")
