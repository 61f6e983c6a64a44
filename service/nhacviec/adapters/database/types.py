"""How values of the domain lie in columns."""

from datetime import UTC, datetime

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator


class NaiveMomentError(ValueError, DontWrapMixin):
    """A moment without a zone was about to be stored; a mistake of the program, never of its user."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, UTC out.

    SQLite forgets zones and psycopg takes a naive value without a word, so both are handled here.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn an aware moment into UTC.

        Raises:
            NaiveMomentError: the moment has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveMomentError(f"{value} has no time zone: pass an aware datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
