"""Workers own the letters they have under way; attempts know who made them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_UNDER_WAY = sa.text("state IN ('claimed', 'transmitting')")
_ESCALATION = sa.text("line = 'escalation' AND state = 'pending' AND held = ''")
_CLAIMABLE = sa.text("state = 'pending' AND held = ''")
_OUTCOMES = "'accepted', 'deferred', 'refused', 'ambiguous', 'unreachable'"
_MOMENTS = {
    "postgresql": ("now()", "now() + interval '5 minutes'"),
    "sqlite": (
        "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
        "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+5 minutes')",
    ),
}


def upgrade() -> None:
    _let_go("token = NULL, lease_until = NULL")
    _create_worker()
    # SQLite makes the table anew, and forgets which rows an index was for: they are made again.
    op.drop_index("ix_message_lease_until", "message")
    op.drop_index("ix_message_due_at_id", "message")
    with op.batch_alter_table("message") as message:
        message.drop_constraint(op.f("ck_message_lease"), type_="check")
        message.drop_column("lease_until")
        message.add_column(sa.Column("worker", sa.Integer(), nullable=True))
        message.add_column(sa.Column("intended_at", sa.DateTime(timezone=True), nullable=True))
        message.create_foreign_key(op.f("fk_message_worker_worker"), "worker", ["worker"], ["id"])
        message.create_check_constraint(op.f("ck_message_worker"), "(token IS NULL) = (worker IS NULL)")
    _index("ix_message_due_at_id", ["due_at", "id"], _CLAIMABLE)
    _index("ix_message_escalation_due_at_id", ["due_at", "id"], _ESCALATION)
    _index("ix_message_worker_state", ["worker", "state"], _UNDER_WAY)
    with op.batch_alter_table("delivery") as delivery:
        delivery.add_column(sa.Column("worker", sa.Integer(), nullable=True))
        delivery.add_column(sa.Column("intended_at", sa.DateTime(timezone=True), nullable=True))
        delivery.create_foreign_key(op.f("fk_delivery_worker_worker"), "worker", ["worker"], ["id"])
        delivery.drop_constraint(op.f("ck_delivery_outcome"), type_="check")
        delivery.create_check_constraint(op.f("ck_delivery_outcome"), f"outcome IN ({_OUTCOMES}, 'late')")


def downgrade() -> None:
    _let_go("token = NULL, worker = NULL")
    op.execute("UPDATE delivery SET outcome = 'accepted' WHERE outcome = 'late'")
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_constraint(op.f("ck_delivery_outcome"), type_="check")
        delivery.create_check_constraint(op.f("ck_delivery_outcome"), f"outcome IN ({_OUTCOMES})")
        delivery.drop_constraint(op.f("fk_delivery_worker_worker"), type_="foreignkey")
        delivery.drop_column("intended_at")
        delivery.drop_column("worker")
    for index in ("ix_message_worker_state", "ix_message_escalation_due_at_id", "ix_message_due_at_id"):
        op.drop_index(index, "message")
    with op.batch_alter_table("message") as message:
        message.drop_constraint(op.f("ck_message_worker"), type_="check")
        message.drop_constraint(op.f("fk_message_worker_worker"), type_="foreignkey")
        message.drop_column("intended_at")
        message.drop_column("worker")
        message.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
        message.create_check_constraint(op.f("ck_message_lease"), "(token IS NULL) = (lease_until IS NULL)")
    _index("ix_message_due_at_id", ["due_at", "id"], _CLAIMABLE)
    _index("ix_message_lease_until", ["lease_until"], _UNDER_WAY)
    op.drop_table("worker")


def _create_worker() -> None:
    op.create_table(
        "worker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("boot", sa.String(), nullable=False),
        sa.Column("space", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("pid_start", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )


def _let_go(free: str) -> None:
    """Take back what is under way, as if its sender had died: it is stopped, or this could not run."""
    now, later = _MOMENTS[op.get_bind().dialect.name]
    lost = "'the sender stopped before it recorded a reply'"
    number = "(SELECT coalesce(max(n), 0) + 1 FROM delivery WHERE delivery.message = message.id)"
    op.execute(
        "INSERT INTO delivery (message, n, started_at, ended_at, stage, code, text, outcome) "  # noqa: S608
        f"SELECT id, {number}, {now}, {now}, 'dot', 0, {lost}, 'ambiguous' "
        "FROM message WHERE state = 'transmitting'"
    )
    op.execute(
        f"UPDATE message SET {free}, ambiguous = ambiguous + 1, last_code = 0, last_reply = {lost}, "  # noqa: S608
        f"state = CASE WHEN ambiguous < 1 THEN 'pending' ELSE 'uncertain' END, "
        f"due_at = CASE WHEN ambiguous < 1 THEN {later} ELSE due_at END WHERE state = 'transmitting'"
    )
    op.execute(f"UPDATE message SET {free}, state = 'pending' WHERE state = 'claimed'")  # noqa: S608


def _index(name: str, columns: list[str], only: sa.TextClause) -> None:
    op.create_index(name, "message", columns, sqlite_where=only, postgresql_where=only)
