"""An occurrence: one duty of one unit in one period, its state, its history, its four-way status."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from nhacviec.domain.errors import NotAllowedError
from nhacviec.domain.time.calendar import ONE_DAY, Calendar


class State(StrEnum):
    """Where an occurrence stands."""

    OPEN = "open"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WAIVED = "waived"
    NOT_APPLICABLE = "not_applicable"
    SUSPENDED = "suspended"
    MISSED = "missed"


#: States in which the work is done, as far as anybody has said.
DONE = frozenset({State.REPORTED, State.ACCEPTED})
#: States in which the work is still asked for and spoken of.
ASKED_FOR = frozenset({State.OPEN, State.RETURNED})


class Status(StrEnum):
    """The official four-way split, and ``waived`` beside it (DOMAIN: Văn phòng Chính phủ)."""

    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    OPEN_IN_TIME = "open_in_time"
    OPEN_OVERDUE = "open_overdue"
    WAIVED = "waived"


class EventKind(StrEnum):
    """What happens to an occurrence; one line of its history each."""

    OPENED = "opened"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXTENDED = "extended"
    DUE_MOVED = "due-moved"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    REOPENED = "reopened"
    SUSPENDED = "suspended"
    TALLIED = "tallied"
    MISSED = "missed"
    REMOVED = "removed"


#: From which states each decision may be taken, and to which it leads.
_TRANSITIONS: dict[EventKind, tuple[frozenset[State], State]] = {
    EventKind.REPORTED: (ASKED_FOR, State.REPORTED),
    EventKind.ACCEPTED: (frozenset({State.REPORTED}), State.ACCEPTED),
    EventKind.RETURNED: (frozenset({State.REPORTED, State.ACCEPTED}), State.RETURNED),
    EventKind.EXTENDED: (ASKED_FOR, State.OPEN),
    EventKind.WAIVED: (ASKED_FOR | {State.SUSPENDED}, State.WAIVED),
    EventKind.NOT_APPLICABLE: (ASKED_FOR | {State.SUSPENDED}, State.NOT_APPLICABLE),
    EventKind.REOPENED: (frozenset(State) - ASKED_FOR, State.OPEN),
    EventKind.SUSPENDED: (ASKED_FOR, State.SUSPENDED),
}


def decided(state: State, event: EventKind) -> State:
    """The state after a decision.

    Raises:
        NotAllowedError: the state does not permit it; says from which states it is.

    >>> decided(State.OPEN, EventKind.REPORTED).value
    'reported'
    """
    allowed, following = _TRANSITIONS[event]
    if state not in allowed:
        expected = ", ".join(sorted(allowed))
        raise NotAllowedError(f"it is {state}: only what is {expected} can be {event}")
    return state if event is EventKind.EXTENDED else following


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time a unit's duty falls due.

    Args:
        duty: its code.
        unit: its code.
        period: the period's code; with duty and unit the identity (S-30).
        period_first: the period's first day.
        period_last: its last day.
        every: the rhythm the period belongs to.
        nominal: what the rule says, before any adjustment.
        due: the effective due date.
        revision: rises whenever the due date moves (S-50).
        state: where it stands.
        opened_at: when the row came to be, UTC.
        speaks_from: stages before this instant had passed (S-43, S-50).
        catch_up: whether those are owed one catch-up.
        opens: the first day on which the work may be reported; None for any.
        late_after: the day after which it is late; None stands for ``due``.
        extended: whether it was granted more time.
        overridden: whether a human set this date; later series edits keep it (S-32).
        opened_late: its whole life fell into an outage (S-72).
        target: how many are planned; None for a duty that is done once.
        done: how many are counted.
        reported_on: the day that counts (S-06).
        last_spoken_on: the last local date of a main-line letter.
        reminded: how many main-line letters went.
        next_at: when it needs attention next; None when never.
    """

    duty: str
    unit: str
    period: str
    period_first: date
    period_last: date
    every: str
    nominal: date
    due: date
    revision: int = 0
    state: State = State.OPEN
    opened_at: datetime
    speaks_from: datetime
    catch_up: bool = True
    opens: date | None = None
    late_after: date | None = None
    extended: bool = False
    overridden: bool = False
    opened_late: bool = False
    target: int | None = None
    done: int = 0
    reported_on: date | None = None
    last_spoken_on: date | None = None
    reminded: int = 0
    next_at: datetime | None = None
    id: int | None = None

    @property
    def last_good_day(self) -> date:
        """Late only after this day: the window's close, else the due date."""
        return max(self.due, self.late_after) if self.late_after else self.due

    def status(self, today: date) -> Status | None:
        """The four-way status on a day; None for what is outside the figures (DESIGN §5.3)."""
        match self.state:
            case State.REPORTED | State.ACCEPTED:
                on_time = self.reported_on is None or self.reported_on <= self.last_good_day
                return Status.DONE_ON_TIME if on_time else Status.DONE_LATE
            case State.OPEN | State.RETURNED:
                return Status.OPEN_IN_TIME if today <= self.last_good_day else Status.OPEN_OVERDUE
            case State.WAIVED:
                return Status.WAIVED
            case _:
                return None

    def late_working_days(self, today: date, calendar: Calendar) -> int:
        """Working days between the last good day and the day it was done, or today while it is open."""
        if self.state not in (*ASKED_FOR, State.REPORTED, State.ACCEPTED):
            return 0
        end = self.reported_on if self.state not in ASKED_FOR and self.reported_on else today
        return calendar.count(self.last_good_day + ONE_DAY, end + ONE_DAY)
