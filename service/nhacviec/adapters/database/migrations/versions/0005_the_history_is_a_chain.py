"""The history becomes a chain: an event names its occurrence itself, and carries a digest.

What is hashed is written out here once more: whatever becomes of the program, this form stays what it is.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_KINDS = (
    "'opened', 'reported', 'accepted', 'returned', 'extended', 'due-moved', 'waived', "
    "'not-applicable', 'reopened', 'suspended', 'tallied', 'missed'"
)
#: Events in memory at once.
_PIECE = 5000
_BEFORE = sa.table(
    "event_before",
    sa.column("id", sa.Integer()),
    sa.column("occurrence", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("by", sa.String()),
    sa.column("note", sa.Text()),
    sa.column("data", sa.JSON()),
)
_OCCURRENCE = sa.table("occurrence", *(sa.column(name) for name in ("id", "duty", "unit", "period")))
_SAME = "o.duty = e.duty AND o.unit = e.unit AND o.period = e.period"


def upgrade() -> None:
    _set_aside("ix_event_occurrence")
    event = op.create_table(
        "event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        *_told(),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS}, 'removed')", name=op.f("ck_event_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    head = op.create_table(
        "event_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_event_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_head")),
    )
    events, digest = 0, "0" * 64
    for piece in _pieces():
        links: list[dict[str, Any]] = []
        for row in piece:
            events += 1
            digest = _digest(digest, events, row)
            links.append({**row, "id": events, "digest": digest})
        op.bulk_insert(event, links)
    op.bulk_insert(head, [{"id": 1, "events": events, "digest": digest}])
    op.drop_table("event_before")
    op.create_index("ix_event_duty_unit_period", "event", ["duty", "unit", "period"])


def downgrade() -> None:
    """What was told of occurrences that are gone has no place in the earlier form."""
    _set_aside("ix_event_duty_unit_period")
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        *_told(),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_event_kind")),
        sa.ForeignKeyConstraint(
            ["occurrence"], ["occurrence.id"], name=op.f("fk_event_occurrence_occurrence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    columns = 'kind, at, "by", note, data'
    theirs = ", ".join(f"e.{name}" for name in columns.split(", "))
    op.execute(
        f"INSERT INTO event (id, occurrence, {columns}) SELECT e.id, o.id, {theirs} "  # noqa: S608
        f"FROM event_before AS e JOIN occurrence AS o ON {_SAME} WHERE e.kind <> 'removed' ORDER BY e.id"
    )
    op.drop_table("event_before")
    op.drop_table("event_head")
    op.create_index(op.f("ix_event_occurrence"), "event", ["occurrence"])
    if op.get_bind().dialect.name == "postgresql":
        last = "SELECT coalesce(max(id), 0) + 1 FROM event"
        op.execute(f"SELECT setval(pg_get_serial_sequence('event', 'id'), ({last}), false)")


def _told() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
    ]


def _set_aside(index: str) -> None:
    """Keep the rows while the table is made anew under its name; what else has a name gives it free."""
    op.drop_index(index, "event")
    op.rename_table("event", "event_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE event_before RENAME CONSTRAINT pk_event TO pk_event_before")


def _pieces() -> Iterator[list[dict[str, Any]]]:
    """The events in the order in which they were recorded, each with the occurrence it belongs to."""
    row, of = _BEFORE.c, _OCCURRENCE.c
    columns = (row.id, of.duty, of.unit, of.period, row.kind, row.at, row.by, row.note, row.data)
    query = sa.select(*columns).join_from(_BEFORE, _OCCURRENCE, of.id == row.occurrence)
    last = 0
    while True:
        some = query.where(row.id > last).order_by(row.id).limit(_PIECE)
        found = [dict(each) for each in op.get_bind().execute(some).mappings()]
        if not found:
            return
        last = found[-1]["id"]
        yield found


def _digest(before: str, number: int, row: dict[str, Any]) -> str:
    at: datetime = row["at"]
    row["at"] = at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    data = json.dumps(row["data"], sort_keys=True, separators=(",", ":"))
    told = [row["duty"], row["unit"], row["period"], row["kind"], at.isoformat(timespec="microseconds")]
    link = [before, number, *told, row["by"], row["note"], data]
    return sha256(json.dumps(link, separators=(",", ":")).encode("ascii")).hexdigest()
