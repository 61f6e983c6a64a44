"""The tables of the catalogue, and of the values that the service keeps for itself."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Text
from sqlmodel import Field

from nhacviec.adapters.database.types import Row, table_of


class OrganisationRow(Row, table=True):
    """The tenant, as its catalogue defines it."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: int = Field(primary_key=True)
    definition: dict[str, Any] = Field(sa_type=JSON)


class CalendarRow(Row, table=True):
    """Country and weekend."""

    __tablename__ = "calendar"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: int = Field(primary_key=True)
    definition: dict[str, Any] = Field(sa_type=JSON)


class CalendarDayRow(Row, table=True):
    """One day on which the calendar departs from the week."""

    __tablename__ = "calendar_day"
    day: date = Field(primary_key=True)
    working: bool
    label: str
    source: str
    status: str


class UnitRow(Row, table=True):
    """Who has duties."""

    __tablename__ = "unit"
    code: str = Field(primary_key=True)
    position: int
    definition: dict[str, Any] = Field(sa_type=JSON)


class PolicyRow(Row, table=True):
    """How a duty is reminded of."""

    __tablename__ = "policy"
    code: str = Field(primary_key=True)
    position: int
    definition: dict[str, Any] = Field(sa_type=JSON)


class DutyRow(Row, table=True):
    """Work that comes back, and how far it has been planned (S-79)."""

    __tablename__ = "duty"
    code: str = Field(primary_key=True)
    position: int
    definition: dict[str, Any] = Field(sa_type=JSON)
    applied_on: date | None
    planned_until: date | None


class SettingRow(Row, table=True):
    """A value the service keeps for itself: its key, its high-water mark, the catalogue's version."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


organisation = table_of(OrganisationRow)
calendar = table_of(CalendarRow)
calendar_day = table_of(CalendarDayRow)
unit = table_of(UnitRow)
policy = table_of(PolicyRow)
duty = table_of(DutyRow)
setting = table_of(SettingRow)
