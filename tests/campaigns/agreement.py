"""What the database says and what the stand-in received have to agree."""

import itertools
from collections import Counter
from datetime import datetime

from sqlalchemy import Row

from tests.campaigns.kit import Kit


def check_agreement(kit: Kit, group: str = "g") -> None:
    """Attempts, log, statistics and views tell the same as the journal of the stand-in."""
    attempts = kit.table(
        "SELECT a.status, a.tries, a.cycle, a.run_id, t.chat FROM task_attempts a "
        f"JOIN tasks t ON t.id = a.task_id WHERE t.group_id = '{group}'"
    )
    delivered = Counter(call.chat for call in kit.stand_in.journal.delivered)
    may_have = Counter(row.chat for row in attempts if row.status in ("sent", "unknown"))
    sent = Counter(row.chat for row in attempts if row.status == "sent")
    # Never more often than there are attempts that say so, and each that is sent did arrive.
    assert not delivered - may_have
    assert not sent - delivered
    log = kit.table("SELECT chat, status FROM send_log")
    assert Counter(row.chat for row in log if row.status == "sent") == sent
    assert kit.one("SELECT COALESCE(SUM(sent), 0) FROM sender_daily_stats") == sent.total()
    by_status = Counter(row.status for row in log)
    assert kit.one("SELECT COALESCE(SUM(failed), 0) FROM sender_daily_stats") == by_status["failed"]
    (stats,) = kit.table(f"SELECT * FROM group_stats WHERE group_id = '{group}'")
    assert stats.sent == sent.total()
    assert stats.unknown == sum(row.status == "unknown" for row in attempts)
    senders = kit.table("SELECT * FROM sender_stats")
    assert sum(row.sent for row in senders) == sent.total()
    progress = kit.table(f"SELECT * FROM task_progress WHERE group_id = '{group}'")
    assert {row.chat: row.success_count for row in progress if row.success_count} == dict(sent)
    assert stats.completed == sum(row.status == "completed" for row in progress)


def check_once_each(kit: Kit) -> None:
    """No text that names its cycle reached a chat twice."""
    calls = Counter((call.chat, call.text) for call in kit.stand_in.journal.delivered)
    assert not [call for call, count in calls.items() if count > 1]


def gaps(times: list[datetime]) -> list[float]:
    """Seconds between each and the next."""
    ordered = sorted(times)
    return [(late - early).total_seconds() for early, late in itertools.pairwise(ordered)]


def rows_by(rows: list[Row[tuple[object, ...]]], name: str) -> Counter[object]:
    return Counter(getattr(row, name) for row in rows)
