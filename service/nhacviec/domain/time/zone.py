"""Wall time and instants: what a clock on a wall says, and when that is (S-01 to S-04).

A due or send time is kept as local date, wall time and IANA zone; the instant is derived here and
derived again whenever the zone's rules change (S-05). Nowhere else is an offset computed.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from nhacviec.domain.errors import RuleError

#: The grammar of IANA names; it leaves no room for paths, dots or control characters.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,3}", re.ASCII)

#: Names that a machine's zone folder may hold and that mean something else on the next machine.
_NOT_OURS = re.compile(r"(?:localtime|posixrules|Factory)|(?:posix|right)/.*")

_LONGEST_NAME = 64


def zone(name: str) -> ZoneInfo:
    """Find a zone by its IANA name.

    Args:
        name: as ``Asia/Ho_Chi_Minh``; capitals matter.

    Raises:
        RuleError: the name is not one of the IANA database.
    """
    mend = "write an IANA name such as Asia/Ho_Chi_Minh"
    shown = repr(name[:_LONGEST_NAME])
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name) or _NOT_OURS.fullmatch(name):
        raise RuleError(f"zone {shown} is not the name of a time zone", mend=mend)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise RuleError(f"zone {shown} is unknown", mend=mend) from error


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Say at which instant a wall time is served.

    A wall time in a gap is read with the offset before the gap, so that nothing is lost (S-02, S-04,
    RFC 5545 §3.3.5); one that occurs twice means its first occurrence (S-03).

    Args:
        wall: naive local date and time; its ``fold`` is not looked at.
        zone: where the wall stands.

    Returns:
        The instant, aware, in UTC.

    Raises:
        RuleError: ``wall`` is aware, or its instant lies outside the years 1 to 9999.
    """
    if wall.tzinfo is not None:
        raise RuleError(
            f"wall time {wall.isoformat()} carries an offset",
            mend="give the local date and time alone; the zone says the offset",
        )
    try:
        return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError as error:
        raise _outside(wall) from error


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """Say what the wall shows at an instant.

    Args:
        instant: aware, in any zone.
        zone: where the wall stands.

    Returns:
        The same instant, aware, in ``zone``.

    Raises:
        RuleError: ``instant`` is naive, or the wall would show a year outside 1 to 9999.
    """
    if instant.tzinfo is None:
        raise RuleError(
            f"instant {instant.isoformat()} carries no offset", mend="write it with its offset: …+07:00 or …Z"
        )
    try:
        return instant.astimezone(zone)
    except OverflowError as error:
        raise _outside(instant) from error


def in_gap(wall: datetime, zone: ZoneInfo) -> bool:
    """Say whether the wall never shows this time, because clocks were put forward over it.

    Args:
        wall: naive local date and time.
        zone: where the wall stands.
    """
    return local(instant(wall, zone), zone).replace(tzinfo=None, fold=0) != wall.replace(fold=0)


def _outside(moment: datetime) -> RuleError:
    return RuleError(
        f"{moment.isoformat()} lies too near the end of the calendar", mend="use a year between 2 and 9998"
    )
