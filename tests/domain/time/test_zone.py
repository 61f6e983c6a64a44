"""What a wall shows and when that is: S-02 to S-04."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from nhacviec.domain.errors import RuleError
from nhacviec.domain.time.zone import in_gap, instant, local, zone

_HANOI = "Asia/Ho_Chi_Minh"
_FIRST = datetime(2015, 1, 1, tzinfo=UTC)
_LAST = datetime(2038, 1, 1, tzinfo=UTC)
_LOOK = timedelta(days=14)
_SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("name", "wall", "expected"),
    [
        (_HANOI, "2026-06-18T07:30", "2026-06-18T00:30+00:00"),
        # S-02: a gap is read with the offset before it
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30+00:00"),
        ("Europe/Paris", "2026-03-29T02:00", "2026-03-29T01:00+00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45+00:00"),
        # S-03: what occurs twice means the first
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30+00:00"),
        ("Europe/Paris", "2026-10-25T02:30", "2026-10-25T00:30+00:00"),
        # S-04: a day that was left out
        ("Pacific/Apia", "2011-12-30T07:30", "2011-12-30T17:30+00:00"),
        ("Pacific/Kwajalein", "1993-08-21T12:00", "1993-08-22T00:00+00:00"),
    ],
)
def test_a_wall_time_is_served_at_one_instant(name: str, wall: str, expected: str) -> None:
    assert instant(datetime.fromisoformat(wall), zone(name)) == datetime.fromisoformat(expected)


def test_the_fold_of_a_wall_time_is_not_looked_at() -> None:
    wall = datetime(2026, 11, 1, 1, 30, fold=1)  # noqa: DTZ001 - a wall time

    served = instant(wall, zone("America/New_York"))

    assert served == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_missing_day_collapses_on_the_next_one() -> None:
    apia = zone("Pacific/Apia")

    served = local(instant(_wall("2011-12-30T07:30"), apia), apia)

    assert served.isoformat() == "2011-12-31T07:30:00+14:00"


def test_a_wall_time_in_a_gap_shows_as_a_later_one() -> None:
    new_york = zone("America/New_York")

    served = local(instant(_wall("2026-03-08T02:30"), new_york), new_york)

    assert served.isoformat() == "2026-03-08T03:30:00-04:00"


def test_every_transition_of_every_zone_is_served_by_the_rules() -> None:
    """S-02 and S-03 in every zone that there is, at every change of its clocks from 2015 to 2037."""
    seen = set()
    for name in sorted(available_timezones() - {"Factory", "localtime"}):
        where = zone(name)
        for change, before, after in _transitions(where):
            # zones share their rules: one of those that change alike is enough
            if (change, before, after) not in seen:
                seen.add((change, before, after))
                _assert_served(where, change, before, after)
    assert len(seen) > 1_000


def _assert_served(where: ZoneInfo, change: datetime, before: timedelta, after: timedelta) -> None:
    turn = (change + before).replace(tzinfo=None)
    reach = (change + after).replace(tzinfo=None)
    gap, fold = max(reach - turn, timedelta()), max(turn - reach, timedelta())

    # up to the change the old offset counts, and what occurs twice means the first
    twice = [turn - fold, turn - fold / 2] if fold else []
    for wall in (turn - fold - _SECOND, *twice, turn - _SECOND):
        assert instant(wall, where) == wall.replace(tzinfo=UTC) - before
        assert not in_gap(wall, where)
    # inside the gap the old offset still counts, and the wall shows as much later as the gap is long
    for wall in (turn, turn + gap / 2, turn + gap - _SECOND) if gap else ():
        assert instant(wall, where) == wall.replace(tzinfo=UTC) - before
        assert local(instant(wall, where), where).replace(tzinfo=None, fold=0) == wall + gap
        assert in_gap(wall, where)
    # from then on the new offset counts
    for wall in (turn + gap, turn + gap + _SECOND):
        assert instant(wall, where) == wall.replace(tzinfo=UTC) - after
        assert local(instant(wall, where), where).replace(tzinfo=None, fold=0) == wall

    # and outside gaps instants ascend as walls do
    outside = [turn - fold - _SECOND, *twice, turn - _SECOND, turn + gap, turn + gap + _SECOND]
    served = [instant(wall, where) for wall in sorted(set(outside))]
    assert all(earlier < later for earlier, later in pairwise(served))


def _transitions(where: ZoneInfo) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """Find when offsets change, by halving; a zone that changes there and back in a fortnight is not lost."""
    moment, offset = _FIRST, _offset(_FIRST, where)
    while moment < _LAST:
        ahead = moment + _LOOK
        if _offset(ahead, where) != offset:
            low, high = moment, ahead
            while high - low > _SECOND:
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if _offset(middle, where) == offset else (low, middle)
            changed = _offset(high, where)
            yield high, offset, changed
            ahead, offset = high, changed
        moment = ahead


def _offset(moment: datetime, where: ZoneInfo) -> timedelta:
    return moment.astimezone(where).utcoffset() or timedelta()


def _wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "Mars/Phobos",
        "asia/ho_chi_minh_",
        "Asia/Ho_Chi_Minh\0",
        "Asia/Ho_Chi_Minh\n",
        "Asia/Ho Chi Minh",
        "Asia/Hồ_Chí_Minh",
        "../../etc/passwd",
        "/etc/localtime",
        "Asia/../Asia/Tokyo",
        "Asia/",
        "Asia",
        "tzdata.zi",
        "leapseconds",
        "localtime",
        "posixrules",
        "Factory",
        "right/Asia/Ho_Chi_Minh",
        "posix/Asia/Ho_Chi_Minh",
        "UTC+7:00",
        "Asia/" * 40,
        "A" * 1_000_000,
    ],
)
def test_a_name_that_is_no_zone_is_refused_with_a_mend(name: str) -> None:
    with pytest.raises(RuleError, match="zone") as refusal:
        zone(name)

    assert "Asia/Ho_Chi_Minh" in refusal.value.mend
    assert len(str(refusal.value)) < 400


def test_a_wall_time_with_an_offset_is_refused() -> None:
    with pytest.raises(RuleError, match="carries an offset"):
        instant(datetime(2026, 6, 18, tzinfo=UTC), zone(_HANOI))


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(RuleError, match="carries no offset"):
        local(_wall("2026-06-18T07:30"), zone(_HANOI))


def test_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(RuleError, match="end of the calendar"):
        instant(_wall("0001-01-01T00:00"), zone(_HANOI))
    with pytest.raises(RuleError, match="end of the calendar"):
        local(datetime(9999, 12, 31, 23, tzinfo=UTC), zone(_HANOI))
