"""The first tables."""

import sqlalchemy as sa
from alembic import op

from core.database.sql.column_types import BIG, JSON_TREE, UtcTime

revision = "1"
down_revision = None

VIEWS = {
    "sender_stats": """
        SELECT s.id AS sender_id, s.name, s.is_active, s.is_blocked, s.block_reason,
               COALESCE(SUM(d.sent), 0) AS sent, COALESCE(SUM(d.failed), 0) AS failed,
               MAX(d.day) AS last_day
        FROM senders s LEFT JOIN sender_daily_stats d ON d.sender_id = s.id
        GROUP BY s.id, s.name, s.is_active, s.is_blocked, s.block_reason""",
    "task_progress": """
        SELECT t.id AS task_id, t.group_id, t.chat, t.title, t.status, t.completed_cycles,
               t.total_cycles, t.success_count, t.failed_count, t.block_reason,
               t.last_attempt_at, t.next_available_at, s.name AS bound_to
        FROM tasks t LEFT JOIN senders s ON s.id = t.sender_id""",
    "group_stats": """
        SELECT g.id AS group_id, COUNT(t.id) AS tasks,
               COALESCE(SUM(CASE WHEN t.status = 'pending' THEN 1 ELSE 0 END), 0) AS pending,
               COALESCE(SUM(CASE WHEN t.status = 'in_progress' THEN 1 ELSE 0 END), 0)
                   AS in_progress,
               COALESCE(SUM(CASE WHEN t.status = 'completed' THEN 1 ELSE 0 END), 0) AS completed,
               COALESCE(SUM(CASE WHEN t.status = 'blocked' THEN 1 ELSE 0 END), 0) AS blocked,
               COALESCE(SUM(t.success_count), 0) AS sent,
               COALESCE(SUM(t.failed_count), 0) AS failed,
               (SELECT COUNT(*) FROM task_attempts a JOIN tasks u ON u.id = a.task_id
                WHERE u.group_id = g.id AND a.status = 'unknown') AS unknown
        FROM groups g LEFT JOIN tasks t ON t.group_id = g.id
        GROUP BY g.id""",
}


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("last_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("chat"),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("settings", JSON_TREE, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("wish", sa.Text, server_default="run", nullable=False),
        sa.Column("next_at", UtcTime, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "lifted_opt_outs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("lifted_at", UtcTime, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "opt_outs",
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("chat"),
    )
    op.create_table(
        "senders",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("bot_username", sa.Text, nullable=True),
        sa.Column("proxy", sa.Text, nullable=True),
        sa.Column("is_active", sa.Boolean, server_default=sa.text("true"), nullable=False),
        sa.Column("is_blocked", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("block_reason", sa.Text, nullable=True),
        sa.Column("next_at", UtcTime, nullable=True),
        sa.Column("turn", sa.Integer, server_default="0", nullable=False),
        sa.Column("poller", sa.Text, nullable=True),
        sa.Column("poller_until", UtcTime, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "group_senders",
        sa.Column("group_id", sa.Text, nullable=False),
        sa.Column("sender_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "sender_id"),
    )
    op.create_table(
        "messages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("group_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("usage_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean, server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_messages_group_id"), "messages", ["group_id"], unique=False)
    op.create_table(
        "sender_daily_stats",
        sa.Column("sender_id", BIG, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("sent", sa.Integer, server_default="0", nullable=False),
        sa.Column("failed", sa.Integer, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sender_id", "day"),
    )
    op.create_table(
        "sessions",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("group_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cycles", sa.Integer, nullable=False),
        sa.Column("seed", BIG, nullable=False),
        sa.Column("started_at", UtcTime, nullable=False),
        sa.Column("finished_at", UtcTime, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_index("sessions_of_group", "sessions", ["group_id", "started_at"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("group_id", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=True),
        sa.Column("fields", JSON_TREE, server_default="{}", nullable=False),
        sa.Column("consent", sa.Text, nullable=False),
        sa.Column("consent_at", UtcTime, nullable=False),
        sa.Column("status", sa.Text, server_default="pending", nullable=False),
        sa.Column("total_cycles", sa.Integer, server_default="1", nullable=False),
        sa.Column("completed_cycles", sa.Integer, server_default="0", nullable=False),
        sa.Column("success_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("failed_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("unexpected", sa.Integer, server_default="0", nullable=False),
        sa.Column("is_blocked", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("block_reason", sa.Text, nullable=True),
        sa.Column("sender_id", BIG, nullable=True),
        sa.Column("last_attempt_at", UtcTime, nullable=True),
        sa.Column("next_available_at", UtcTime, nullable=True),
        sa.Column("lease_owner", sa.Text, nullable=True),
        sa.Column("lease_until", UtcTime, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("group_id", "chat"),
    )
    op.create_index(
        "tasks_leased",
        "tasks",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("status = 'in_progress'"),
        sqlite_where=sa.text("status = 'in_progress'"),
    )
    op.create_index("tasks_of_chat", "tasks", ["chat"], unique=False)
    op.create_table(
        "turns",
        sa.Column("id", BIG, nullable=False),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("sender_id", BIG, nullable=False),
        sa.Column("group_id", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_turns_claim"), "turns", ["claim"], unique=False)
    op.create_index("turns_of_group", "turns", ["group_id", "at"], unique=False)
    op.create_index("turns_of_sender", "turns", ["sender_id", "at"], unique=False)
    op.create_table(
        "send_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sender_id", BIG, nullable=True),
        sa.Column("run_id", sa.Text, nullable=True),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("telegram_message_id", BIG, nullable=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=True),
        sa.Column("at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_send_log_at"), "send_log", ["at"], unique=False)
    op.create_index(op.f("ix_send_log_run_id"), "send_log", ["run_id"], unique=False)
    op.create_table(
        "task_attempts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("sender_id", BIG, nullable=True),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=True),
        sa.Column("detail", sa.Text, nullable=True),
        sa.Column("claim", sa.Text, nullable=True),
        sa.Column("tries", sa.Integer, server_default="1", nullable=False),
        sa.Column("started_at", UtcTime, nullable=False),
        sa.Column("finished_at", UtcTime, nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["run_id"], ["sessions.run_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "task_id", "cycle"),
    )
    op.create_index("attempts_of_task", "task_attempts", ["task_id"], unique=False)
    op.create_table(
        "task_refusals",
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("sender_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("task_id", "sender_id"),
    )

    # SQLite puts NULL first by itself, and does not let an index say so.
    first = "" if op.get_bind().dialect.name == "sqlite" else " NULLS FIRST"
    op.execute(
        "CREATE INDEX tasks_in_order ON tasks (group_id, completed_cycles, "
        f"last_attempt_at{first}, id) WHERE status = 'pending'"
    )
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")
