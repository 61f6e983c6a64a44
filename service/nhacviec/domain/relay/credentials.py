"""Credentials that were refused rest for a quarter of an hour: mailboxes are locked by less (F29)."""

from datetime import datetime, timedelta

#: At most five tries in an hour.
REST = timedelta(minutes=15)


def refuses(code: int, stage: str) -> bool:
    """Whether a reply means that these credentials will not do, however often they are shown.

    Args:
        code: three digits; 0 when none came.
        stage: where in the conversation.
    """
    return stage == "auth" and code // 100 == 5  # noqa: PLR2004 -- RFC 5321 §4.2.1; 530, 534, 535: RFC 4954 §6


def resting_until(refused_at: datetime) -> datetime:
    """Until when credentials rest that were refused at an instant; aware."""
    return refused_at + REST


def rest(refused_at: datetime | None, now: datetime) -> timedelta:
    """How long credentials have yet to rest; also after a restart, from the kept instant of their refusal.

    Args:
        refused_at: aware; None when they were not refused.
        now: aware.

    Returns:
        From nothing to a quarter of an hour, also where the clock has gone back meanwhile.
    """
    if refused_at is None:
        return timedelta()
    return min(max(resting_until(refused_at) - now, timedelta()), REST)
