"""How values of the domain lie in columns, and what all tables share."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, DateTime, MetaData, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

#: Stable names let a later migration drop what an earlier one made, on both engines.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Let a column hold the values of an enumeration and nothing else."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Row(SQLModel):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMES)


def table_of(row: type[Row]) -> Table:
    """Give the table that a class of rows describes; statements are written over it."""
    return row.metadata.tables[str(row.__tablename__)]


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
