"""The auditor finds what it looks for without reading what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_INDEXES = (
    ("ix_message_held_slot_at", "message", ["slot_at"], "state = 'pending' AND held <> ''"),
    (
        "ix_message_state_slot_at",
        "message",
        ["state", "slot_at"],
        "state IN ('dead', 'superseded', 'uncertain')",
    ),
    ("ix_message_ambiguous", "message", ["ambiguous"], "ambiguous > 2"),
    ("ix_reminder_unaddressed", "reminder", ["decided_at"], "verdict = 'send' AND coalesce(message, 0) = 0"),
    ("ix_delivery_again_message", "delivery", ["message"], "n > 1 AND outcome IN ('accepted', 'late')"),
)


def upgrade() -> None:
    for name, table, columns, chosen in _INDEXES:
        only = sa.text(chosen)
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table)
