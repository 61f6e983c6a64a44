"""How instants lie in columns: aware in, UTC out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from nhacviec.adapters.database.types import NaiveMomentError, UtcDateTime

DIALECTS: tuple[Dialect, ...] = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 2), datetime(9998, 1, 1), timezones=offsets)  # noqa: DTZ001 -- bounds


@given(moments)
def test_an_instant_survives_whatever_its_zone(moment: datetime) -> None:
    for dialect in DIALECTS:
        stored = UtcDateTime().process_bind_param(moment, dialect)
        assert stored is not None
        forgotten = (
            stored.replace(tzinfo=None) if dialect.name == "sqlite" else stored.astimezone(moment.tzinfo)
        )
        found = UtcDateTime().process_result_value(forgotten, dialect)

        assert found == moment
        assert found.tzinfo is UTC


def test_no_instant_stays_none() -> None:
    for dialect in DIALECTS:
        assert UtcDateTime().process_bind_param(None, dialect) is None
        assert UtcDateTime().process_result_value(None, dialect) is None


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 4, 13, 8, 0)  # noqa: DTZ001 -- that is the point

    with pytest.raises(NaiveMomentError, match="2026-04-13 08:00:00 has no time zone"):
        UtcDateTime().process_bind_param(naive, DIALECTS[0])
