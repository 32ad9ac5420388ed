"""The tables of the campaigns' database. Names and meanings are a contract with whoever reads them.

Times are UTC. A chat is text everywhere: a number (negative for groups and channels) or an @name.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.database.sql.column_types import BIG, JSON_TREE, UtcTime

metadata = MetaData()


def _of_group() -> ForeignKey:
    return ForeignKey("groups.id", ondelete="CASCADE")


def _of_sender() -> ForeignKey:
    return ForeignKey("senders.id", ondelete="CASCADE")


# `settings` are those that the group has of its own. `wish` is what somebody asked of those who
# send for it: run, pause or stop. `next_at`: no message of the group before.
groups = Table(
    "groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("settings", JSON_TREE, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("wish", Text, nullable=False, server_default="run"),
    Column("next_at", UtcTime),
)

# `token` and `proxy` are encrypted. `next_at`: no message before, by its pace or because Telegram
# said so. `poller` is who asks for its updates, until when unless it says so again.
senders = Table(
    "senders",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("token", Text, nullable=False),
    Column("bot_username", Text),
    Column("proxy", Text),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("is_blocked", Boolean, nullable=False, server_default=text("false")),
    Column("block_reason", Text),
    Column("next_at", UtcTime),
    Column("turn", Integer, nullable=False, server_default="0"),  # how many it has taken
    Column("poller", Text),
    Column("poller_until", UtcTime),
)

group_senders = Table(
    "group_senders",
    metadata,
    Column("group_id", _of_group(), primary_key=True),
    Column("sender_id", _of_sender(), primary_key=True),
)

# One start of a group to its end. `seed` is that of all chance in it.
sessions = Table(
    "sessions",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("group_id", _of_group(), nullable=False),
    Column("state", Text, nullable=False),  # running, completed
    Column("cycles", Integer, nullable=False),
    Column("seed", BIG, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Index("sessions_of_group", "group_id", "started_at"),
)

# One chat in one group. `sender_id`: the only one that may write to it, NULL for any.
# `lease_owner` is the claim that has it, until `lease_until`. `unexpected` counts unexpected
# errors since the last message that arrived.
tasks = Table(
    "tasks",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("group_id", _of_group(), nullable=False),
    Column("chat", Text, nullable=False),
    Column("title", Text),
    Column("fields", JSON_TREE, nullable=False, server_default="{}"),
    Column("consent", Text, nullable=False),
    Column("consent_at", UtcTime, nullable=False),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("total_cycles", Integer, nullable=False, server_default="1"),
    Column("completed_cycles", Integer, nullable=False, server_default="0"),
    Column("success_count", Integer, nullable=False, server_default="0"),
    Column("failed_count", Integer, nullable=False, server_default="0"),
    Column("unexpected", Integer, nullable=False, server_default="0"),
    Column("is_blocked", Boolean, nullable=False, server_default=text("false")),
    Column("block_reason", Text),
    Column("sender_id", ForeignKey("senders.id", ondelete="SET NULL")),
    Column("last_attempt_at", UtcTime),
    Column("next_available_at", UtcTime),
    Column("lease_owner", Text),
    Column("lease_until", UtcTime),
    UniqueConstraint("group_id", "chat"),
    Index("tasks_of_chat", "chat"),
)

_BUSY = text("status = 'in_progress'")
# Only what waits is in them: a claim takes as long after a million finished tasks as before.
# (tasks_in_order, which a claim follows, is made by the migrations: its form differs. It has no
# rival on purpose: with statistics of before an import the server would take that, and sort.)
Index(
    "tasks_leased",
    tasks.c.lease_until,
    postgresql_where=_BUSY,
    sqlite_where=_BUSY,
)

# Senders that a person has not started: they cannot write first.
task_refusals = Table(
    "task_refusals",
    metadata,
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    Column("sender_id", _of_sender(), primary_key=True),
)

messages = Table(
    "messages",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("group_id", _of_group(), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("usage_count", Integer, nullable=False, server_default="0"),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
)

# Written before the call and settled after it. `claim` is who may settle it; `tries` counts the
# calls in this cycle.
task_attempts = Table(
    "task_attempts",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False),
    Column("sender_id", ForeignKey("senders.id", ondelete="SET NULL")),
    Column("run_id", ForeignKey("sessions.run_id", ondelete="CASCADE"), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("message_id", ForeignKey("messages.id", ondelete="SET NULL")),
    Column("status", Text, nullable=False),  # sending, waiting, sent, failed, unknown
    Column("error", Text),
    Column("detail", Text),
    Column("claim", Text),
    Column("tries", Integer, nullable=False, server_default="1"),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    UniqueConstraint("run_id", "task_id", "cycle"),
    Index("attempts_of_task", "task_id"),
)

# Every call that was settled: what was said of each.
send_log = Table(
    "send_log",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("sender_id", ForeignKey("senders.id", ondelete="SET NULL")),
    Column("run_id", Text, index=True),
    Column("chat", Text, nullable=False),
    Column("message_id", ForeignKey("messages.id", ondelete="SET NULL")),
    Column("telegram_message_id", BIG),
    Column("status", Text, nullable=False),
    Column("error", Text),
    Column("at", UtcTime, nullable=False, index=True),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("how", Text, nullable=False),
)

# Opt-outs that hold no more, and why: the person came back, or it was a mistake.
lifted_opt_outs = Table(
    "lifted_opt_outs",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("chat", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("how", Text, nullable=False),
    Column("lifted_at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
)

sender_daily_stats = Table(
    "sender_daily_stats",
    metadata,
    Column("sender_id", _of_sender(), primary_key=True),
    Column("day", Date, primary_key=True),  # in UTC
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
)

# When the last message to a chat began, by whichever sender and group.
chats = Table(
    "chats",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("last_at", UtcTime, nullable=False),
)

# Turns taken in the last hour, for the rolling limits; older ones are removed.
turns = Table(
    "turns",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("claim", Text, nullable=False, index=True),
    Column("sender_id", _of_sender(), nullable=False),
    Column("group_id", _of_group(), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("turns_of_sender", "sender_id", "at"),
    Index("turns_of_group", "group_id", "at"),
)

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
