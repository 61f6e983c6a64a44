"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_CLAIMABLE = sa.text("state = 'pending' AND held = ''")
_UNDER_WAY = sa.text("state IN ('claimed', 'transmitting')")
_WAITING = sa.text("next_at IS NOT NULL")
_ALL = (
    "reminder", "event", "delivery", "message", "occurrence", "setting",
    "duty", "policy", "unit", "calendar_day", "calendar", "organisation",
)  # fmt: skip


def upgrade() -> None:
    _create_catalogue()
    _create_occurrence()
    _create_event()
    _create_message()
    _create_message_indexes()
    _create_reminder()
    _create_delivery()


def downgrade() -> None:
    for table in _ALL:
        op.drop_table(table)


def _create_catalogue() -> None:
    for table in ("organisation", "calendar"):
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("definition", sa.JSON(), nullable=False),
            sa.CheckConstraint("id = 1", name=op.f(f"ck_{table}_single")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
    for table in ("unit", "policy"):
        op.create_table(
            table,
            sa.Column("code", sa.String(), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("definition", sa.JSON(), nullable=False),
            sa.PrimaryKeyConstraint("code", name=op.f(f"pk_{table}")),
        )
    op.create_table(
        "duty",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_duty")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )


def _create_occurrence() -> None:
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("period_first", sa.Date(), nullable=False),
        sa.Column("period_last", sa.Date(), nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("nominal", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("speaks_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("catch_up", sa.Boolean(), nullable=False),
        sa.Column("opens", sa.Date(), nullable=True),
        sa.Column("late_after", sa.Date(), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("opened_late", sa.Boolean(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("last_spoken_on", sa.Date(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ("
            "'open', 'reported', 'accepted', 'returned', 'waived', 'not_applicable', "
            "'suspended', 'missed'"
            ")",
            name=op.f("ck_occurrence_state"),
        ),
        sa.CheckConstraint("period_first <= period_last", name=op.f("ck_occurrence_period")),
        sa.CheckConstraint(
            "revision >= 0 AND done >= 0 AND reminded >= 0", name=op.f("ck_occurrence_counted")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint("duty", "unit", "period", name=op.f("uq_occurrence_duty_unit_period")),
    )
    op.create_index(
        "ix_occurrence_next_at_id",
        "occurrence",
        ["next_at", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index("ix_occurrence_unit_due", "occurrence", ["unit", "due"])


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ("
            "'opened', 'reported', 'accepted', 'returned', 'extended', 'due-moved', 'waived', "
            "'not-applicable', 'reopened', 'suspended', 'tallied', 'missed'"
            ")",
            name=op.f("ck_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["occurrence"], ["occurrence.id"], name=op.f("fk_event_occurrence_occurrence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_occurrence"), "event", ["occurrence"])


def _create_message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ambiguous", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("mime", sa.LargeBinary(), nullable=True),
        sa.Column("last_code", sa.Integer(), nullable=False),
        sa.Column("last_reply", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(token IS NULL) = (state NOT IN ('claimed', 'transmitting'))", name=op.f("ck_message_token")
        ),
        sa.CheckConstraint(
            "kind IN ("
            "'reminder', 'meeting', 'due_today', 'overdue', 'escalation', 'digest', 'pace', "
            "'receipt', 'returned', 'extended'"
            ")",
            name=op.f("ck_message_kind"),
        ),
        sa.CheckConstraint("line IN ('main', 'escalation', 'notice')", name=op.f("ck_message_line")),
        sa.CheckConstraint(
            "state IN ('pending', 'claimed', 'transmitting', 'sent', 'dead', 'superseded', 'uncertain')",
            name=op.f("ck_message_state"),
        ),
        sa.CheckConstraint("(token IS NULL) = (lease_until IS NULL)", name=op.f("ck_message_lease")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )


def _create_message_indexes() -> None:
    op.create_index(
        "ix_message_due_at_id",
        "message",
        ["due_at", "id"],
        sqlite_where=_CLAIMABLE,
        postgresql_where=_CLAIMABLE,
    )
    op.create_index(
        "ix_message_lease_until",
        "message",
        ["lease_until"],
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )


def _create_reminder() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("recipient_name", sa.String(), nullable=False),
        sa.Column("recipient_unit", sa.String(), nullable=False),
        sa.Column("recipient_language", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("merged", sa.JSON(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ("
            "'reminder', 'meeting', 'due_today', 'overdue', 'escalation', 'digest', 'pace', "
            "'receipt', 'returned', 'extended'"
            ")",
            name=op.f("ck_reminder_kind"),
        ),
        sa.CheckConstraint(
            "verdict IN ("
            "'send', 'merged', 'superseded', 'past', 'missed', 'on_pace', 'closed', 'muted', "
            "'no_recipient'"
            ")",
            name=op.f("ck_reminder_verdict"),
        ),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_reminder_message_message")),
        sa.ForeignKeyConstraint(
            ["occurrence"], ["occurrence.id"], name=op.f("fk_reminder_occurrence_occurrence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "occurrence",
            "revision",
            "stage",
            "email",
            name=op.f("uq_reminder_occurrence_revision_stage_email"),
        ),
    )
    op.create_index(op.f("ix_reminder_message"), "reminder", ["message"])


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'deferred', 'refused', 'ambiguous', 'unreachable')",
            name=op.f("ck_delivery_outcome"),
        ),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_delivery_message_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message", "n", name=op.f("uq_delivery_message_n")),
    )
