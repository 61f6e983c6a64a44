"""Letters may be about the quality of what was reported."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_KINDS = (
    "'reminder', 'meeting', 'due_today', 'overdue', 'escalation', 'digest', 'pace', "
    "'receipt', 'returned', 'extended'"
)
_TABLES = ("message", "reminder")


def upgrade() -> None:
    _allow(f"kind IN ({_KINDS}, 'quality')")


def downgrade() -> None:
    # The nearest that the earlier form knows: it tells of a report, too.
    for table in _TABLES:
        op.execute(f"UPDATE {table} SET kind = 'receipt' WHERE kind = 'quality'")  # noqa: S608
    _allow(f"kind IN ({_KINDS})")


def _allow(kinds: str) -> None:
    for table in _TABLES:
        indexes = _set_aside(table)
        with op.batch_alter_table(table) as altered:
            altered.drop_constraint(op.f(f"ck_{table}_kind"), type_="check")
            altered.create_check_constraint(op.f(f"ck_{table}_kind"), kinds)
        for index in indexes:
            op.execute(index)


def _set_aside(table: str) -> list[str]:
    """Take the indexes of a table that SQLite will make anew, forgetting which rows they were for."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    wanted = sa.text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL"
    )
    found = op.get_bind().execute(wanted, {"table": table}).all()
    for name, _ in found:
        op.drop_index(name, table)
    return [sql for _, sql in found]
