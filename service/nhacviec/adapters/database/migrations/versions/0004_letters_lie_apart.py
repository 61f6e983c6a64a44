"""The words and bytes of a letter lie apart from its message, whose row changes with each step it takes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_WORKER = sa.text("worker IS NOT NULL")
_UNDER_WAY = sa.text("state IN ('claimed', 'transmitting')")
_STORAGE = ("fillfactor", 80), ("autovacuum_vacuum_scale_factor", 0.02)


def upgrade() -> None:
    op.create_table(
        "message_body",
        sa.Column("message", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("mime", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_message_body_message_message")),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_message_body")),
    )
    op.execute(
        "INSERT INTO message_body (message, subject, mime) "
        "SELECT id, subject, mime FROM message WHERE mime IS NOT NULL"
    )
    # By hand: on SQLite alembic would make the table anew, and forget which rows its indexes are for.
    op.execute("ALTER TABLE message DROP COLUMN subject")
    op.execute("ALTER TABLE message DROP COLUMN mime")
    _index_again("ix_message_worker_state", "ix_message_worker", ["worker"], _WORKER)
    if op.get_bind().dialect.name == "postgresql":
        settings = ", ".join(f"{name} = {value}" for name, value in _STORAGE)
        op.execute(f"ALTER TABLE message SET ({settings})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        names = ", ".join(name for name, _ in _STORAGE)
        op.execute(f"ALTER TABLE message RESET ({names})")
    _index_again("ix_message_worker", "ix_message_worker_state", ["worker", "state"], _UNDER_WAY)
    op.add_column("message", sa.Column("subject", sa.Text(), nullable=False, server_default=""))
    op.add_column("message", sa.Column("mime", sa.LargeBinary(), nullable=True))
    for name in ("subject", "mime"):
        kept = f"SELECT {name} FROM message_body WHERE message_body.message = message.id"  # noqa: S608
        whose = "id IN (SELECT message_body.message FROM message_body)"
        op.execute(f"UPDATE message SET {name} = ({kept}) WHERE {whose}")  # noqa: S608
    op.drop_table("message_body")


def _index_again(old: str, new: str, columns: list[str], only: sa.TextClause) -> None:
    op.drop_index(old, "message")
    op.create_index(new, "message", columns, sqlite_where=only, postgresql_where=only)
